import * as lambda from '@aws-sdk/client-lambda';
import type { FunctionConfiguration, GetFunctionCommandInput, InvokeCommandInput } from '@aws-sdk/client-lambda';
import type { Context } from 'aws-lambda';
import type { Collection } from '../../disk.ts';
import { AwsError, HOME_ACCOUNT_ID, HOME_REGION } from '../service.ts';
import type { Call, SimulatedService, World } from '../service.ts';
import { runFunction } from './run.ts';
import type { Outcome } from './run.ts';

export type LambdaContext = Context;

export interface RegisteredFunction {
  readonly name: string;
  readonly roleArn: string;
  readonly handler: (event: unknown, context: LambdaContext) => Promise<unknown>;
  /** By the machine's own clock: a function is work, and virtual time may stand still or fly while it runs. */
  readonly timeoutSeconds: number;
}

export interface SimulatedLambda extends SimulatedService {
  register(fn: RegisteredFunction): void;
  /** Runs a function and waits for its answer. Accepts `name`, `name:alias` and the full ARN with or without alias. Throws an AwsError when there is no such function. */
  invoke(nameOrArn: string, payload: unknown): Promise<Outcome>;
  /** The full ARN of a function that is named in any way that `invoke` takes, whether it exists or not. */
  arn(nameOrArn: string): string;
  /** How often each function was run in this process. */
  invocations(): Readonly<Record<string, number>>;
  /** Runs again, from the disk, the asynchronous invocations that were accepted and not finished. */
  resume(): void;
}

/** An asynchronous invocation that was accepted. */
interface AcceptedEvent {
  readonly id: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly payload: unknown;
  readonly attempt: number;
  /** Virtual epoch ms. */
  readonly dueAt: number;
}

/** The alias that everything is called by, and the code as it is. */
const QUALIFIERS = ['live', '$LATEST'];
const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;
const EVENT_BYTES_MAX = 1024 * 1024;
/** Lambda tries a failed asynchronous invocation twice more, after one and after two minutes. */
const RETRY_MINUTES = [1, 2];

/** Functions of Slipway's own account, run in this process. */
export function createLambda(world: World): SimulatedLambda {
  const functions = new Map<string, RegisteredFunction>();
  const counts = new Map<string, number>();
  const events: Collection<AcceptedEvent> = world.disk.collection('lambda-events');

  function find(nameOrArn: string, qualifier?: string): { fn: RegisteredFunction; qualifier: string | undefined } {
    const form = /^(?:arn:aws:lambda:([a-z0-9-]+):(\d{12}):function:|(\d{12}):function:)?([A-Za-z0-9-_]{1,140})(?::([A-Za-z0-9$_-]+))?$/.exec(nameOrArn);
    const asked = qualifier ?? form?.[5];
    const fn = functions.get(form?.[4] ?? '');
    const elsewhere = (form?.[1] ?? HOME_REGION) !== HOME_REGION || (form?.[2] ?? form?.[3] ?? HOME_ACCOUNT_ID) !== HOME_ACCOUNT_ID;
    if (form === null || fn === undefined || elsewhere || (asked !== undefined && !QUALIFIERS.includes(asked))) {
      const arn = nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(nameOrArn, qualifier);
      throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
    }
    return { fn, qualifier: asked };
  }

  async function invoke(fn: RegisteredFunction, qualifier: string | undefined, payload: unknown): Promise<Outcome> {
    counts.set(fn.name, (counts.get(fn.name) ?? 0) + 1);
    return world.clock.during(() => runFunction(fn, arnOf(fn.name, qualifier), payload, world.newId()));
  }

  function schedule(event: AcceptedEvent): void {
    world.clock.at(event.dueAt, async () => {
      const fn = functions.get(event.functionName);
      const outcome = fn === undefined ? { functionError: true } : await invoke(fn, event.qualifier, event.payload);
      const minutes = 'functionError' in outcome ? RETRY_MINUTES[event.attempt - 1] : undefined;
      if (minutes === undefined) return events.delete(event.id);
      const next = { ...event, attempt: event.attempt + 1, dueAt: world.clock.now() + minutes * 60_000 };
      events.put(event.id, next);
      schedule(next);
    });
  }

  const operations = {
    async Invoke(input: InvokeCommandInput, call: Call) {
      const { fn, qualifier } = find(input.FunctionName ?? '', input.Qualifier);
      if (call.accountId !== HOME_ACCOUNT_ID) throw new AwsError('AccessDeniedException', `User: ${call.caller.arn} is not authorized to perform: lambda:InvokeFunction on resource: ${arnOf(fn.name, qualifier)} because no resource-based policy allows the lambda:InvokeFunction action`, 403);
      const type = input.InvocationType ?? 'RequestResponse';
      const bytes = input.Payload instanceof Uint8Array ? input.Payload : new Uint8Array();
      const limit = type === 'Event' ? EVENT_BYTES_MAX : PAYLOAD_BYTES_MAX;
      if (bytes.byteLength > limit) throw new AwsError('RequestTooLargeException', `${bytes.byteLength} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`, 413, { Type: 'User' });
      const payload = parsed(bytes);
      if (type === 'DryRun') return { StatusCode: 204 };
      if (type === 'Event') {
        const event: AcceptedEvent = { id: world.newId(), functionName: fn.name, qualifier, payload, attempt: 1, dueAt: call.now };
        events.put(event.id, event);
        schedule(event);
        return { StatusCode: 202 };
      }
      const outcome = await invoke(fn, qualifier, payload);
      const failed = 'functionError' in outcome;
      const body = JSON.stringify(failed ? outcome.functionError : outcome.payload);
      return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: new Uint8Array(Buffer.from(body)), ...(failed ? { FunctionError: 'Unhandled' } : {}) };
    },
    GetFunction(input: GetFunctionCommandInput) {
      const { fn, qualifier } = find(input.FunctionName ?? '', input.Qualifier);
      return { Configuration: configuration(fn, qualifier) };
    },
    GetFunctionConfiguration(input: GetFunctionCommandInput) {
      const { fn, qualifier } = find(input.FunctionName ?? '', input.Qualifier);
      return configuration(fn, qualifier);
    },
    ListFunctions: (_input: unknown, call: Call) => ({ Functions: call.accountId === HOME_ACCOUNT_ID && call.region === HOME_REGION ? [...functions.values()].map((fn) => configuration(fn, undefined)) : [] }),
  };

  return {
    name: 'lambda',
    protocol: 'rest-json',
    schemas: { ...lambda },
    operations,
    needs(operation, input) {
      const { FunctionName, Qualifier } = input as { FunctionName?: string; Qualifier?: string };
      if (FunctionName === undefined) return undefined;
      const resource = FunctionName.startsWith('arn:') ? FunctionName : arnOf(FunctionName, Qualifier);
      return [{ action: operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`, resource }];
    },
    register: (fn) => void functions.set(fn.name, fn),
    async invoke(nameOrArn, payload) {
      const { fn, qualifier } = find(nameOrArn);
      return invoke(fn, qualifier, payload);
    },
    arn: (nameOrArn) => (nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(nameOrArn.split(':function:').at(-1) ?? '', undefined)),
    invocations: () => Object.fromEntries(counts),
    resume: () => events.list().forEach(schedule),
  };
}

function arnOf(name: string, qualifier: string | undefined): string {
  return `arn:aws:lambda:${HOME_REGION}:${HOME_ACCOUNT_ID}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
}

function parsed(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${error instanceof Error ? error.message : 'unreadable'}`, 400, { Type: 'User' });
  }
}

function configuration(fn: RegisteredFunction, qualifier: string | undefined): FunctionConfiguration {
  return {
    FunctionName: fn.name,
    FunctionArn: arnOf(fn.name, qualifier),
    Runtime: 'nodejs24.x',
    Role: fn.roleArn,
    Timeout: fn.timeoutSeconds,
    Version: '$LATEST',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['arm64'],
  };
}
