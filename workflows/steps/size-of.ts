import type { Ports } from '../../aws/ports.ts';
import { nodeTurnsOf, refreshTurnsOf } from '../../domain/node-turns.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** How many node turns a step takes, from the cluster's record or from what was seen last. Tells a first look when it may be worth it. */
export async function sizeOf(ports: Ports, operation: Operation, step: Step): Promise<number> {
  if (step.kind === 'refresh-instances') return refreshTurnsOf(step, await ports.store.observation(operation.clusterId));
  if (step.kind !== 'upgrade-nodegroup') return 1;
  const cluster = await ports.store.cluster(operation.clusterId);
  return nodeTurnsOf(step, cluster?.nodegroups ?? []);
}
