import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { isMinor } from './minor.ts';
import type { Operation, OperationError, Step } from './operation.ts';
import type { Hop, Plan } from './plan.ts';
import { planUpgrade } from './plan-upgrade.ts';
import { isRefusal } from './refusal.ts';
import type { Waiver } from './waiver.ts';

/** What an upgrade does next, decided afresh from what is true now. */
export type NextHop =
  /** `plan` is the whole plan as it now stands: what was done, then what is left. `changed` says how it differs from the one before. */
  | { readonly kind: 'hop'; readonly hop: Hop; readonly plan: Plan; readonly changed: string | undefined }
  | { readonly kind: 'done'; readonly because: string }
  | { readonly kind: 'stop'; readonly errors: readonly OperationError[] };

/** More hops than the minors that EKS has ever offered at once: past it something turns in a circle. */
const HOPS_MAX = 20;

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

/** Re-plans an upgrade between hops: the plan of record is a memory, the facts are the truth. */
export function decideNextHop(asked: NextHopAsk): NextHop {
  const { operation, steps, cluster, facts, now, waivers, lastLook = true } = asked;
  const failures = steps.filter((step) => step.state === 'Failed');
  if (failures.length > 0) return stop(failures.map((step) => step.error ?? { code: 'StepFailed', message: `${step.title} failed.`, step: step.id }));
  const { to } = operation.plan;
  if (!isMinor(to)) return stop([{ code: 'PlanUnreadable', message: `The plan's target ${to} is no minor version.` }]);

  const fresh = planUpgrade({ cluster: { ...cluster, version: facts.cluster.version }, to, facts, now, waivers, askedBy: askersOf(operation), lastLook });
  if (isRefusal(fresh)) {
    if (fresh.code === 'nothing-to-upgrade') return { kind: 'done', because: fresh.detail };
    return stop([{ code: fresh.code, message: fresh.detail, ...(fresh.remedy === undefined ? {} : { remedy: fresh.remedy }) }]);
  }
  const [hop] = fresh.hops;
  if (hop === undefined) return { kind: 'done', because: `Everything is at ${to}.` };
  const again = hop.steps.find((step) => steps.some((ended) => ended.id === step.id && ended.state === 'Succeeded'));
  if (again !== undefined || operation.plan.hops.length > HOPS_MAX) {
    return stop([{ code: 'PlanDidNotConverge', message: `${again?.title ?? 'A hop'} was done, and the cluster still reads as if it was not.`, ...(again === undefined ? {} : { step: again.id }) }]);
  }
  const plan = mergePlans(operation.plan, fresh, steps);
  return { kind: 'hop', hop, plan, changed: difference(operation.plan, plan) };
}

/** Who asked for the operation, and who had it tried again. */
export function askersOf({ requestedBy, askedAgainBy }: Pick<Operation, 'requestedBy' | 'askedAgainBy'>): readonly string[] {
  return askedAgainBy === undefined ? [requestedBy] : [requestedBy, askedAgainBy];
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
  const [was, is] = [idsOf(before), idsOf(after)];
  const dropped = was.filter((id) => !is.includes(id));
  const added = is.filter((id) => !was.includes(id));
  if (dropped.length === 0 && added.length === 0) return undefined;
  return [added.length === 0 ? '' : `new: ${added.join(', ')}`, dropped.length === 0 ? '' : `no longer needed: ${dropped.join(', ')}`].filter(Boolean).join('; ');
}

function idsOf(plan: Plan): string[] {
  return plan.hops.flatMap((hop) => hop.steps.map((step) => step.id));
}

function stop(errors: readonly OperationError[]): NextHop {
  return { kind: 'stop', errors };
}
