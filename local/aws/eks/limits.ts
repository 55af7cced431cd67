import limits from './limits.json' with { type: 'json' };

/** How long a kind of work takes, between `least` and `most` seconds. */
export type Work = keyof typeof limits.seconds;

export const QUOTAS = limits.quotas;
export const ADDRESSES = limits.addresses;
export const NODES_LAUNCHED_AT_ONCE = limits.nodesLaunchedAtOnce;
export const DISALLOWED_ZONE_IDS: readonly string[] = limits.disallowedZoneIds;
export const THROTTLE = limits.throttle;

/** Draws a duration for a piece of work, in milliseconds. Drawn once, when the work begins, and then stored. */
export function draw(work: Work, random: () => number): number {
  const { least, most } = limits.seconds[work];
  return Math.round((least + random() * (most - least)) * 1000);
}

/** The longest that a piece of work may take, in milliseconds. */
export function longest(work: Work): number {
  return limits.seconds[work].most * 1000;
}
