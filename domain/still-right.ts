import { judgeForeign } from './adopt.ts';
import { errorOf, freshPlan, type NextHopAsk } from './next-hop.ts';
import type { OperationError, Step } from './operation.ts';
import { isRefusal } from './refusal.ts';

/** Whether a step that cannot be undone is still the right one, asked right before it is begun. */
export type StillRight =
  | { readonly kind: 'yes' }
  /** The world has moved: leave the hop, and plan again. */
  | { readonly kind: 'plan-again'; readonly because: string }
  | { readonly kind: 'stop'; readonly errors: readonly OperationError[] };

/**
 * Judges a control-plane step that was not begun yet against fresh facts: the control plane is where the plan left it, nothing that
 * blocks has come up, and nothing has to come before it. An update of somebody else is no matter here: EKS lets none begin beside it, so
 * the step waits for it, or takes it over when it is the very hop, and is asked about again. Insights that have grown old meanwhile are
 * no reason to stop: planned again, the hop has EKS look anew.
 */
export function stillRight(asked: Omit<NextHopAsk, 'steps' | 'lastLook'> & { readonly step: Step }): StillRight {
  const { step, facts } = asked;
  const { version } = facts.cluster;
  if (facts.updatesInProgress.some((update) => judgeForeign(step, update).kind === 'adopt')) return { kind: 'yes' };
  if (version !== step.from) return { kind: 'plan-again', because: `The control plane is at ${version}, and the plan had it at ${step.from ?? 'another version'}.` };
  const fresh = freshPlan({ ...asked, lastLook: false });
  if (isRefusal(fresh)) return { kind: 'stop', errors: [{ ...errorOf(fresh), step: step.id }] };
  const [first] = fresh.hops.flatMap((hop) => hop.steps);
  const stale = fresh.findings.find((found) => found.code === 'insights-stale' && found.waiver === undefined);
  if (stale !== undefined) return { kind: 'plan-again', because: stale.detail };
  if (first?.id === step.id) return { kind: 'yes' };
  return { kind: 'plan-again', because: first === undefined ? 'Nothing is left to do.' : `${first.title} has to come first: ${first.reason}` };
}
