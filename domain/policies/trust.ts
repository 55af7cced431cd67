import type { RoleDocument } from '../parts/resource.ts';

/** A service account of one cluster: what a role is made for. */
export interface PodPlace {
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

export const PODS_SERVICE = 'pods.eks.amazonaws.com';

export function clusterArn({ accountId, region, clusterName }: Pick<PodPlace, 'accountId' | 'region' | 'clusterName'>): string {
  return `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`;
}

/**
 * Who may use a role through EKS Pod Identity: the one service account of the one cluster, by the session tags that EKS sets (source: EKS user
 * guide, Create IAM role with trust policy required by EKS Pod Identity, and Grant pods access to AWS resources based on tags). Without
 * session tags EKS tells no more than the account that it works for. `aws:SourceArn` is not asked for: the guide does not say what it is,
 * and the ARN of an association does not match (source: awslabs/mountpoint-s3-csi-driver 781).
 */
export function podIdentityTrust(place: PodPlace, sessionTags: boolean): RoleDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PodsOfOneServiceAccount',
        Effect: 'Allow',
        Principal: { Service: [PODS_SERVICE] },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { StringEquals: { 'aws:SourceAccount': place.accountId, ...(sessionTags ? tagsOf(place) : {}) } },
      },
    ],
  };
}

/**
 * Who may use a role through the cluster's OpenID Connect provider: the one service account, for STS alone (source: EKS user guide, Assign IAM
 * roles to Kubernetes service accounts). `issuer` is without `https://`.
 */
export function irsaTrust(place: PodPlace, issuer: string): RoleDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PodsOfOneServiceAccount',
        Effect: 'Allow',
        Principal: { Federated: [`arn:aws:iam::${place.accountId}:oidc-provider/${issuer}`] },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: `system:serviceaccount:${place.namespace}:${place.serviceAccount}` } },
      },
    ],
  };
}

/**
 * What the account of a target role must put on it (source: EKS user guide, Access AWS resources using EKS Pod Identity target IAM roles). With
 * session tags they say which pods; without them EKS sends an external id made of the same words. The account's root narrowed by the
 * role's ARN, since a role named itself is trusted no more once it is made anew.
 */
export function targetRoleTrust(place: PodPlace, roleArn: string, sessionTags: boolean): RoleDocument {
  const Principal = { AWS: [`arn:aws:iam::${place.accountId}:root`] };
  const ArnEquals = { 'aws:PrincipalArn': roleArn };
  const Sid = 'PodsOfOneServiceAccount';
  if (sessionTags) {
    return { Version: '2012-10-17', Statement: [{ Sid, Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: { StringEquals: tagsOf(place), ArnEquals } }] };
  }
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid, Effect: 'Allow', Principal, Action: ['sts:AssumeRole'], Condition: { StringEquals: { 'sts:ExternalId': externalIdOf(place) }, ArnEquals } },
      { Sid: 'NameTheSession', Effect: 'Allow', Principal, Action: ['sts:TagSession'], Condition: { ArnEquals } },
    ],
  };
}

/** What EKS sends as external id with the target role of an association without session tags. */
export function externalIdOf({ region, accountId, clusterName, namespace, serviceAccount }: PodPlace): string {
  return [region, accountId, clusterName, namespace, serviceAccount].join('/');
}

function tagsOf(place: PodPlace): Readonly<Record<string, string>> {
  return {
    'aws:RequestTag/eks-cluster-arn': clusterArn(place),
    'aws:RequestTag/kubernetes-namespace': place.namespace,
    'aws:RequestTag/kubernetes-service-account': place.serviceAccount,
  };
}
