import type { Cluster } from './cluster.ts';
import { changedCluster } from './draft-cluster.ts';
import { joined, partsAfter, partsAsked, partsIn, PROFILE_MEMBERS, wishesOf, type Profile, type ProfileParts } from './profile.ts';
import type { Joined } from './profile-paths.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import type { ChangeCluster } from './requests.ts';

export interface ChangeAsked {
  readonly before: Cluster;
  readonly change: ChangeCluster;
  /** The profile that the cluster shall have: the one asked for, or the version that it has. Undefined: none. */
  readonly profile: Profile | undefined;
}

export interface Changed {
  readonly after: Cluster;
  /** What the change comes to with the profile counted in, as a client could have sent it without: what a retry plans from. */
  readonly effective: ChangeCluster;
  /** What was joined, for refusals to be told by its places; undefined without a profile. */
  readonly joined: Joined | undefined;
}

/** The record as a change asks for it, with the profile's parts under the cluster's own wishes. */
export function changeUnderProfile({ before, change, profile }: ChangeAsked): Changed | Refusal {
  const { profile: _asked, ...rest } = change;
  if (profile === undefined && before.profile === undefined) return { after: changedCluster(before, rest), effective: rest, joined: undefined };
  const own = partsAfter(ownBefore(before), change);
  const theirs = profile === undefined ? {} : partsIn(profile, { ...before, clusterName: before.name });
  if (isRefusal(theirs)) return theirs;
  const parts = joined(theirs, own);
  const effective: ChangeCluster = { ...rest, ...parts };
  const { own: _own, profile: _profile, wanted: _wanted, ...changed } = changedCluster(before, effective);
  return { effective, joined: profile === undefined ? undefined : { profile, theirs, own }, after: { ...changed, wanted: wishesOf(parts), ...(profile === undefined ? {} : { own, profile: { name: profile.name, version: profile.version } }) } };
}

/** What the cluster itself was asked for: all that it has, until it has a profile. */
function ownBefore(before: Cluster): ProfileParts {
  return before.own ?? partsAsked({ ...before.wanted, access: structuredClone(before.access) as NonNullable<ChangeCluster['access']> });
}

/** A new cluster's request with the profile's parts in it, and what of it is the cluster's own. */
export function requestUnderProfile<R extends Partial<ProfileParts> & { readonly name: string; readonly accountId: string; readonly region: string }>(request: R, profile: Profile, team: string | undefined): { readonly request: R; readonly joined: Joined } | Refusal {
  const theirs = partsIn(profile, { ...request, clusterName: request.name, team });
  if (isRefusal(theirs)) return theirs;
  const own = partsAsked(request);
  return { request: { ...request, ...joined(theirs, own) }, joined: { profile, theirs, own } };
}

/** Whether a change names anything that a profile may bundle. */
export function concernsParts(change: ChangeCluster): boolean {
  return change.profile !== undefined || PROFILE_MEMBERS.some((member) => change[member] !== undefined);
}
