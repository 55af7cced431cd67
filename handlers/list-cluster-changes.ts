import { ClusterChangeView } from '../domain/cluster-change.ts';
import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { pageOf as pageSchema } from '../domain/view.ts';
import { pageAsked, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** Who changed a cluster's labels, team, maintenance policy or deletion protection, when and why, newest first. */
export const listClusterChanges = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/changes',
  access: 'read',
  summary: 'List who changed the record of a cluster',
  query: PageQuery,
  answers: { 200: { description: 'A page of changes of the last 400 days.', schema: pageSchema(ClusterChangeView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    return pageOf(ask, await ports.store.clusterChanges(cluster.clusterId, page), ({ clusterId: _cluster, ...change }) => change);
  },
});
