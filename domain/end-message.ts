import type { Operation, Step } from './operation.ts';

/** A cancel that found nothing left to stop has not been overheard. */
export function doneMessage({ cancel }: Pick<Operation, 'cancel'>): string {
  return cancel === undefined ? 'Done.' : `Done. When ${cancel.by} asked to cancel, nothing was left that could be stopped.`;
}

/** Tells plainly what a cancel cannot undo: what was done, and what was begun and came to no good end. */
export function cancelledMessage(steps: readonly Step[]): string {
  const done = steps.filter((step) => step.state === 'Succeeded');
  const broken = steps.filter((step) => step.updateId !== undefined && (step.state === 'Cancelled' || step.state === 'Failed'));
  if (done.length + broken.length === 0) return 'Cancelled before anything was changed.';
  return ['Cancelled.', ...(done.length === 0 ? [] : [`What was done stays done: ${titles(done)}.`]), ...broken.map((step) => `${step.title} ${step.state === 'Cancelled' ? 'was stopped' : 'failed'}${minutes(step)}: ${step.outcome ?? 'EKS says no more.'}`)].join(' ');
}

function titles(steps: readonly Step[]): string {
  return steps.map((step) => step.title).join('; ');
}

function minutes({ startedAt, endedAt }: Step): string {
  if (startedAt === undefined || endedAt === undefined) return '';
  return ` after ${Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000)} minutes`;
}
