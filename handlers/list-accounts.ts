import { seesAccount } from '../domain/caller.ts';
import { PageQuery } from '../domain/requests.ts';
import { AccountView, pageOf as pageSchema } from '../domain/view.ts';
import { viewAccount } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { route } from './route.ts';

/** The accounts that the caller sees. A page may hold fewer than asked for: those of other teams are left out of it. */
export const listAccounts = route({
  method: 'GET',
  path: '/v1/accounts',
  access: 'read',
  summary: 'List accounts',
  query: PageQuery,
  answers: { 200: { description: 'A page of accounts.', schema: pageSchema(AccountView) } },
  async run(ask, { store }) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const found = await store.listAccounts(page);
    return pageOf(ask, { ...found, items: found.items.filter((account) => seesAccount(ask.caller, account)) }, viewAccount);
  },
});
