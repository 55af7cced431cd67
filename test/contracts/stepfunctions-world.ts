import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { VirtualClock } from '../../local/clock.ts';
import type { Speed } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import type { Call } from '../../local/aws/service.ts';
import type { Around, SimulatedStepFunctions, StatusChange } from '../../local/aws/stepfunctions/index.ts';
import { createStepFunctions } from '../../local/aws/stepfunctions/index.ts';

export const START = Date.parse('2026-03-01T00:00:00.000Z');
export const ROLE = 'arn:aws:iam::000000000000:role/machine';
export const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';
export const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:m:e';

export type Invoke = Around['invoke'];

/** A small world with one Step Functions in it: a disk in memory, a clock that moves when told, ids that are counted. */
export interface StepFunctionsWorld {
  readonly sfn: SimulatedStepFunctions;
  readonly clock: VirtualClock;
  readonly disk: Disk;
  readonly changes: StatusChange[];
  call<T = Record<string, unknown>>(operation: string, input: unknown, from?: Partial<Call>): Promise<T>;
  /** Creates the machine `m` and starts the execution `e` of it. */
  run(definition: unknown, input?: unknown): Promise<void>;
  /** Lets this many virtual seconds pass. */
  pass(seconds: number): Promise<void>;
  events(arn?: string): Promise<HistoryEvent[]>;
}

export function createWorld(around: Partial<Around> = {}, options: { disk?: Disk; now?: number; firstId?: number; speed?: Speed } = {}): StepFunctionsWorld {
  const disk = options.disk ?? new Disk(':memory:');
  const clock = new VirtualClock({ now: options.now ?? START, speed: options.speed ?? 0 });
  let ids = options.firstId ?? 0;
  const newId = (): string => (ids += 1).toString(16).padStart(32, '0');
  const sfn = createStepFunctions({ clock, disk, newId, random: () => 0.5 }, { invoke: async (_arn, payload) => ({ payload }), ...around });
  const changes: StatusChange[] = [];
  sfn.onStatusChange((change) => void changes.push(change));

  async function call<T>(operation: string, input: unknown, from: Partial<Call> = {}): Promise<T> {
    const handler = sfn.operations[operation];
    if (handler === undefined) throw new Error(`no ${operation}`);
    const caller = { accountId: '000000000000', arn: 'arn:aws:iam::000000000000:root', sessionTags: {} };
    const standard: Call = { service: 'states', operation, accountId: '000000000000', region: 'us-east-1', caller, requestId: 'r', now: clock.now(), endpoint: 'http://127.0.0.1:1' };
    return (await handler(input, { ...standard, ...from })) as T;
  }

  return {
    sfn,
    clock,
    disk,
    changes,
    call,
    async run(definition, input = {}) {
      await call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: JSON.stringify(definition) });
      await call('StartExecution', { stateMachineArn: MACHINE, name: 'e', input: JSON.stringify(input) });
      await clock.idle();
    },
    pass: (seconds) => clock.advanceTo(clock.now() + seconds * 1000),
    events: async (arn = EXECUTION) => (await call<{ events: HistoryEvent[] }>('GetExecutionHistory', { executionArn: arn, maxResults: 1000 })).events,
  };
}

/** A machine of these states, in JSONata; the first one named begins. */
export function machine(states: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...more };
}

/** A task that calls `f` with this payload. */
export function invoke(more: Record<string, unknown> = {}, payload: unknown = '{% $states.input %}'): Record<string, unknown> {
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f', Payload: payload }, ...more };
}

/** A task that gives `f` its token and waits for the token's answer. */
export function waitForToken(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    ...more,
  };
}

/** A history as a person reads it: one line an event, `id previous type details`, seconds after the start where time has passed. */
export function told(events: readonly HistoryEvent[]): string[] {
  return events.map((event) => {
    const { id, previousEventId, type, timestamp, ...rest } = event;
    const details = Object.assign({}, ...Object.values(rest)) as Record<string, unknown>;
    const seconds = ((timestamp?.getTime() ?? 0) - START) / 1000;
    const fields = Object.entries(details)
      .filter(([name]) => !name.endsWith('Details') && name !== 'resourceType' && name !== 'region' && name !== 'roleArn')
      .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
    return [`${id} ${previousEventId} ${type}`, ...fields, ...(seconds === 0 ? [] : [`@${seconds}s`])].join(' ');
  });
}
