import { explainFailure } from './explain-failure.ts';
import type { Operation, OperationError, Step } from './operation.ts';

/** Errors told of one operation, at most. */
const ERRORS_MAX = 25;
/** Errors that only carry what a step or a cancel has told already. */
const CARRIERS = new Set(['StepFailed', 'OperationCancelled', 'RunAgain']);

/** What an operation tells about its failure: each failed step's own error, then whatever stopped the execution besides. Each says why, and what to do. */
export function errorsOf(operation: Operation, steps: readonly Step[], failure: { readonly Error?: string; readonly Cause?: string }, besides?: OperationError): OperationError[] {
  const own = steps.flatMap((step) => (step.state === 'Failed' ? [step.error ?? { code: 'StepFailed', message: `${step.title} failed.`, step: step.id }] : []));
  const carried = failure.Error === undefined || CARRIERS.has(failure.Error) ? [] : carriedErrors(failure.Error, failure.Cause);
  const all = own.length > 0 && failure.Error === 'OperationStopped' ? own : [...own, ...carried.filter((error) => !own.some((told) => told.code === error.code && told.message === error.message))];
  if (besides !== undefined) all.push(besides);
  const told = all.length === 0 && operation.cancel === undefined ? [{ code: failure.Error ?? 'ExecutionFailed', message: ofMachine(failure.Error ?? '', failure.Cause) }] : all;
  return told.slice(0, ERRORS_MAX).map((error) => inWords(error, operation, steps));
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

/** The message without its own code in front, its cause, and what to do: every failed operation can be tried again. */
function inWords(error: OperationError, operation: Operation, steps: readonly Step[]): OperationError {
  const prefix = `${error.code}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const step = steps.find((candidate) => candidate.id === error.step);
  const scene = { cluster: operation.clusterName, region: operation.region, clusterId: operation.clusterId, to: operation.plan.to, ...(step === undefined ? {} : { stepKind: step.kind, subject: step.subject }) };
  const { cause, nextActions } = explainFailure({ ...error, message }, scene);
  const retry = `POST /v1/operations/${operation.id}/retry goes on from what is true then; what was done stays done.`;
  // A part that cannot be made is asked for still: every later change tries it again, beside what it is about.
  const withdrawn = step?.resource === undefined ? [] : [`If it is not to be after all, ask for the cluster without it: PATCH /v1/clusters/${operation.clusterId}, or DELETE on its own route.`];
  return { ...error, message, cause, nextActions: [...nextActions, ...withdrawn], remedy: `${error.remedy ?? nextActions[0] ?? 'Look into the cause.'} Then ${retry}` };
}

function parsedJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // No JSON: the cause is a text.
    return undefined;
  }
}
