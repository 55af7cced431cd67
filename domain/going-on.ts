import type { Step } from './operation.ts';
import type { PlannedStep, Stage, StepKind } from './plan.ts';

/** Stages whose steps one state carries out, one after the other; all others are Maps, an iteration for each subject. */
export const ONE_AFTER_ANOTHER: ReadonlySet<Stage> = new Set(['CarryOut', 'MakeRoles', 'MakeIdentities', 'MakeNodes', 'MakeParts', 'RemoveParts', 'RemoveIdentities']);

/** Of these a creation goes on with the next whatever failed; what the cluster's health is judged by, tells it at the end. */
const MAKING: ReadonlySet<Stage> = new Set(['MakeRoles', 'MakeIdentities', 'MakeNodes', 'MakeParts']);

const ADDON_STEPS: ReadonlySet<StepKind> = new Set(['create-addon', 'upgrade-addon', 'update-addon-config', 'delete-addon']);

/** Whether the steps behind one that fails are tried all the same: each part and each add-on stands for itself, and what needs it says so by `onlyAfter`. */
export function isPassed({ stage, resource, kind }: Pick<PlannedStep, 'stage' | 'resource' | 'kind'>): boolean {
  return ONE_AFTER_ANOTHER.has(stage) && (resource !== undefined || ADDON_STEPS.has(kind));
}

/** The first step that this one comes only after, and that came to no good end. */
export function missingBefore({ onlyAfter = [] }: Pick<PlannedStep, 'onlyAfter'>, steps: readonly Step[]): Step | undefined {
  return steps.find((other) => onlyAfter.includes(other.id) && other.state !== 'Succeeded');
}

/** The code of a resource's trouble whose step was not tried, because of what failed before it. */
export const NOT_TRIED = 'NotTried';

/** Why a step is not tried. */
export function notTried({ title, state }: Pick<Step, 'title' | 'state'>): string {
  const how = state === 'Failed' ? 'failed' : state === 'Skipped' ? 'was not tried either' : 'is not done';
  return `Not tried, because it comes only after another step, which ${how}: ${title}.`;
}

/** The step that stops a stage at its end, although all else in it was tried. None in the stages that a creation goes on after. */
export function failedAtEnd(steps: readonly Step[], stages: readonly Stage[]): Step | undefined {
  return steps.find(({ stage, state }) => state === 'Failed' && stages.includes(stage) && ONE_AFTER_ANOTHER.has(stage) && !MAKING.has(stage));
}
