import type { createHands as createRealHands } from './hands.ts';

/** In place of `hands.ts` in the bundles of the front door: it holds no keys to accounts, and does not carry their clients about. */
export const createHands: typeof createRealHands = () => ({ accounts: none, eks: none, autoScaling: none, alarms: none, hostedZones: none, roles: none, parts: none, images: none, mint: none });

function none(): never {
  throw new Error('The front door holds no keys to accounts: it asks `observe`.');
}
