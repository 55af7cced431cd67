import type { Call } from '../service.ts';
import { AwsError } from '../service.ts';
import { NAME_CHARACTERS_MAX } from './limits.ts';

/** Characters that a name must not have. Source: the parameter `name` of CreateStateMachine and StartExecution in the API reference. */
// eslint-disable-next-line no-control-regex -- Control characters are among what a name must not have.
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** Throws InvalidName. */
export function checkName(name: string): void {
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX || FORBIDDEN.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

export function machineArn(call: Pick<Call, 'accountId' | 'region'>, name: string): string {
  return `arn:aws:states:${call.region}:${call.accountId}:stateMachine:${name}`;
}

export function executionArn(ofMachine: string, name: string): string {
  return `${ofMachine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** The caller sees what is in its own account and region; an ARN from elsewhere names nothing here. */
export function isOwn(arn: string, call: Pick<Call, 'accountId' | 'region'>, kind: 'stateMachine' | 'execution'): boolean {
  return arn.startsWith(`arn:aws:states:${call.region}:${call.accountId}:${kind}:`);
}

/** Throws InvalidArn when a text is no ARN at all. */
export function checkArn(arn: string): void {
  if (!arn.startsWith('arn:')) throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
}

/** Page tokens hold a position and nothing secret; they are opaque to the caller all the same. */
export function pageToken(position: string | number): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws InvalidToken. */
export function readPageToken<T extends string | number>(token: string | undefined, first: T): T {
  if (token === undefined) return first;
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof position === typeof first) return position as T;
  } catch {
    // Not one of ours: told below.
  }
  throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${message}`);
}
