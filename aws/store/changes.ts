import type { Cluster } from '../../domain/cluster.ts';
import { changesPolicy, type ClusterChange } from '../../domain/cluster-change.ts';
import type { Store } from '../ports.ts';
import { historyLine, withReason } from './history.ts';
import { changeKey } from './keys.ts';
import { newestFirst } from './lists.ts';
import type { Action, TableAccess } from './table-access.ts';

/** Longer than auditors ask back. */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

export function changes(table: TableAccess): Pick<Store, 'clusterChanges'> {
  return { clusterChanges: (clusterId, page) => newestFirst<ClusterChange>(table, (changeId) => changeKey(clusterId, changeId), 'changeId', page) };
}

/** The line of a change, to be written with the change itself; and one in the history of the operation that goes by another policy from now on. */
export function changeActions(change: ClusterChange | undefined, { activeOperation }: Pick<Cluster, 'activeOperation'>): { readonly change?: Action; readonly policyChanged?: Action } {
  if (change === undefined) return {};
  const at = Date.parse(change.at);
  const line = { type: 'MaintenancePolicyChanged', message: withReason(`${change.by} changed when the cluster may be worked on`, change.reason), by: change.by };
  return {
    change: { put: { ...changeKey(change.clusterId, change.changeId), ...change, ttl: Math.ceil((at + KEPT_DAYS * DAY_MS) / 1000) } },
    ...(activeOperation !== undefined && changesPolicy(change) ? { policyChanged: historyLine(activeOperation, line, at) } : {}),
  };
}
