import { withoutEntry } from '../domain/changed-access.ts';
import { OperationView } from '../domain/view.ts';
import { ACCESS_REFUSALS, changeAccess } from './access-work.ts';
import { route } from './route.ts';

/** Shuts a principal out of a cluster. What Slipway has not made it does not take away. */
export const removeAccessEntry = route({
  method: 'DELETE',
  path: '/v1/clusters/{clusterId}/access-entries/{principalArn}',
  access: 'operate',
  summary: 'Shut a principal out of a cluster',
  answers: { 202: { description: 'The operation that shuts it out.', schema: OperationView } },
  refusals: [...ACCESS_REFUSALS, 'part-of-profile'],
  run: (ask, ports) => changeAccess(ask, ports, ask.params.principalArn, (cluster, seen) => withoutEntry(cluster, ask.params.principalArn, seen)),
});
