import type { Hop, PlannedStep, Stage } from './plan.ts';

/** Node groups of one hop that roll side by side, where the ask does not say. */
export const PARALLEL_NODEGROUPS_MAX = 4;

/** Where a hop is entered: an upgrade's with the add-ons that it prepares, with its control plane, or with its nodes where nothing else is left. */
export type Entry = 'prepare' | 'hop' | 'nodes';

const NODE_STAGES: ReadonlySet<Stage> = new Set<Stage>(['UpgradeCanaryNodegroup', 'UpgradeNodegroups']);

export function entryOf(hop: Pick<Hop, 'steps'>): Entry {
  if (hop.steps.some((step) => step.stage === 'PrepareAddons')) return 'prepare';
  return hop.steps.every((step) => NODE_STAGES.has(step.stage)) ? 'nodes' : 'hop';
}

/** What the steps of some stages work on, each thing once, in the order of the plan. */
export function subjectsOf(steps: readonly Pick<PlannedStep, 'stage' | 'subject'>[], ...stages: readonly Stage[]): string[] {
  return [...new Set(steps.filter((step) => stages.includes(step.stage)).map((step) => step.subject))];
}
