import type { Ports } from '../../aws/ports.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { isMinor } from '../../domain/minor.ts';
import { newOperation } from '../../domain/new-operation.ts';
import { askersOf, errorOf } from '../../domain/next-hop.ts';
import type { Operation, OperationError } from '../../domain/operation.ts';
import { planRollback } from '../../domain/plan-rollback.ts';
import { isRefusal } from '../../domain/refusal.ts';

/** The rollback that follows an upgrade which an alarm stopped, and the cluster as it takes it over; or why there is none. */
export type TurnedBack =
  | { readonly kind: 'begins'; readonly successor: Operation; readonly cluster: Cluster }
  | { readonly kind: 'cannot'; readonly error: OperationError };

/**
 * Plans the way back from what was seen of the cluster last: the end of the upgrade has just looked, or could not. The rollback plans afresh
 * before it begins anything.
 */
export async function turnBack(ports: Ports, upgrade: Operation, cluster: Cluster, because: string): Promise<TurnedBack> {
  const now = ports.clock.now();
  const at = new Date(now).toISOString();
  const [facts, waivers] = await Promise.all([ports.store.observation(cluster.clusterId), ports.store.waivers(cluster.clusterId, now)]);
  if (facts === undefined) return { kind: 'cannot', error: { code: 'rollback-unavailable', message: 'Nothing has been seen of the cluster that a way back could be planned from.' } };
  const plan = planRollback({ cluster, facts, now: at, waivers, askedBy: askersOf(upgrade) });
  if (isRefusal(plan)) return { kind: 'cannot', error: errorOf(plan) };
  const rollback = newOperation({
    id: ports.ids.operationId(now),
    kind: 'rollback-cluster',
    cluster,
    plan,
    request: { reason: because },
    caller: { sub: upgrade.requestedBy, role: 'operator' },
    reason: because,
    now: at,
  });
  return { kind: 'begins', successor: { ...rollback, causedBy: upgrade.id }, cluster: isMinor(plan.to) ? { ...cluster, desiredVersion: plan.to } : cluster };
}
