import { draftAccount } from '../domain/draft-account.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { RegisterAccount } from '../domain/requests.ts';
import { AccountSetupView } from '../domain/view.ts';
import { viewAccountSetup } from '../domain/views.ts';
import { accountSetup } from '../domain/account-setup.ts';
import { created } from './answers.ts';
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
  async run(ask, { ids, store }) {
    const home = setting('SLIPWAY_HOME_ACCOUNT_ID');
    const account = draftAccount(ask.body, { externalId: ids.externalId(), homeAccountId: home, caller: ask.caller, now: ask.now });
    if (isRefusal(account)) return account;
    const answer = created(viewAccountSetup(account, accountSetup(account, home)), account.generation, `/v1/accounts/${account.accountId}`);
    const written = await store.registerAccount(account, ask.remember(answer));
    if (written.kind === 'exists') return refuse('account-exists', `Account ${account.accountId} is registered already.`);
    return written.kind === 'answered' ? written : answer;
  },
});
