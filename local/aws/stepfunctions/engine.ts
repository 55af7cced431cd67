import type { World } from '../service.ts';
import { AwsError } from '../service.ts';
import { choice } from './choice.ts';
import type { Definition, TaskState } from './definition.ts';
import { Expressions } from './expressions.ts';
import { fail } from './fail.ts';
import { StateFailure } from './failure.ts';
import { Flow, statusChange } from './flow.ts';
import { HISTORY_EVENTS_MAX } from './limits.ts';
import { map } from './map.ts';
import { parallel } from './parallel.ts';
import { pass } from './pass.ts';
import type { ExecutionRecord, Frame, StatusChange, TaskPhase } from './records.ts';
import { HistoryFull, Run } from './run.ts';
import type { Storage } from './storage.ts';
import { succeed } from './succeed.ts';
import type { Answer } from './task.ts';
import { answered, start, task, taskFailed, taskSucceeded } from './task.ts';
import { wait } from './wait.ts';

/** What the engine needs of the world around it. */
export interface Around {
  /** Calls a function by name or ARN, with or without an alias. A rejection is Lambda refusing the call. */
  invoke(functionArn: string, payload: unknown): Promise<{ payload: unknown } | { functionError: { errorType: string; errorMessage: string; trace?: string[] } }>;
  /** Whether a machine's role may call a function. Absent: it may. `because` is the sentence of the refusal. */
  authorize?(call: { roleArn: string; action: string; resource: string; region: string }): { allowed: true } | { allowed: false; because: string };
}

/** What an answer to a token came to. `gone` is a task that has ended or timed out. */
export type Delivery = 'delivered' | 'gone';

const TELL_AGAIN_SECONDS = 60;
/** The longest that a timer of the machine can be set for. */
const SLEEP_MAX_MS = 2_000_000_000;
const NOBODY = (): void => undefined;

/**
 * Runs executions. Each turn of an execution takes one thing that has come (an answer, a time, a command), lets every
 * frame go until it waits again, writes all of it in one transaction, and only then calls functions and tells of the end.
 * A process killed between two turns has lost nothing; a function whose answer was not written yet is called again.
 */
export class Engine {
  readonly #world: World;
  readonly #storage: Storage;
  readonly #around: Around;
  readonly #flow: Flow;
  readonly #runs = new Map<string, Run>();
  readonly #definitions = new Map<string, Definition>();
  readonly #listeners: ((event: StatusChange) => void | Promise<void>)[] = [];
  #telling: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(world: World, storage: Storage, around: Around) {
    this.#world = world;
    this.#storage = storage;
    this.#around = around;
    this.#flow = new Flow({ Task: task, Choice: choice, Pass: pass, Wait: wait, Map: map, Parallel: parallel, Succeed: succeed, Fail: fail }, new Expressions(world), world);
  }

  onStatusChange(listener: (event: StatusChange) => void | Promise<void>): void {
    this.#listeners.push(listener);
  }

  /** Writes a new execution and lets it go. Returns once it is written; its states follow. */
  start(record: ExecutionRecord): void {
    const run = new Run(record, this.#definitionOf(record), [], record.startedAt);
    run.emit('ExecutionStarted', 0, {
      executionStartedEventDetails: { input: record.input, inputDetails: { truncated: false }, roleArn: record.roleArn },
    });
    run.begin(run.addFrame(undefined, 0, { state: run.definition.StartAt, input: run.input }), 0);
    run.announce(statusChange(run, this.#world.newId()));
    this.#storage.begin(run.takeChanges());
    this.#runs.set(record.arn, run);
    this.#tell();
    void this.#turn(run, NOBODY);
  }

  /** Nothing more is written: what is still under way is found again by the next `resume`. */
  close(): void {
    this.#closed = true;
    for (const run of this.#runs.values()) this.#forget(run);
  }

  /** Goes on with everything that ran when the process ended: calls again what had not answered, arms what was waited for, tells what was not told. */
  resume(): void {
    for (const record of this.#storage.running()) {
      const run = this.#load(record);
      for (const frame of run.frames.values()) if (frame.next !== undefined && frame.status === 'running') run.ready.push(frame.id);
      for (const { frame, phase } of run.inFlight()) this.#call(run, frame, phase);
      void this.#turn(run, NOBODY);
    }
    this.#tell();
  }

  /** Ends an execution. Answers when it ended, which is now unless it had ended before. */
  async stop(record: ExecutionRecord, outcome: { error?: string; cause?: string }): Promise<number> {
    const run = this.#runOf(record);
    await this.#turn(run, () => this.#flow.end(run, 'ABORTED', 0, outcome));
    return run.record.stoppedAt ?? run.now;
  }

  /** The task that a token belongs to has succeeded; `output` is JSON text. */
  async taskSucceeded(token: string, output: string): Promise<Delivery> {
    return this.#deliver(token, (run, frame, state) => taskSucceeded(this.#flow, run, frame, state, output));
  }

  async taskFailed(token: string, error: string | undefined, cause: string | undefined): Promise<Delivery> {
    return this.#deliver(token, (run, frame) => taskFailed(run, frame, new StateFailure(error, cause)));
  }

  async taskHeartbeat(token: string): Promise<Delivery> {
    return this.#deliver(token, (run, frame, _state, phase) => {
      if (phase.heartbeatMs !== undefined) phase.heartbeatAt = run.now + phase.heartbeatMs;
      run.touch(frame);
    });
  }

  #deliver(token: string, work: (run: Run, frame: Frame, state: TaskState, phase: TaskPhase) => Promise<void> | void): Promise<Delivery> {
    return this.#world.clock.during(async () => {
      if (this.#closed) return 'gone';
      const known = this.#storage.token(token);
      const record = known?.open === true ? this.#storage.execution(known.execution) : undefined;
      if (known === undefined || record?.status !== 'RUNNING') return 'gone';
      return this.#onTask(this.#runOf(record), known.frame, known.scheduled, work);
    });
  }

  /** Something has come for one attempt of a task. Answers `gone` when that attempt is over. */
  async #onTask(run: Run, frameId: number, scheduled: number, work: (run: Run, frame: Frame, state: TaskState, phase: TaskPhase) => Promise<void> | void): Promise<Delivery> {
    let delivery: Delivery = 'gone';
    await this.#turn(run, async () => {
      const frame = run.frames.get(frameId);
      const phase = frame?.phase;
      if (frame === undefined || phase?.kind !== 'task' || phase.scheduled !== scheduled) return;
      delivery = 'delivered';
      await this.#flow.attempt(run, frame, async () => work(run, frame, run.stateOf(frame) as TaskState, phase));
    });
    return delivery;
  }

  /** One turn of an execution, after those that were asked for before it. A turn of an execution that has ended does nothing. */
  #turn(run: Run, work: () => Promise<void> | void): Promise<void> {
    const before = run.turns;
    const turn = this.#world.clock.during(async () => {
      await before;
      if (!run.running || this.#closed) return;
      try {
        run.now = this.#world.clock.now();
        await this.#guarded(run, work);
        await this.#guarded(run, () => this.#flow.drain(run, () => this.#pause(run)));
        await this.#commit(run);
      } catch (fault) {
        // What the turn changed in memory is not on the disk: it must be read anew.
        this.#forget(run);
        throw fault;
      }
    });
    run.turns = turn.catch(NOBODY);
    return turn;
  }

  /** Ends the execution when its history is full. */
  async #guarded(run: Run, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof HistoryFull)) throw thrown;
      const cause = `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`;
      this.#flow.end(run, 'FAILED', run.record.events, { error: 'States.Runtime', cause });
    }
  }

  async #pause(run: Run): Promise<void> {
    await this.#commit(run);
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #commit(run: Run): Promise<void> {
    const called = run.scheduled.filter((frame) => run.frames.get(frame.id) === frame && frame.phase?.kind === 'task');
    run.scheduled = [];
    await this.#guarded(run, () => called.forEach((frame) => start(run, frame)));
    const changes = run.takeChanges();
    this.#storage.commit(changes);
    if (changes.announcement !== undefined) this.#tell();
    if (!run.running) return this.#forget(run);
    this.#arm(run);
    for (const frame of called) if (frame.phase?.kind === 'task') this.#call(run, frame, frame.phase);
  }

  /** Calls a task's function; its answer is the work of a later turn. */
  #call(run: Run, frame: Frame, phase: TaskPhase): void {
    void this.#world.clock.during(async () => {
      const answer = await answerOrTimeout(this.#invoke(run.record, phase), phase.timeoutSeconds);
      // The disk may be closed by now: the next start calls the function again.
      if (this.#closed) return;
      await this.#onTask(this.#runOf(run.record), frame.id, phase.scheduled, (current, its, state) => answered(this.#flow, current, its, state, answer));
    });
  }

  async #invoke(record: ExecutionRecord, phase: TaskPhase): Promise<Answer> {
    const call = { roleArn: record.roleArn, action: 'lambda:InvokeFunction', resource: phase.functionName, region: record.region };
    const verdict = this.#around.authorize?.(call) ?? { allowed: true };
    if (!verdict.allowed) {
      return { error: 'Lambda.AWSLambdaException', cause: `${verdict.because} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Proxy: null)` };
    }
    try {
      return await this.#around.invoke(phase.functionName, phase.payload);
    } catch (thrown) {
      const refusal = thrown instanceof AwsError ? thrown : undefined;
      const { message } = thrown as Error;
      if (refusal === undefined) return { error: 'Lambda.Unknown', cause: message };
      return { error: `Lambda.${refusal.code}`, cause: `${message} (Service: AWSLambda; Status Code: ${refusal.status}; Error Code: ${refusal.code}; Proxy: null)` };
    }
  }

  /** One timer per execution, for whatever comes next. */
  #arm(run: Run): void {
    run.timer?.cancel();
    run.timer = undefined;
    const next = Math.min(run.dues()[0]?.at ?? Infinity, run.record.deadline ?? Infinity);
    if (next !== Infinity) run.timer = this.#world.clock.at(next, () => this.#turn(run, () => this.#onTime(run)));
  }

  async #onTime(run: Run): Promise<void> {
    if (run.record.deadline !== undefined && run.record.deadline <= run.now) return this.#flow.end(run, 'TIMED_OUT', 0, {});
    for (const { frame, at, armed } of run.dues()) {
      if (at > run.now || !run.running) return;
      // What came of an earlier one at the same instant may have taken this one away.
      if (run.dues().some((due) => due.frame === frame && due.armed === armed)) await this.#flow.due(run, frame);
      await this.#flow.drain(run, () => this.#pause(run));
    }
  }

  #runOf(record: ExecutionRecord): Run {
    return this.#runs.get(record.arn) ?? this.#load(record);
  }

  #load(record: ExecutionRecord): Run {
    const run = new Run(record, this.#definitionOf(record), this.#storage.frames(record.arn), this.#world.clock.now());
    if (run.running) {
      this.#runs.set(record.arn, run);
      this.#arm(run);
    }
    return run;
  }

  #forget(run: Run): void {
    run.timer?.cancel();
    run.timer = undefined;
    if (this.#runs.get(run.record.arn) === run) this.#runs.delete(run.record.arn);
  }

  #definitionOf(record: ExecutionRecord): Definition {
    const known = this.#definitions.get(record.definition);
    if (known !== undefined) return known;
    const definition = JSON.parse(record.definition) as Definition;
    this.#definitions.set(record.definition, definition);
    return definition;
  }

  /** Tells the listeners of status changes, in order, each until it is through. What one refuses is told again later, as EventBridge does. */
  #tell(): void {
    const work = async (): Promise<void> => {
      for (const { position, change } of this.#closed ? [] : this.#storage.announcements()) {
        for (const listener of this.#listeners) await listener(change);
        if (!this.#closed) this.#storage.announced(position);
      }
    };
    const again = (): void => {
      this.#world.clock.at(this.#world.clock.now() + TELL_AGAIN_SECONDS * 1000, () => this.#tell(), { background: true });
    };
    this.#telling = this.#telling.then(() => this.#world.clock.during(work)).catch(again);
  }
}

/** A function's answer, or that it did not come in time by the machine's own clock. */
async function answerOrTimeout(answer: Promise<Answer>, seconds: number | undefined): Promise<Answer> {
  if (seconds === undefined) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve({ timedOut: true }), Math.min(seconds * 1000, SLEEP_MAX_MS));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
