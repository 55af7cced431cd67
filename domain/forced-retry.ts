import type { Caller } from './caller.ts';
import { explainFailure } from './explain-failure.ts';
import type { Operation, Step } from './operation.ts';
import type { Plan } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';

/** Whose word it takes to go past the disruption budgets of somebody's pods. */
const MAY_FORCE: ReadonlySet<Caller['role']> = new Set(['approver', 'admin']);

/**
 * The node groups that the next run rolls past their disruption budgets: those whose roll failed in the last run because pods could not
 * be evicted. Refuses with `force-needs-approver` or `nothing-to-force`; the reason is the request's to have.
 */
export function forcedNodegroups(operation: Operation, steps: readonly Step[], caller: Pick<Caller, 'role' | 'sub'>): readonly string[] | Refusal {
  if (!MAY_FORCE.has(caller.role)) {
    return refuse('force-needs-approver', `${caller.sub} is ${caller.role}; rolling past disruption budgets takes an approver.`, { remedy: 'Ask an approver to retry with force, or retry without it.' });
  }
  const failed = steps.filter((step) => step.run === operation.run && step.kind === 'upgrade-nodegroup' && step.state === 'Failed');
  const held = failed.filter(({ error, kind, subject }) => error !== undefined && explainFailure(error, { cluster: operation.clusterName, region: operation.region, clusterId: operation.clusterId, to: operation.plan.to, stepKind: kind, subject }).policy === 'force-would-help');
  if (held.length > 0) return [...new Set(held.map((step) => step.subject))].sort();
  const why = failed.length === 0 ? 'no roll of a node group failed in its last run' : `disruption budgets did not hold up the roll of ${failed.map((step) => step.subject).join(', ')}`;
  return refuse('nothing-to-force', `Operation ${operation.id} has nothing to force: ${why}.`, { remedy: 'Read nextActions of its errors, mend what they name, and retry without force.' });
}

/** The plan with those rolls forced (source: EKS API reference, UpdateNodegroupVersion, `force`). */
export function withForce(plan: Plan, forceNodegroups: readonly string[] = []): Plan {
  if (forceNodegroups.length === 0) return plan;
  const hops = plan.hops.map((hop) => ({
    ...hop,
    steps: hop.steps.map((step) => (step.kind === 'upgrade-nodegroup' && forceNodegroups.includes(step.subject) ? { ...step, parameters: { ...step.parameters, force: true } } : step)),
  }));
  return { ...plan, hops };
}
