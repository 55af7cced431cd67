import type * as z from 'zod';
import type { IdempotentAnswer, Ports } from '../aws/ports.ts';
import type { Caller, Role } from '../domain/caller.ts';
import type { RefusalCode } from '../domain/refusal.ts';
import type { Answer, Outcome } from './answers.ts';
import type { EdgeCode } from './problems.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Who may use a route. `anyone` needs no token. */
export const ACCESS = {
  anyone: [],
  read: ['viewer', 'operator', 'approver', 'admin'],
  operate: ['operator', 'admin'],
  approve: ['approver', 'admin'],
  /** Operators try again; approvers do with force. */
  retry: ['operator', 'approver', 'admin'],
  administer: ['admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Access = keyof typeof ACCESS;

/** The `{variables}` of a path: `/v1/clusters/{clusterId}` has `clusterId`. */
export type VariablesOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | VariablesOf<Rest> : never;

/** What a route is asked: everything checked for shape, nothing yet for sense. */
export interface Ask<Path extends string = string, Query = unknown, Body = unknown> {
  readonly params: Readonly<Record<VariablesOf<Path>, string>>;
  readonly query: Query;
  readonly body: Body;
  /** Absent only on routes for anyone. */
  readonly caller: Caller;
  /** The header If-Match as sent. */
  readonly ifMatch: string | undefined;
  /** The header Accept as sent. */
  readonly accept: string | undefined;
  /** When the request was met, RFC 3339 and epoch milliseconds: one moment for all of it. */
  readonly now: string;
  readonly nowMs: number;
  readonly requestId: string;
  /** The method and the path's template: `POST /v1/clusters`. */
  readonly route: string;
  /** All routes of the API, for those that tell of it. */
  readonly api: readonly AnyRoute[];
  /** The answer as it is to be remembered with the write that makes it true; undefined when no Idempotency-Key was sent. */
  remember(answer: Answer): IdempotentAnswer | undefined;
}

export interface RouteDefinition<Path extends string, Query extends z.ZodType, Body extends z.ZodType> {
  readonly method: Method;
  readonly path: Path;
  readonly access: Access;
  /** A short sentence for the OpenAPI document. */
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  /** The body may be left out and counts as `{}` then. */
  readonly bodyOptional?: boolean;
  /** What it answers when all goes well, by status. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 204, { readonly description: string; readonly schema?: z.ZodType; /** Told as plain text too, to who asks for that. */ readonly text?: true; /** Told as YAML, and as JSON too where it has a schema. */ readonly yaml?: true }>>>;
  /** What it may be refused with, beyond what every route may. */
  readonly refusals?: readonly (RefusalCode | EdgeCode)[];
  run(ask: Ask<Path, z.output<Query>, z.output<Body>>, ports: Ports): Promise<Outcome>;
}

export type Route<Path extends string = string, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> = RouteDefinition<Path, Query, Body>;

// A table holds routes of every path and shape; each is asked only what its own schemas have let through.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyRoute = RouteDefinition<any, any, any>;

/** A route of the API, one file each. */
export function route<const Path extends string, Query extends z.ZodType = z.ZodType<Record<string, never>>, Body extends z.ZodType = z.ZodType<Record<string, never>>>(
  definition: RouteDefinition<Path, Query, Body>,
): Route<Path, Query, Body> {
  return definition;
}
