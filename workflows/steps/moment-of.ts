import type { Ports } from '../../aws/ports.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { expectedSeconds } from '../../domain/durations.ts';
import type { Moment } from '../../domain/may-begin.ts';
import { nodeTurnsOf } from '../../domain/node-turns.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** What the cluster's maintenance policy is asked with: the moment, and how long the step is expected to take. Undefined where none applies: without a policy, and for all work but upgrades. */
export async function momentOf(ports: Ports, operation: Operation, step: Step, cluster: Cluster | undefined): Promise<Moment | undefined> {
  if (operation.kind !== 'upgrade-cluster' || cluster?.maintenancePolicy === undefined) return undefined;
  const seconds = expectedSeconds(step.kind, nodeTurnsOf(step, cluster.nodegroups), await ports.store.durations(step.kind));
  return { now: ports.clock.now(), seconds, policy: cluster.maintenancePolicy };
}
