import { ClusterQuery } from '../domain/requests.ts';
import { ClusterView, pageOf as pageSchema } from '../domain/view.ts';
import { viewCluster } from '../domain/views.ts';
import { labelOf } from './label-of.ts';
import { pageAsked, pageOf } from './paging.ts';
import { route } from './route.ts';

/** The clusters that the caller sees. */
export const listClusters = route({
  method: 'GET',
  path: '/v1/clusters',
  access: 'read',
  summary: 'List clusters',
  query: ClusterQuery,
  answers: { 200: { description: 'A page of clusters.', schema: pageSchema(ClusterView) } },
  async run(ask, { store }) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const { label, version, accountId, status } = ask.query;
    const { team } = ask.caller;
    const filter = {
      ...(team === undefined ? {} : { team }),
      ...(accountId === undefined ? {} : { accountId }),
      ...(version === undefined ? {} : { version }),
      ...(status === undefined ? {} : { status }),
      ...(label === undefined ? {} : { label: labelOf(label) }),
    };
    return pageOf(ask, await store.listClusters(filter, page), (cluster) => viewCluster(cluster, ask.now));
  },
});
