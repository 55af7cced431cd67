import type { Ports } from '../aws/ports.ts';
import type { Cluster } from '../domain/cluster.ts';
import { partStates } from '../domain/parts/part-states.ts';
import { seenStates, type Sight } from '../domain/parts/seen-states.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { Nothing } from '../domain/requests.ts';
import { PartsView } from '../domain/view.ts';
import { ok } from './answers.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The parts of a cluster as AWS has them now: each resource that Slipway has made is looked at. */
export const listParts = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/parts',
  access: 'read',
  summary: 'Look at the parts of a cluster',
  query: Nothing,
  answers: { 200: { description: 'Each part as it stands in AWS, and when it was looked at.', schema: PartsView } },
  refusals: ['not-found', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const seen = await look(ports, cluster);
    if (isRefusal(seen)) return seen;
    return ok({ items: seenStates(partStates(cluster), seen), observedAt: ask.now });
  },
});

/** Nothing is looked at where nothing was made. */
async function look({ observer }: Ports, { accountId, region, name, made = [] }: Cluster): Promise<Readonly<Record<string, Sight>> | Refusal> {
  return made.length === 0 ? {} : observer.observe({ ask: 'parts', accountId, region, clusterName: name, resources: made });
}
