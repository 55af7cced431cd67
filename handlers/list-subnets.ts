import { absentCluster } from '../domain/absent-cluster.ts';
import { cniSettings } from '../domain/addresses/cni-settings.ts';
import { forecastAsk, typesToKnow } from '../domain/addresses/forecast-ask.ts';
import { isRefusal } from '../domain/refusal.ts';
import { SubnetsView, viewSubnets } from '../domain/network-view.ts';
import { ok } from './answers.ts';
import { podSubnets } from './creation-question.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** The subnets of a cluster as they are now, with the forecast of their free addresses. */
export const listSubnets = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/subnets',
  access: 'read',
  summary: 'List the subnets of a cluster, with zones, owners and the forecast of free addresses',
  answers: { 200: { description: 'The subnets, looked at now.', schema: SubnetsView } },
  refusals: ['not-found', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const { accountId, region, clusterId, name } = cluster;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId, subnetIds: podSubnets(cluster.wanted) });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(cluster);
    const limits = await ports.observer.observe({ ask: 'instance-limits', accountId, region, instanceTypes: typesToKnow(facts.nodegroups) });
    if (isRefusal(limits)) return limits;

    const settings = cniSettings(facts.addons.find(({ addonName }) => addonName === 'vpc-cni')?.configurationValues);

    return ok(viewSubnets({ accountId, facts, settings, ask: forecastAsk(facts, limits, settings) }));
  },
});
