import type { SendTaskFailureInput, SendTaskHeartbeatInput, SendTaskSuccessInput } from '@aws-sdk/client-sfn';
import type { OperationHandler } from '../service.ts';
import { AwsError } from '../service.ts';
import type { Delivery, Engine } from './engine.ts';
import { CAUSE_CHARACTERS_MAX, ERROR_CHARACTERS_MAX, PAYLOAD_BYTES_MAX } from './limits.ts';
import { validation } from './names.ts';
import type { Storage } from './storage.ts';
import { isToken } from './task.ts';

/**
 * The operations that answer a task's token. A token is good once, until its task ends, whether or not the function that
 * was given it has returned. Throws InvalidToken for what is no token, TaskTimedOut for a task that is over.
 */
export function tokenOperations(storage: Storage, engine: Engine): Record<string, OperationHandler> {
  return {
    SendTaskSuccess: async (input: SendTaskSuccessInput) => {
      const token = checkToken(storage, input.taskToken);
      return done(await engine.taskSucceeded(token, checkOutput(input.output)));
    },
    SendTaskFailure: async (input: SendTaskFailureInput) => {
      const token = checkToken(storage, input.taskToken);
      checkLength('error', input.error, ERROR_CHARACTERS_MAX);
      checkLength('cause', input.cause, CAUSE_CHARACTERS_MAX);
      return done(await engine.taskFailed(token, input.error, input.cause));
    },
    SendTaskHeartbeat: async (input: SendTaskHeartbeatInput) => done(await engine.taskHeartbeat(checkToken(storage, input.taskToken))),
  };
}

function done(delivery: Delivery): Record<string, never> {
  if (delivery === 'gone') throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  return {};
}

function checkToken(storage: Storage, token: string | undefined): string {
  if (token === undefined || !isToken(token) || storage.token(token) === undefined) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  return token;
}

function checkOutput(output: string | undefined): string {
  const text = output ?? '';
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) throw validation(`Value at 'output' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`);
  try {
    JSON.parse(text);
    return text;
  } catch (thrown) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(thrown as Error).message}'`);
  }
}

function checkLength(name: string, value: string | undefined, most: number): void {
  if (value !== undefined && value.length > most) throw validation(`Value at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${most}`);
}
