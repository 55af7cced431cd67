import type { IdempotentAnswer } from '../aws/ports.ts';
import type { Cluster } from '../domain/cluster.ts';
import { pendingSteps } from '../domain/new-operation.ts';
import type { Operation, Step } from '../domain/operation.ts';
import type { Refusal } from '../domain/refusal.ts';
import { viewCluster, viewOperation } from '../domain/views.ts';
import type { Problem, Response } from './problems.ts';

/** A yes. `body` is absent only with 204. */
export interface Answer {
  readonly kind: 'Answer';
  readonly status: 200 | 201 | 202 | 204;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The same as text, where the caller asked for that. */
  readonly text?: string;
}

/** What a route comes to. `Moved`: what was looked at has changed meanwhile, so look, decide and act again. `answered`: an earlier request with the same Idempotency-Key was first. */
export type Outcome = Answer | Refusal | Problem | { readonly kind: 'Moved' } | { readonly kind: 'answered'; readonly answer: IdempotentAnswer };

export const MOVED = { kind: 'Moved' } as const;

export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'Answer', status: 200, headers, body };
}

/** YAML, as plain text of its own type (source: RFC 9512). */
export function yaml(text: string): Answer {
  return { kind: 'Answer', status: 200, headers: { 'content-type': 'application/yaml' }, body: text, text };
}

/** A single resource, with its generation as ETag. */
export function resource(body: unknown, generation: number): Answer {
  return ok(body, { etag: etag(generation) });
}

export function okCluster(cluster: Cluster, { now }: { readonly now: string }): Answer {
  return resource(viewCluster(cluster, now), cluster.generation);
}

export function created(body: unknown, generation: number, location: string): Answer {
  return { kind: 'Answer', status: 201, headers: { location, etag: etag(generation) }, body };
}

/** Work was begun, or an intent noted: the operation as it now stands, and where to follow it. */
export function accepted(operation: Operation, steps: readonly Step[] = pendingSteps(operation.plan, operation.run)): Answer {
  const headers = { location: `/v1/operations/${operation.id}`, etag: etag(operation.generation) };
  return { kind: 'Answer', status: 202, headers, body: viewOperation(operation, steps) };
}

export const GONE: Answer = { kind: 'Answer', status: 204, headers: {} };

export function etag(generation: number): string {
  return `"${generation}"`;
}

/** The answer as sent: the same answer is always the same bytes, so that it can be remembered and given again. */
export function seal(answer: Answer): Response {
  if (answer.body === undefined) return { statusCode: answer.status, headers: { 'cache-control': 'no-store', ...answer.headers } };
  const text = answer.text;
  return {
    statusCode: answer.status,
    headers: { 'content-type': text === undefined ? 'application/json' : 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...answer.headers },
    body: text ?? JSON.stringify(answer.body),
  };
}
