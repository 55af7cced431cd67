import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Page, Paged } from '../aws/ports.ts';
import { ok, type Answer } from './answers.ts';
import { problem, type Problem } from './problems.ts';
import type { Ask } from './route.ts';
import { setting } from './settings.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const After = z.record(z.string(), z.string());

type ListAsk = Pick<Ask<string, { readonly limit: number; readonly cursor?: string | undefined }>, 'query' | 'caller' | 'route' | 'params'>;

/** The page that a list's query asks for, or the problem with its cursor. */
export function pageAsked(ask: ListAsk): Page | Problem {
  const { limit, cursor } = ask.query;
  if (cursor === undefined) return { limit };
  const after = openCursor(cursor, scopeOf(ask));
  return after === undefined ? problem('invalid-cursor', 'The cursor is not one that this list has given, with these filters, to you.') : { limit, after };
}

/** The page of a whole list that stands in memory, in the order of the member that names each item; the cursor names the last one shown. */
export function pageIn<Member extends string, T extends Readonly<Record<Member, string>>>(items: readonly T[], member: Member, page: Page): Paged<T> {
  const after = page.after?.[member] ?? '';
  const left = items.filter((item) => item[member] > after).sort((a, b) => (a[member] < b[member] ? -1 : 1));
  const shown = left.slice(0, page.limit);
  const last = shown.at(-1);
  return { items: shown, ...(left.length > shown.length && last !== undefined ? { next: { [member]: last[member] } } : {}) };
}

/** A list's answer: its items, and the cursor of the next page or null. */
export function pageOf<T>(ask: ListAsk, found: Paged<T>, view: (item: T) => unknown): Answer {
  return ok({ items: found.items.map(view), nextCursor: found.next === undefined ? null : sealCursor(found.next, scopeOf(ask)) });
}

/** A cursor belongs to its list, its filters and its caller's team. `limit` may change on the way. */
function scopeOf(ask: ListAsk): string {
  const { limit: _limit, cursor: _cursor, ...filter } = ask.query;
  return JSON.stringify([ask.route, Object.entries(ask.params).sort(), Object.entries(filter).sort(), ask.caller.team ?? null]);
}

/** Encrypted, not only signed: the store's key where a page ended may be of a thing that the caller must not know of. */
export function sealCursor(after: Readonly<Record<string, string>>, scope: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', cursorKey(), nonce).setAAD(Buffer.from(scope));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(after)), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined for whatever was not sealed by us for this scope. */
export function openCursor(cursor: string, scope: string): Record<string, string> | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== cursor) return undefined;
  const key = cursorKey();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(scope));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return After.parse(JSON.parse(opened.toString('utf8')));
  } catch {
    return undefined;
  }
}

function cursorKey(): Buffer {
  return createHash('sha256').update(setting('SLIPWAY_CURSOR_KEY')).digest();
}
