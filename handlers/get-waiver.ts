import { isRefusal } from '../domain/refusal.ts';
import { WaiverView } from '../domain/view.ts';
import { viewWaiver } from '../domain/views.ts';
import { resource } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';
import { WAIVER_GENERATION } from './waiver-generation.ts';

/** One waiver, until it ends. */
export const getWaiver = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/waivers/{waiverId}',
  access: 'read',
  summary: 'Read a waiver',
  answers: { 200: { description: 'The waiver.', schema: WaiverView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const waiver = (await ports.store.waivers(cluster.clusterId, ask.nowMs)).find(({ waiverId }) => waiverId === ask.params.waiverId);
    return waiver === undefined ? notFound() : resource(viewWaiver(waiver), WAIVER_GENERATION);
  },
});
