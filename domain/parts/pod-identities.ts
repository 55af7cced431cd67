import type { Cluster } from '../cluster.ts';
import { irsaTrust, podIdentityTrust, targetRoleTrust, type PodPlace } from '../policies/trust.ts';
import { writePolicy } from '../policies/write-policy.ts';
import type { AddonNeed, Compiled, PartsAsk } from './compiled.ts';
import { OIDC_ISSUER } from './oidc-issuer.ts';
import { podIdentityErrors, podIdentityFindings, policyOf } from './pod-identity-rules.ts';
import type { PodIdentityWish } from './pod-identity-wish.ts';
import { keyOf, roleArnIn, type HandOverResource, type OidcProviderResource, type Resource, type RoleDocument, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

const PART = 'pod-identity';
/** STS answers tokens that are made out for it (source: EKS user guide, Create an IAM OIDC provider for your cluster). */
const STS_AUDIENCE = 'sts.amazonaws.com';
/** The one provider of a cluster: what it is called in IAM is known once the cluster is there. */
const PROVIDER: OidcProviderResource = { kind: 'oidc-provider', name: 'cluster', part: PART, partName: 'irsa', clientIds: [STS_AUDIENCE] };
const AGENT: AddonNeed = { addonName: 'eks-pod-identity-agent', part: PART };

/** Service accounts with their roles: a role each where a policy is asked for, and an association, or the trust of the cluster's own provider. */
export function podIdentities({ cluster }: PartsAsk): Compiled {
  const wishes = cluster.wanted?.podIdentities ?? [];
  const errors = podIdentityErrors(wishes, cluster);
  if (errors.length > 0) return { resources: [], errors };
  const resources = wishes.flatMap((wish) => resourcesOf(wish, cluster));
  const irsa = wishes.some((wish) => wish.irsa === true);
  return {
    resources: [...(irsa ? [PROVIDER] : []), ...resources],
    errors: clashes(resources),
    addons: wishes.some((wish) => wish.irsa !== true) ? [AGENT] : [],
    findings: podIdentityFindings(wishes, cluster),
  };
}

function resourcesOf(wish: PodIdentityWish, cluster: Cluster): readonly Resource[] {
  const { namespace, serviceAccount, targetRoleArn, sessionTags } = wish;
  const as = { part: PART, partName: `${namespace}/${serviceAccount}` } as const;
  const role = wish.roleArn === undefined ? roleFor(wish, cluster) : undefined;
  const roleArn = wish.roleArn ?? roleArnIn(cluster.accountId, role?.name ?? '');
  const needs = role === undefined ? {} : { needs: [keyOf(role)] };
  const made = role === undefined ? [] : [role];
  if (wish.irsa === true) return [...made, serviceAccountFor(wish, roleArn, { ...as, needs: [keyOf(PROVIDER), ...(needs.needs ?? [])] })];
  const association: Resource = {
    kind: 'pod-identity',
    name: as.partName,
    ...as,
    ...needs,
    namespace,
    serviceAccount,
    roleArn,
    ...(targetRoleArn === undefined ? {} : { targetRoleArn }),
    ...(sessionTags === false ? { disableSessionTags: true } : {}),
  };
  return [...made, association, ...(targetRoleArn === undefined ? [] : [targetTrustFor(wish, cluster, roleArn, targetRoleArn)])];
}

/** The role of one service account: named after it, trusted for it alone, with what was asked for and nothing else. */
function roleFor(wish: PodIdentityWish, cluster: Cluster): RoleResource {
  const { namespace, serviceAccount, targetRoleArn, irsa } = wish;
  const place = placeOf(wish, cluster);
  const asked = policyOf(wish);
  const policies: Record<string, RoleDocument> = {
    ...(Object.keys(asked).length === 0 ? {} : { access: writePolicy(asked) }),
    ...(targetRoleArn === undefined ? {} : { target: { Version: '2012-10-17', Statement: [{ Sid: 'TargetRole', Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: [targetRoleArn] }] } }),
  };
  return {
    kind: 'role',
    name: roleNameFor(cluster, namespace, serviceAccount),
    part: PART,
    partName: `${namespace}/${serviceAccount}`,
    ...(irsa === true ? { needs: [keyOf(PROVIDER)] } : {}),
    description: `Of the pods of ${namespace}/${serviceAccount} in the cluster ${cluster.name}.`,
    trust: irsa === true ? irsaTrust(place, OIDC_ISSUER) : podIdentityTrust(place, wish.sessionTags !== false),
    policies,
  };
}

/** The annotation by which EKS gives pods of the service account the role (source: EKS user guide, Assign IAM roles to Kubernetes service accounts). */
function serviceAccountFor({ namespace, serviceAccount }: PodIdentityWish, roleArn: string, as: Pick<HandOverResource, 'part' | 'partName' | 'needs'>): HandOverResource {
  const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace, annotations: { 'eks.amazonaws.com/role-arn': roleArn } } };
  return { kind: 'hand-over', name: `service-account/${as.partName}`, ...as, what: `the ServiceAccount ${as.partName}`, manifests: [manifest] };
}

/** What the other account puts on its role: nobody here may write there. */
function targetTrustFor(wish: PodIdentityWish, cluster: Cluster, roleArn: string, targetRoleArn: string): HandOverResource {
  const name = `${wish.namespace}/${wish.serviceAccount}`;
  const trust = targetRoleTrust(placeOf(wish, cluster), roleArn, wish.sessionTags !== false);
  return {
    kind: 'hand-over',
    name: `target-role/${name}`,
    part: PART,
    partName: name,
    needs: [`pod-identity/${name}`],
    what: `the trust of ${targetRoleArn} in the pods of ${name}`,
    commands: [
      `# In account ${targetRoleArn.split(':')[4]}. Where the role's trust has other statements, add these to them.`,
      `aws iam update-assume-role-policy --role-name ${targetRoleArn.slice(targetRoleArn.lastIndexOf('/') + 1)} --policy-document '${JSON.stringify(trust)}'`,
    ],
  };
}

function placeOf({ namespace, serviceAccount }: PodIdentityWish, { accountId, region, name }: Cluster): PodPlace {
  return { accountId, region, clusterName: name, namespace, serviceAccount };
}

/** Roles' names end in a checksum, which two service accounts could share: then neither is made, rather than one for both. */
function clashes(resources: readonly Resource[]): { readonly path: string; readonly message: string }[] {
  const roles = resources.filter(({ kind }) => kind === 'role');
  const twice = roles.find(({ name }, at) => roles.findIndex((other) => other.name === name) < at);
  return twice === undefined ? [] : [{ path: 'podIdentities', message: `${twice.partName} and another service account come to the same role name ${twice.name}: give one of them a role of its own by \`roleArn\`` }];
}
