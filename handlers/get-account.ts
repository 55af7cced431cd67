import { isRefusal } from '../domain/refusal.ts';
import { AccountSetupView } from '../domain/view.ts';
import { viewAccount, viewAccountSetup } from '../domain/views.ts';
import { accountSetup } from '../domain/account-setup.ts';
import { resource } from './answers.ts';
import { accountToRead } from './reach.ts';
import { route } from './route.ts';
import { setting } from './settings.ts';

/** One account. What lets us in is for admins only. */
export const getAccount = route({
  method: 'GET',
  path: '/v1/accounts/{accountId}',
  access: 'read',
  summary: 'Read an account',
  answers: { 200: { description: 'The account; for admins with what its owner needs to let us in.', schema: AccountSetupView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const account = await accountToRead(ask, ports, ask.params.accountId);
    if (isRefusal(account)) return account;
    const view = ask.caller.role === 'admin' ? viewAccountSetup(account, accountSetup(account, setting('SLIPWAY_HOME_ACCOUNT_ID'))) : viewAccount(account);
    return resource(view, account.generation);
  },
});
