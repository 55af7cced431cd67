import { isRefusal } from '../domain/refusal.ts';
import { AccountSetupView } from '../domain/view.ts';
import { judgeVerification } from '../domain/judge-verification.ts';
import { MOVED, resource } from './answers.ts';
import { publishedSetup } from './published-setup.ts';
import { accountToChange } from './reach.ts';
import { route } from './route.ts';

/** Tries the account's role with its external id, without one and with a wrong one, and writes down what was seen. */
export const verifyAccount = route({
  method: 'POST',
  path: '/v1/accounts/{accountId}/verify',
  access: 'administer',
  summary: 'Verify that the role of an account lets us in, and nobody without its external id',
  answers: { 200: { description: 'The account with what was seen, in its conditions.', schema: AccountSetupView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'account-unreachable'],
  async run(ask, ports) {
    const account = await accountToChange(ask, ports, ask.params.accountId);
    if (isRefusal(account)) return account;
    const facts = await ports.observer.observe({ ask: 'verification', accountId: account.accountId });
    if (isRefusal(facts)) return facts;

    const { conditions, retirePrevious } = judgeVerification(account, facts, ask.now);

    const { previousExternalId, ...rest } = account;
    const verified = { ...rest, conditions, ...(retirePrevious || previousExternalId === undefined ? {} : { previousExternalId }) };
    const answer = resource(await publishedSetup(verified, ports), verified.generation);
    const written = await ports.store.recordVerification(account.accountId, { conditions, triedExternalId: facts.externalId, retirePrevious }, ask.remember(answer));
    if (written.kind === 'moved') return MOVED;
    return written.kind === 'answered' ? written : answer;
  },
});
