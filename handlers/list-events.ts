import { isRefusal } from '../domain/refusal.ts';
import { PageQuery } from '../domain/requests.ts';
import { EventView, pageOf as pageSchema } from '../domain/view.ts';
import { viewEvent } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { operationToRead } from './reach.ts';
import { route } from './route.ts';

/** The history of an operation, oldest line first. */
export const listEvents = route({
  method: 'GET',
  path: '/v1/operations/{operationId}/events',
  access: 'read',
  summary: 'Read the history of an operation',
  query: PageQuery,
  answers: { 200: { description: 'A page of events, oldest first.', schema: pageSchema(EventView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const record = await operationToRead(ask, ports, ask.params.operationId);
    if (isRefusal(record)) return record;
    return pageOf(ask, await ports.store.events(record.operation.id, page), viewEvent);
  },
});
