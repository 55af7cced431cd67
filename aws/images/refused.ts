import { IMAGE_ACTIONS } from '../../domain/images/permissions.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { actionDenied, nameOf } from '../eks/errors.ts';
import { AccountUnreachable } from '../ports.ts';

/** Names under which ECR says no for good: asking again changes nothing. Source: ECR API reference, errors of each action. */
const NO_FOR_GOOD = new Set([
  'InvalidParameterException',
  'ValidationException',
  'LimitExceededException',
  'InvalidTagParameterException',
  'TooManyTagsException',
  'KmsException',
  'UnsupportedUpstreamRegistryException',
  'SecretNotFoundException',
  'UnableToAccessSecretException',
  'UnableToDecryptSecretValueException',
]);
const SESSION_LOST = new Set(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId']);

/** Runs work on images; ECR's and IAM's no becomes a refusal, and a lost session AccountUnreachable. Everything else is thrown: then it is not known what was done. */
export async function refused<T>(accountId: string, work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalOf(accountId, error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

export function refusalOf(accountId: string, error: unknown): Refusal | undefined {
  const name = nameOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (SESSION_LOST.has(name)) throw new AccountUnreachable(accountId, message, { cause: error });
  if (name === 'AccessDeniedException') {
    const action = actionDenied(message) ?? 'what is asked';
    return refuse('role-lacks-actions', `The role of account ${accountId} may not ${action}: ${message}`, {
      remedy: `Put the permissions policy of GET /v1/accounts/${accountId} in place, and ask again. Work on images takes ${IMAGE_ACTIONS.join(', ')}.`,
    });
  }
  return NO_FOR_GOOD.has(name) ? refuse('ecr-refused', `${name}: ${message}`) : undefined;
}
