import { same } from '../json-equal.ts';

/** An add-on's settings, read: an object as its JSON schema describes it. */
export type Configuration = Readonly<Record<string, unknown>>;

/** Where two wishes for the same setting differ: its path (`env.WARM_IP_TARGET`) and both values. */
export interface Clash {
  readonly path: string;
  readonly here: unknown;
  readonly there: unknown;
}

/** Reads configuration values. EKS takes YAML too, which is not read here: `unread`. No text, or a blank one, is no settings. */
export function readConfiguration(text: string | undefined): Configuration | 'unread' {
  if (text === undefined || text.trim() === '') return {};
  try {
    const values: unknown = JSON.parse(text);
    return isObject(values) ? values : 'unread';
  } catch {
    return 'unread';
  }
}

/** Both together, deep: objects are merged, and everything else must be the same on both sides, or it clashes. */
export function mergeConfiguration(here: Configuration, there: Configuration, above = ''): { readonly merged: Configuration; readonly clashes: readonly Clash[] } {
  const merged = new Map(Object.entries(here));
  const clashes: Clash[] = [];
  for (const [name, value] of Object.entries(there)) {
    const mine = merged.get(name);
    const path = above === '' ? name : `${above}.${name}`;
    if (mine === undefined) merged.set(name, value);
    else if (isObject(mine) && isObject(value)) {
      const deeper = mergeConfiguration(mine, value, path);
      merged.set(name, deeper.merged);
      clashes.push(...deeper.clashes);
    } else if (!same(mine, value)) clashes.push({ path, here: mine, there: value });
  }
  return { merged: Object.fromEntries(merged), clashes };
}

/** The first without what the second has in the same value; an object that is emptied by it goes too. */
export function withoutConfiguration(from: Configuration, taken: Configuration): Configuration {
  const left = Object.entries(from).flatMap(([name, value]): [string, unknown][] => {
    const other = Object.hasOwn(taken, name) ? taken[name] : undefined;
    if (other === undefined) return [[name, value]];
    if (isObject(value) && isObject(other)) {
      const rest = withoutConfiguration(value, other);
      return Object.keys(rest).length === 0 && Object.keys(value).length > 0 ? [] : [[name, rest]];
    }
    return same(value, other) ? [] : [[name, value]];
  });
  return Object.fromEntries(left);
}

/** Whether two texts say the same, however they are written down as JSON. */
export function sameConfiguration(here: string | undefined, there: string | undefined): boolean {
  const [mine, theirs] = [readConfiguration(here), readConfiguration(there)];
  return mine === 'unread' || theirs === 'unread' ? (here ?? '').trim() === (there ?? '').trim() : same(mine, theirs);
}

function isObject(value: unknown): value is Configuration {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
