import type { Cluster } from '../../domain/cluster.ts';
import type { Store } from '../ports.ts';
import { clusterMet, clusterOver } from './clusters.ts';
import { runsOn } from './heads.ts';
import { historyLine } from './history.ts';
import { accountKey, clusterKey, headKey, nameKey, observationKey } from './keys.ts';
import { readHead } from './operations.ts';
import { clusterIn, type Head } from './records.ts';
import type { Action, TableAccess } from './table-access.ts';

type Ending = Parameters<Store['endOperation']>[2];
type Ended = Awaited<ReturnType<Store['endOperation']>>;

/** An account that was taken away meanwhile has no count to lower, a cluster that is not ours is not touched: each try leaves one thing out. */
const TRIES_MAX = 4;

export function endings(table: TableAccess): Pick<Store, 'endOperation'> {
  return { endOperation: (operationId, run, end, now) => endOperation(table, operationId, run, end, now) };
}

async function endOperation(table: TableAccess, operationId: string, run: number, end: Ending, now: number): Promise<Ended> {
  const head = await readHead(table, operationId);
  if (head === undefined || head.endedAt !== undefined || head.run !== run) return { kind: 'already' };
  const own = { head: endHead(operationId, run, end, now), event: historyLine(operationId, { type: end.state, message: end.message }, now) };
  let around = await clusterActions(table, head, end.cluster);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const written = await table.write({ ...own, ...around });
    if (written.kind === 'written') return { kind: 'ended' };
    if (written.met.head !== undefined) return { kind: 'already' };
    if (written.met.cluster !== undefined) {
      if (clusterMet(written.met.cluster)?.activeOperation === operationId) return { kind: 'moved' };
      around = {};
    } else {
      const { account: _account, ...rest } = around;
      around = rest;
    }
  }
  return { kind: 'moved' };
}

function endHead(operationId: string, run: number, end: Ending, now: number): Action {
  const at = new Date(now).toISOString();
  return {
    update: headKey(operationId),
    change: {
      set: { state: end.state, endedAt: at, updatedAt: at, errors: end.errors, message: end.message },
      remove: ['waitingFor', 'duePk', 'dueAt'],
      add: { revision: 1 },
    },
    if: runsOn(run),
  };
}

interface Around {
  readonly cluster?: Action;
  readonly observation?: Action;
  readonly name?: Action;
  readonly account?: Action;
}

/** What becomes of the cluster: released and brought up to date, or gone with everything that was remembered of it. Nothing, when this operation does not hold it. */
async function clusterActions(table: TableAccess, head: Head, after: Cluster | undefined): Promise<Around> {
  if (after !== undefined) {
    const { activeOperation, ...released } = after;
    return activeOperation === head.id ? { cluster: clusterOver(after.revision, released, { that: '#activeOperation = :mine', values: { mine: head.id } }) } : {};
  }
  const item = await table.get(clusterKey(head.clusterId));
  const cluster = item === undefined ? undefined : clusterIn(item);
  if (cluster?.activeOperation !== head.id) return {};
  return {
    cluster: { delete: clusterKey(cluster.clusterId), if: { that: '#activeOperation = :mine', values: { mine: head.id } } },
    observation: { delete: observationKey(cluster.clusterId) },
    name: { delete: nameKey(cluster.accountId, cluster.region, cluster.name) },
    account: { update: accountKey(cluster.accountId), change: { add: { clusterCount: -1 } }, if: { that: 'attribute_exists(#pk)' } },
  };
}
