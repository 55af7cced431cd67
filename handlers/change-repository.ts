import { changedRepository } from '../domain/images/draft-repository.ts';
import { ChangeRepository, WhichRepository } from '../domain/images/requests.ts';
import { RepositoryView, viewRepository } from '../domain/images/view.ts';
import { same } from '../domain/json-equal.ts';
import { isRefusal } from '../domain/refusal.ts';
import { MOVED, resource } from './answers.ts';
import { refusedByFreeze } from './begin-work.ts';
import { notFound } from './not-found.ts';
import { refusedWhileChanging, repositoryToChange } from './repositories-in-reach.ts';
import { route } from './route.ts';

/** Changes a repository's settings. What others have changed of them in the account goes back to what is asked for here. */
export const changeRepository = route({
  method: 'PATCH',
  path: '/v1/repositories/{repositoryName}',
  access: 'operate',
  summary: 'Change a repository of images',
  query: WhichRepository,
  body: ChangeRepository,
  answers: { 200: { description: 'The repository, as it is now.', schema: RepositoryView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'repository-ambiguous', 'repository-changing', 'frozen', 'account-unreachable', 'repository-exists', 'repository-not-in-account', 'cache-rule-taken', 'registry-busy', 'role-lacks-actions', 'ecr-refused', 'rules-broken'],
  async run(ask, ports) {
    const before = await repositoryToChange(ask, ports);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const after = changedRepository(before, ask.body, { by: ask.caller.sub, now: ask.now });
    if (isRefusal(after)) return after;
    if (before.state === 'Deleting' || (before.state === 'Changing' && !same(before.wanted, after.wanted))) return refusedWhileChanging(before);

    if (before.state !== 'Changing') {
      const fields = Object.keys(ask.body).filter((field) => field !== 'reason').sort().join(', ');
      const message = `Asked to change ${fields === '' ? 'nothing, and to be as asked for' : fields}.${ask.body.reason === undefined ? '' : ` ${ask.body.reason}`}`;
      if ((await ports.store.changeRepository(before, after, { type: 'Requested', message, by: ask.caller.sub, at: ask.nowMs })) === 'moved') return MOVED;
    }
    const settled = await ports.imageWorker.ask({ task: 'settle', address: { accountId: before.accountId, region: before.region, name: before.name } });
    if (isRefusal(settled)) return settled;
    return settled === 'gone' ? notFound() : resource(viewRepository(settled), settled.generation);
  },
});
