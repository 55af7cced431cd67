import { AccountUnreachable, type Ports, type OperationRecord } from '../../aws/ports.ts';
import { accessAfter } from '../../domain/access-after.ts';
import { accessCondition } from '../../domain/access-condition.ts';
import { identitiesAfter, sharesAfter } from '../../domain/addons/shares-after.ts';
import { clusterAfter, clusterUnseen, withWayBack } from '../../domain/cluster-after.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { withCondition } from '../../domain/condition.ts';
import { cancelledMessage, doneMessage } from '../../domain/end-message.ts';
import { errorsOf } from '../../domain/operation-errors.ts';
import { madeAfter, troublesAfter } from '../../domain/parts/made-after.ts';
import { factsOf } from '../steps/facts-of.ts';
import { hasEnded } from '../steps/due-step.ts';
import type { Failure } from '../task.ts';
import { turnBack } from './turn-back.ts';

const FACTS_AGE_SECONDS_MAX = 120;
/** The record is read again when the cluster moved between reading and writing; more often than this something is wrong. */
const WRITES_MAX = 5;
/** Work of EKS that outlived its execution is watched on, this often. */
const ORPHAN_LOOK_SECONDS = 30;
const ORPHAN_DEADLINE_DAYS = 14;
const DAY_MS = 86_400_000;

/** How a run ended. `failure` is what a Catch or an execution's end told; absent when all went well. */
export type Ending = { readonly kind: 'succeeded' } | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Ends an operation: tells what each step came to, brings the cluster's record up to date and releases it. Harmless to
 * repeat. While an update of ours still runs at EKS the lock stays: the update is watched to its end, and the look that
 * sees it comes back here.
 */
export async function endOperation(ports: Ports, operationId: string, run: number, ending: Ending): Promise<'ended' | 'still-running'> {
  for (let write = 0; write < WRITES_MAX; write += 1) {
    const record = await ports.store.operation(operationId);
    if (record === undefined || record.operation.run !== run) return 'ended';
    if (record.operation.endedAt !== undefined) return follow(ports, record.operation.succeededBy);
    if (ending.kind === 'failed' && (await watchOrphans(ports, record))) return 'still-running';
    const { operation } = record;
    const cluster = await ports.store.cluster(operation.clusterId);
    const after = await clusterAtEnd(ports, record, cluster, ending);
    const state = ending.kind === 'succeeded' ? 'Succeeded' : operation.cancel === undefined ? 'Failed' : 'Cancelled';
    const back = state === 'Failed' && operation.turnBack !== undefined && after !== undefined ? await turnBack(ports, operation, after, operation.turnBack.reason ?? 'An alarm fired.') : undefined;
    const errors = ending.kind === 'succeeded' ? [] : errorsOf(operation, record.steps, ending.failure, back?.kind === 'cannot' ? back.error : undefined);
    const message = state === 'Succeeded' ? doneMessage(operation) : state === 'Cancelled' ? cancelledMessage(record.steps) : (errors[0]?.message ?? 'Failed.');
    const ended = await ports.store.endOperation(operationId, run, { state, errors, message, ...(back?.kind === 'begins' ? { cluster: back.cluster, successor: back.successor } : { cluster: after }) }, ports.clock.now());
    if (ended.kind === 'moved') continue;
    ports.log.info('operation ended', { operation: operationId, cluster: operation.clusterName, account: operation.accountId, state, codes: errors.map((error) => error.code) });
    ports.meter.count('OperationOutcome', 1, { kind: operation.kind, outcome: state });
    return follow(ports, ended.succeededBy);
  }
  throw new Error(`Operation ${operationId} could not be ended: its cluster moved ${WRITES_MAX} times.`);
}

/** Starts what took the cluster over, however often this is repeated; where it is not, the reconciler starts it. */
async function follow(ports: Ports, successorId: string | undefined): Promise<'ended'> {
  if (successorId !== undefined) await ports.executions.start('rollback-cluster', successorId, 1);
  return 'ended';
}

/** True while work of this run is under way at EKS; each piece gets a wait without a token, so that its end is seen. */
async function watchOrphans(ports: Ports, record: OperationRecord): Promise<boolean> {
  const orphans = record.steps.filter((step) => step.updateId !== undefined && !hasEnded(step));
  const now = ports.clock.now();
  const { operation } = record;
  for (const step of orphans) {
    const known = record.waits.find((wait) => wait.stepId === step.id);
    if (known !== undefined && known.token === undefined) continue;
    const wait = {
      operationId: operation.id,
      run: operation.run,
      stepId: step.id,
      tokenEpoch: (known?.tokenEpoch ?? now) + 1,
      kind: 'EksUpdate' as const,
      accountId: operation.accountId,
      region: operation.region,
      clusterId: operation.clusterId,
      nextCheckAt: now + ORPHAN_LOOK_SECONDS * 1000,
      since: now,
      deadline: now + ORPHAN_DEADLINE_DAYS * DAY_MS,
      because: `${step.title}: watched to its end, although the operation has failed.`,
      looks: 0,
    };
    await ports.store.park(wait);
    await ports.looks.queue(wait, wait.nextCheckAt, now);
  }
  return orphans.length > 0;
}

/** The cluster's record as it should stand afterwards; undefined when the cluster is gone. */
async function clusterAtEnd(ports: Ports, record: OperationRecord, cluster: Cluster | undefined, ending: Ending): Promise<Cluster | undefined> {
  const { operation, steps } = record;
  if (cluster === undefined) return undefined;
  if (operation.kind === 'delete-cluster' && ending.kind === 'succeeded') return undefined;
  const { deletingSince: _deleting, ...kept } = withWayBack(cluster, steps);
  const access = accessAfter(cluster, operation, steps);
  const addonShares = sharesAfter(cluster.addonShares ?? [], steps);
  const parts = cluster.planned === undefined ? {} : { made: madeAfter(cluster.made ?? [], steps), partTroubles: troublesAfter(cluster.partTroubles ?? [], steps) };
  const now = new Date(ports.clock.now()).toISOString();
  const before: Cluster = { ...kept, desiredVersion: cluster.version, access, addons: identitiesAfter(cluster.addons, steps), ...parts, ...(addonShares.length === 0 && cluster.addonShares === undefined ? {} : { addonShares }), conditions: withCondition(cluster.conditions, accessCondition({ origin: cluster.origin, access }), now) };
  const lastEnd = Math.max(0, ...steps.map((step) => Date.parse(step.endedAt ?? '1970-01-01T00:00:00Z')));
  try {
    const facts = await factsOf(ports, operation, lastEnd, FACTS_AGE_SECONDS_MAX);
    if (facts !== 'absent') return clusterAfter(before, facts);
    return operation.kind === 'create-cluster' ? before : clusterUnseen(before, 'EKS no longer knows this cluster.', now);
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    return clusterUnseen(before, `Not looked at when the operation ended: ${error.message}`, now);
  }
}
