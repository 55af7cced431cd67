import { createHash } from 'node:crypto';
import type { IdempotentAnswer, Store } from '../aws/ports.ts';
import type { Caller } from '../domain/caller.ts';
import { refuse, type Refusal } from '../domain/refusal.ts';
import { seal, type Answer } from './answers.ts';
import { problem, type Problem, type Response } from './problems.ts';

/** How long an answer is remembered under its key. */
export const IDEMPOTENCY_DAYS = 7;
const KEY_CHARACTERS_MAX = 255;
const DAY_MS = 86_400_000;

/** An ask that carries a key: which record it has, and what it was asked with. */
export interface Keyed {
  readonly id: string;
  readonly bodyHash: string;
}

/**
 * The key of a request, hashed with who asked and where: one caller's keys never meet another's, nor those of another
 * route. The hash of the ask covers the concrete path and what the body says, however many blanks it is written with.
 */
export function keyed(asked: { key: string; caller: Caller; route: string; path: string; body: Buffer }): Keyed | Problem {
  if (asked.key.length > KEY_CHARACTERS_MAX || !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(asked.key)) {
    const message = `1 to ${KEY_CHARACTERS_MAX} printable ASCII characters`;
    return problem('invalid-request', `Idempotency-Key: ${message}.`, { errors: [{ path: 'Idempotency-Key', message }] });
  }
  const id = sha256(JSON.stringify([asked.caller.sub, asked.caller.team ?? null, asked.route, asked.key]));
  return { id, bodyHash: sha256(asked.path, '\n', meaningOf(asked.body)) };
}

/** The body as JSON without blanks; its bytes where it is none, or nests deeper than can be written. */
function meaningOf(body: Buffer): string | Buffer {
  try {
    return JSON.stringify(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    return body;
  }
}

/** What was answered before under this key, if anything was. */
export async function earlierAnswer(store: Store, ask: Keyed, nowMs: number): Promise<Response | Refusal | undefined> {
  const earlier = await store.answerFor(ask.id, nowMs);
  return earlier === undefined ? undefined : replay(earlier, ask);
}

/** The remembered answer byte for byte, when it is the same ask. */
export function replay(earlier: IdempotentAnswer, ask: Keyed): Response | Refusal {
  if (earlier.bodyHash !== ask.bodyHash) {
    return refuse('idempotency-key-reused', 'This Idempotency-Key was used before, with another request.', { remedy: 'Use a new key for a new request.' });
  }
  return { statusCode: earlier.status, headers: earlier.headers, ...(earlier.body === '' ? {} : { body: earlier.body }) };
}

/** The record that is written together with what makes the answer true. */
export function remembered(answer: Answer, ask: Keyed, nowMs: number): IdempotentAnswer {
  const { statusCode, headers, body } = seal(answer);
  return { ...ask, status: statusCode, headers, body: body ?? '', expiresAt: nowMs + IDEMPOTENCY_DAYS * DAY_MS };
}

function sha256(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
