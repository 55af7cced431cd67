import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { AddonView, pageOf as pageSchema } from '../domain/view.ts';
import { viewAddon } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The add-ons of a cluster, by name, as they were last seen. */
export const listAddons = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/addons',
  access: 'read',
  summary: 'List the add-ons of a cluster',
  query: PageQuery,
  answers: { 200: { description: 'A page of add-ons.', schema: pageSchema(AddonView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const after = page.after?.['addonName'] ?? '';
    const left = cluster.addons.filter((addon) => addon.addonName > after).sort((a, b) => (a.addonName < b.addonName ? -1 : 1));
    const items = left.slice(0, page.limit);
    const last = items.at(-1);
    return pageOf(ask, { items, ...(left.length > items.length && last !== undefined ? { next: { addonName: last.addonName } } : {}) }, (addon) => viewAddon(addon, cluster));
  },
});
