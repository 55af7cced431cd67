import type { Ports } from '../../aws/ports.ts';
import { nodeTurnsOf } from '../../domain/node-turns.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** How many node turns a step takes, from the cluster's record. Tells a first look when it may be worth it. */
export async function sizeOf(ports: Ports, operation: Operation, step: Step): Promise<number> {
  if (step.kind !== 'upgrade-nodegroup') return 1;
  const cluster = await ports.store.cluster(operation.clusterId);
  return nodeTurnsOf(step, cluster?.nodegroups ?? []);
}
