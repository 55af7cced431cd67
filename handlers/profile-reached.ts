import type { Ports } from '../aws/ports.ts';
import { sees, type Caller } from '../domain/caller.ts';
import { toldByPlaces, type Joined } from '../domain/profile-paths.ts';
import type { Profile, ProfileOf } from '../domain/profile.ts';
import { refuse, type Refusal } from '../domain/refusal.ts';
import type { Outcome } from './answers.ts';
import { notFound } from './not-found.ts';

/** Whether a profile is there for this caller: the fleet's own are for all, a team's for the team. */
export function seesProfile(caller: Caller, profile: Profile): boolean {
  return profile.team === undefined || sees(caller, profile);
}

export async function profileToRead({ caller }: { readonly caller: Caller }, { store }: Ports, name: string, version?: number): Promise<Profile | Refusal> {
  const profile = await store.profile(name, version);
  return profile !== undefined && seesProfile(caller, profile) ? profile : notFound();
}

/** The profile that a request names, `web` or `web@3`. */
export async function profileNamed(ask: { readonly caller: Caller }, ports: Ports, reference: string): Promise<Profile | Refusal> {
  const [name = '', version] = reference.split('@');
  const profile = await profileToRead(ask, ports, name, version === undefined ? undefined : Number(version));
  if (!('kind' in profile)) return profile;
  return refuse('profile-not-found', `There is no profile ${reference}.`, { remedy: 'GET /v1/profiles lists those there are.', errors: [{ path: 'profile', message: 'No such profile' }] });
}

/** The profile that a cluster shall have after a change: the one asked for, none, or the version that it has. */
export async function profileAfter(ask: { readonly caller: Caller }, ports: Ports, has: ProfileOf | undefined, asked: string | null | undefined): Promise<Profile | undefined | Refusal> {
  if (typeof asked === 'string') return profileNamed(ask, ports, asked);
  if (asked === null || has === undefined) return undefined;
  return ports.store.profile(has.name, has.version);
}

/** A refusal of one cluster among others. */
export function refusedOne({ code, detail, remedy, errors }: Refusal) {
  return { code, detail, ...(remedy === undefined ? {} : { remedy }), ...(errors === undefined ? {} : { errors }) };
}

/** What came of a change, a refusal of it in the paths of the request and of the profile. */
export function underPlaces(outcome: Outcome, joined: Joined | undefined): Outcome {
  return outcome.kind === 'Refusal' ? toldByPlaces(outcome, joined) : outcome;
}
