import type { Ports, Question } from '../../aws/ports.ts';
import type { VerificationFacts } from '../../domain/facts.ts';
import { AccountUnreachable } from '../../aws/ports.ts';

/**
 * Tries the account's role with its external id (must work), without one and with a wrong one (both must fail), and reads
 * the role's own permissions. While an id is rotated, the one before it is tried too.
 */
export async function answerVerification(world: Ports, question: Extract<Question, { ask: 'verification' }>): Promise<VerificationFacts> {
  const account = await world.store.account(question.accountId);
  if (account === undefined) throw new AccountUnreachable(question.accountId, 'The account is not registered.');
  const { accountId, externalId, previousExternalId } = account;
  const withId = await world.accounts.tryToAssume(accountId, externalId);
  const withPreviousId = previousExternalId === undefined ? undefined : await world.accounts.tryToAssume(accountId, previousExternalId);
  const [withoutId, withWrongId] = await Promise.all([world.accounts.tryToAssume(accountId, undefined), world.accounts.tryToAssume(accountId, world.ids.externalId())]);
  const reachable = withId.kind === 'assumed' || withPreviousId?.kind === 'assumed';
  return {
    observedAt: new Date(world.clock.now()).toISOString(),
    externalId,
    withId,
    ...(withPreviousId === undefined ? {} : { withPreviousId }),
    withoutId,
    withWrongId,
    permissions: reachable ? await world.accounts.readPermissions(accountId) : { kind: 'unreadable', message: 'The role cannot be assumed.' },
  };
}
