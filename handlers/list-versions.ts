import { seesAccount } from '../domain/caller.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { VersionQuery } from '../domain/requests.ts';
import { refusedByStanding } from '../domain/account-standing.ts';
import { pageOf as pageSchema, VersionView } from '../domain/view.ts';
import { viewVersions } from '../domain/views.ts';
import { ok } from './answers.ts';
import { route } from './route.ts';

/** The minors that EKS offers in a region, with their support dates: some dozens at most, on one page. */
export const listVersions = route({
  method: 'GET',
  path: '/v1/versions',
  access: 'read',
  summary: 'List the Kubernetes versions on offer, with support dates',
  query: VersionQuery,
  answers: { 200: { description: 'The versions; all on one page.', schema: pageSchema(VersionView) } },
  refusals: ['account-not-registered', 'account-not-verified', 'region-not-registered', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, { store, observer }) {
    const { accountId, region } = ask.query;
    const account = await store.account(accountId);
    if (account === undefined || !seesAccount(ask.caller, account)) return refuse('account-not-registered', `Account ${accountId} is not registered.`);
    const refused = refusedByStanding(account, region);
    if (refused !== undefined) return refused;
    const catalogue = await observer.observe({ ask: 'versions', accountId, region });
    return isRefusal(catalogue) ? catalogue : ok({ items: viewVersions(catalogue), nextCursor: null });
  },
});
