import type { Json, TaskState } from './definition.ts';
import type { Scope } from './expressions.ts';
import { evaluationFailure } from './expressions.ts';
import { dataLimitExceeded, failureDetails, HeartbeatFailure, StateFailure } from './failure.ts';
import type { Flow, StateKind } from './flow.ts';
import { withinLimit } from './flow.ts';
import { CAUSE_CHARACTERS_MAX, PAYLOAD_BYTES_MAX, TIMEOUT_SECONDS_MAX } from './limits.ts';
import type { Frame, TaskPhase } from './records.ts';
import type { Run } from './run.ts';

export const RESOURCE_PREFIX = 'arn:aws:states:::lambda:';
/** The two integrations there are, as the history names them. */
export const RESOURCES: readonly string[] = ['invoke', 'invoke.waitForTaskToken'];

const RESOURCE_TYPE = 'lambda';
/** Tokens begin like AWS's own and are about as long, so that whoever stores them meets their true size. */
const TOKEN_PREFIX = 'AQDEAAAAKgAAAAMAAAAA';
const TOKEN_IDS = 20;
const TOKEN = new RegExp(`^${TOKEN_PREFIX}[0-9a-f]{${TOKEN_IDS * 32}}$`);

/** What a called function came to. */
export type Answer = { readonly timedOut: true } | { readonly payload: unknown } | { readonly functionError: { readonly errorType: string; readonly errorMessage: string; readonly trace?: string[] } } | { readonly error: string; readonly cause: string };

/** Calls a Lambda function and waits for its answer, or for the answer to the token that the function was given. */
export const task: StateKind<TaskState> = {
  async begin(flow, run, frame, state) {
    const resource = state.Resource.slice(RESOURCE_PREFIX.length);
    const token = resource === 'invoke' ? undefined : TOKEN_PREFIX + Array.from({ length: TOKEN_IDS }, () => flow.world.newId()).join('');
    const scope = run.scopeOf(frame, token === undefined ? {} : { token });
    const parameters = state.Arguments === undefined ? {} : await flow.expressions.template(state.Arguments, scope, 'Arguments');
    const { functionName, payload } = callOf(parameters, scope);
    const timeoutSeconds = await secondsOf(flow, state.TimeoutSeconds, scope, 'TimeoutSeconds');
    const heartbeatSeconds = await secondsOf(flow, state.HeartbeatSeconds, scope, 'HeartbeatSeconds');
    const scheduled = run.emit('TaskScheduled', frame.previous, {
      taskScheduledEventDetails: {
        resourceType: RESOURCE_TYPE,
        resource,
        region: run.record.region,
        parameters: withinLimit(parameters, frame.state),
        ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
        ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
      },
    });
    frame.previous = scheduled;
    if (token !== undefined) run.openToken(token, frame, scheduled);
    run.park(frame, {
      kind: 'task',
      scheduled,
      resource,
      functionName,
      payload,
      invoking: true,
      ...(token === undefined ? {} : { token }),
      ...(timeoutSeconds === undefined ? {} : token === undefined ? { timeoutSeconds } : { timeoutAt: run.now + timeoutSeconds * 1000 }),
      ...(heartbeatSeconds === undefined ? {} : { heartbeatMs: heartbeatSeconds * 1000, heartbeatAt: run.now + heartbeatSeconds * 1000 }),
    });
    run.scheduled.push(frame);
  },

  async due(_flow, run, frame) {
    const phase = phaseOf(frame);
    const missedBeat = (phase.heartbeatAt ?? Infinity) < (phase.timeoutAt ?? Infinity);
    return timedOut(run, frame, missedBeat ? new HeartbeatFailure() : new StateFailure('States.Timeout', undefined));
  },
};

function timedOut(run: Run, frame: Frame, failure: StateFailure): never {
  frame.previous = run.emit('TaskTimedOut', frame.previous, { taskTimedOutEventDetails: { ...called(phaseOf(frame)), error: 'States.Timeout' } });
  throw failure;
}

/** Writes that the task's function is being called. */
export function start(run: Run, frame: Frame): void {
  frame.previous = run.emit('TaskStarted', frame.previous, { taskStartedEventDetails: called(phaseOf(frame)) });
  run.touch(frame);
}

/** The function has answered. A task that waits for its token goes on waiting, unless the function failed. */
export async function answered(flow: Flow, run: Run, frame: Frame, state: TaskState, answer: Answer): Promise<void> {
  const phase = phaseOf(frame);
  if ('timedOut' in answer) return timedOut(run, frame, new StateFailure('States.Timeout', undefined));
  if (!('payload' in answer)) return taskFailed(run, frame, failureOf(answer));
  const result: Json = { ExecutedVersion: '$LATEST', Payload: (answer.payload ?? null) as Json, StatusCode: 200 };
  const output = JSON.stringify(result);
  if (Buffer.byteLength(output) > PAYLOAD_BYTES_MAX) return taskFailed(run, frame, dataLimitExceeded(RESOURCE_TYPE));
  if (phase.token === undefined) return taskSucceeded(flow, run, frame, state, output);
  frame.previous = run.emit('TaskSubmitted', frame.previous, { taskSubmittedEventDetails: { ...called(phase), output, outputDetails: { truncated: false } } });
  phase.invoking = false;
  run.touch(frame);
}

/** The task has its result, from its function or from its token. `output` is JSON text. */
export async function taskSucceeded(flow: Flow, run: Run, frame: Frame, state: TaskState, output: string): Promise<void> {
  frame.previous = run.emit('TaskSucceeded', frame.previous, {
    taskSucceededEventDetails: { ...called(phaseOf(frame)), output, outputDetails: { truncated: false } },
  });
  await flow.succeed(run, frame, state, JSON.parse(output) as Json);
}

/** Writes the task's failure and throws it. */
export function taskFailed(run: Run, frame: Frame, failure: StateFailure): never {
  frame.previous = run.emit('TaskFailed', frame.previous, { taskFailedEventDetails: { ...called(phaseOf(frame)), ...failureDetails(failure) } });
  throw failure;
}

/** Whether a text can be a token of ours at all. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

function phaseOf(frame: Frame): TaskPhase {
  if (frame.phase?.kind !== 'task') throw new Error(`Frame ${frame.id} is in no task but in ${frame.phase?.kind ?? 'nothing'}`);
  return frame.phase;
}

function called(phase: TaskPhase): { resourceType: string; resource: string } {
  return { resourceType: RESOURCE_TYPE, resource: phase.resource };
}

/** Source of the Cause of a function error: Lambda's own error object, as JSON. */
function failureOf(answer: Exclude<Answer, { payload: unknown } | { timedOut: true }>): StateFailure {
  if ('error' in answer) return new StateFailure(answer.error, answer.cause);
  const { errorType, errorMessage, trace } = answer.functionError;
  const cause = JSON.stringify({ errorType, errorMessage, ...(trace === undefined ? {} : { trace }) });
  return new StateFailure(errorType, cause.length <= CAUSE_CHARACTERS_MAX ? cause : JSON.stringify({ errorType, errorMessage: errorMessage.slice(0, CAUSE_CHARACTERS_MAX / 2) }));
}

function callOf(parameters: Json, scope: Scope): { functionName: string; payload: Json } {
  const fields = parameters !== null && typeof parameters === 'object' && !Array.isArray(parameters) ? (parameters as Record<string, Json>) : {};
  const { FunctionName, Payload } = fields;
  const unknown = Object.keys(fields).find((name) => name !== 'FunctionName' && name !== 'Payload');
  const problem =
    typeof FunctionName !== 'string'
      ? "The field 'FunctionName' is required but was missing"
      : unknown === undefined
        ? undefined
        : `The field '${unknown}' is not supported by the simulated Step Functions`;
  if (problem === undefined) return { functionName: FunctionName as string, payload: Payload ?? {} };
  throw new StateFailure(
    'States.Runtime',
    `An error occurred while executing the state '${scope.state}' (entered at the event id #${scope.entered}). ` +
      `The Parameters '${JSON.stringify(parameters)}' could not be used to start the Task: [${problem}]`,
  );
}

async function secondsOf(flow: Flow, field: number | string | undefined, scope: Scope, name: string): Promise<number | undefined> {
  if (field === undefined) return undefined;
  const seconds = await flow.expressions.typed<number>(field, 'number', scope, name);
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= TIMEOUT_SECONDS_MAX) return seconds;
  throw evaluationFailure(scope, name, `The ${name} field must be a whole number from 1 to ${TIMEOUT_SECONDS_MAX} but was: ${seconds}`);
}
