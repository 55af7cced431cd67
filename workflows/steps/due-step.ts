import { triedAgainAt } from '../../domain/failed-roll.ts';
import type { Step, StepState, Terms } from '../../domain/operation.ts';
import type { Stage } from '../../domain/plan.ts';

const ENDED: ReadonlySet<StepState> = new Set(['Succeeded', 'Failed', 'Skipped', 'Cancelled']);

export function hasEnded(step: Step): boolean {
  return ENDED.has(step.state);
}

/** The next step of a stage or of several (of one hop, of one subject, where they are given) that has not ended, or that failed and is tried again by itself. */
export function dueStep(steps: readonly Step[], stages: Stage | readonly Stage[], of: { readonly hop?: string; readonly subject?: string }, terms: Terms = {}): Step | undefined {
  return steps
    .filter((step) => [stages].flat().includes(step.stage) && (!hasEnded(step) || triedAgainAt(step, terms) !== undefined) && (of.hop === undefined || step.hop === of.hop) && (of.subject === undefined || step.subject === of.subject))
    .sort((a, b) => a.order - b.order)[0];
}
