import type { Ports, Question } from '../../aws/ports.ts';
import type { AssumeTrial, VerificationFacts } from '../../domain/facts.ts';
import { AccountUnreachable } from '../../aws/ports.ts';

/**
 * Tries the account's role as all work assumes it, with its external id, tags and a source identity (must work), then barely without
 * an id and with a wrong one (both must fail: bare, so that nothing but the id stands in the way), and reads the role's own permissions and the boundary of the roles that it makes. While an id is rotated, the one before it is tried too.
 */
export async function answerVerification(world: Ports, question: Extract<Question, { ask: 'verification' }>): Promise<VerificationFacts> {
  const account = await world.store.account(question.accountId);
  if (account === undefined) throw new AccountUnreachable(question.accountId, 'The account is not registered.');
  const { accountId, externalId, previousExternalId } = account;
  const withId = await world.accounts.tryToAssume(accountId, externalId, 'as-work');
  const withPreviousId = previousExternalId === undefined ? undefined : await world.accounts.tryToAssume(accountId, previousExternalId, 'as-work');
  const [withoutId, withWrongId] = await Promise.all([world.accounts.tryToAssume(accountId, undefined, 'bare'), world.accounts.tryToAssume(accountId, world.ids.externalId(), 'bare')]);
  const reachable = withId.kind === 'assumed' || withPreviousId?.kind === 'assumed';
  const unnamed = reachable ? undefined : await tryUnnamed(world, accountId, [externalId, ...(previousExternalId === undefined ? [] : [previousExternalId])]);
  return {
    observedAt: new Date(world.clock.now()).toISOString(),
    externalId,
    withId,
    ...(withPreviousId === undefined ? {} : { withPreviousId }),
    ...(unnamed === undefined ? {} : { unnamed }),
    withoutId,
    withWrongId,
    permissions: reachable ? await world.accounts.readPermissions(accountId) : { kind: 'unreadable', message: 'The role cannot be assumed.' },
    boundary: reachable ? await world.accounts.readBoundary(accountId) : { kind: 'unreadable', message: 'The role cannot be assumed.' },
  };
}

/** Which of two mends is needed: a role that cannot be assumed at all, or one whose trust lacks only what names the session. */
async function tryUnnamed(world: Ports, accountId: string, externalIds: readonly string[]): Promise<AssumeTrial | undefined> {
  let trial: AssumeTrial | undefined;
  for (const externalId of externalIds) {
    trial = await world.accounts.tryToAssume(accountId, externalId, 'bare');
    if (trial.kind === 'assumed') return trial;
  }
  return trial;
}
