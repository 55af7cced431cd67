import type { ClusterFacts } from './facts.ts';

/** What AWS lists has no order that it promises: the members by which lists are put in one, so that the same world is the same plan, byte for byte. */
const NAMES = ['nodegroupName', 'addonName', 'groupName', 'profileName', 'pool', 'subnetId', 'name', 'userAgent', 'version', 'code'] as const;

/** The same facts with every list in order. The catalogues keep theirs: who reads them sorts by version. */
export function inOrder(facts: ClusterFacts): ClusterFacts {
  const { catalogue, addonCatalogue, ...seen } = facts;
  return { ...ordered(seen), catalogue, addonCatalogue };
}

/** Before, at the same place or after: by code units, which no machine's language changes. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => ordered(item)).map((item) => [keyOf(item), item] as const).sort(([a], [b]) => byText(a, b)).map(([, item]) => item) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => byText(a, b)).map(([name, member]) => [name, ordered(member)])) as T;
}

function keyOf(item: unknown): string {
  const name = typeof item === 'object' && item !== null ? NAMES.map((member) => (item as Record<string, unknown>)[member]).find((member) => typeof member === 'string') : undefined;
  return `${name === undefined ? '' : String(name)}\n${JSON.stringify(item) ?? ''}`;
}
