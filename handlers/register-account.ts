import { draftAccount } from '../domain/draft-account.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { RegisterAccount } from '../domain/requests.ts';
import { AccountSetupView } from '../domain/view.ts';
import { created } from './answers.ts';
import { publishedSetup } from './published-setup.ts';
import { route } from './route.ts';
import { setting } from './settings.ts';

/** Makes an account known, and tells its owner what to make there so that we can get in. */
export const registerAccount = route({
  method: 'POST',
  path: '/v1/accounts',
  access: 'administer',
  summary: 'Register an AWS account',
  body: RegisterAccount,
  answers: { 201: { description: 'The account, with the external id, the policies and the template that its owner needs.', schema: AccountSetupView } },
  refusals: ['account-exists', 'team-not-allowed'],
  async run(ask, ports) {
    const account = draftAccount(ask.body, { externalId: ports.ids.externalId(), homeAccountId: setting('SLIPWAY_HOME_ACCOUNT_ID'), caller: ask.caller, now: ask.now });
    if (isRefusal(account)) return account;
    const answer = created(await publishedSetup(account, ports), account.generation, `/v1/accounts/${account.accountId}`);
    const written = await ports.store.registerAccount(account, ask.remember(answer));
    if (written.kind === 'exists') return refuse('account-exists', `Account ${account.accountId} is registered already.`);
    return written.kind === 'answered' ? written : answer;
  },
});
