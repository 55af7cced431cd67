import { hopTakenOver } from './adopt.ts';
import type { Cluster } from './cluster.ts';
import { byText } from './facts-in-order.ts';
import type { ClusterFacts } from './facts.ts';
import { partOf, type Part } from './held-steps.ts';
import { isMinor } from './minor.ts';
import type { Operation, OperationError, Step } from './operation.ts';
import { withMade } from './parts/made-after.ts';
import type { Hop, Plan, PlannedStep } from './plan.ts';
import { planRollback } from './plan-rollback.ts';
import { planUpgradeAgain } from './plan-upgrade.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import type { Waiver } from './waiver.ts';

/** What an upgrade or a rollback does next, decided afresh from what is true now. */
export type NextHop =
  /**
   * `plan` is the whole plan as it now stands: what was done, then what is left; `changed` says how it differs from the one before. `hop`
   * is what is done now: `part` says how much of it. What is held back for a pass of its own is in `held`, and answered then.
   */
  | { readonly kind: 'hop'; readonly hop: Hop; readonly part: Part; readonly held: readonly PlannedStep[]; readonly plan: Plan; readonly changed: string | undefined }
  | { readonly kind: 'done'; readonly because: string }
  | { readonly kind: 'stop'; readonly errors: readonly OperationError[] };

export interface NextHopAsk {
  readonly operation: Operation;
  readonly steps: readonly Step[];
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
  /** Those of the cluster. */
  readonly waivers?: readonly Waiver[];
  /** False where EKS is still to look anew before the hop is begun: insights that are out of date then only advise. */
  readonly lastLook?: boolean;
}

/** More hops than the minors that EKS has ever offered at once: past it something turns in a circle. */
const HOPS_MAX = 20;

/** Re-plans between hops: the plan of record is a memory, the facts are the truth. */
export function decideNextHop(asked: NextHopAsk): NextHop {
  const { operation, steps } = asked;
  const failures = steps.filter((step) => step.state === 'Failed');
  if (failures.length > 0) return stop(failures.map((step) => step.error ?? { code: 'StepFailed', message: `${step.title} failed.`, step: step.id }));
  const fresh = freshPlan({ ...asked, cluster: withMade(asked.cluster, steps) });
  if (isRefusal(fresh)) {
    if (fresh.code === 'nothing-to-upgrade') return { kind: 'done', because: fresh.detail };
    return stop([errorOf(fresh)]);
  }
  const [planned] = fresh.hops;
  if (planned === undefined) return { kind: 'done', because: `Everything is at ${fresh.to}.` };
  const hop = hopTakenOver(planned, asked.facts.updatesInProgress);
  const again = hop.steps.find((step) => steps.some((ended) => ended.id === step.id && ended.state === 'Succeeded'));
  if (again !== undefined || operation.plan.hops.length > HOPS_MAX) {
    return stop([{ code: 'PlanDidNotConverge', message: `${again?.title ?? 'A hop'} was done, and the cluster still reads as if it was not.`, ...(again === undefined ? {} : { step: again.id }) }]);
  }
  const plan = mergePlans(operation.plan, { ...fresh, hops: [hop, ...fresh.hops.slice(1)] }, steps);
  const part = partOf(hop, operation.terms);
  return { kind: 'hop', ...part, plan, changed: difference(operation.plan, plan) };
}

/** What is left of an operation's work, planned from what is true now. `nothing-to-upgrade` when all of it is done. */
export function freshPlan({ operation, cluster, facts, now, waivers, lastLook = true }: Omit<NextHopAsk, 'steps'>): Plan | Refusal {
  const { to } = operation.plan;
  // A plan that was written by us names minors; one that does not was not.
  if (!isMinor(to)) throw new Error(`The plan of ${operation.id} leads to ${to}, which is no minor version.`);
  const asked = { cluster: { ...cluster, version: facts.cluster.version }, facts, now, terms: operation.terms, waivers, askedBy: askersOf(operation) };
  if (operation.kind !== 'rollback-cluster') return planUpgradeAgain({ ...asked, to, lastLook });
  if (facts.cluster.version !== to) return planRollback(asked);
  return { kind: 'Refusal', code: 'nothing-to-upgrade', detail: `The control plane is back at ${to}.` };
}

/** Who asked for the operation, and who had it tried again. */
export function askersOf({ requestedBy, askedAgainBy }: Pick<Operation, 'requestedBy' | 'askedAgainBy'>): readonly string[] {
  return askedAgainBy === undefined ? [requestedBy] : [requestedBy, askedAgainBy];
}

/** A refusal of the rules as an operation's error. */
export function errorOf({ code, detail, remedy }: Refusal): OperationError {
  return { code, message: detail, ...(remedy === undefined ? {} : { remedy }) };
}

/** What was done stays as it was planned; what is left is as planned now. */
export function mergePlans(before: Plan, fresh: Plan, steps: readonly Step[]): Plan {
  const begun = new Set(steps.filter((step) => step.state !== 'Pending').map((step) => step.id));
  const freshTargets = new Set(fresh.hops.map((hop) => hop.to));
  const done = before.hops
    .map((hop) => ({ ...hop, steps: hop.steps.filter((step) => begun.has(step.id)) }))
    .filter((hop) => hop.steps.length > 0);
  const left = fresh.hops.map((hop) => {
    const earlier = done.find((other) => other.to === hop.to);
    return earlier === undefined ? hop : { ...hop, from: earlier.from, steps: [...earlier.steps, ...hop.steps.filter((step) => !begun.has(step.id))] };
  });
  return { ...fresh, from: before.from, hops: [...done.filter((hop) => !freshTargets.has(hop.to)), ...left] };
}

function difference(before: Plan, after: Plan): string | undefined {
  const [was, is] = [stepsOf(before), stepsOf(after)];
  const dropped = [...was.keys()].filter((id) => !is.has(id));
  const added = [...is.keys()].filter((id) => !was.has(id));
  const changed = [...is].filter(([id, how]) => was.has(id) && was.get(id) !== how).map(([id]) => id);
  const told = [added.length === 0 ? '' : `new: ${added.join(', ')}`, changed.length === 0 ? '' : `done otherwise: ${changed.join(', ')}`, dropped.length === 0 ? '' : `no longer needed: ${dropped.join(', ')}`];
  return added.length + changed.length + dropped.length === 0 ? undefined : told.filter(Boolean).join('; ');
}

/** Each step with what makes it another act under the same name. */
function stepsOf(plan: Plan): Map<string, string> {
  return new Map(plan.hops.flatMap((hop) => hop.steps.map(({ id, stage, parameters }) => [id, JSON.stringify([stage, Object.entries(parameters ?? {}).sort(([a], [b]) => byText(a, b))])] as const)));
}

function stop(errors: readonly OperationError[]): NextHop {
  return { kind: 'stop', errors };
}
