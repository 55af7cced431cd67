import type { Cluster, Nodegroup } from './cluster.ts';
import { same } from './json-equal.ts';
import { refuseBroken } from './nodegroup-rules.ts';
import type { PodIdentityWish } from './parts/pod-identity-wish.ts';
import { refuseRole } from './passable-role.ts';
import type { Plan } from './plan.ts';
import { clusterArn, PODS_SERVICE } from './policies/trust.ts';
import type { Looked } from './readiness-facts.ts';
import type { Refusal } from './refusal.ts';
import { trustFault, type TrustNeeded } from './role-trust.ts';

/** A role that a request names in place of having one made. */
export interface NamedRole {
  /** The field that names it. */
  readonly path: string;
  readonly roleArn: string;
  /** Which service assumes it. Absent: pods do, by the cluster's own provider, which is not there before the cluster. */
  readonly needed?: TrustNeeded;
}

/** What IAM tells of a role by its ARN: its trust policy, as JSON. */
export interface RoleSight {
  readonly roleArn: string;
  readonly role: Looked<'absent' | { readonly trust: string }>;
}

/** Roles that one look takes in, at most; what is beyond is Unknown, and said so. */
export const ROLES_LOOKED_AT_MAX = 60;

/**
 * Who assumes the roles of clusters (sources: EKS user guide, Amazon EKS cluster IAM role, node IAM role, Pod execution IAM role, capability IAM
 * role, and Create IAM role with trust policy required by EKS Pod Identity).
 */
const BY_EKS: TrustNeeded = { service: 'eks.amazonaws.com', actions: ['sts:AssumeRole'] };
const BY_NODES: TrustNeeded = { service: 'ec2.amazonaws.com', actions: ['sts:AssumeRole'] };
const BY_FARGATE: TrustNeeded = { service: 'eks-fargate-pods.amazonaws.com', actions: ['sts:AssumeRole'] };
const BY_CAPABILITIES: TrustNeeded = { service: 'capabilities.eks.amazonaws.com', actions: ['sts:AssumeRole', 'sts:TagSession'] };

/** Every role of the cluster's account that the request names, with its field. Roles of other accounts are not Slipway's to look at, and are not among them. */
export function namedRoles(cluster: Cluster): readonly NamedRole[] {
  const { wanted = {} } = cluster;
  const scaling = wanted.autoscaling;
  return [
    ...named(cluster.roleArn, 'roleArn', BY_EKS),
    ...cluster.nodegroups.flatMap((nodegroup, at) => nodegroupRole(nodegroup, `nodegroups.${at}.`)),
    ...(cluster.addonsAsked ?? []).flatMap(({ podIdentityAssociations = [] }, at) => podIdentityAssociations.flatMap(({ serviceAccount, roleArn }, of) => named(roleArn, `addons.${at}.podIdentityAssociations.${of}.roleArn`, byPods(cluster, { serviceAccount })))),
    ...(wanted.podIdentities ?? []).flatMap((wish, at) => named(wish.roleArn, `podIdentities.${at}.roleArn`, wish.irsa === true ? undefined : byPods(cluster, wish))),
    ...(wanted.fargateProfiles ?? []).flatMap(({ podExecutionRoleArn }, at) => named(podExecutionRoleArn, `fargateProfiles.${at}.podExecutionRoleArn`, BY_FARGATE)),
    ...(wanted.selfManagedNodegroups ?? []).flatMap(({ nodeRoleArn }, at) => named(nodeRoleArn, `selfManagedNodegroups.${at}.nodeRoleArn`, BY_NODES)),
    ...(wanted.capabilities ?? []).flatMap(({ roleArn }, at) => named(roleArn, `capabilities.${at}.roleArn`, BY_CAPABILITIES)),
    ...(scaling !== undefined && 'nodeRoleArn' in scaling ? named(scaling.nodeRoleArn, 'autoscaling.nodeRoleArn', BY_NODES) : []),
  ];
}

/** The role of a managed group's nodes. `path` leads to the group, with its dot. */
export function nodegroupRole({ nodeRole }: Pick<Nodegroup, 'nodeRole'>, path: string): readonly NamedRole[] {
  return named(nodeRole, `${path}nodeRole`, BY_NODES);
}

function named(roleArn: string | undefined, path: string, needed?: TrustNeeded): readonly NamedRole[] {
  return roleArn === undefined ? [] : [{ path, roleArn, ...(needed === undefined ? {} : { needed }) }];
}

/** Roles that a change names and that the cluster had not named before for the same: only these are looked at, so that a role which went meanwhile stands in the way of nothing else. */
export function newlyNamed(after: readonly NamedRole[], before: readonly NamedRole[]): readonly NamedRole[] {
  const use = ({ roleArn, needed }: NamedRole): unknown => [roleArn, needed ?? null];
  return after.filter((role) => !before.some((other) => same(use(role), use(other))));
}

/** EKS tells of the account, and of the pod by session tags, unless these are turned off (source: EKS user guide, Grant pods access to AWS resources based on tags). */
function byPods(cluster: Cluster, { serviceAccount, namespace, sessionTags = true }: Pick<PodIdentityWish, 'serviceAccount'> & Partial<Pick<PodIdentityWish, 'namespace' | 'sessionTags'>>): TrustNeeded {
  const { accountId, region, name } = cluster;
  const tags = { 'eks-cluster-arn': clusterArn({ accountId, region, clusterName: name }), 'eks-cluster-name': name, 'kubernetes-service-account': serviceAccount, ...(namespace === undefined ? {} : { 'kubernetes-namespace': namespace }) };
  const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, sessionTags ? value : null]));
  return { service: PODS_SERVICE, actions: ['sts:AssumeRole', 'sts:TagSession'], context: { 'aws:SourceAccount': accountId, ...context } };
}

/** The refusal of the first role that could not be handed to AWS. By the cluster's own provider a role is handed to nobody: pods take it themselves. */
export function refuseUnpassable(roles: readonly NamedRole[], accountId: string, patterns?: readonly string[]): Refusal | undefined {
  for (const { roleArn, path, needed } of roles) {
    const refusal = needed === undefined ? undefined : refuseRole(roleArn, accountId, path, patterns);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The refusal of all roles that are not there, or that the service which is to work with them cannot assume, each with its field. What could not be seen is not refused. */
export function refuseNamedRoles(roles: readonly NamedRole[], sights: readonly RoleSight[]): Refusal | undefined {
  return refuseBroken(
    roles.flatMap(({ roleArn, path, needed }) => {
      const role = sights.find((sight) => sight.roleArn === roleArn)?.role;
      if (role === undefined || role.kind === 'unknown') return [];
      if (role.value === 'absent') return [{ path, message: `IAM knows no role ${roleArn}` }];
      const fault = needed === undefined ? undefined : trustFault(role.value.trust, needed);
      return fault === undefined ? [] : [{ path, message: fault }];
    }),
  );
}

/** What is told of roles that could not be looked at. */
export function rolesNotSeen(roles: readonly NamedRole[], sights: readonly RoleSight[]): Plan['notLookedAt'] {
  const seen = new Map(sights.map(({ roleArn, role }) => [roleArn, role]));
  const unknown = [...new Set(roles.map(({ roleArn }) => roleArn))].flatMap((roleArn) => {
    const role = seen.get(roleArn);
    return role?.kind === 'seen' ? [] : [{ roleArn, because: role?.because ?? `More than ${ROLES_LOOKED_AT_MAX} roles are not looked at at one go.` }];
  });
  const [first] = unknown;
  if (first === undefined) return [];
  return [{ code: 'iam-roles', because: `Unknown: whether ${unknown.map(({ roleArn }) => roleArn).join(', ')} ${unknown.length === 1 ? 'is' : 'are'} there, and who may assume ${unknown.length === 1 ? 'it' : 'them'}, could not be seen. ${first.because}` }];
}
