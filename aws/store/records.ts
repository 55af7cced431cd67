import type { Account } from '../../domain/account.ts';
import { clusterStatus } from '../../domain/cluster-status.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { conditionOf, type Condition } from '../../domain/condition.ts';
import type { Operation, OperationEvent, Step, ToldWait, Wait, WaitingFor } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';
import { waitingMessage } from '../../domain/progress.ts';
import { watchesOwnWork } from '../../domain/waiting.ts';
import { ACCOUNTS, accountKey, CLUSTERS, clusterKey, eventKey, headKey, OPEN, OPERATIONS, stepKey, WAITS, waitKey, type Key } from './keys.ts';
import type { Stored } from './table-access.ts';

/** What an item has beside the record that it holds. */
const OURS = ['pk', 'sk', 'listPk', 'listSk', 'teamPk', 'duePk', 'dueAt', 'ttl'] as const;

/** Open operations are ordered by their last transition to this precision, so that not every transition moves them in the index. */
export const OPEN_PRECISION_MINUTES = 10;

function recordIn<T>(item: Stored, beside: readonly string[] = []): T {
  const extra = new Set<string>([...OURS, ...beside]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => !extra.has(name))) as T;
}

// Accounts: `verified` and `clusterCount` are what transactions look at.

export function accountItem(account: Account): Key & Stored {
  return { ...accountKey(account.accountId), listPk: ACCOUNTS, listSk: account.accountId, ...account, verified: isVerified(account.conditions), clusterCount: 0 };
}

export function isVerified(conditions: readonly Condition[]): boolean {
  return conditionOf(conditions, 'AccessVerified')?.status === 'True';
}

export function accountIn(item: Stored): Account {
  return recordIn(item, ['verified', 'clusterCount']);
}

// Clusters: `status` is what lists are filtered by.

export function clusterItem(cluster: Cluster): Key & Stored {
  const team = cluster.team === undefined ? {} : { teamPk: `${CLUSTERS}#${cluster.team}` };
  return { ...clusterKey(cluster.clusterId), listPk: CLUSTERS, listSk: cluster.clusterId, ...team, ...cluster, status: clusterStatus(cluster) };
}

export function clusterIn(item: Stored): Cluster {
  return recordIn(item, ['status']);
}

// Operations. The head is small: the plan, the request and the steps are items of their own.

/** An operation without what other items hold. `current` is the title of the step that was begun last. */
export type Head = Omit<Operation, 'plan' | 'request' | 'progress'> & {
  readonly from: string;
  readonly to: string;
  readonly done: number;
  readonly total: number;
  readonly message: string;
  readonly current?: string;
  readonly waitingFor?: WaitingFor;
  readonly toldWait?: ToldWait;
  /** Who began the present run, when it is a retry: tells our own repeat from another's. */
  readonly retriedBy?: { readonly by: string; readonly at: string };
};

export function openDue(updatedAt: string): { readonly duePk: string; readonly dueAt: number } {
  const grain = OPEN_PRECISION_MINUTES * 60_000;
  return { duePk: OPEN, dueAt: Math.floor(Date.parse(updatedAt) / grain) * grain };
}

export function headItem(operation: Operation): Key & Stored {
  const { plan, request: _request, progress, ...rest } = operation;
  const team = operation.team === undefined ? {} : { teamPk: `${OPERATIONS}#${operation.team}` };
  const head: Head = { ...rest, from: plan.from, to: plan.to, done: progress.done, total: progress.total, message: progress.message };
  return { ...headKey(operation.id), listPk: OPERATIONS, listSk: operation.id, ...team, ...openDue(operation.updatedAt), ...head };
}

export function headIn(item: Stored): Head {
  return recordIn(item);
}

/** An operation as lists show it: without hops and without the request. */
export function listed(head: Head): Operation {
  const { from, to, done, total, message, current, retriedBy: _retriedBy, toldWait: _toldWait, ...rest } = head;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  const plan: Plan = { from, to, hops: [], findings: [], notLookedAt: [], estimate: { minutes: 0, addresses: 0, surgeNodes: 0, savedPerMonthUsd: 0 } };
  const at = current === undefined ? message : `${Math.min(done + 1, total)} of ${total}: ${current}`;
  const told = head.endedAt !== undefined ? message : head.waitingFor === undefined ? at : waitingMessage(head.waitingFor, done, total);
  return { ...rest, plan, request: {}, progress: { done, total, percent, message: told } };
}

export function stepItem(operationId: string, step: Step): Key & Stored {
  return { ...stepKey(operationId, step.run, step.id), ...step };
}

export function stepIn(item: Stored): Step {
  return recordIn(item);
}

// Waits: `own` marks EKS at work for us, which leaves the operation Running.

export function waitItem(wait: Wait): Key & Stored {
  return { ...waitKey(wait.operationId, wait.stepId), duePk: WAITS, dueAt: wait.nextCheckAt, ...wait, own: watchesOwnWork(wait) };
}

export function waitIn(item: Stored): Wait {
  return recordIn(item, ['own']);
}

export function eventItem(operationId: string, event: OperationEvent): Key & Stored {
  return { ...eventKey(operationId, event.sequence), ...event };
}

export function eventIn(item: Stored): OperationEvent {
  return recordIn(item);
}
