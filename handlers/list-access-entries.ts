import { absentCluster } from '../domain/absent-cluster.ts';
import { AccessEntryView, viewAccess } from '../domain/access-entry-view.ts';
import { refusedByMode } from '../domain/authentication-mode.ts';
import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { pageOf as pageSchema } from '../domain/view.ts';
import { pageAsked, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** Who gets into a cluster, by their ARNs, as EKS has it now: what Slipway has made, and what others have. */
export const listAccessEntries = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/access-entries',
  access: 'read',
  summary: 'List who gets into a cluster',
  query: PageQuery,
  answers: { 200: { description: 'A page of access entries, as seen now.', schema: pageSchema(AccessEntryView) } },
  refusals: ['not-found', 'authentication-mode', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const { accountId, region, name } = cluster;
    const of = { after: page.after?.['principalArn'] ?? '', limit: page.limit, known: cluster.access.map(({ principalArn }) => principalArn) };
    const seen = await ports.observer.observe({ ask: 'access', accountId, region, clusterName: name, of });
    if (isRefusal(seen)) return seen;
    if (seen === 'absent') return absentCluster(cluster);
    const closed = refusedByMode(seen.authenticationMode, name);
    if (closed !== undefined) return closed;
    return pageOf(ask, { items: viewAccess(cluster, seen), ...(seen.next === undefined ? {} : { next: { principalArn: seen.next } }) }, (entry) => entry);
  },
});
