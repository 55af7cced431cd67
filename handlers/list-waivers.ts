import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { pageOf as pageSchema, WaiverView } from '../domain/view.ts';
import { viewWaiver } from '../domain/views.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The waivers of a cluster that are in force, by their ids, which is the order that they were given in. */
export const listWaivers = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/waivers',
  access: 'read',
  summary: 'List the waivers of a cluster',
  query: PageQuery,
  answers: { 200: { description: 'A page of waivers that have not ended.', schema: pageSchema(WaiverView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    return pageOf(ask, pageIn(await ports.store.waivers(cluster.clusterId, ask.nowMs), 'waiverId', page), viewWaiver);
  },
});
