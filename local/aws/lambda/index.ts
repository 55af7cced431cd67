import * as lambda from '@aws-sdk/client-lambda';
import type { FunctionConfiguration, InvokeCommandInput } from '@aws-sdk/client-lambda';
import { AwsError, HOME_ACCOUNT_ID, HOME_REGION, type Call, type SimulatedService, type World } from '../service.ts';
import { run, type FunctionResult, type RegisteredFunction } from './run.ts';

export type { FunctionResult, LambdaContext, RegisteredFunction } from './run.ts';

export interface SimulatedLambda extends SimulatedService {
  /** Functions are code, not state: they are registered at every start. */
  register(fn: RegisteredFunction): void;
  /** By name, `name:alias` or ARN with or without alias. An unknown function throws; one that fails answers its error. */
  invoke(nameOrArn: string, payload: unknown): Promise<FunctionResult>;
}

/** AWS Lambda as far as the rehearsal stage needs it: functions of Slipway's own account, run in this process. */
export function createLambda(world: World): SimulatedLambda {
  const functions = new Map<string, RegisteredFunction>();

  function find(nameOrArn: string): RegisteredFunction {
    const name = functionNameOf(nameOrArn);
    const found = functions.get(name);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(name)}`, 404);
    return found;
  }

  return {
    name: 'lambda',
    protocol: 'rest-json',
    schemas: { ...lambda },
    needs: (operation, input) => {
      const named = (input as { FunctionName?: string }).FunctionName;
      const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
      return [{ action, resource: named === undefined ? '*' : resourceOf(named) }];
    },
    operations: {
      Invoke: (input: InvokeCommandInput, call: Call) => answerInvoke(world, find(input.FunctionName ?? ''), input, call),
      GetFunction: (input: { FunctionName: string }) => ({ Configuration: configurationOf(find(input.FunctionName)) }),
      ListFunctions: () => ({ Functions: [...functions.values()].map(configurationOf) }),
    },
    register: (fn) => void functions.set(fn.name, fn),
    invoke: (nameOrArn, payload) => run(world, find(nameOrArn), payload),
  };
}

async function answerInvoke(world: World, fn: RegisteredFunction, input: InvokeCommandInput, call: Call): Promise<unknown> {
  const payload = parsePayload(input.Payload);
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
  if (input.InvocationType === 'Event') {
    world.clock.at(call.now, async () => void (await run(world, fn, payload)));
    return { StatusCode: 202 };
  }
  const result = await run(world, fn, payload);
  const body = 'functionError' in result ? result.functionError : (result.payload ?? null);
  return { StatusCode: 200, ExecutedVersion: '1', Payload: Buffer.from(JSON.stringify(body)), ...('functionError' in result ? { FunctionError: 'Unhandled' } : {}) };
}

function parsePayload(payload: unknown): unknown {
  if (payload === undefined) return {};
  try {
    const text = Buffer.from(payload as Uint8Array).toString('utf8');
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json: Could not parse payload into json', 400, { Type: 'User' });
  }
}

/** `slipway-local-look` of `slipway-local-look:live` or of a full ARN. */
function functionNameOf(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return parts[0] === 'arn' ? (parts[6] ?? '') : (parts[0] ?? '');
}

function resourceOf(nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  const [name = '', qualifier] = nameOrArn.split(':');
  return functionArn(name) + (qualifier === undefined ? '' : `:${qualifier}`);
}

function functionArn(name: string): string {
  return `arn:aws:lambda:${HOME_REGION}:${HOME_ACCOUNT_ID}:function:${name}`;
}

function configurationOf(fn: RegisteredFunction): FunctionConfiguration {
  return { FunctionName: fn.name, FunctionArn: functionArn(fn.name), Role: fn.roleArn, Timeout: fn.timeoutSeconds, Runtime: 'nodejs24.x', Architectures: ['arm64'], State: 'Active', Version: '$LATEST' };
}
