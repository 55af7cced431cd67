import { AddAccessEntry } from '../domain/access-wish.ts';
import { withEntry } from '../domain/changed-access.ts';
import { OperationView } from '../domain/view.ts';
import { ACCESS_REFUSALS, changeAccess } from './access-work.ts';
import { route } from './route.ts';

/** Lets a principal into a cluster. */
export const addAccessEntry = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/access-entries',
  access: 'operate',
  summary: 'Let a principal into a cluster',
  body: AddAccessEntry,
  answers: { 202: { description: 'The operation that lets it in.', schema: OperationView } },
  refusals: [...ACCESS_REFUSALS, 'access-entry-exists'],
  run: (ask, ports) => changeAccess(ask, ports, ask.body.principalArn, (cluster, seen) => withEntry(cluster, ask.body, seen)),
});
