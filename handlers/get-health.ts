import { HealthView } from '../domain/view.ts';
import { ok } from './answers.ts';
import { problem } from './problems.ts';
import { route } from './route.ts';

/** Whether the front door can do its work: it can read its table. */
export const getHealth = route({
  method: 'GET',
  path: '/healthz',
  access: 'anyone',
  summary: 'Tell whether everything answers',
  answers: { 200: { description: 'Everything answers.', schema: HealthView } },
  refusals: ['not-ready'],
  async run(ask, { store, log }) {
    try {
      await store.freeze();
      return ok({ status: 'ok' });
    } catch (error) {
      log.warn('The store does not answer', { requestId: ask.requestId, error: String(error) });
      return problem('not-ready', 'The store does not answer.');
    }
  },
});
