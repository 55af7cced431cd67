import type { Progress, Step, StepState, WaitingFor } from './operation.ts';
import type { Plan } from './plan.ts';

const DONE: ReadonlySet<StepState> = new Set(['Succeeded', 'Skipped']);
const UNDER_WAY: ReadonlySet<StepState> = new Set(['Running', 'Waiting', 'Stalled']);

/** How far an operation is: `4 of 9: Upgrading node group blue to 1.36`; where nothing is at work, what it waits for: `1 of 9: waiting, before Upgrading ...: Outside the maintenance windows; ...`. Steps are those of the current run; what the plan has beyond them has not begun. */
export function progressOf(plan: Plan, steps: readonly Step[], waitingFor?: WaitingFor): Progress {
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
  if (waitingFor !== undefined && current.every((step) => stateOf(step.id) === 'Waiting')) {
    const held = waitingFor.kind === 'RollRetry' ? failed : current[0];
    const where = held !== undefined ? `, at ${held.title}` : next !== undefined ? `, before ${next.title}` : '';
    return { done, total, percent, message: waitingMessage(waitingFor, done, total, where) };
  }
  return { done, total, percent, message: messageOf(done, total, current.map((step) => step.title), failed?.title, next?.title) };
}

/** How far an operation is that waits: `where` names the step, where it is known. */
export function waitingMessage({ because }: Pick<WaitingFor, 'because'>, done: number, total: number, where = ''): string {
  return done === total ? `${done} of ${total} done, waiting: ${because}` : `${done + 1} of ${total}: waiting${where}: ${because}`;
}

function messageOf(done: number, total: number, current: readonly string[], failed: string | undefined, next: string | undefined): string {
  if (done === total) return total === 0 ? 'Nothing to do' : `${total} of ${total}: done`;
  const at = `${Math.min(done + 1, total)} of ${total}`;
  const [first, ...others] = current;
  if (first !== undefined) return `${at}: ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  if (failed !== undefined) return `${done} of ${total} done, then failed: ${failed}`;
  return next === undefined ? `${done} of ${total} done` : `${at}: ${next}`;
}
