import * as z from 'zod';
import { same } from './json-equal.ts';
import type { RuleError } from './nodegroup-rules.ts';
import { refuse, type Refusal } from './refusal.ts';
import { issuesOf } from './schema-issues.ts';
import { Access } from './access-wish.ts';
import { WISHES, wishes, type Wanted } from './wanted.ts';

/** What a profile bundles: what a cluster may be asked to have, and who may get in. */
export const ProfileParts = z.strictObject({ ...wishes, access: z.array(Access).max(100).optional() });
export type ProfileParts = z.output<typeof ProfileParts>;

export const PROFILE_MEMBERS: readonly (keyof ProfileParts)[] = [...WISHES, 'access'];

/** A named bundle that a platform team owns. A version never changes; a change is the next version. */
export interface Profile {
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  /** Whose it is; without one it is of the whole fleet. */
  readonly team?: string;
  /** As it was sent, with its variables: `{accountId}` and the others of `VARIABLES`. */
  readonly parts: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** Which version of which profile a cluster has. */
export interface ProfileOf {
  readonly name: string;
  readonly version: number;
}

/** What texts of a profile may name in braces: where the cluster is, so that one bundle fits all accounts. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  readonly team: string;
}

const SAMPLE: Place = { accountId: '111111111111', region: 'us-east-1', clusterName: 'sample', team: 'sample' };
const VARIABLE = /\{(\w+)\}/g;

/** `web@3`: the profile's name and the version. */
export function writtenProfile({ name, version }: ProfileOf): string {
  return `${name}@${version}`;
}

/** The errors of a profile as it was sent: members that no cluster could be asked for, and variables that there are none of. */
export function profileErrors(parts: Readonly<Record<string, unknown>>): RuleError[] {
  const strangers = strangersIn(parts, 'parts');
  const told = new Set(strangers.map(({ path }) => path));
  const read = ProfileParts.safeParse(filled(parts, SAMPLE), { reportInput: true });
  const others = (read.success ? twiceIn(read.data) : issuesOf(read.error, 'field')).map(({ path, message }) => ({ path: path === '' ? 'parts' : `parts.${path}`, message }));
  // A text whose variable is not filled in is of the wrong form for that alone.
  return [...strangers, ...others.filter(({ path }) => !told.has(path))];
}

function strangersIn(value: unknown, path: string): RuleError[] {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([member, inner]) => strangersIn(inner, `${path}.${member}`));
  if (typeof value !== 'string') return [];
  const names = [...value.matchAll(VARIABLE)].map((match) => match[1] ?? '').filter((name) => !Object.hasOwn(SAMPLE, name));
  return [...new Set(names)].map((name) => ({ path, message: `There is no variable {${name}}; there are ${Object.keys(SAMPLE).map((known) => `{${known}}`).join(', ')}` }));
}

/** The bundle as it is for a cluster in its place. */
export function partsIn(profile: Profile, place: Omit<Place, 'team'> & { readonly team?: string | undefined }): ProfileParts | Refusal {
  const read = ProfileParts.safeParse(filled(profile.parts, { ...place, team: place.team ?? '' }));
  if (read.success) return read.data;
  const errors = issuesOf(read.error, 'field').map(({ path, message }) => ({ path: `profile ${writtenProfile(profile)}: ${path}`, message }));
  return refuse('rules-broken', `A profile does not fit ${place.clusterName}: ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`, {
    remedy: 'Write a version of the profile that fits, or leave the profile out.',
    errors,
  });
}

/** What tells the entries of a list apart: an own entry stands in the place of the profile's of the same name. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  podIdentities: ['namespace', 'serviceAccount'],
  fargateProfiles: ['fargateProfileName'],
  selfManagedNodegroups: ['nodegroupName'],
  capabilities: ['type'],
  access: ['principalArn'],
};

/** Entries of a list that say a thing twice: no cluster could have both. */
function twiceIn(parts: ProfileParts): RuleError[] {
  return Object.entries(NAMED_BY).flatMap(([member, names]) => {
    const entries = (parts[member as keyof ProfileParts] ?? []) as readonly Readonly<Record<string, unknown>>[];
    const keys = entries.map((entry) => JSON.stringify(names.map((name) => entry[name])));
    return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [{ path: `${member}.${index}`, message: `The same ${names.join(' and ')} as ${member}.${keys.indexOf(key)}` }] : []));
  });
}

/** The profile's parts with a cluster's own wishes over them: lists are joined, an own entry wins; of everything else the own wins as a whole. */
export function joined(profile: ProfileParts, own: ProfileParts): ProfileParts {
  const both = PROFILE_MEMBERS.map((member) => [member, joinedMember(member, profile[member], own[member])] as const).filter(([, value]) => value !== undefined);
  return JSON.parse(JSON.stringify(Object.fromEntries(both))) as ProfileParts;
}

function joinedMember(member: string, theirs: unknown, own: unknown): unknown {
  if (own === undefined || theirs === undefined) return own ?? theirs;
  return NAMED_BY[member] !== undefined && Array.isArray(own) && Array.isArray(theirs) ? [...keptOf(member, theirs, own).map(({ entry }) => entry), ...(own as unknown[])] : own;
}

/** The profile's entries that no own one stands in the place of, each with its place in the profile. */
function keptOf(member: string, theirs: readonly unknown[], own: readonly unknown[]): readonly { readonly entry: unknown; readonly index: number }[] {
  const nameOf = (entry: unknown) => NAMED_BY[member]?.map((name) => (entry as Record<string, unknown>)[name]);
  return theirs.map((entry, index) => ({ entry, index })).filter(({ entry }) => !own.some((other) => same(nameOf(other), nameOf(entry))));
}

/** Whose an entry of a joined list is, and its place in the list of whoever it is. */
export function ownPlaceOf(member: string, theirs: unknown, own: unknown, index: number): { readonly whose: 'own' | 'profile'; readonly index: number } {
  if (!Array.isArray(theirs)) return { whose: 'own', index };
  const kept = keptOf(member, theirs, Array.isArray(own) ? (own as unknown[]) : []);
  const of = kept[index];
  return of === undefined ? { whose: 'own', index: index - kept.length } : { whose: 'profile', index: of.index };
}

/** What a request says of parts: the whole new part, or `null`, which takes it away. */
export type PartsChange = { readonly [Member in keyof ProfileParts]?: ProfileParts[Member] | null };

/** Members of a request that a profile may bundle too. */
export function partsAsked(request: PartsChange): ProfileParts {
  return partsAfter({}, request);
}

/** A cluster's own parts as a change leaves them: what it names is new as a whole, what is `null` goes. */
export function partsAfter(before: ProfileParts, change: PartsChange): ProfileParts {
  const after = PROFILE_MEMBERS.map((member) => [member, change[member] === undefined ? before[member] : change[member]] as const);
  return Object.fromEntries(after.filter(([, part]) => part !== undefined && part !== null));
}

/** The parts as wishes alone, without who may get in. */
export function wishesOf({ access: _access, ...wanted }: ProfileParts): Wanted {
  return wanted;
}

function filled(parts: Readonly<Record<string, unknown>>, place: Place): unknown {
  return JSON.parse(JSON.stringify(parts), (_key, value: unknown) => (typeof value === 'string' ? value.replaceAll(VARIABLE, (whole, name: string) => (Object.hasOwn(place, name) ? place[name as keyof Place] : whole)) : value));
}
