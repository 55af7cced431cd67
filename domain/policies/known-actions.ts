import { frontDecoded } from './front-coded.ts';
import listed from './known-actions.json' with { type: 'json' };

/** An action that AWS's list does not have. */
export interface UnknownAction {
  readonly action: string;
  /** Whether its service is on the list. */
  readonly service: 'known' | 'unknown';
  /** What may be meant: an action, or a service's prefix. */
  readonly nearest?: string;
}

export interface ActionsLook {
  /** The day of the list, `2026-09-26`. */
  readonly day: string;
  readonly unknown: readonly UnknownAction[];
}

/** Unknown actions that are told with what may be meant by them; more than that nobody mends at one go. */
const NEAREST_MAX = 20;

const SERVICES = new Map(Object.entries(listed.services));

/** Which of the actions AWS's list does not have. IAM's names know no case. */
export function lookAtActions(actions: readonly string[]): ActionsLook {
  const known = new Map<string, ReadonlyMap<string, string>>();
  const namesOf = (prefix: string): ReadonlyMap<string, string> | undefined => {
    const text = SERVICES.get(prefix);
    if (text !== undefined && !known.has(prefix)) known.set(prefix, new Map(frontDecoded(text).map((name) => [name.toLowerCase(), name])));
    return known.get(prefix);
  };
  const unknown = [...new Set(actions)].filter((action) => {
    const [prefix = '', name = ''] = action.split(':');
    return namesOf(prefix.toLowerCase())?.has(name.toLowerCase()) !== true;
  });
  return { day: listed.day, unknown: unknown.map((action, at) => unknownAction(action, at < NEAREST_MAX ? namesOf : undefined)) };
}

function unknownAction(action: string, namesOf: ((prefix: string) => ReadonlyMap<string, string> | undefined) | undefined): UnknownAction {
  const [prefix = '', name = ''] = action.toLowerCase().split(':');
  const service = SERVICES.has(prefix) ? 'known' : 'unknown';
  const nearest = namesOf === undefined ? undefined : service === 'known' ? nearestOf(name, [...(namesOf(prefix)?.keys() ?? [])]) : nearestOf(prefix, [...SERVICES.keys()]);
  return { action, service, ...(nearest === undefined ? {} : { nearest: service === 'known' ? `${prefix}:${namesOf?.(prefix)?.get(nearest) ?? ''}` : nearest }) };
}

/** The name that the fewest letters lead to; none where more than a third of them would have to be others. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  let [best, least] = [undefined as string | undefined, Math.max(1, Math.floor(name.length / 3)) + 1];
  for (const other of names) {
    const letters = Math.abs(other.length - name.length) >= least ? least : lettersBetween(name, other);
    if (letters < least) [best, least] = [other, letters];
  }
  return best;
}

/** Letters put in, left out or exchanged on the way from one word to the other (Levenshtein's distance). */
function lettersBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length] ?? 0;
}
