import type { Nodegroup } from './cluster.ts';
import type { ClusterFacts, NodegroupFacts } from './facts.ts';
import { MIN_HEALTHY_PERCENTAGE } from './instance-refreshes.ts';
import type { PlannedStep } from './plan.ts';

type Sized = Pick<NodegroupFacts, 'scalingConfig'> & Partial<Pick<NodegroupFacts, 'updateConfig'>>;

/**
 * How many node turns a step takes, one after the other: 1 for everything but a roll or a refresh, and for groups that nobody knows. What was
 * seen of a group counts before what is on record: an autoscaler changes its size without telling us.
 */
export function nodeTurnsOf(step: Pick<PlannedStep, 'kind' | 'subject' | 'parameters'>, seen: ClusterFacts | undefined, recorded: readonly Nodegroup[]): number {
  if (step.kind === 'refresh-instances') return refreshTurns(step, seen);
  if (step.kind !== 'upgrade-nodegroup') return 1;
  const group = [...(seen?.nodegroups ?? []), ...recorded].find(({ nodegroupName }) => nodegroupName === step.subject);
  if (group === undefined) return 1;
  // Nodes launched beside the old ones, before the first is drained, are a turn of their own (source: EKS user guide, managed node update behavior).
  const surge = group.updateConfig?.updateStrategy === 'MINIMAL' ? 0 : 1;
  return Math.max(1, roundsOf(group) + surge);
}

/** How many rounds of nodes a roll goes through. */
export function roundsOf(group: Sized): number {
  return Math.ceil(group.scalingConfig.desiredSize / nodesAtOnce(group));
}

/** EKS's `maxUnavailable` in nodes; a percentage of the group's size, at least one (source: EKS NodegroupUpdateConfig, default 1). */
export function nodesAtOnce({ scalingConfig, updateConfig }: Sized): number {
  const { maxUnavailable, maxUnavailablePercentage = 0 } = updateConfig ?? {};
  return Math.max(1, maxUnavailable ?? Math.floor((scalingConfig.desiredSize * maxUnavailablePercentage) / 100));
}

/** How many rounds of instances a refresh goes through: what may be out of service at a time, at least one (source: Auto Scaling user guide, instance refresh). */
export function refreshRounds(instances: number, healthyPercentage = MIN_HEALTHY_PERCENTAGE): number {
  return Math.ceil(instances / Math.max(1, Math.floor((instances * (100 - healthyPercentage)) / 100)));
}

function refreshTurns(step: Pick<PlannedStep, 'subject' | 'parameters'>, seen: ClusterFacts | undefined): number {
  const groups = seen?.readiness?.selfManagedGroups;
  const group = groups?.kind === 'seen' ? groups.value.find(({ groupName }) => groupName === step.subject) : undefined;
  return Math.max(1, refreshRounds(group?.desiredCapacity ?? 1, Number(step.parameters?.['minHealthyPercentage'] ?? MIN_HEALTHY_PERCENTAGE)));
}
