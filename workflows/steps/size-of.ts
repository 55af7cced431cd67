import type { Ports } from '../../aws/ports.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** How many node turns a node group's step takes: nodes, by how many go at once. 1 for everything else. Tells a first look when it may be worth it. */
export async function sizeOf(ports: Ports, operation: Operation, step: Step): Promise<number> {
  if (!step.kind.endsWith('nodegroup')) return 1;
  const cluster = await ports.store.cluster(operation.clusterId);
  const group = cluster?.nodegroups.find((known) => known.nodegroupName === step.subject);
  if (group === undefined) return 1;
  const nodes = group.scalingConfig.desiredSize;
  if (step.kind !== 'upgrade-nodegroup') return 1;
  const atOnce = group.updateConfig?.maxUnavailable ?? Math.max(1, Math.floor((nodes * (group.updateConfig?.maxUnavailablePercentage ?? 0)) / 100));
  // Nodes launched beside the old ones, before the first is drained, are a turn of their own (source: EKS user guide, managed node update behavior).
  const surge = group.updateConfig?.updateStrategy === 'MINIMAL' ? 0 : 1;
  return Math.max(1, Math.ceil(nodes / Math.max(1, atOnce)) + surge);
}
