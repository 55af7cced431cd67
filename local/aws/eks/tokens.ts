import { createHash } from 'node:crypto';
import { invalidParameter } from './errors.ts';
import type { Place } from './place.ts';

/** JSON with sorted members, so that equal requests have equal text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, canonical(member)]));
}

/**
 * Makes a request idempotent by its `clientRequestToken`: the first time `begin` runs and what it answers is remembered;
 * the same token and body again answer that without a second effect; another body is InvalidParameterException.
 * How long EKS remembers a token is not published; here it is as long as what was made is there (`stillThere`).
 */
export function once<R extends Readonly<Record<string, string>>>(
  place: Place,
  operation: string,
  input: { readonly clientRequestToken?: string | undefined },
  begin: () => R,
  stillThere: () => boolean = () => true,
): R {
  const { clientRequestToken, ...body } = input;
  if (clientRequestToken === undefined || clientRequestToken === '') return begin();
  const key = `${operation}/${clientRequestToken}`;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(canonical(body)))
    .digest('hex');
  const known = place.tokens.get(key);
  if (known !== undefined && stillThere()) {
    if (known.fingerprint !== fingerprint) throw invalidParameter(`The request token ${clientRequestToken} was already used with different parameters.`);
    return known.result as R;
  }
  const result = begin();
  place.tokens.put(key, { fingerprint, result });
  return result;
}
