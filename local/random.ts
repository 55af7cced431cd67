import { randomBytes } from 'node:crypto';

/** Randomness of the stage: from a seed, so that a story can be told again, or the machine's own. */
export function createRandom(seed: number | undefined): { random: () => number; newId: () => string } {
  if (seed === undefined) return { random: Math.random, newId: () => randomBytes(16).toString('hex') };
  // Ids have a stream of their own: how often something was asked for says nothing of how long work takes.
  const idRandom = mulberry32(~seed);
  const hex = (): string => Math.floor(idRandom() * 0x100000000).toString(16).padStart(8, '0');
  return { random: mulberry32(seed), newId: () => hex() + hex() + hex() + hex() };
}

/** Mulberry32: 32 bits of state, even enough for durations and ids of a rehearsal. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}
