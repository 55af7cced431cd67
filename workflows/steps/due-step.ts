import type { Step, StepState } from '../../domain/operation.ts';
import type { Stage } from '../../domain/plan.ts';

const ENDED: ReadonlySet<StepState> = new Set(['Succeeded', 'Failed', 'Skipped', 'Cancelled']);

export function hasEnded(step: Step): boolean {
  return ENDED.has(step.state);
}

/** The next step of a stage or of several (of one hop, of one subject, where they are given) that has not ended. */
export function dueStep(steps: readonly Step[], stages: Stage | readonly Stage[], of: { readonly hop?: string; readonly subject?: string }): Step | undefined {
  return steps
    .filter((step) => [stages].flat().includes(step.stage) && !hasEnded(step) && (of.hop === undefined || step.hop === of.hop) && (of.subject === undefined || step.subject === of.subject))
    .sort((a, b) => a.order - b.order)[0];
}
