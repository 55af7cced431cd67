import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Timer } from '../../clock.ts';
import type { Branch, Definition, Json, State } from './definition.ts';
import type { Scope } from './expressions.ts';
import { HISTORY_EVENTS_MAX } from './limits.ts';
import type { EventRecord, ExecutionRecord, Frame, Phase, StatusChange, TaskPhase, TokenRecord } from './records.ts';
import type { Changes } from './storage.ts';

/** The history has no room for anything but the event that ends the execution. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
}

/**
 * An execution while it runs: what is on the disk, plus what this turn has changed and not yet written. Nothing here is
 * true before `takeChanges` has been committed; when a commit fails, the whole object is thrown away and read anew.
 */
export class Run {
  readonly record: ExecutionRecord;
  readonly definition: Definition;
  readonly frames: Map<number, Frame>;
  /** Virtual time of this turn; everything in a turn happens at the same instant. */
  now: number;
  /** Turns of one execution come one after the other. */
  turns: Promise<unknown> = Promise.resolve();
  timer: Timer | undefined;
  /** Frames that have a state to enter, in the order in which they go. */
  readonly ready: number[] = [];
  /** Tasks scheduled in this turn; they are started, and their functions called, when it ends. */
  scheduled: Frame[] = [];

  #events: EventRecord[] = [];
  #touched = new Set<Frame>();
  #gone = new Set<number>();
  #tokensOpened = new Map<string, TokenRecord>();
  #tokensClosed: string[] = [];
  #announcement: StatusChange | undefined;

  constructor(record: ExecutionRecord, definition: Definition, frames: readonly Frame[], now: number) {
    this.record = record;
    this.definition = definition;
    this.frames = new Map(frames.map((frame) => [frame.id, frame]));
    this.now = now;
  }

  get running(): boolean {
    return this.record.status === 'RUNNING';
  }

  /** Writes a history event and answers its id. Throws HistoryFull when only the execution's end fits. */
  emit(type: HistoryEventType, previousEventId: number, details?: Readonly<Record<string, unknown>>): number {
    const id = this.record.events + 1;
    if (id >= HISTORY_EVENTS_MAX && this.running) throw new HistoryFull();
    this.record.events = id;
    this.#events.push({ timestamp: this.now, type, id, previousEventId, ...details });
    return id;
  }

  /** A new frame, not begun. */
  addFrame(parent: Frame | undefined, index: number, next: { state: string; input: Json }, item?: Frame['item']): Frame {
    const frame: Frame = {
      id: this.record.nextFrame,
      parent: parent?.id ?? null,
      index,
      status: 'pending',
      next,
      state: next.state,
      input: null,
      enteredAt: this.now,
      entered: 0,
      previous: 0,
      before: 0,
      retries: 0,
      used: [],
      variables: {},
      ...(item === undefined ? {} : { item }),
    };
    this.record.nextFrame += 1;
    this.frames.set(frame.id, frame);
    this.#touched.add(frame);
    return frame;
  }

  /** Lets a pending frame go, as the thread that follows `previous`. */
  begin(frame: Frame, previous: number): void {
    frame.status = 'running';
    frame.previous = previous;
    this.ready.push(frame.id);
    this.touch(frame);
  }

  /** Notes that a frame has changed. */
  touch(frame: Frame): void {
    this.#touched.add(frame);
  }

  park(frame: Frame, phase: Phase): void {
    frame.phase = phase;
    this.touch(frame);
  }

  unpark(frame: Frame): void {
    if (frame.phase?.kind === 'task' && frame.phase.token !== undefined) this.#tokensClosed.push(frame.phase.token);
    delete frame.phase;
    this.touch(frame);
  }

  openToken(token: string, frame: Frame, scheduled: number): void {
    this.#tokensOpened.set(token, { execution: this.record.arn, frame: frame.id, scheduled, open: true });
  }

  children(frame: Frame): Frame[] {
    return [...this.frames.values()].filter((other) => other.parent === frame.id).sort((a, b) => a.index - b.index);
  }

  /** Takes everything below a frame away. */
  removeChildren(frame: Frame): void {
    for (const child of this.children(frame)) {
      this.removeChildren(child);
      this.#remove(child);
    }
  }

  removeAll(): void {
    for (const frame of this.frames.values()) this.#remove(frame);
  }

  announce(change: StatusChange): void {
    this.#announcement = change;
  }

  /** The states that a frame goes through. */
  branchOf(frame: Frame): Branch {
    if (frame.parent === null) return this.definition;
    const parent = this.#parentOf(frame);
    const state = this.stateOf(parent);
    const branch = state.Type === 'Map' ? state.ItemProcessor : state.Type === 'Parallel' ? state.Branches[frame.index] : undefined;
    if (branch === undefined) throw new Error(`Frame ${frame.id} of ${this.record.arn} belongs to no branch of ${parent.state}`);
    return branch;
  }

  /** The state that a frame is in. */
  stateOf(frame: Frame): State {
    const state = this.branchOf(frame).States[frame.state];
    if (state === undefined) throw new Error(`${this.record.arn} has no state ${frame.state}`);
    return state;
  }

  /** What expressions in a frame's state may look at. Inner scopes see the variables of the outer ones. */
  scopeOf(frame: Frame, more: { result?: Json; errorOutput?: Json; token?: string; item?: { index: number; value: Json } } = {}): Scope {
    const { token, item, ...outcome } = more;
    return {
      state: frame.state,
      entered: frame.entered,
      variables: this.#variablesOf(frame),
      states: { input: frame.input, ...outcome, context: this.#contextOf(frame, token, item) },
      now: this.now,
    };
  }

  /** The frames that wait for a time, each with that time, the earliest first. */
  dues(): { frame: Frame; at: number; armed: number }[] {
    const dues: { frame: Frame; at: number; armed: number }[] = [];
    for (const frame of this.frames.values()) {
      const { phase } = frame;
      if (phase?.kind === 'wait' || phase?.kind === 'backoff') dues.push({ frame, at: phase.until, armed: phase.armed });
      if (phase?.kind === 'task') {
        const at = Math.min(phase.timeoutAt ?? Infinity, phase.heartbeatAt ?? Infinity);
        if (at !== Infinity) dues.push({ frame, at, armed: phase.scheduled });
      }
    }
    return dues.sort((a, b) => a.at - b.at || a.armed - b.armed);
  }

  /** Tasks whose function has been called and has not answered, in the order of the calls. */
  inFlight(): { frame: Frame; phase: TaskPhase }[] {
    const calls: { frame: Frame; phase: TaskPhase }[] = [];
    for (const frame of this.frames.values()) if (frame.phase?.kind === 'task' && frame.phase.invoking) calls.push({ frame, phase: frame.phase });
    return calls.sort((a, b) => a.phase.scheduled - b.phase.scheduled);
  }

  /** What is to be written; from here on it counts as written. */
  takeChanges(): Changes {
    const changes: Changes = {
      execution: this.record,
      events: this.#events,
      frames: [...this.#touched].filter((frame) => this.frames.get(frame.id) === frame),
      framesGone: [...this.#gone],
      tokensOpened: this.#tokensOpened,
      tokensClosed: this.#tokensClosed,
      ...(this.#announcement === undefined ? {} : { announcement: this.#announcement }),
    };
    this.#events = [];
    this.#touched = new Set();
    this.#gone = new Set();
    this.#tokensOpened = new Map();
    this.#tokensClosed = [];
    this.#announcement = undefined;
    return changes;
  }

  #remove(frame: Frame): void {
    this.unpark(frame);
    this.frames.delete(frame.id);
    this.#gone.add(frame.id);
  }

  #parentOf(frame: Frame): Frame {
    const parent = frame.parent === null ? undefined : this.frames.get(frame.parent);
    if (parent === undefined) throw new Error(`Frame ${frame.id} of ${this.record.arn} has lost its parent`);
    return parent;
  }

  #variablesOf(frame: Frame): Readonly<Record<string, Json>> {
    return frame.parent === null ? frame.variables : { ...this.#variablesOf(this.#parentOf(frame)), ...frame.variables };
  }

  #itemOf(frame: Frame): Frame['item'] {
    return frame.item ?? (frame.parent === null ? undefined : this.#itemOf(this.#parentOf(frame)));
  }

  /** Source: "Accessing execution data from the Context object" in the developer guide. */
  #contextOf(frame: Frame, token: string | undefined, chosen: { index: number; value: Json } | undefined): Json {
    const { arn, name, machineArn, machineName, roleArn, startedAt } = this.record;
    const { Type } = this.stateOf(frame);
    const item = chosen ?? this.#itemOf(frame);
    const retrying = Type === 'Task' || Type === 'Map' || Type === 'Parallel';
    return {
      Execution: { Id: arn, Input: this.input, Name: name, RoleArn: roleArn, StartTime: iso(startedAt), RedriveCount: 0 },
      StateMachine: { Id: machineArn, Name: machineName },
      State: { Name: frame.state, EnteredTime: iso(frame.enteredAt), ...(retrying ? { RetryCount: frame.retries } : {}) },
      ...(item === undefined ? {} : { Map: { Item: { Index: item.index, Value: item.value } } }),
      ...(token === undefined ? {} : { Task: { Token: token } }),
    };
  }

  #input: Json | undefined;

  /** The execution's input, parsed once. */
  get input(): Json {
    this.#input ??= JSON.parse(this.record.input) as Json;
    return this.#input;
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
