import type { HandOverResource } from '../../domain/parts/resource.ts';
import type { Handler } from '../parts.ts';

/** What people apply: nothing is done in AWS, and nothing of it can be seen there. */
export const handOver: Handler<HandOverResource> = {
  put: (_clients, { what, version }) => Promise.resolve({ kind: 'done', outcome: `Handed over: ${what}${version === undefined ? '' : ` ${version}`} is for people to apply. Slipway has not installed it.` }),
  remove: (_clients, { what }) => Promise.resolve({ kind: 'done', outcome: `Nothing asks for ${what} any more. What was applied of it is for people to take away.` }),
  look: () => Promise.resolve({ state: 'ready', status: 'HANDED_OVER' }),
};
