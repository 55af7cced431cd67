import type { Caller } from './caller.ts';
import type { Cluster } from './cluster.ts';
import type { Operation, OperationKind, Step } from './operation.ts';
import type { Plan } from './plan.ts';

/** A new operation on a cluster, before anything was begun. `id` and `now` (RFC 3339) come from outside. */
export function newOperation(asked: {
  readonly id: string;
  readonly kind: OperationKind;
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly request: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly reason?: string | undefined;
  readonly now: string;
}): Operation {
  const { id, kind, cluster, plan, request, caller, reason, now } = asked;
  const total = stepsPlanned(plan);
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
    progress: { done: 0, total, percent: 0, message: `0 of ${total}: Not begun yet` },
    plan,
    request,
    errors: [],
    requestedBy: caller.sub,
    ...(reason === undefined ? {} : { reason }),
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

function stepsPlanned(plan: Plan): number {
  return plan.hops.reduce((sum, hop) => sum + hop.steps.length, 0);
}
