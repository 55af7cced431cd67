import { MustSayWhy } from '../domain/requests.ts';
import { FreezeView } from '../domain/view.ts';
import { viewFreeze } from '../domain/views.ts';
import { ok } from './answers.ts';
import { refusedToTeams } from './refused-to-teams.ts';
import { route } from './route.ts';

/** Lets EKS writes go on. Work that waited for it goes on by itself. */
export const unfreeze = route({
  method: 'POST',
  path: '/v1/unfreeze',
  access: 'administer',
  summary: 'Allow EKS writes again',
  body: MustSayWhy,
  answers: { 200: { description: 'No freeze.', schema: FreezeView } },
  refusals: ['team-not-allowed'],
  async run(ask, { store, log }) {
    const refused = refusedToTeams(ask.caller);
    if (refused !== undefined) return refused;
    const answer = ok(viewFreeze(undefined));
    const written = await store.recordFreeze(undefined, ask.remember(answer));
    if (written.kind === 'answered') return written;
    log.warn('The freeze is lifted', { requestId: ask.requestId, caller: ask.caller.sub, reason: ask.body.reason });
    return answer;
  },
});
