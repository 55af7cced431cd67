import { MustSayWhy } from '../domain/requests.ts';
import { FreezeView } from '../domain/view.ts';
import { viewFreeze } from '../domain/views.ts';
import { ok } from './answers.ts';
import { refusedToTeams } from './refused-to-teams.ts';
import { route } from './route.ts';

/** Stops all new EKS writes, fleet-wide. What EKS has begun is watched to its end. */
export const freeze = route({
  method: 'POST',
  path: '/v1/freeze',
  access: 'administer',
  summary: 'Stop all new EKS writes',
  body: MustSayWhy,
  answers: { 200: { description: 'The freeze.', schema: FreezeView } },
  refusals: ['team-not-allowed'],
  async run(ask, { store, log }) {
    const refused = refusedToTeams(ask.caller);
    if (refused !== undefined) return refused;
    const frozen = { by: ask.caller.sub, reason: ask.body.reason, at: ask.now };
    const answer = ok(viewFreeze(frozen));
    const written = await store.recordFreeze(frozen, ask.remember(answer));
    if (written.kind === 'answered') return written;
    log.warn('The fleet is frozen', { requestId: ask.requestId, caller: frozen.by, reason: frozen.reason });
    return answer;
  },
});
