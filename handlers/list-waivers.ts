import { isRefusal } from '../domain/refusal.ts';
import { WaiverQuery } from '../domain/requests.ts';
import { pageOf as pageSchema, WaiverView } from '../domain/view.ts';
import { viewWaiver, viewWithdrawn } from '../domain/views.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The waivers of a cluster that are in force, by their ids, which is the order that they were given in; or those that were taken back, the other way round. */
export const listWaivers = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/waivers',
  access: 'read',
  summary: 'List the waivers of a cluster',
  query: WaiverQuery,
  answers: { 200: { description: 'A page of waivers that are in force, or of those that were taken back.', schema: pageSchema(WaiverView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    if (ask.query.withdrawn) return pageOf(ask, await ports.store.withdrawnWaivers(cluster.clusterId, page), viewWithdrawn);
    return pageOf(ask, pageIn(await ports.store.waivers(cluster.clusterId, ask.nowMs), 'waiverId', page), viewWaiver);
  },
});
