import type { StepEnd } from '../../aws/ports.ts';
import { failedAtEnd, isPassed } from '../../domain/going-on.ts';
import type { Step } from '../../domain/operation.ts';
import type { Stage } from '../../domain/plan.ts';
import type { TaskAnswer } from '../task.ts';
import { dueStep } from './due-step.ts';

/** What wakes a state. */
type Waking = Exclude<TaskAnswer, { readonly kind: 'parked' }>;

interface Of {
  readonly hop?: string;
  readonly subject?: string;
}

/** What the state is told when one of its steps has ended: to run again where more is to do, also past a step that failed where the others stand for themselves. */
export function afterStep(steps: readonly Step[], step: Step, end: StepEnd, stages: readonly Stage[], of: Of): Waking {
  if (end.state !== 'Succeeded' && !isPassed(step)) return { kind: 'fail', error: 'StepFailed', cause: `${end.error?.code ?? 'StepFailed'}: ${end.outcome}` };
  return onwards(steps.map((other) => (other.id === step.id ? { ...other, ...end } : other)), stages, of);
}

/** What the state is told by how its steps stand: the next one, that one of them failed while the others were tried, or that all is done. */
export function onwards(steps: readonly Step[], stages: readonly Stage[], of: Of): Waking {
  const more = dueStep(steps, stages, of);
  if (more !== undefined) return { kind: 'fail', error: 'RunAgain', cause: `Next: ${more.title}` };
  const failed = failedAtEnd(steps, stages);
  return failed === undefined ? { kind: 'answer', output: {} } : { kind: 'fail', error: 'StepFailed', cause: `${failed.error?.code ?? 'StepFailed'}: ${failed.outcome ?? failed.title}` };
}
