import { REFUSALS, type Refusal, type RefusalCode } from '../domain/refusal.ts';
import type { Finding } from '../domain/plan.ts';

/** What the front door itself says no to. Every code stands in docs/errors.md with its status. */
export const EDGE_PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request is not as the contract has it' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of ours, or not of this list' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The role does not allow this' },
  'route-not-found': { status: 404, title: 'No such route' },
  'method-not-allowed': { status: 405, title: 'The path knows other methods' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'keys-unavailable': { status: 503, title: 'The keys that tokens are checked with could not be had' },
  'not-ready': { status: 503, title: 'Not everything answers yet' },
  contended: { status: 503, title: 'Others were quicker, again and again' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type EdgeCode = keyof typeof EDGE_PROBLEMS;

/** The one place where a class of refusals becomes a status. */
const STATUS_OF_CLASS = { conflict: 409, rules: 422, missing: 404, forbidden: 403, precondition: 412, unavailable: 503 } as const;

/** Seconds after which asking again makes sense when something could not be had. */
const RETRY_AFTER_SECONDS = { 'account-unreachable': 30, 'keys-unavailable': 5, 'not-ready': 1, contended: 1 } as const;

/** Most entries of `errors` that are told; who sent more has enough to mend. */
const ERRORS_MAX = 25;

/** A no of the edge itself, before or beside the domain's. */
export interface Problem {
  readonly kind: 'Problem';
  readonly code: EdgeCode;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem(code: EdgeCode, detail: string, more: Omit<Problem, 'kind' | 'code' | 'detail'> = {}): Problem {
  return { kind: 'Problem', code, detail, ...more };
}

/** The status that a refusal or an edge problem is told with. */
export function statusOf(code: RefusalCode | EdgeCode): number {
  return code in EDGE_PROBLEMS ? EDGE_PROBLEMS[code as EdgeCode].status : STATUS_OF_CLASS[REFUSALS[code as RefusalCode]];
}

export interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** RFC 9457. `requestId` is the one in the log, so that a person can find what happened. */
export function sealProblem(no: Refusal | Problem, requestId: string): Response {
  const status = statusOf(no.code);
  const more: { remedy?: string; findings?: readonly Finding[]; operation?: string } = no.kind === 'Refusal' ? no : {};
  const body = {
    type: `urn:slipway:error:${no.code}`,
    title: titleOf(no.code),
    status,
    detail: no.detail,
    code: no.code,
    instance: `urn:slipway:request:${encodeURIComponent(requestId)}`,
    ...(more.remedy === undefined ? {} : { remedy: more.remedy }),
    ...(no.errors === undefined ? {} : { errors: no.errors.slice(0, ERRORS_MAX) }),
    ...(more.findings === undefined ? {} : { findings: more.findings }),
    ...(more.operation === undefined ? {} : { operation: more.operation }),
  };
  const retryAfter = no.code in RETRY_AFTER_SECONDS ? RETRY_AFTER_SECONDS[no.code as keyof typeof RETRY_AFTER_SECONDS] : undefined;
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(more.operation === undefined ? {} : { location: `/v1/operations/${more.operation}` }),
      ...(no.kind === 'Problem' ? no.headers : {}),
    },
    body: JSON.stringify(body),
  };
}

/** Titles of refusals whose codes, said as words, are no English. */
const TITLES: Partial<Record<RefusalCode, string>> = {
  'ami-type-not-offered': 'AMI type not offered',
  'version-not-newer': 'The version is not newer',
  'version-not-the-clusters': 'Not the version of the cluster',
  'subnets-short-of-addresses': 'Too few free addresses',
  'rules-broken': 'The request breaks rules of EKS or Kubernetes',
};

/** `Operation in progress`: the code said as words, where nobody wrote better ones. */
export function titleOf(code: RefusalCode | EdgeCode): string {
  if (code in EDGE_PROBLEMS) return EDGE_PROBLEMS[code as EdgeCode].title;
  return TITLES[code as RefusalCode] ?? code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
}
