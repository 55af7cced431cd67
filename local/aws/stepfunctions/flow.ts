import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { World } from '../service.ts';
import type { Json, State, StateType, Template } from './definition.ts';
import type { Expressions, Scope } from './expressions.ts';
import { chooseCatch, chooseRetry, dataLimitExceeded, errorOutput, failureDetails, StateFailure } from './failure.ts';
import { PAYLOAD_BYTES_MAX, STEPS_PER_COMMIT_MAX } from './limits.ts';
import type { ExecutionStatus, Frame, StatusChange } from './records.ts';
import type { Run } from './run.ts';

/** What a type of state does. Each may throw StateFailure: the state's own Retry and Catch, and then its parents', take it from there. */
export interface StateKind<S extends State = State> {
  /** Begins the state that a frame has just entered, or begins it again after an error that is retried. */
  begin(flow: Flow, run: Run, frame: Frame, state: S): Promise<void>;
  /** A time has come that the frame was parked for. */
  due?(flow: Flow, run: Run, frame: Frame, state: S): Promise<void>;
  /** A branch or iteration has come to its end; its output is in `child.output`. */
  childDone?(flow: Flow, run: Run, frame: Frame, state: S, child: Frame): Promise<void>;
  /** A branch or iteration has failed for good. Writes what the history says of it and takes the children away. */
  childFailed?(flow: Flow, run: Run, frame: Frame, state: S, child: Frame): void;
}

export type StateKinds = { readonly [T in StateType]: StateKind<Extract<State, { Type: T }>> };

export interface Leaving {
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
  readonly Next?: string;
}

/** The moves between states, the same for all types: enter, leave, fail, retry, catch, end. They change a Run and touch nothing else. */
export class Flow {
  readonly expressions: Expressions;
  readonly world: Pick<World, 'random' | 'newId'>;
  readonly #kinds: StateKinds;

  constructor(kinds: StateKinds, expressions: Expressions, world: Pick<World, 'random' | 'newId'>) {
    this.#kinds = kinds;
    this.expressions = expressions;
    this.world = world;
  }

  /** Lets every frame go until it waits for something. `pause` is called now and then, so that a long way does not hold up everybody else. */
  async drain(run: Run, pause: () => Promise<void>): Promise<void> {
    for (let steps = 1; run.running; steps += 1) {
      const frame = nextReady(run);
      if (frame?.next === undefined) return;
      await this.#enter(run, frame, frame.next);
      if (steps % STEPS_PER_COMMIT_MAX === 0) await pause();
    }
  }

  /** Something has come that a parked frame waited for; a failure of what follows is the frame's own. */
  async attempt(run: Run, frame: Frame, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof StateFailure)) throw thrown;
      await this.fail(run, frame, thrown);
    }
  }

  async due(run: Run, frame: Frame): Promise<void> {
    const state = run.stateOf(frame);
    const backoff = frame.phase?.kind === 'backoff';
    await this.attempt(run, frame, async () => {
      if (!backoff) return this.#kind(state).due?.(this, run, frame, state);
      run.unpark(frame);
      frame.retries += 1;
      run.record.transitions += 1;
      await this.#kind(state).begin(this, run, frame, state);
    });
  }

  /** A task, a Map or a Parallel has its result: Output and Assign see it as `$states.result`. */
  async succeed(run: Run, frame: Frame, state: State & Leaving, result: Json): Promise<void> {
    if (frame.phase !== undefined) run.unpark(frame);
    if (state.Type === 'Map' || state.Type === 'Parallel') run.emit(`${state.Type}StateSucceeded`, frame.previous);
    await this.leave(run, frame, state, run.scopeOf(frame, { result }), result);
  }

  /** Evaluates Output and Assign, both from the variables as they were on entry, writes the exit and goes on. `plain` is the output without an Output field. */
  async leave(run: Run, frame: Frame, leaving: Leaving, scope: Scope, plain: Json, field = ''): Promise<void> {
    const output = leaving.Output === undefined ? plain : await this.expressions.template(leaving.Output, scope, `${field}Output`);
    const assigned = leaving.Assign === undefined ? {} : ((await this.expressions.template(leaving.Assign, scope, `${field}Assign`)) as Record<string, Json>);
    const text = withinLimit(output, frame.state);
    const names = Object.keys(assigned);
    const { Type } = run.stateOf(frame);
    frame.previous = run.emit(`${Type}StateExited` as HistoryEventType, frame.previous, {
      stateExitedEventDetails: {
        name: frame.state,
        output: text,
        outputDetails: { truncated: false },
        ...(names.length === 0
          ? {}
          : {
              assignedVariables: Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])])),
              assignedVariablesDetails: { truncated: false },
            }),
      },
    });
    Object.assign(frame.variables, assigned);
    run.touch(frame);
    if (leaving.Next === undefined) return this.#finish(run, frame, output);
    frame.next = { state: leaving.Next, input: output };
    run.ready.unshift(frame.id);
  }

  /** A state has failed: it is retried, caught, or takes the branch around it along. */
  async fail(run: Run, frame: Frame, failure: StateFailure, recoverable = true): Promise<void> {
    const state = run.stateOf(frame);
    if (frame.phase !== undefined) run.unpark(frame);
    run.removeChildren(frame);
    run.touch(frame);
    if (failure.evaluation !== undefined) this.#tellEvaluation(run, frame, failure);
    const recovering = recoverable && (state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel') ? state : undefined;
    const retry = chooseRetry(recovering?.Retry, failure, frame.used, this.world.random);
    if (retry !== undefined) return this.#backOff(run, frame, retry);
    if (recoverable && (state.Type === 'Map' || state.Type === 'Parallel')) frame.previous = run.emit(`${state.Type}StateFailed`, frame.previous);
    const caught = chooseCatch(recovering?.Catch, failure);
    if (caught === undefined) return this.#giveUp(run, frame, failure);
    const output = errorOutput(failure);
    try {
      await this.leave(run, frame, caught.catcher, run.scopeOf(frame, { errorOutput: output }), output, `Catch[${caught.index}]/`);
    } catch (thrown) {
      if (!(thrown instanceof StateFailure)) throw thrown;
      await this.fail(run, frame, thrown, false);
    }
  }

  /** The execution has come to its end. */
  end(run: Run, status: Exclude<ExecutionStatus, 'RUNNING'>, previous: number, outcome: { output?: string; error?: string; cause?: string }): void {
    const { record } = run;
    record.status = status;
    record.stoppedAt = run.now;
    Object.assign(record, outcome);
    if (status === 'SUCCEEDED') {
      run.emit('ExecutionSucceeded', previous, { executionSucceededEventDetails: { output: outcome.output, outputDetails: { truncated: false } } });
    } else {
      const [type, details] = ENDINGS[status];
      run.emit(type, previous, { [details]: outcome });
    }
    run.ready.length = 0;
    run.scheduled = [];
    run.removeAll();
    run.announce(statusChange(run, this.world.newId()));
  }

  async #enter(run: Run, frame: Frame, next: { readonly state: string; readonly input: Json }): Promise<void> {
    frame.state = next.state;
    frame.input = next.input;
    delete frame.next;
    frame.before = frame.previous;
    frame.enteredAt = run.now;
    frame.retries = 0;
    frame.used = [];
    run.touch(frame);
    run.record.transitions += 1;
    const state = run.stateOf(frame);
    frame.previous = run.emit(`${state.Type}StateEntered` as HistoryEventType, frame.before, {
      stateEnteredEventDetails: { name: frame.state, input: JSON.stringify(frame.input), inputDetails: { truncated: false } },
    });
    frame.entered = frame.previous;
    await this.attempt(run, frame, () => this.#kind(state).begin(this, run, frame, state));
  }

  async #finish(run: Run, frame: Frame, output: Json): Promise<void> {
    const parent = frame.parent === null ? undefined : run.frames.get(frame.parent);
    if (parent === undefined) return this.end(run, 'SUCCEEDED', frame.previous, { output: JSON.stringify(output) });
    frame.status = 'done';
    frame.output = output;
    frame.variables = {};
    run.touch(frame);
    const state = run.stateOf(parent);
    await this.attempt(run, parent, async () => this.#kind(state).childDone?.(this, run, parent, state, frame));
  }

  #backOff(run: Run, frame: Frame, retry: { readonly retrier: number; readonly delaySeconds: number }): void {
    frame.used = Array.from({ length: Math.max(frame.used.length, retry.retrier + 1) }, (_, index) => (frame.used[index] ?? 0) + (index === retry.retrier ? 1 : 0));
    run.park(frame, { kind: 'backoff', until: run.now + Math.round(retry.delaySeconds * 1000), armed: run.record.events });
  }

  async #giveUp(run: Run, frame: Frame, failure: StateFailure): Promise<void> {
    const parent = frame.parent === null ? undefined : run.frames.get(frame.parent);
    if (parent === undefined) return this.end(run, 'FAILED', frame.previous, failureDetails(failure));
    const state = run.stateOf(parent);
    this.#kind(state).childFailed?.(this, run, parent, state, frame);
    parent.previous = frame.previous;
    await this.fail(run, parent, new StateFailure(failure.error, failure.cause));
  }

  /** AWS hangs the failure of a field that is evaluated on entry on the event before the state was entered. */
  #tellEvaluation(run: Run, frame: Frame, failure: StateFailure): void {
    const { location, afterEntry } = failure.evaluation ?? {};
    const onEntry = frame.previous === frame.entered && afterEntry !== true;
    frame.previous = run.emit('EvaluationFailed', onEntry ? frame.before : frame.previous, {
      evaluationFailedEventDetails: { ...failureDetails(failure), ...(location === undefined ? {} : { location }), state: frame.state },
    });
  }

  #kind(state: State): StateKind {
    return this.#kinds[state.Type] as StateKind;
  }
}

const ENDINGS = {
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
} as const;

/** Throws the data limit's error when a payload is too large; answers its text. */
export function withinLimit(value: Json, who: string): string {
  const text = JSON.stringify(value);
  // A text shorter than a quarter of the limit cannot be over it in bytes: no need to count.
  if (text.length > PAYLOAD_BYTES_MAX / 4 && Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) throw dataLimitExceeded(who);
  return text;
}

/** What EventBridge is told of an execution as it now is. */
export function statusChange(run: Run, id: string): StatusChange {
  const { record } = run;
  return {
    version: '0',
    id,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: record.arn.split(':')[4] ?? '',
    time: new Date(run.now).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: record.region,
    resources: [record.arn],
    detail: {
      executionArn: record.arn,
      stateMachineArn: record.machineArn,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      name: record.name,
      status: record.status,
      startDate: record.startedAt,
      stopDate: record.stoppedAt ?? null,
      input: record.input,
      inputDetails: { included: true },
      output: record.output ?? null,
      outputDetails: record.output === undefined ? null : { included: true },
      redriveCount: 0,
      redriveDate: null,
      error: record.error ?? null,
      cause: record.cause ?? null,
    },
  };
}

function nextReady(run: Run): Frame | undefined {
  for (let id = run.ready.shift(); id !== undefined; id = run.ready.shift()) {
    const frame = run.frames.get(id);
    if (frame?.next !== undefined && frame.status === 'running') return frame;
  }
  return undefined;
}
