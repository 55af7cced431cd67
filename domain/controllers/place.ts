import { podIdentityTrust } from '../policies/trust.ts';
import type { IamPolicy } from '../policies/policy-document.ts';
import { listed } from '../policies/policy-document.ts';
import type { AddonNeed, PartsAsk } from '../parts/compiled.ts';
import { roleNameFor } from '../parts/role-name.ts';
import type { PartKind, PodIdentityResource, RoleDocument, RoleResource, RoleStatement } from '../parts/resource.ts';

/** Where a controller works: what its policies are cut to. */
export interface ControllerPlace {
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  /** Unknown where no subnet of the cluster was seen. */
  readonly vpcId?: string;
}

export function placeOf({ cluster, subnets }: Pick<PartsAsk, 'cluster' | 'subnets'>): ControllerPlace {
  const vpcId = subnets.find(({ subnetId }) => cluster.subnetIds.includes(subnetId))?.vpcId;
  return { accountId: cluster.accountId, region: cluster.region, clusterName: cluster.name, ...(vpcId === undefined ? {} : { vpcId }) };
}

/** A policy in the words of resources, where every list is written as one. */
export function roleDocument(policy: IamPolicy): RoleDocument {
  return {
    Version: policy.Version,
    Statement: policy.Statement.map(({ Action, Resource, Principal, NotAction: _a, NotResource: _r, NotPrincipal: _p, ...rest }): RoleStatement => ({
      ...rest,
      Action: listed(Action),
      ...(Resource === undefined ? {} : { Resource: listed(Resource) }),
      ...(Principal === undefined || Principal === '*' ? {} : { Principal: Object.fromEntries(Object.entries(Principal).map(([kind, who]) => [kind, listed(who)])) }),
    })),
  };
}

export interface ControllerRole {
  readonly part: PartKind;
  readonly partName: string;
  readonly word: string;
  readonly description: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly policies: Readonly<Record<string, RoleDocument>>;
}

/** The role of a controller's one service account, to be had by EKS Pod Identity. */
export function controllerRole(cluster: PartsAsk['cluster'], { part, partName, word, description, namespace, serviceAccount, policies }: ControllerRole): RoleResource {
  const place = { accountId: cluster.accountId, region: cluster.region, clusterName: cluster.name, namespace, serviceAccount };
  return { kind: 'role', name: roleNameFor(cluster, word), part, partName, description, trust: roleDocument(podIdentityTrust(place, true)), policies };
}

/** Pods get roles through EKS's agent, which nodes of Auto Mode bring along (source: EKS user guide, Amazon EKS Pod Identity Agent). */
export function agentNeed({ wanted }: PartsAsk['cluster'], part: PartKind): readonly AddonNeed[] {
  return wanted?.autoscaling?.kind === 'auto-mode' ? [] : [{ addonName: 'eks-pod-identity-agent', part }];
}

/** The association that gives the service account its role. */
export function controllerIdentity({ part, partName, namespace, serviceAccount }: ControllerRole, roleArn: string, role: string): PodIdentityResource {
  return { kind: 'pod-identity', name: `${namespace}/${serviceAccount}`, part, partName, namespace, serviceAccount, roleArn, needs: [`role/${role}`] };
}
