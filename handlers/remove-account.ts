import { isRefusal, refuse } from '../domain/refusal.ts';
import { GONE } from './answers.ts';
import { notFound } from './not-found.ts';
import { accountToChange } from './reach.ts';
import { route } from './route.ts';

/** Forgets an account that has no clusters here. What was made in it stays its owner's to remove. */
export const removeAccount = route({
  method: 'DELETE',
  path: '/v1/accounts/{accountId}',
  access: 'administer',
  summary: 'Remove an account that has no clusters',
  answers: { 204: { description: 'It is gone.' } },
  refusals: ['not-found', 'account-has-clusters', 'team-not-allowed', 'generation-mismatch'],
  async run(ask, ports) {
    const account = await accountToChange(ask, ports, ask.params.accountId);
    if (isRefusal(account)) return account;
    const removed = await ports.store.removeAccount(account.accountId);
    if (removed.kind === 'absent') return notFound();
    if (removed.kind === 'removed') return GONE;
    return refuse('account-has-clusters', `Account ${account.accountId} has ${removed.count} ${removed.count === 1 ? 'cluster' : 'clusters'}.`, { remedy: 'Delete its clusters first.' });
  },
});
