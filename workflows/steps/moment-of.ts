import type { Ports } from '../../aws/ports.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { expectedSeconds } from '../../domain/durations.ts';
import { obeysPolicy, type Moment } from '../../domain/may-begin.ts';
import type { Operation, Step } from '../../domain/operation.ts';
import { sizeOf } from './size-of.ts';

/** The moment, how long the step is expected to take and the cluster's maintenance policy. Undefined for all work but upgrades: nothing else is bound to times. */
export async function momentOf(ports: Ports, operation: Operation, step: Step, cluster: Cluster | undefined): Promise<Moment | undefined> {
  if (!obeysPolicy(operation)) return undefined;
  const now = ports.clock.now();
  if (cluster?.maintenancePolicy === undefined) return { now, seconds: 0 };
  const seconds = expectedSeconds(step.kind, await sizeOf(ports, operation, step), await ports.store.durations(step.kind));
  return { now, seconds, policy: cluster.maintenancePolicy };
}
