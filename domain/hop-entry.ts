import { replacesNodes } from './held-steps.ts';
import type { Hop, PlannedStep, Stage } from './plan.ts';

/** Where a hop is entered: an upgrade's with the add-ons that it prepares, with its control plane, or with its nodes where nothing else is left. */
export type Entry = 'prepare' | 'hop' | 'nodes';

export function entryOf(hop: Pick<Hop, 'steps'>): Entry {
  if (hop.steps.some((step) => step.stage === 'PrepareAddons')) return 'prepare';
  return hop.steps.every(replacesNodes) ? 'nodes' : 'hop';
}

/** What the steps of some stages work on, each thing once, in the order of the plan. */
export function subjectsOf(steps: readonly Pick<PlannedStep, 'stage' | 'subject'>[], ...stages: readonly Stage[]): string[] {
  return [...new Set(steps.filter((step) => stages.includes(step.stage)).map((step) => step.subject))];
}
