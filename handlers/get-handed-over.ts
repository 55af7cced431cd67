import { handedOver, HandedOverQuery, handedOverText, HandedOverView } from '../domain/parts/handed-over.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ok, yaml } from './answers.ts';
import { prefersJson } from './accepts.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';
import { writeYaml } from './write-yaml.ts';

/** What is for people to apply: charts with their values, manifests, commands. YAML, or JSON for who asks for that. */
export const getHandedOver = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/handed-over',
  access: 'read',
  summary: 'Read what is handed over for people to apply',
  query: HandedOverQuery,
  answers: { 200: { description: 'Charts with their values, manifests, documents and commands, in an order in which they can be applied. Slipway has applied none of it.', schema: HandedOverView, yaml: true } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const view = handedOver(cluster, ask.query);
    return prefersJson(ask.accept) ? ok(view, { vary: 'accept' }) : yaml(handedOverText(view, ask.query, writeYaml));
  },
});
