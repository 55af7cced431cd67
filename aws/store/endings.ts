import type { Cluster } from '../../domain/cluster.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Store } from '../ports.ts';
import { beginningOf } from './beginnings.ts';
import { clusterMet, clusterOver } from './clusters.ts';
import { runsOn } from './heads.ts';
import { historyLine } from './history.ts';
import { accountKey, clusterKey, headKey, nameKey, observationKey } from './keys.ts';
import { readHead } from './operations.ts';
import { clusterIn, type Head } from './records.ts';
import type { Action, TableAccess } from './table-access.ts';
import { allWaivers, removals } from './waivers.ts';

type Ending = Parameters<Store['endOperation']>[2];
type Ended = Awaited<ReturnType<Store['endOperation']>>;

/** An account that was taken away meanwhile has no count to lower, a cluster that is not ours is not touched: each try leaves one thing out. */
const TRIES_MAX = 4;
/** A transaction takes 100 actions. There are fewer waivers; one that was left would go by itself at its end. */
const WAIVERS_CLEARED_MAX = 80;

export function endings(table: TableAccess): Pick<Store, 'endOperation'> {
  return { endOperation: (operationId, run, end, now) => endOperation(table, operationId, run, end, now) };
}

async function endOperation(table: TableAccess, operationId: string, run: number, end: Ending, now: number): Promise<Ended> {
  const head = await readHead(table, operationId);
  if (head === undefined || head.endedAt !== undefined || head.run !== run) return already(head, run);
  const event = historyLine(operationId, { type: end.state, message: end.message }, now);
  let successor = end.cluster?.activeOperation === operationId ? end.successor : undefined;
  let around = await clusterActions(table, head, end.cluster, successor);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const written = await table.write({
      head: endHead(operationId, run, end, successor, now),
      event,
      ...around,
      ...(successor === undefined ? {} : beginningOf(successor)),
    });
    if (written.kind === 'written') return { kind: 'ended', ...told(successor?.id) };
    const { met } = written;
    if (met.head !== undefined) return already(await readHead(table, operationId), run);
    if (met.cluster !== undefined) {
      if (clusterMet(met.cluster)?.activeOperation === operationId) return { kind: 'moved' };
      // Whoever has the cluster now keeps it, so nothing can follow on it.
      successor = undefined;
      around = {};
    } else if ('operation' in met) {
      throw new Error(`There is an operation ${successor?.id} already, which was not begun by the end of ${operationId}.`);
    } else {
      const { account: _account, ...rest } = around;
      around = rest;
    }
  }
  return { kind: 'moved' };
}

/** Ended before. Who ends it again is told what follows it, so that its execution can be started again. */
function already(head: Head | undefined, run: number): Ended {
  return { kind: 'already', ...(head?.run === run ? told(head.succeededBy) : {}) };
}

function told(succeededBy: string | undefined): { readonly succeededBy?: string } {
  return succeededBy === undefined ? {} : { succeededBy };
}

function endHead(operationId: string, run: number, end: Ending, successor: Operation | undefined, now: number): Action {
  const at = new Date(now).toISOString();
  return {
    update: headKey(operationId),
    change: {
      set: { state: end.state, endedAt: at, updatedAt: at, errors: end.errors, message: end.message, ...told(successor?.id) },
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
  readonly [waiver: `waiver-${string}`]: Action;
}

/** What becomes of the cluster: brought up to date and released or handed over, or gone with everything that was remembered of it. Nothing, when this operation does not hold it. */
async function clusterActions(table: TableAccess, head: Head, after: Cluster | undefined, successor: Operation | undefined): Promise<Around> {
  if (after !== undefined) {
    const { activeOperation, ...released } = after;
    const next = successor === undefined ? released : { ...released, activeOperation: successor.id };
    return activeOperation === head.id ? { cluster: clusterOver(after.revision, next, { that: '#activeOperation = :mine', values: { mine: head.id } }) } : {};
  }
  const item = await table.get(clusterKey(head.clusterId));
  const cluster = item === undefined ? undefined : clusterIn(item);
  if (cluster?.activeOperation !== head.id) return {};
  return {
    cluster: { delete: clusterKey(cluster.clusterId), if: { that: '#activeOperation = :mine', values: { mine: head.id } } },
    observation: { delete: observationKey(cluster.clusterId) },
    name: { delete: nameKey(cluster.accountId, cluster.region, cluster.name) },
    ...removals((await allWaivers(table, cluster.clusterId)).slice(0, WAIVERS_CLEARED_MAX)),
    account: { update: accountKey(cluster.accountId), change: { add: { clusterCount: -1 } }, if: { that: 'attribute_exists(#pk)' } },
  };
}
