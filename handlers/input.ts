import type * as z from 'zod';
import { Nothing } from '../domain/requests.ts';
import { issuesOf } from '../domain/schema-issues.ts';
import { problem, type Problem } from './problems.ts';
import type { AnyRoute } from './route.ts';

/** Largest body that is taken. */
export const BODY_BYTES_MAX = 256 * 1024;
/** Largest request that is kept with its operation, written without blanks: an item of the store holds 400 KB, and a plan repeats the request. */
export const REQUEST_KEPT_BYTES_MAX = 64 * 1024;
const PATH_CHARACTERS_MAX = 200;

export interface Input {
  readonly query: unknown;
  readonly body: unknown;
}

/** Reads query and body as the route's schemas have them, or says everything that is wrong with them. */
export function readInput(route: AnyRoute, rawQueryString: string, body: Buffer): Input | Problem {
  const query = readQuery(route.query ?? Nothing, rawQueryString);
  if ('kind' in query) return query;
  if (route.method === 'GET') return { query: query.value, body: {} };
  const read = readBody(route, body);
  return 'kind' in read ? read : { query: query.value, body: read.value };
}

function readQuery(schema: z.ZodType, raw: string): { readonly value: unknown } | Problem {
  const given = new URLSearchParams(raw);
  const twice = [...new Set(given.keys())].filter((name) => given.getAll(name).length > 1);
  if (twice.length > 0) return invalid(twice.map((name) => ({ path: clip(name), message: 'Given more than once' })));
  const read = schema.safeParse(Object.fromEntries(given), { reportInput: true });
  return read.success ? { value: read.data } : invalid(issuesOf(read.error, 'parameter'));
}

function readBody(route: AnyRoute, bytes: Buffer): { readonly value: unknown } | Problem {
  const schema: z.ZodType = route.body ?? Nothing;
  if (bytes.length === 0 && (route.body === undefined || route.bodyOptional === true)) return { value: schema.parse({}) };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return problem('malformed-json', 'The body is not well-formed JSON in UTF-8.');
  }
  if (hidesPrototype(json)) return invalid([{ path: '__proto__', message: 'Unknown field' }]);
  const read = schema.safeParse(json, { reportInput: true });
  if (!read.success) return invalid(issuesOf(read.error, 'field'));
  // What only reads keeps nothing: a conversion may take as much as a body holds.
  if (route.access !== 'read' && Buffer.byteLength(JSON.stringify(read.data)) > REQUEST_KEPT_BYTES_MAX) return invalid([{ path: '', message: `Too big: at most ${REQUEST_KEPT_BYTES_MAX} bytes without blanks` }]);
  return { value: read.data };
}

/** Whether a member bears the one name that JavaScript objects swallow. Walks without recursion: a body may nest as deep as it is long. */
function hidesPrototype(json: unknown): boolean {
  const left = [json];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const member of Object.values(value)) left.push(member);
  }
  return false;
}

function invalid(errors: readonly { path: string; message: string }[]): Problem {
  const [first] = errors;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return problem('invalid-request', `${where}${first?.message ?? 'The request is not valid'}.`, { errors });
}

function clip(text: string): string {
  return text.length > PATH_CHARACTERS_MAX ? `${text.slice(0, PATH_CHARACTERS_MAX)}...` : text;
}
