import { absentCluster } from '../domain/absent-cluster.ts';
import { AccessEntryView, viewAccess } from '../domain/access-entry-view.ts';
import { refusedByMode } from '../domain/authentication-mode.ts';
import { isRefusal } from '../domain/refusal.ts';
import { resource } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** How one principal gets into a cluster, as EKS has it now. Its ETag is its cluster's. */
export const getAccessEntry = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/access-entries/{principalArn}',
  access: 'read',
  summary: 'Read how a principal gets into a cluster',
  answers: { 200: { description: 'The access entry, as seen now.', schema: AccessEntryView } },
  refusals: ['not-found', 'authentication-mode', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const { clusterId, principalArn } = ask.params;
    const cluster = await clusterToRead(ask, ports, clusterId);
    if (isRefusal(cluster)) return cluster;
    const { accountId, region, name } = cluster;
    const seen = await ports.observer.observe({ ask: 'access', accountId, region, clusterName: name, of: { principalArn } });
    if (isRefusal(seen)) return seen;
    if (seen === 'absent') return absentCluster(cluster);
    const closed = refusedByMode(seen.authenticationMode, name);
    if (closed !== undefined) return closed;
    const [entry] = viewAccess(cluster, seen);
    return entry === undefined ? notFound() : resource(entry, cluster.generation);
  },
});
