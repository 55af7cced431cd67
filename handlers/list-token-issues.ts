import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { TokenIssueView } from '../domain/token-issue.ts';
import { pageOf as pageSchema } from '../domain/view.ts';
import { pageAsked, pageOf } from './paging.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** Which tokens of a cluster were issued, to whom and why, newest first; never the tokens. */
export const listTokenIssues = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/tokens',
  access: 'read',
  summary: 'List which tokens of a cluster were issued',
  query: PageQuery,
  answers: { 200: { description: 'A page of issues.', schema: pageSchema(TokenIssueView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    return pageOf(ask, await ports.store.tokenIssues(cluster.clusterId, page), ({ clusterId: _cluster, ...issue }) => issue);
  },
});
