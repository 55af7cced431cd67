import type { AddAccessEntry, ChangeAccessEntry } from './access-wish.ts';
import type { AccessEntry, Cluster } from './cluster.ts';
import type { AccessEntryFacts } from './facts.ts';
import { defined } from './parameters.ts';
import { writtenProfile } from './profile.ts';
import { refuse, type Refusal } from './refusal.ts';

const ENTRIES_MAX = 100;

/** The cluster's access with one more entry. `seen` is what EKS has of the principal. */
export function withEntry({ access, name }: Pick<Cluster, 'access' | 'name'>, { takeOver, ...asked }: AddAccessEntry, seen: AccessEntryFacts | undefined): readonly AccessEntry[] | Refusal {
  const { principalArn } = asked;
  if (access.some((entry) => entry.principalArn === principalArn)) {
    return refuse('access-entry-exists', `${principalArn} is among those who may get into ${name} already.`, { remedy: 'PATCH its entry.' });
  }
  if (seen !== undefined && seen.type !== 'STANDARD') return refuse('access-entry-not-ours', `${principalArn} has an entry of type ${seen.type}, which lets nodes in and nobody else.`, { remedy: 'Let people and programs in by a role of their own.' });
  if (seen !== undefined && takeOver !== true) return notOurs(seen);
  if (access.length >= ENTRIES_MAX) return refuse('rules-broken', `A cluster has at most ${ENTRIES_MAX} access entries of ours.`, { remedy: 'Let a role in that many may assume.' });
  return [...access, defined(asked) as unknown as AccessEntry];
}

/** The cluster's access with one entry as the change asks for it. */
export function withChangedEntry({ access }: Pick<Cluster, 'access'>, principalArn: string, change: ChangeAccessEntry, seen: AccessEntryFacts | undefined): readonly AccessEntry[] | Refusal {
  const before = access.find((entry) => entry.principalArn === principalArn);
  if (before === undefined) return seen === undefined ? notThere() : notOurs(seen);
  const { role, namespaces, kubernetesGroups, username } = change;
  const after = defined({
    principalArn,
    role: role === undefined ? before.role : (role ?? undefined),
    // Without a role there is nothing for namespaces to bound.
    namespaces: role === null ? undefined : namespaces === undefined ? before.namespaces : (namespaces ?? undefined),
    kubernetesGroups: kubernetesGroups === undefined ? before.kubernetesGroups : kubernetesGroups.length === 0 ? undefined : kubernetesGroups,
    username: username === undefined ? before.username : (username ?? undefined),
  }) as unknown as AccessEntry;
  if (after.role === undefined && after.namespaces !== undefined) return broken('namespaces', 'Namespaces bound a role: name one');
  if (after.role === undefined && after.kubernetesGroups === undefined && after.username === undefined) return broken('role', 'Without a role, groups and a user name it would let nobody do anything: DELETE it');
  return access.map((entry) => (entry.principalArn === principalArn ? after : entry));
}

/** The cluster's access without an entry. What Slipway has not made it does not take away. */
export function withoutEntry({ access }: Pick<Cluster, 'access'>, principalArn: string, seen: AccessEntryFacts | undefined): readonly AccessEntry[] | Refusal {
  if (access.some((entry) => entry.principalArn === principalArn)) return access.filter((entry) => entry.principalArn !== principalArn);
  return seen === undefined ? notThere() : notOurs(seen);
}

/**
 * What of the access is the cluster's own once one entry of it has changed. Under a profile a changed entry is own from then on and stands in the
 * place of the profile's; one that came with the profile goes with the profile alone.
 */
export function ownAccessAfter({ own, profile, access: before, name }: Pick<Cluster, 'own' | 'profile' | 'access' | 'name'>, principalArn: string, access: readonly AccessEntry[]): readonly AccessEntry[] | Refusal {
  if (own === undefined || profile === undefined) return access;
  const others = ((own.access ?? []) as readonly AccessEntry[]).filter((entry) => entry.principalArn !== principalArn);
  const entry = access.find((each) => each.principalArn === principalArn);
  if (entry !== undefined) return [...others, entry];
  const came = others.length === (own.access ?? []).length && before.some((each) => each.principalArn === principalArn);
  if (!came) return others;
  return refuse('part-of-profile', `The access of ${principalArn} to ${name} came with the profile ${writtenProfile(profile)}.`, { remedy: 'Write a version of the profile without it, or take the profile away: PATCH {"profile": null}.' });
}

function notThere(): Refusal {
  return refuse('not-found', 'There is no such thing here.');
}

function notOurs({ principalArn }: AccessEntryFacts): Refusal {
  return refuse('access-entry-not-ours', `${principalArn} has an access entry that Slipway has not made.`, {
    remedy: 'POST .../access-entries with "takeOver": true makes it one of ours; to take it away as it is: aws eks delete-access-entry.',
  });
}

function broken(path: string, message: string): Refusal {
  return refuse('rules-broken', `${path}: ${message}.`, { errors: [{ path, message }] });
}
