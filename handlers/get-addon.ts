import { isRefusal } from '../domain/refusal.ts';
import { AddonView } from '../domain/view.ts';
import { viewAddon } from '../domain/views.ts';
import { resource } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** One add-on. Its ETag is its cluster's. */
export const getAddon = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/addons/{addonName}',
  access: 'read',
  summary: 'Read an add-on',
  answers: { 200: { description: 'The add-on.', schema: AddonView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const addon = cluster.addons.find(({ addonName }) => addonName === ask.params.addonName);
    return addon === undefined ? notFound() : resource(viewAddon(addon, cluster), cluster.generation);
  },
});
