import type { Repository } from '../domain/images/repository.ts';
import { DeleteRepositoryQuery } from '../domain/images/requests.ts';
import { isRefusal } from '../domain/refusal.ts';
import { GONE, MOVED } from './answers.ts';
import { refusedByFreeze } from './begin-work.ts';
import { refusedWhileChanging, repositoryToChange } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** Deletes a repository and what it has in the registry's settings. With images in it only by force, with a reason. */
export const deleteRepository = route({
  method: 'DELETE',
  path: '/v1/repositories/{repositoryName}',
  access: 'operate',
  summary: 'Delete a repository of images',
  query: DeleteRepositoryQuery,
  answers: { 204: { description: 'It is gone.' } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'repository-ambiguous', 'repository-changing', 'repository-not-empty', 'frozen', 'account-unreachable', 'registry-busy', 'role-lacks-actions', 'ecr-refused'],
  async run(ask, ports) {
    const before = await repositoryToChange(ask, ports);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    if (before.state === 'Changing') return refusedWhileChanging(before);

    const { force, reason } = ask.query;
    const asked = { by: ask.caller.sub, at: ask.now, ...(reason === undefined ? {} : { reason }), ...(force === 'true' ? { force: true } : {}) };
    const going: Repository = { ...before, state: 'Deleting', asked, revision: before.revision + 1 };
    const message = `Asked to delete it${force === 'true' ? ' with its images' : ''}.${reason === undefined ? '' : ` ${reason}`}`;
    if ((await ports.store.changeRepository(before, going, { type: 'Requested', message, by: ask.caller.sub, at: ask.nowMs })) === 'moved') return MOVED;
    const { accountId, region, name } = before;
    const settled = await ports.imageWorker.ask({ task: 'settle', address: { accountId, region, name } });
    if (isRefusal(settled)) return settled;
    ports.log.warn('A repository was deleted', { requestId: ask.requestId, account: accountId, repository: name, caller: ask.caller.sub, reason });
    return GONE;
  },
});
