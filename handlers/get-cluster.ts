import { isRefusal } from '../domain/refusal.ts';
import { ClusterView } from '../domain/view.ts';
import { okCluster } from './answers.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** One cluster, as it was last seen. */
export const getCluster = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}',
  access: 'read',
  summary: 'Read a cluster',
  answers: { 200: { description: 'The cluster.', schema: ClusterView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    return isRefusal(cluster) ? cluster : okCluster(cluster, ask);
  },
});
