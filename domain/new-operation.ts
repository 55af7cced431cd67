import type { Caller } from './caller.ts';
import type { Cluster } from './cluster.ts';
import type { Approval } from './gates.ts';
import type { Intent, Operation, OperationKind, Step, Terms } from './operation.ts';
import type { Plan } from './plan.ts';
import { progressOf } from './progress.ts';

/** A new operation on a cluster, before anything was begun. `id` and `now` (RFC 3339) come from outside. */
export function newOperation(asked: {
  readonly id: string;
  readonly kind: OperationKind;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly request: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly reason?: string | undefined;
  readonly terms?: Terms | undefined;
  readonly now: string;
}): Operation {
  const { id, kind, cluster, plan, request, caller, reason, terms, now } = asked;
  return {
    id,
    kind,
    clusterId: cluster.clusterId,
    clusterName: cluster.name,
    accountId: cluster.accountId,
    region: cluster.region,
    ...(cluster.team === undefined ? {} : { team: cluster.team }),
    state: 'Pending',
    run: 1,
    progress: progressOf(plan, []),
    plan,
    request,
    errors: [],
    requestedBy: caller.sub,
    ...(reason === undefined ? {} : { reason }),
    ...(terms === undefined || Object.keys(terms).length === 0 ? {} : { terms }),
    createdAt: now,
    updatedAt: now,
    generation: 1,
    revision: 1,
  };
}

/** The plan's steps as they stand before the first is begun. */
export function pendingSteps(plan: Plan, run: number): Step[] {
  const planned = plan.hops.flatMap((hop) => hop.steps.map((step) => ({ ...step, hop: hop.to })));
  return planned.map((step, index) => ({ ...step, order: index + 1, state: 'Pending', run, attempt: 0 }));
}

/** The operation once a wish to cancel or pause is noted. */
export function withIntent(operation: Operation, which: 'cancel' | 'pause', intent: Intent): Operation {
  return { ...operation, [which]: intent, generation: operation.generation + 1 };
}

/** The operation once somebody has let it through a gate. */
export function withApproval(operation: Operation, approval: Approval): Operation {
  return { ...operation, approvals: [...(operation.approvals ?? []), approval], generation: operation.generation + 1 };
}

/** The operation once it may go on. */
export function withoutPause({ pause: _pause, ...operation }: Operation): Operation {
  return { ...operation, generation: operation.generation + 1 };
}

/** Approvals of earlier runs that stay on an operation's record. */
const APPROVALS_KEPT_MAX = 100;

/** What a retry brings. */
export interface NextRun {
  readonly plan: Plan;
  readonly by: Intent;
  /** Node groups that roll past their disruption budgets in this run. */
  readonly forceNodegroups?: readonly string[];
}

/** The terms of the next run, for planning it and for its record. */
export function termsOfNextRun({ terms }: Pick<Operation, 'terms'>, { forceNodegroups }: Pick<NextRun, 'forceNodegroups'>): Terms {
  const { forceNodegroups: _before, ...kept } = terms ?? {};
  return { ...kept, ...(forceNodegroups === undefined ? {} : { forceNodegroups }) };
}

/** A failed or cancelled operation as its next run begins: nothing of the last one's end is left but its history. What was approved and forced was the run before: its gates ask again, its approvals stay on the record, and `forceNodegroups` are those of this one. */
export function nextRun(ended: Operation, next: NextRun): Operation {
  const { endedAt: _endedAt, startedAt: _startedAt, waitingFor: _waitingFor, cancel: _cancel, pause: _pause, turnBack: _turnBack, approvals, succeededBy: _succeededBy, terms: _terms, ...operation } = ended;
  const terms = termsOfNextRun(ended, next);
  return {
    ...operation,
    state: 'Pending',
    run: ended.run + 1,
    plan: next.plan,
    progress: progressOf(next.plan, []),
    errors: [],
    ...(Object.keys(terms).length === 0 ? {} : { terms }),
    ...(approvals === undefined ? {} : { approvals: approvals.map((approval) => ({ ...approval, run: approval.run ?? ended.run })).slice(-APPROVALS_KEPT_MAX) }),
    askedAgainBy: next.by.by,
    updatedAt: next.by.at,
    generation: ended.generation + 1,
  };
}
