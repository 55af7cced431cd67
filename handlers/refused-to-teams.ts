import type { Caller } from '../domain/caller.ts';
import { refuse, type Refusal } from '../domain/refusal.ts';

/** What concerns the whole fleet is not for a caller of one team. */
export function refusedToTeams(caller: Caller): Refusal | undefined {
  return caller.team === undefined ? undefined : refuse('team-not-allowed', `This concerns every team; the token is of team ${caller.team}.`);
}
