import { ChangeAccessEntry } from '../domain/access-wish.ts';
import { withChangedEntry } from '../domain/changed-access.ts';
import { ClusterView, OperationView } from '../domain/view.ts';
import { ACCESS_REFUSALS, changeAccess } from './access-work.ts';
import { route } from './route.ts';

/** Changes what a principal may do in a cluster. New rights are given before old ones are taken. */
export const changeAccessEntry = route({
  method: 'PATCH',
  path: '/v1/clusters/{clusterId}/access-entries/{principalArn}',
  access: 'operate',
  summary: 'Change what a principal may do in a cluster',
  body: ChangeAccessEntry,
  answers: { 200: { description: 'The cluster, when the entry is so already.', schema: ClusterView }, 202: { description: 'The operation that changes it.', schema: OperationView } },
  refusals: ACCESS_REFUSALS,
  run: (ask, ports) => changeAccess(ask, ports, ask.params.principalArn, (cluster, seen) => withChangedEntry(cluster, ask.params.principalArn, ask.body, seen)),
});
