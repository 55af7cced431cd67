import type { Ports } from '../../aws/ports.ts';
import { nodeTurnsOf } from '../../domain/node-turns.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** How many node turns a step takes, from what was seen last, or else from the cluster's record. Tells a first look when it may be worth it. */
export async function sizeOf(ports: Ports, { clusterId }: Operation, step: Step): Promise<number> {
  if (step.kind !== 'upgrade-nodegroup' && step.kind !== 'refresh-instances') return 1;
  const [seen, cluster] = await Promise.all([ports.store.observation(clusterId), ports.store.cluster(clusterId)]);
  return nodeTurnsOf(step, seen, cluster?.nodegroups ?? []);
}
