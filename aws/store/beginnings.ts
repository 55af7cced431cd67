import type { Cluster } from '../../domain/cluster.ts';
import type { Operation } from '../../domain/operation.ts';
import { nextRun } from '../../domain/new-operation.ts';
import { notWaitedFor } from '../../domain/rollback-timing.ts';
import { sentence } from '../../domain/sentence.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { changeActions } from './changes.ts';
import { clusterMet, clusterOver, newClusterActions } from './clusters.ts';
import { historyLine, withReason } from './history.ts';
import { clusterOperationKey, planKey, requestKey } from './keys.ts';
import { clusterItem, headItem } from './records.ts';
import type { Action, TableAccess } from './table-access.ts';

type Beginnings = Pick<Store, 'beginOperation' | 'beginRetry'>;

/** The beginning of an operation and of each of its further runs: with it the cluster is taken. */
export function beginnings(table: TableAccess): Beginnings {
  return {
    async beginOperation(operation, { before, after, change }, answer) {
      const fresh = before === undefined ? newClusterActions(after) : undefined;
      const written = await table.write({
        ...beginningOf(operation),
        cluster: takeCluster(operation.id, before, after),
        change: changeActions(change, {}).change,
        answer: answerAction(answer),
        name: fresh?.name,
        account: fresh?.account,
      });
      // Operation ids are unguessable: one that stands with ours is what we wrote, and the answer to that was lost.
      if (written.kind === 'written' || (written.met.operation !== undefined && written.met.operation !== null)) return { kind: 'written' };
      const { met } = written;
      const answered = answeredBy(met);
      if (answered !== undefined) return answered;
      if (met.name !== undefined && met.name !== null) return { kind: 'exists', clusterId: String(met.name['clusterId']) };
      if (met.account !== undefined) return { kind: 'account-moved' };
      return takenOrMoved(clusterMet(met.cluster));
    },

    async beginRetry(operation, next, cluster, answer) {
      const again = nextRun(operation, next);
      const head = { ...headItem({ ...again, revision: operation.revision + 1 }), retriedBy: { by: next.by.by, at: next.by.at } };
      const written = await table.write({
        operation: {
          put: head,
          if: { that: '#run = :run AND attribute_exists(#endedAt) AND #state <> :succeeded', values: { run: operation.run, succeeded: 'Succeeded' } },
        },
        plan: { put: { ...planKey(operation.id, again.run), plan: next.plan } },
        cluster: takeCluster(operation.id, cluster, cluster),
        event: historyLine(operation.id, retried(next.by), Date.parse(next.by.at)),
        forced: next.forceNodegroups === undefined ? undefined : historyLine(operation.id, forced(next.by, next.forceNodegroups), Date.parse(next.by.at)),
        notHeld: notHeld(again, Date.parse(next.by.at)),
        answer: answerAction(answer),
      });
      if (written.kind === 'written') return written;
      const { met } = written;
      const standing = met.operation?.['retriedBy'] as { by?: string; at?: string } | undefined;
      if (met.operation?.['run'] === again.run && standing?.by === next.by.by && standing.at === next.by.at) return { kind: 'written' };
      const answered = answeredBy(met);
      if (answered !== undefined) return answered;
      const came = takenOrMoved(clusterMet(met.cluster));
      return came.kind === 'busy' ? came : { kind: 'moved' };
    },
  };
}

/** Everything of a new operation but its hold on the cluster. */
export function beginningOf(operation: Operation): Readonly<Record<'operation' | 'plan' | 'request' | 'clusterOperation' | 'requested', Action> & Record<'notHeld', Action | undefined>> {
  return {
    operation: { put: headItem(operation), if: { that: 'attribute_not_exists(#pk)' } },
    plan: { put: { ...planKey(operation.id, operation.run), plan: operation.plan } },
    request: { put: { ...requestKey(operation.id), request: operation.request } },
    clusterOperation: { put: { ...clusterOperationKey(operation.clusterId, operation.id), operationId: operation.id } },
    requested: historyLine(operation.id, requested(operation), Date.parse(operation.createdAt)),
    notHeld: notHeld(operation, Date.parse(operation.createdAt)),
  };
}

/** Nobody else has the cluster, and it is as it was looked at; or it is not there yet. */
function takeCluster(operationId: string, before: Cluster | undefined, after: Cluster): Action {
  const taken = { ...after, activeOperation: operationId };
  if (before === undefined) return { put: clusterItem(taken), if: { that: 'attribute_not_exists(#pk)' } };
  return clusterOver(before.revision, taken, { that: 'attribute_not_exists(#activeOperation)' });
}

function takenOrMoved(cluster: Cluster | undefined): { readonly kind: 'busy'; readonly operationId: string } | { readonly kind: 'moved'; readonly cluster: Cluster | undefined } {
  return cluster?.activeOperation === undefined ? { kind: 'moved', cluster } : { kind: 'busy', operationId: cluster.activeOperation };
}

function requested(operation: Operation) {
  const because = operation.reason === undefined ? '' : `: ${operation.reason}`;
  if (operation.causedBy !== undefined) return { type: 'Requested', message: sentence(`Begun to turn back ${operation.causedBy}${because}`), by: operation.requestedBy };
  return { type: 'Requested', message: sentence(`${operation.requestedBy} asked for it${because}`), by: operation.requestedBy };
}

/** Work that begins in spite of the cluster's maintenance policy says so. */
function notHeld({ id, plan }: Operation, now: number): Action | undefined {
  const because = notWaitedFor(plan);
  return because === undefined ? undefined : historyLine(id, { type: 'NotHeld', message: because }, now);
}

function retried(by: { readonly by: string; readonly reason?: string }) {
  return { type: 'Retried', message: withReason(`${by.by} asked for another try`, by.reason), by: by.by };
}

function forced(by: { readonly by: string; readonly reason?: string }, groups: readonly string[]) {
  return { type: 'Forced', message: withReason(`${by.by} lets ${groups.join(', ')} roll past the disruption budgets of pods`, by.reason), by: by.by };
}
