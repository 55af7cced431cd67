import type { Operation, OperationError, Step } from './operation.ts';

/** Errors told of one operation, at most. */
const ERRORS_MAX = 25;
/** Errors that only carry what a step or a cancel has told already. */
const CARRIERS = new Set(['StepFailed', 'OperationCancelled', 'RunAgain']);

/** What an operation tells about its failure: each failed step's own error, then whatever stopped the execution besides. */
export function errorsOf(operation: Operation, steps: readonly Step[], failure: { readonly Error?: string; readonly Cause?: string }): OperationError[] {
  const own = steps.flatMap((step) => (step.state === 'Failed' ? [step.error ?? { code: 'StepFailed', message: `${step.title} failed.`, step: step.id }] : []));
  const carried = failure.Error === undefined || CARRIERS.has(failure.Error) ? [] : carriedErrors(failure.Error, failure.Cause ?? '');
  const all = own.length > 0 && failure.Error === 'OperationStopped' ? own : [...own, ...carried.filter((error) => !own.some((told) => told.code === error.code && told.message === error.message))];
  if (all.length === 0 && operation.cancel === undefined) return [{ code: failure.Error ?? 'ExecutionFailed', message: failure.Cause ?? 'The execution ended without a word.' }];
  return all.slice(0, ERRORS_MAX);
}

/** A stop by the rules carries its errors as JSON; a fault carries a text. */
function carriedErrors(code: string, cause: string): OperationError[] {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (Array.isArray(parsed) && parsed.every((item) => typeof (item as OperationError).code === 'string')) return parsed as OperationError[];
  } catch {
    // No JSON: the cause is a text.
  }
  return [{ code, message: cause === '' ? code : cause }];
}
