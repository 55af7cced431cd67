import { AccountUnreachable } from '../ports.ts';

/** Names under which EKS and EC2 say that the session may not do this. */
const DENIALS = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException', 'InvalidClientTokenId']);

/** The error's name as AWS gave it, or the class of a fault of our own. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Unknown';
}

/** Runs a call; a denial becomes AccountUnreachable, so that a role lost in mid-operation is waited for and never read as a failure of the work. */
export async function reaching<T>(accountId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!DENIALS.has(nameOf(error))) throw error;
    const { message } = error as Error;
    throw new AccountUnreachable(accountId, message, { cause: error, lacks: actionDenied(message) });
  }
}

/** The action that AWS names in a denial: `User: ... is not authorized to perform: cloudwatch:DescribeAlarms on resource: ...`. */
export function actionDenied(message: string): string | undefined {
  return /not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message)?.[1];
}

/** `absent` when EKS says that the thing does not exist; every other error is the caller's. */
export async function orAbsent<T>(call: () => Promise<T>): Promise<T | 'absent'> {
  try {
    return await call();
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return 'absent';
    throw error;
  }
}
