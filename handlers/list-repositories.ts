import { RepositoryQuery } from '../domain/images/repository-query.ts';
import { RepositoryView, viewRepository } from '../domain/images/view.ts';
import { pageOf as pageSchema } from '../domain/view.ts';
import { pageAsked, pageOf } from './paging.ts';
import { lookAtImages, registryOf } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** Pages of 1,000 images of each repository: a list shows many, and has twenty seconds. */
const PAGES_MAX = 5;

/** The repositories that the caller sees, by name, each with its usage as it is now. */
export const listRepositories = route({
  method: 'GET',
  path: '/v1/repositories',
  access: 'read',
  summary: 'List repositories of images',
  query: RepositoryQuery,
  answers: { 200: { description: 'A page of repositories.', schema: pageSchema(RepositoryView) } },
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const { accountId } = ask.query;
    const { team } = ask.caller;
    const found = await ports.store.listRepositories({ ...(team === undefined ? {} : { team }), ...(accountId === undefined ? {} : { accountId }) }, page);
    const looks = await lookAtImages(ports, found.items, PAGES_MAX);
    return pageOf(ask, found, (repository) => viewRepository(repository, looks.get(registryOf(repository))));
  },
});
