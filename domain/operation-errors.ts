import type { Operation, OperationError, Step } from './operation.ts';
import remedies from './remedies.json' with { type: 'json' };

/** Errors told of one operation, at most. */
const ERRORS_MAX = 25;
/** Errors that only carry what a step or a cancel has told already. */
const CARRIERS = new Set(['StepFailed', 'OperationCancelled', 'RunAgain']);
/** What an operator does about EKS's own codes (source: EKS user guide, managed node group errors and cluster insights). */
const REMEDIES: ReadonlyMap<string, string> = new Map(Object.entries(remedies));

/** What an operation tells about its failure: each failed step's own error, then whatever stopped the execution besides. Each says what to do. */
export function errorsOf(operation: Operation, steps: readonly Step[], failure: { readonly Error?: string; readonly Cause?: string }): OperationError[] {
  const own = steps.flatMap((step) => (step.state === 'Failed' ? [step.error ?? { code: 'StepFailed', message: `${step.title} failed.`, step: step.id }] : []));
  const carried = failure.Error === undefined || CARRIERS.has(failure.Error) ? [] : carriedErrors(failure.Error, failure.Cause);
  const all = own.length > 0 && failure.Error === 'OperationStopped' ? own : [...own, ...carried.filter((error) => !own.some((told) => told.code === error.code && told.message === error.message))];
  const told = all.length === 0 && operation.cancel === undefined ? [{ code: failure.Error ?? 'ExecutionFailed', message: ofMachine(failure.Error ?? '', failure.Cause) }] : all;
  return told.slice(0, ERRORS_MAX).map((error) => inWords(error, operation.id));
}

/** A stop by the rules carries its errors as JSON; a fault carries a text. */
function carriedErrors(code: string, cause: string | undefined): OperationError[] {
  const parsed = parsedJson(cause);
  if (Array.isArray(parsed) && parsed.every((item) => typeof (item as OperationError).code === 'string')) return parsed as OperationError[];
  return [{ code, message: ofMachine(code, cause) }];
}

/** What Step Functions and Lambda say by codes alone, as a sentence. */
function ofMachine(code: string, cause: string | undefined): string {
  if (code === 'States.Timeout' || code.endsWith('TIMED_OUT')) return 'A state took longer than it may take, and the run was ended. What EKS had begun goes on there.';
  if (code.endsWith('ABORTED')) return 'The execution was stopped from outside (StopExecution). What EKS had begun goes on there.';
  const parsed = parsedJson(cause);
  const fault = typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed ? String(parsed.errorMessage) : undefined;
  if (fault !== undefined) return `A task of Slipway's own failed: ${fault}`;
  return cause === undefined || cause === '' || cause === 'null' ? 'The execution ended without saying why.' : cause;
}

/** The message without its own code in front, and what to do: EKS's codes have their remedies, and every failed operation can be tried again. */
function inWords(error: OperationError, operationId: string): OperationError {
  const prefix = `${error.code}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const retry = `POST /v1/operations/${operationId}/retry goes on from what is true then; what was done stays done.`;
  const first = error.remedy ?? REMEDIES.get(error.code);
  return { ...error, message, remedy: first === undefined ? `Look into the cause, then ${retry}` : `${first} Then ${retry}` };
}

function parsedJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // No JSON: the cause is a text.
    return undefined;
  }
}
