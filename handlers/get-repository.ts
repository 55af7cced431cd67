import { WhichRepository } from '../domain/images/requests.ts';
import { RepositoryView, viewRepository } from '../domain/images/view.ts';
import { isRefusal } from '../domain/refusal.ts';
import { resource } from './answers.ts';
import { lookAtImages, registryOf, repositoryToRead } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** Pages of 1,000 images that are looked at: as many as ECR's default quota has room for. */
const PAGES_MAX = 100;

/** A repository with how many images it holds now. */
export const getRepository = route({
  method: 'GET',
  path: '/v1/repositories/{repositoryName}',
  access: 'read',
  summary: 'Read a repository of images',
  query: WhichRepository,
  answers: { 200: { description: 'The repository, with its usage as it is now.', schema: RepositoryView } },
  refusals: ['not-found', 'repository-ambiguous'],
  async run(ask, ports) {
    const repository = await repositoryToRead(ask, ports);
    if (isRefusal(repository)) return repository;
    const looks = await lookAtImages(ports, [repository], PAGES_MAX);
    return resource(viewRepository(repository, looks.get(registryOf(repository))), repository.generation);
  },
});
