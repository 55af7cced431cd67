import { isRefusal } from '../domain/refusal.ts';
import { NodegroupView } from '../domain/view.ts';
import { viewNodegroup } from '../domain/views.ts';
import { resource } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** One node group. Its ETag is its cluster's. */
export const getNodegroup = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/nodegroups/{nodegroupName}',
  access: 'read',
  summary: 'Read a node group',
  answers: { 200: { description: 'The node group.', schema: NodegroupView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const nodegroup = cluster.nodegroups.find((group) => group.nodegroupName === ask.params.nodegroupName);
    return nodegroup === undefined ? notFound() : resource(viewNodegroup(nodegroup), cluster.generation);
  },
});
