import type { AccessEntry } from './cluster.ts';
import type { PlannedStep, Stage } from './plan.ts';

const POLICY_ARN = 'arn:aws:eks::aws:cluster-access-policy/';

/**
 * Which EKS access policy stands for which role (source: EKS user guide, access policy permissions):
 * - a viewer sees all but Secrets: AmazonEKSViewPolicy (AdminView would show the Secrets too);
 * - an operator changes workloads and no rights: AmazonEKSEditPolicy;
 * - an admin of the cluster may do everything: AmazonEKSClusterAdminPolicy; an admin of namespaces all in them, their roles
 *   included: AmazonEKSAdminPolicy, since cluster rights make no sense in a namespace.
 */
function policyOf({ role, namespaces }: AccessEntry): string {
  switch (role) {
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

/** The step that lets a principal in: the entry, then its policy. */
export function accessStep(entry: AccessEntry, version: string, stage: Stage): PlannedStep {
  const where = entry.namespaces === undefined ? 'the whole cluster' : `the namespaces ${entry.namespaces.join(', ')}`;
  return {
    id: `${version}/access/${entry.principalArn}`,
    title: `Letting ${nameOf(entry.principalArn)} in as ${entry.role}`,
    kind: 'create-access-entry',
    stage,
    subject: entry.principalArn,
    reason: `Asked for as ${entry.role} of ${where}; EKS's ${policyOf(entry)} stands for that.`,
    parameters: {
      principalArn: entry.principalArn,
      policyArn: `${POLICY_ARN}${policyOf(entry)}`,
      accessScope: entry.namespaces === undefined ? { type: 'cluster' } : { type: 'namespace', namespaces: entry.namespaces },
    },
  };
}

/** `role/team-a` of an ARN: what a person calls it. */
export function nameOf(principalArn: string): string {
  return principalArn.slice(principalArn.lastIndexOf(':') + 1);
}
