import { FreezeView } from '../domain/view.ts';
import { viewFreeze } from '../domain/views.ts';
import { ok } from './answers.ts';
import { route } from './route.ts';

/** Whether new EKS writes are stopped, by whom and why. */
export const getFreeze = route({
  method: 'GET',
  path: '/v1/freeze',
  access: 'read',
  summary: 'Read whether EKS writes are stopped',
  answers: { 200: { description: 'The freeze, or that there is none.', schema: FreezeView } },
  async run(_ask, { store }) {
    return ok(viewFreeze(await store.freeze()));
  },
});
