import type { Progress, Step, StepState } from './operation.ts';
import type { Plan } from './plan.ts';

const DONE: ReadonlySet<StepState> = new Set(['Succeeded', 'Skipped']);
const UNDER_WAY: ReadonlySet<StepState> = new Set(['Running', 'Waiting', 'Stalled']);

/** How far an operation is: `4 of 9: Upgrading node group blue to 1.36`. Steps are those of the current run; what the plan has beyond them has not begun. */
export function progressOf(plan: Plan, steps: readonly Step[]): Progress {
  const states = new Map(steps.map((step) => [step.id, step.state]));
  const planned = plan.hops.flatMap((hop) => hop.steps);
  const known = new Set(planned.map((step) => step.id));
  // A step that has begun counts even when planning afresh has dropped it.
  const all = [...planned, ...steps.filter((step) => !known.has(step.id) && step.state !== 'Pending')];
  const total = all.length;
  const done = all.filter((step) => DONE.has(states.get(step.id) ?? 'Pending')).length;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  const stateOf = (id: string) => states.get(id) ?? 'Pending';
  const failed = all.find((step) => stateOf(step.id) === 'Failed');
  const current = all.filter((step) => UNDER_WAY.has(stateOf(step.id)));
  const next = all.find((step) => stateOf(step.id) === 'Pending');
  return { done, total, percent, message: messageOf(done, total, current.map((step) => step.title), failed?.title, next?.title) };
}

function messageOf(done: number, total: number, current: readonly string[], failed: string | undefined, next: string | undefined): string {
  if (done === total) return total === 0 ? 'Nothing to do' : `${total} of ${total}: done`;
  const at = `${Math.min(done + 1, total)} of ${total}`;
  const [first, ...others] = current;
  if (first !== undefined) return `${at}: ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  if (failed !== undefined) return `${done} of ${total} done, then failed: ${failed}`;
  return next === undefined ? `${done} of ${total} done` : `${at}: ${next}`;
}
