import { isRefusal } from '../domain/refusal.ts';
import { AccountSetupView } from '../domain/view.ts';
import { MOVED, resource } from './answers.ts';
import { publishedSetup } from './published-setup.ts';
import { accountToChange } from './reach.ts';
import { route } from './route.ts';

/** Puts a new external id in force. The one before it stays valid until `verify` has seen the new one work. */
export const rotateExternalId = route({
  method: 'POST',
  path: '/v1/accounts/{accountId}/external-id',
  access: 'administer',
  summary: 'Rotate the external id of an account',
  answers: { 200: { description: 'The account with both ids in its trust policy.', schema: AccountSetupView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch'],
  async run(ask, ports) {
    const account = await accountToChange(ask, ports, ask.params.accountId);
    if (isRefusal(account)) return account;
    const externalId = ports.ids.externalId();
    const rotated = { ...account, externalId, previousExternalId: account.previousExternalId ?? account.externalId, generation: account.generation + 1 };
    const answer = resource(await publishedSetup(rotated, ports), rotated.generation);
    const written = await ports.store.rotateExternalId(account, externalId, ask.remember(answer));
    if (written.kind === 'moved') return MOVED;
    return written.kind === 'answered' ? written : answer;
  },
});
