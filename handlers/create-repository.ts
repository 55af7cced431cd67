import type { Ports } from '../aws/ports.ts';
import { teamOf } from '../domain/caller.ts';
import { draftRepository } from '../domain/images/draft-repository.ts';
import { repositoryArn, type Repository } from '../domain/images/repository.ts';
import { CreateRepository } from '../domain/images/requests.ts';
import { RepositoryView, viewRepository } from '../domain/images/view.ts';
import { same } from '../domain/json-equal.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { created } from './answers.ts';
import { accountToWorkIn, refusedByFreeze } from './begin-work.ts';
import { route } from './route.ts';

/** Asks for a repository of images. It is quick to make, so that the answer is the repository and no operation. */
export const createRepository = route({
  method: 'POST',
  path: '/v1/repositories',
  access: 'operate',
  summary: 'Create a repository of images',
  body: CreateRepository,
  answers: { 201: { description: 'The repository, as it was made.', schema: RepositoryView } },
  refusals: ['frozen', 'account-not-registered', 'account-not-verified', 'account-unreachable', 'region-not-registered', 'team-not-allowed', 'repository-exists', 'repository-not-in-account', 'cache-rule-taken', 'registry-busy', 'role-lacks-actions', 'ecr-refused', 'rules-broken'],
  async run(ask, ports) {
    const { accountId, region } = ask.body;
    const team = teamOf(ask.caller, ask.body.team);
    if (isRefusal(team)) return team;
    const account = await accountToWorkIn(ask, ports, accountId, region);
    if (isRefusal(account)) return account;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const draft = draftRepository(ask.body, { ...team, teams: account.teams ?? [], by: ask.caller.sub, now: ask.now });
    if (isRefusal(draft)) return draft;

    const begun = await begin(ports, draft, ask.nowMs);
    if (isRefusal(begun)) return begun;
    const made = await ports.imageWorker.ask({ task: 'settle', address: { accountId, region, name: draft.name } });
    if (isRefusal(made)) return made;
    if (made === 'gone') return refuse('repository-not-in-account', `The repository ${draft.name} was deleted while it was made.`);
    if (made.state === 'Failed') return refuse('repository-exists', `There is a repository ${draft.name} that could not be brought to its end: ${made.message ?? ''}`, { remedy: 'PATCH it to have that tried again.' });
    ports.log.info('A repository was made', { requestId: ask.requestId, account: accountId, repository: repositoryArn(made), caller: ask.caller.sub });

    const answer = created(viewRepository(made), made.generation, `/v1/repositories/${encodeURIComponent(made.name)}`);
    const remembered = ask.remember(answer);
    if (remembered === undefined) return answer;
    const written = await ports.store.rememberAnswer(remembered);
    return written.kind === 'answered' ? written : answer;
  },
});

/** The intent is written first. The same ask by the same caller, whose answer was lost on the way, goes on where the first one ended. */
async function begin({ store }: Ports, draft: Repository, nowMs: number): Promise<'begun' | Refusal> {
  const { reason } = draft.asked;
  const line = { type: 'Requested', message: `Asked for.${reason === undefined ? '' : ` ${reason}`}`, by: draft.createdBy, at: nowMs };
  const standing = await store.repository(draft);
  const written = standing === undefined ? await store.beginRepository(draft, line) : { kind: 'exists' as const, repository: standing };
  if (written.kind === 'written' || goesOn(written.repository, draft)) return 'begun';
  return refuse('repository-exists', `There is a repository ${draft.name} in ${draft.accountId}, ${draft.region} already.`);
}

function goesOn(standing: Repository, { createdBy, team, wanted }: Repository): boolean {
  return standing.state === 'Changing' && standing.generation === 1 && standing.createdBy === createdBy && standing.team === team && same(standing.wanted, wanted);
}
