import { finding } from './finding-codes.ts';
import type { Finding, Hop } from './plan.ts';
import type { RoleFacts } from './readiness-facts.ts';
import { rolledGroups } from './rolled-groups.ts';

/** What to do when the cluster's role is gone, whoever says so. */
export const MAKE_CLUSTER_ROLE_AGAIN = 'Make the role again under the same name and path, with AmazonEKSClusterPolicy and a trust policy for eks.amazonaws.com.';

/** Whether the roles that the cluster, its nodes and its Fargate pods work with are still there, by IAM's own word. */
export function roleFindings(roles: readonly RoleFacts[], hops: readonly Hop[]): readonly Finding[] {
  const rolled = rolledGroups(hops);
  return roles.filter((role) => !role.exists).flatMap((role) => role.subjects.map((subject) => missing(role, subject, rolled.get(subject))));
}

function missing({ roleArn, usedBy }: RoleFacts, subject: string, hop: string | undefined): Finding {
  switch (usedBy) {
    case 'cluster':
      return finding('cluster-role-missing', 'blocks', roleArn, {
        detail: `IAM knows no role ${roleArn}, which the control plane works with.`,
        remedy: MAKE_CLUSTER_ROLE_AGAIN,
      });
    case 'nodegroup':
      return finding('node-role-missing', hop === undefined ? 'advises' : 'blocks', subject, {
        detail: `IAM knows no role ${roleArn}, which the group's nodes work with; new nodes could not join.`,
        remedy: 'Make the role again under the same name and path, with the policies that nodes need and a trust policy for ec2.amazonaws.com.',
        hop: hop ?? null,
      });
    case 'fargate-profile':
      return finding('pod-execution-role-missing', 'advises', subject, {
        detail: `IAM knows no role ${roleArn}, which the profile's pods are started with; one that is started anew would stay Pending.`,
        remedy: 'Make the role again under the same name and path, with AmazonEKSFargatePodExecutionRolePolicy and a trust policy for eks-fargate-pods.amazonaws.com.',
      });
  }
}
