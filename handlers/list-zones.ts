import { refusedByStanding } from '../domain/account-standing.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ZoneQuery } from '../domain/requests.ts';
import { viewZone, ZoneView } from '../domain/network-view.ts';
import { pageOf as pageSchema } from '../domain/view.ts';
import { ok } from './answers.ts';
import { accountToRead } from './reach.ts';
import { route } from './route.ts';

/** The zones of an account's region, by id, with the names that they have in this account: a dozen or two, on one page. */
export const listZones = route({
  method: 'GET',
  path: '/v1/accounts/{accountId}/zones',
  access: 'read',
  summary: 'List the zones of a region, by id and by this account\'s names',
  query: ZoneQuery,
  answers: { 200: { description: 'The zones; all on one page.', schema: pageSchema(ZoneView) } },
  refusals: ['not-found', 'account-not-verified', 'region-not-registered', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const account = await accountToRead(ask, ports, ask.params.accountId);
    if (isRefusal(account)) return account;
    const { region } = ask.query;
    const refused = refusedByStanding(account, region);
    if (refused !== undefined) return refused;
    const zones = await ports.observer.observe({ ask: 'zones', accountId: account.accountId, region });
    return isRefusal(zones) ? zones : ok({ items: zones.map(viewZone), nextCursor: null });
  },
});
