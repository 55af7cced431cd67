import type { AccessEntry } from './cluster.ts';
import { defined } from './parameters.ts';
import type { PlannedStep, Stage } from './plan.ts';
import { principalOf } from './principals.ts';

const POLICY_ARN = 'arn:aws:eks::aws:cluster-access-policy/';

/**
 * Which EKS access policy stands for which role (source: EKS user guide, access policy permissions):
 * - a viewer sees all but Secrets: AmazonEKSViewPolicy (AdminView would show the Secrets too);
 * - an operator changes workloads and no rights: AmazonEKSEditPolicy;
 * - an admin of the cluster may do everything: AmazonEKSClusterAdminPolicy; an admin of namespaces all in them, their roles
 *   included: AmazonEKSAdminPolicy, since cluster rights make no sense in a namespace.
 */
function policyOf({ role, namespaces }: AccessEntry): string | undefined {
  switch (role) {
    case undefined:
      return undefined;
    case 'viewer':
      return 'AmazonEKSViewPolicy';
    case 'operator':
      return 'AmazonEKSEditPolicy';
    case 'admin':
      return namespaces === undefined ? 'AmazonEKSClusterAdminPolicy' : 'AmazonEKSAdminPolicy';
  }
}

/** Whether the entry lets its principal administer the whole cluster. */
export function isClusterAdmin(entry: AccessEntry): boolean {
  return entry.role === 'admin' && entry.namespaces === undefined;
}

/** The policy behind an entry's role; undefined where only bindings of the cluster count. */
export function policyArnOf(entry: AccessEntry): string | undefined {
  const policy = policyOf(entry);
  return policy === undefined ? undefined : `${POLICY_ARN}${policy}`;
}

/** The role that an EKS access policy stands for with this scope; undefined for a policy that Slipway gives nobody. */
export function roleOf(policyArn: string, namespaces: readonly string[] | undefined): AccessEntry['role'] {
  const roles = ['viewer', 'operator', 'admin'] as const;
  return roles.find((role) => policyArnOf({ principalArn: '', role, ...(namespaces === undefined ? {} : { namespaces }) }) === policyArn);
}

/** The user name that Kubernetes knows the principal by. Without one of its own it is as EKS makes it (source: EKS user guide, Create access entries). */
export function userNameOf({ principalArn, username }: AccessEntry): string {
  const principal = principalOf(principalArn);
  if (username !== undefined || principal?.kind !== 'role') return username ?? principalArn;
  return `arn:${principal.partition}:sts::${principal.accountId}:assumed-role/${principal.name}/{{SessionName}}`;
}

/** The step that lets a principal in: the entry, then its policy. */
export function accessStep(entry: AccessEntry, version: string, stage: Stage): PlannedStep {
  const { principalArn, role, namespaces, kubernetesGroups, username } = entry;
  const where = namespaces === undefined ? 'the whole cluster' : `the namespaces ${namespaces.join(', ')}`;
  const policyArn = policyArnOf(entry);
  return {
    id: `${version}/access/${principalArn}`,
    title: role === undefined ? `Letting ${nameOf(principalArn)} in` : `Letting ${nameOf(principalArn)} in as ${role}`,
    kind: 'create-access-entry',
    stage,
    subject: principalArn,
    reason: role === undefined ? 'Asked for without a role: only what bindings of the cluster give counts.' : `Asked for as ${role} of ${where}; EKS's ${policyOf(entry)} stands for that.`,
    parameters: defined({
      principalArn,
      policyArn,
      accessScope: policyArn === undefined ? undefined : namespaces === undefined ? { type: 'cluster' } : { type: 'namespace', namespaces },
      kubernetesGroups: kubernetesGroups?.length === 0 ? undefined : kubernetesGroups,
      username,
    }),
  };
}

/** `role/team-a` of an ARN: what a person calls it. */
export function nameOf(principalArn: string): string {
  return principalArn.slice(principalArn.lastIndexOf(':') + 1);
}
