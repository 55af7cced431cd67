import type { IAMClient } from '@aws-sdk/client-iam';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { FargateProfileFacts, RoleFacts } from '../../domain/readiness-facts.ts';
import { eachOf } from '../eks/each-of.ts';
import { readRole } from '../roles.ts';

/** Distinct roles of one cluster that are looked at; more than that no cluster of 30 groups and 10 profiles has. */
const ROLES_MAX = 60;

type Use = Omit<RoleFacts, 'exists'>;

/** Whether the roles that the cluster, its node groups and its Fargate profiles work with are still there. */
export async function readRoles(client: IAMClient, facts: ClusterFacts, profiles: readonly FargateProfileFacts[]): Promise<RoleFacts[]> {
  const uses = usesOf(facts, profiles);
  if (uses.length > ROLES_MAX) throw new Error(`The cluster works with more than ${ROLES_MAX} roles.`);
  return eachOf(uses, async (use) => ({ ...use, exists: (await readRole(client, use.roleArn)) !== 'absent' }));
}

function usesOf({ cluster, nodegroups }: ClusterFacts, profiles: readonly FargateProfileFacts[]): Use[] {
  const all: Use[] = [
    { roleArn: cluster.roleArn, usedBy: 'cluster', subjects: [cluster.name] },
    ...nodegroups.flatMap(({ nodeRole, nodegroupName }): Use[] => (nodeRole === undefined ? [] : [{ roleArn: nodeRole, usedBy: 'nodegroup', subjects: [nodegroupName] }])),
    ...profiles.flatMap(({ podExecutionRoleArn, profileName }): Use[] => (podExecutionRoleArn === undefined ? [] : [{ roleArn: podExecutionRoleArn, usedBy: 'fargate-profile', subjects: [profileName] }])),
  ];
  const grouped = Map.groupBy(all.filter(({ roleArn }) => roleArn !== ''), ({ roleArn, usedBy }) => `${usedBy} ${roleArn}`);
  return [...grouped.values()].flatMap((same) => (same[0] === undefined ? [] : [{ ...same[0], subjects: same.flatMap(({ subjects }) => subjects) }]));
}
