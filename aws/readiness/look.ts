import type { Looked } from '../../domain/readiness-facts.ts';
import { actionDenied, nameOf } from '../eks/errors.ts';
import { AccountUnreachable } from '../ports.ts';

/** The function that looks on behalf of the API has 20 s in all; what has not answered by then must not cost it the rest. */
const LOOK_DEADLINE_SECONDS = 10;

/** The session itself is no good: nothing else will be seen with it. */
const SESSION_REFUSED = new Set(['ExpiredTokenException', 'ExpiredToken', 'RequestExpired', 'UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure', 'InvalidAccessKeyId', 'OptInRequired']);
const DENIED = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'AccessDeniedFault']);
const THROTTLED = new Set(['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'ThrottledException', 'RequestThrottled', 'RequestThrottledException', 'EC2ThrottledException', 'SlowDown']);

/**
 * One look, which fails by itself: a right that is missing, a throttle or a slow answer makes it unknown and leaves the others. `needs`
 * are its actions, for a denial that does not name one. Throws AccountUnreachable where the account takes the session no more.
 */
export async function looked<T>(accountId: string, needs: readonly string[], look: () => Promise<T>): Promise<Looked<T>> {
  try {
    return { kind: 'seen', value: await inTime(needs, look()) };
  } catch (error) {
    if (error instanceof AccountUnreachable) throw error;
    if (error instanceof NotSeen) return { kind: 'unknown', because: error.message };
    const name = nameOf(error);
    const message = error instanceof Error ? error.message : String(error);
    if (SESSION_REFUSED.has(name)) throw new AccountUnreachable(accountId, message, { cause: error });
    return { kind: 'unknown', because: reasonOf(name, message, needs) };
  }
}

function reasonOf(name: string, message: string, needs: readonly string[]): string {
  if (DENIED.has(name)) {
    const missing = actionDenied(message) ?? `one of ${needs.join(', ')}`;
    return `Slipway's role in the account may not ${missing}: put the permissions policy of GET /v1/accounts/{accountId} in place. AWS said: ${message}`;
  }
  if (THROTTLED.has(name)) return `AWS throttled it (${needs.join(', ')}): ask again in a minute. AWS said: ${message}`;
  return `${name}: ${message}`;
}

async function inTime<T>(needs: readonly string[], look: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LookTooSlow(`No answer to ${needs.join(', ')} within ${LOOK_DEADLINE_SECONDS} s.`)), LOOK_DEADLINE_SECONDS * 1000);
  });
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}

class LookTooSlow extends Error {
  override readonly name = 'LookTooSlow';
}

/** What another look has listed; none where it failed, which that look tells by itself. */
export function ifSeen<T>(found: Looked<readonly T[]>): readonly T[] {
  return found.kind === 'seen' ? found.value : [];
}

/** What another look came to, where this one builds on it: unknown there is unknown here. */
export function seenOr<T>(found: Looked<T>): T {
  if (found.kind === 'seen') return found.value;
  throw new NotSeen(found.because);
}

class NotSeen extends Error {
  override readonly name = 'NotSeen';
}
