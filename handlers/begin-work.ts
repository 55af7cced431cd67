import type { Ports } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import { refusedByStanding } from '../domain/account-standing.ts';
import { mayActIn } from '../domain/caller.ts';
import type { Cluster } from '../domain/cluster.ts';
import { changeBetween, type ClusterChange } from '../domain/cluster-change.ts';
import { newOperation } from '../domain/new-operation.ts';
import type { Operation, OperationKind, Terms } from '../domain/operation.ts';
import { plannedAfter } from '../domain/parts/made-after.ts';
import type { Plan } from '../domain/plan.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { accepted, MOVED, type Outcome } from './answers.ts';
import { inProgress } from './reach.ts';
import type { Ask } from './route.ts';

/** Largest record of a cluster: an item of the store holds 400 KB. */
const CLUSTER_RECORD_BYTES_MAX = 256 * 1024;

type Asked = Pick<Ask, 'caller' | 'now' | 'nowMs' | 'requestId' | 'remember'>;

/** New EKS work is refused while the fleet is frozen. */
export async function refusedByFreeze({ store }: Ports): Promise<Refusal | undefined> {
  const freeze = await store.freeze();
  if (freeze === undefined) return undefined;
  return refuse('frozen', `New work is frozen since ${freeze.at}: ${freeze.reason}`, { remedy: 'Wait until an admin has lifted the freeze.' });
}

/** An account that a cluster may be made or taken on in: registered, for this caller and region, and verified. */
export async function accountToWorkIn(ask: Pick<Ask, 'caller'>, { store }: Ports, accountId: string, region: string): Promise<Account | Refusal> {
  const account = await store.account(accountId);
  const refused = mayActIn(ask.caller, account, accountId);
  if (refused !== undefined) return refused;
  if (account === undefined) return refuse('account-not-registered', `Account ${accountId} is not registered.`, { remedy: 'An admin registers it with POST /v1/accounts.' });
  return refusedByStanding(account, region) ?? account;
}

/**
 * The act of every request that starts work: the operation with its plan, the cluster taken by it and the answer
 * remembered, in one transaction; then the execution. `before` is absent for a cluster that is new.
 */
export async function beginWork(
  ask: Asked,
  reach: Ports,
  work: { kind: OperationKind; before?: Cluster; after: Cluster; plan: Plan | Refusal; request: Readonly<Record<string, unknown>>; reason?: string | undefined; terms?: Terms },
): Promise<Outcome> {
  const { before, plan } = work;
  if (isRefusal(plan)) return plan;
  const operation = newOperation({ ...work, plan, id: reach.ids.operationId(ask.nowMs), cluster: work.after, caller: ask.caller, now: ask.now });
  const planned = plannedAfter(work.after.planned ?? [], plan.hops.flatMap((hop) => hop.steps));
  const after: Cluster = {
    ...work.after,
    ...(planned.length > 0 || work.after.planned !== undefined ? { planned } : {}),
    activeOperation: operation.id,
    ...(before === undefined ? {} : { generation: before.generation + 1, revision: before.revision + 1 }),
  };
  if (Buffer.byteLength(JSON.stringify(after)) > CLUSTER_RECORD_BYTES_MAX) return refuse('rules-broken', `The cluster's record would be larger than ${CLUSTER_RECORD_BYTES_MAX} bytes.`);

  const answer = accepted(operation);
  const change = before === undefined ? undefined : changeBetween(before, after, { changeId: reach.ids.changeId(ask.nowMs), at: ask.now, by: ask.caller.sub, reason: work.reason, operation: operation.id });
  const written = await reach.store.beginOperation(operation, { ...(before === undefined ? {} : { before }), after, ...(change === undefined ? {} : { change }) }, ask.remember(answer));
  if (written.kind === 'answered') return written;
  if (written.kind === 'busy') return inProgress(written.operationId);
  if (written.kind === 'exists') return refuse('cluster-exists', `There is a cluster ${after.name} in ${after.accountId}, ${after.region} already.`);
  if (written.kind !== 'written') return MOVED;
  logChange(ask, reach, after, change);
  await start(ask, reach, operation);
  return answer;
}

/** The log's line of a change on a cluster's record. */
export function logChange({ requestId, caller }: Pick<Ask, 'requestId' | 'caller'>, { log }: Ports, { clusterId, accountId }: Cluster, change: ClusterChange | undefined): void {
  if (change === undefined) return;
  const { changeId, changed, reason = 'none given', operation } = change;
  log.warn('The record of a cluster was changed', { requestId, cluster: clusterId, account: accountId, change: changeId, fields: changed.map(({ field }) => field), caller: caller.sub, reason, operation });
}

/** A start that fails is no matter for the client: the operation is written, and the reconciler starts what is Pending. */
export async function start({ requestId }: Pick<Ask, 'requestId'>, { executions, log }: Ports, operation: Operation): Promise<void> {
  const { id, kind, run, clusterId, accountId } = operation;
  try {
    await executions.start(kind, id, run);
  } catch (error) {
    log.error('An execution could not be started; the reconciler will', { requestId, operation: id, cluster: clusterId, account: accountId, error: String(error) });
  }
}
