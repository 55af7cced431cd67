import { changedAccount } from '../domain/draft-account.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ChangeAccount } from '../domain/requests.ts';
import { AccountView } from '../domain/view.ts';
import { viewAccount } from '../domain/views.ts';
import { MOVED, resource } from './answers.ts';
import { accountToChange } from './reach.ts';
import { route } from './route.ts';

/** Changes what we keep of an account: its name and labels, the teams that may act in it, and which of them may have names in which zones. */
export const changeAccount = route({
  method: 'PATCH',
  path: '/v1/accounts/{accountId}',
  access: 'administer',
  summary: 'Change an account',
  body: ChangeAccount,
  answers: { 200: { description: 'The account.', schema: AccountView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch'],
  async run(ask, ports) {
    const before = await accountToChange(ask, ports, ask.params.accountId);
    if (isRefusal(before)) return before;
    const after = changedAccount(before, ask.body, ask.caller);
    if (isRefusal(after)) return after;
    const written = await ports.store.changeAccount(before, after);
    return written.kind === 'moved' ? MOVED : resource(viewAccount(after), after.generation);
  },
});
