import { invalidParameter } from './errors.ts';

/** How many items a page has at most, and when the caller names no number. */
const PAGE_MAX = 100;

export interface PageAsked {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * One page of `items`. The token names the last item given, so that items made or removed meanwhile move nothing.
 * Throws InvalidParameterException for a size out of 1..100 or a token that is none of ours.
 */
export function page<T>(items: readonly T[], asked: PageAsked, keyOf: (item: T) => string): { items: T[]; nextToken?: string } {
  const size = asked.maxResults ?? PAGE_MAX;
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw invalidParameter(`maxResults must be between 1 and ${PAGE_MAX}`);
  let start = 0;
  if (asked.nextToken !== undefined && asked.nextToken !== '') {
    const after = Buffer.from(asked.nextToken, 'base64url').toString('utf8');
    const found = items.findIndex((item) => keyOf(item) === after);
    if (found === -1) throw invalidParameter('The specified nextToken is invalid');
    start = found + 1;
  }
  const some = items.slice(start, start + size);
  const last = some.at(-1);
  const more = start + size < items.length;
  return more && last !== undefined ? { items: some, nextToken: Buffer.from(keyOf(last)).toString('base64url') } : { items: some };
}
