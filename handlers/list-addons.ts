import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { AddonView, pageOf as pageSchema } from '../domain/view.ts';
import { viewAddon } from '../domain/views.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
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
    return pageOf(ask, pageIn(cluster.addons, 'addonName', page), (addon) => viewAddon(addon, cluster));
  },
});
