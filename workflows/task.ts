import { ports } from '../aws/wiring.ts';
import type { OperationRecord, Ports } from '../aws/ports.ts';
import type { WorkflowError } from '../domain/errors.ts';
import type { Part } from '../domain/held-steps.ts';

/** What a state hands to its function: who and where it is, and never a plan, a list or a fact. Tasks read the record. */
export interface TaskEvent {
  readonly operationId: string;
  readonly run: number;
  /** The state's own name. */
  readonly state: string;
  /** Present where the state waits for its token. */
  readonly token?: string;
  /** `$states.context.State.EnteredTime` and `RetryCount`: together they order the tokens of one state. */
  readonly enteredTime?: string;
  readonly retryCount?: number;
  /** The hop's target minor, for the states inside a hop. */
  readonly hop?: string;
  /** How much of the hop this pass does. */
  readonly part?: Part;
  /** The add-on, node group or principal, for the iterations of a Map. */
  readonly subject?: string;
}

/** What a task came to. */
export type TaskAnswer =
  | { readonly kind: 'answer'; readonly output: Readonly<Record<string, unknown>> }
  | { readonly kind: 'fail'; readonly error: WorkflowError; readonly cause: string }
  /** A wait record holds the token; a look will wake it. */
  | { readonly kind: 'parked' };

export function answer(output: Readonly<Record<string, unknown>> = {}): TaskAnswer {
  return { kind: 'answer', output };
}

export function fail(error: WorkflowError, cause: string): TaskAnswer {
  return { kind: 'fail', error, cause };
}

/**
 * A state that may wait. It answers its own token when it need not; a crash before that is mended by the state's Retry,
 * since everything that it did is on the record.
 */
export function waitingTask(carryOut: (event: TaskEvent, ports: Ports) => Promise<TaskAnswer>): (event: TaskEvent) => Promise<void> {
  return async (event) => {
    const world = ports();
    const came = await orFault(event, world, () => carryOut(event, world));
    world.log.info('task', { state: event.state, operation: event.operationId, run: event.run, hop: event.hop, subject: event.subject, outcome: came.kind === 'fail' ? came.error : came.kind });
    if (came.kind !== 'parked' && event.token !== undefined) await world.executions.wake(event.token, came);
  };
}

/** A state that answers at once. A refusal to go on is an error by its name, for the state's Catch. */
export function plainTask(carryOut: (event: TaskEvent & { readonly failure?: Failure }, ports: Ports) => Promise<TaskAnswer>): (event: TaskEvent) => Promise<unknown> {
  return async (event) => {
    const world = ports();
    const came = await orFault(event, world, () => carryOut(event, world));
    world.log.info('task', { state: event.state, operation: event.operationId, run: event.run, outcome: came.kind === 'fail' ? came.error : came.kind });
    if (came.kind === 'fail') throw Object.assign(new Error(came.cause), { name: came.error });
    return came.kind === 'answer' ? came.output : {};
  };
}

/** A task that works on the record of its run. An execution of an earlier run, or of an operation that has ended, does nothing more. */
export function withRecord<Event extends TaskEvent>(carryOut: (event: Event, ports: Ports, record: OperationRecord) => Promise<TaskAnswer>): (event: Event, ports: Ports) => Promise<TaskAnswer> {
  return async (event, ports) => {
    const record = await ports.store.operation(event.operationId);
    if (record === undefined || record.operation.endedAt !== undefined || record.operation.run !== event.run) return fail('OperationEnded', 'The operation has ended or runs anew.');
    return carryOut(event, ports, record);
  };
}

/** Whatever no rule foresaw leaves the function under one name, which the states retry. The log keeps the fault itself. */
async function orFault<T>(event: TaskEvent, world: Ports, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    world.log.error('fault', { state: event.state, operation: event.operationId, run: event.run, error: error instanceof Error ? (error.stack ?? told) : told });
    throw Object.assign(new Error(told, { cause: error }), { name: 'Fault' });
  }
}

/** What a Catch was given. */
export interface Failure {
  readonly Error?: string;
  readonly Cause?: string;
}

/** Orders the tokens of one state: a later entry or retry has a higher epoch. */
export function tokenEpochOf(event: TaskEvent): number {
  return Date.parse(event.enteredTime ?? '1970-01-01T00:00:00Z') + (event.retryCount ?? 0);
}
