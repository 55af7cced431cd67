import type { Nodegroup } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { MIN_HEALTHY_PERCENTAGE } from './instance-refreshes.ts';
import type { PlannedStep } from './plan.ts';

/** How many node turns a step takes: nodes, by how many go at once. 1 for everything but the roll of a node group. */
export function nodeTurnsOf(step: Pick<PlannedStep, 'kind' | 'subject'>, nodegroups: readonly Nodegroup[]): number {
  if (step.kind !== 'upgrade-nodegroup') return 1;
  const group = nodegroups.find((known) => known.nodegroupName === step.subject);
  if (group === undefined) return 1;
  const nodes = group.scalingConfig.desiredSize;
  const atOnce = group.updateConfig?.maxUnavailable ?? Math.max(1, Math.floor((nodes * (group.updateConfig?.maxUnavailablePercentage ?? 0)) / 100));
  // Nodes launched beside the old ones, before the first is drained, are a turn of their own (source: EKS user guide, managed node update behavior).
  const surge = group.updateConfig?.updateStrategy === 'MINIMAL' ? 0 : 1;
  return Math.max(1, Math.ceil(nodes / Math.max(1, atOnce)) + surge);
}

/** Turns of an instance refresh: instances, by how many may be out of service at once. 1 where the group was not seen. */
export function refreshTurnsOf(step: Pick<PlannedStep, 'subject' | 'parameters'>, facts: ClusterFacts | undefined): number {
  const groups = facts?.readiness?.selfManagedGroups;
  const instances = groups?.kind === 'seen' ? (groups.value.find((group) => group.groupName === step.subject)?.desiredCapacity ?? 1) : 1;
  const healthy = Number(step.parameters?.['minHealthyPercentage'] ?? MIN_HEALTHY_PERCENTAGE);
  return Math.max(1, Math.ceil(instances / Math.max(1, Math.floor((instances * (100 - healthy)) / 100))));
}
