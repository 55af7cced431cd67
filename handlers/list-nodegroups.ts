import { isRefusal } from '../domain/refusal.ts';
import { NodegroupView, pageOf as pageSchema } from '../domain/view.ts';
import { viewNodegroup } from '../domain/views.ts';
import { PageQuery } from '../domain/requests.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The node groups of a cluster, by name. */
export const listNodegroups = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/nodegroups',
  access: 'read',
  summary: 'List the node groups of a cluster',
  query: PageQuery,
  answers: { 200: { description: 'A page of node groups.', schema: pageSchema(NodegroupView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    return pageOf(ask, pageIn(cluster.nodegroups, 'nodegroupName', page), viewNodegroup);
  },
});
