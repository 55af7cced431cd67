import { invalid } from './validation.ts';

const PAGE_DEFAULT = 100;

/** `nextToken` is the place where the next page begins, written so that nobody takes it for one. */
export function paged<T>(items: readonly T[], input: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined }, max = 1000): { readonly items: T[]; readonly nextToken?: string } {
  const size = input.maxResults ?? PAGE_DEFAULT;
  if (!Number.isInteger(size) || size < 1 || size > max) throw invalid('maxResults', `Member must have value between 1 and ${max}`);
  const start = input.nextToken === undefined ? '0' : Buffer.from(input.nextToken, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(start)) throw invalid('nextToken', 'The specified parameter is invalid');
  const end = Number(start) + size;
  return { items: items.slice(Number(start), end), ...(end < items.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {}) };
}
