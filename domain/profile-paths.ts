import { ownPlaceOf, PROFILE_MEMBERS, writtenProfile, type ProfileOf, type ProfileParts } from './profile.ts';
import type { Refusal } from './refusal.ts';

/** What was judged as one: the parts of a profile with a cluster's own over them. */
export interface Joined {
  readonly profile: ProfileOf;
  readonly theirs: ProfileParts;
  readonly own: ProfileParts;
}

/**
 * A refusal in the paths of whoever asked: rules judge the joined parts, in which an own `access.0` may be the fourth. What is the profile's is
 * told as the profile's, by its place there: `profile web@2: access.0`.
 */
export function toldByPlaces(refusal: Refusal, joined: Joined | undefined): Refusal {
  if (joined === undefined || refusal.errors === undefined || refusal.errors.length === 0) return refusal;
  const errors = refusal.errors.map((error) => ({ ...error, path: placeOf(error.path, joined) }));
  const told = new Map(refusal.errors.map(({ path, message }, at) => [`${path}: ${message}`, `${errors[at]?.path ?? path}: ${message}`]));
  // The sentence names the same paths, each with its message; all at once, so that nothing is put in the place of what was put there.
  const written = new RegExp([...told.keys()].map(literally).join('|'), 'g');
  return { ...refusal, errors, detail: refusal.detail.replace(written, (found) => told.get(found) ?? found) };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function placeOf(path: string, { profile, theirs, own }: Joined): string {
  const [first = '', second = '', ...rest] = path.split('.');
  const member = PROFILE_MEMBERS.find((each) => each === first);
  if (member === undefined) return path;
  const ofProfile = (place: string): string => `profile ${writtenProfile(profile)}: ${place}`;
  if (!/^\d+$/.test(second)) return theirs[member] !== undefined && own[member] === undefined ? ofProfile(path) : path;
  const place = ownPlaceOf(member, theirs[member], own[member], Number(second));
  const written = [member, place.index, ...rest].join('.');
  return place.whose === 'own' ? written : ofProfile(written);
}
