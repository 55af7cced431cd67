import { OperationQuery } from '../domain/requests.ts';
import { OperationSummaryView, pageOf as pageSchema } from '../domain/view.ts';
import { viewOperationSummary } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { route } from './route.ts';

/** Operations on the clusters that the caller sees, newest first. */
export const listOperations = route({
  method: 'GET',
  path: '/v1/operations',
  access: 'read',
  summary: 'List operations, newest first',
  query: OperationQuery,
  answers: { 200: { description: 'A page of operations, without plans and steps.', schema: pageSchema(OperationSummaryView) } },
  async run(ask, { store }) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const { clusterId, state, kind } = ask.query;
    const { team } = ask.caller;
    const filter = {
      ...(team === undefined ? {} : { team }),
      ...(clusterId === undefined ? {} : { clusterId }),
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
    };
    return pageOf(ask, await store.listOperations(filter, page), viewOperationSummary);
  },
});
