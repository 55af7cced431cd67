import { RepositoryEventsQuery } from '../domain/images/repository-query.ts';
import { isRefusal } from '../domain/refusal.ts';
import { EventView, pageOf as pageSchema } from '../domain/view.ts';
import { viewEvent } from '../domain/views.ts';
import { pageAsked, pageOf } from './paging.ts';
import { repositoryToRead } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** Who asked what of a repository, why, and what became of it; oldest line first. */
export const listRepositoryEvents = route({
  method: 'GET',
  path: '/v1/repositories/{repositoryName}/events',
  access: 'read',
  summary: 'Read the history of a repository of images',
  query: RepositoryEventsQuery,
  answers: { 200: { description: 'A page of events, oldest first.', schema: pageSchema(EventView) } },
  refusals: ['not-found', 'repository-ambiguous'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const repository = await repositoryToRead(ask, ports);
    if (isRefusal(repository)) return repository;
    return pageOf(ask, await ports.store.repositoryEvents(repository, page), viewEvent);
  },
});
