import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AccountUnreachable } from '../aws/ports.ts';
import { ports } from '../aws/wiring.ts';
import type { Caller } from '../domain/caller.ts';
import { refuse, type Refusal } from '../domain/refusal.ts';
import { seal, type Outcome } from './answers.ts';
import { authenticate } from './authentication.ts';
import { earlierAnswer, keyed, remembered, replay, type Keyed } from './idempotency.ts';
import { BODY_BYTES_MAX, readInput, type Input } from './input.ts';
import { matchRoute } from './matching.ts';
import { notFound } from './not-found.ts';
import { problem, sealProblem, type Problem, type Response } from './problems.ts';
import { ACCESS, type AnyRoute, type Ask } from './route.ts';

/** How often a request looks, decides and acts anew because what it looked at moved meanwhile. */
const ATTEMPTS_MAX = 4;
/** Before the function's own timeout: time enough to answer with a problem. */
const TIMEOUT_EARLY_MS = 500;

/** What the chain has learned of a request so far. Each link adds its part. */
interface Visit {
  readonly requestId: string;
  readonly startedMs: number;
  readonly nowMs: number;
  readonly body: Buffer;
  route?: AnyRoute;
  params?: Readonly<Record<string, string>>;
  caller?: Caller;
  keyed?: Keyed;
  input?: Input;
}

type EdgeEvent = APIGatewayProxyEventV2 & { visit: Visit };
type EdgeRequest = middy.Request<EdgeEvent, Response>;

/**
 * The front door: one middy chain over one table of routes. Every link either adds to the visit or ends it with a
 * response; what it throws is a fault and becomes a quiet 500. `own` are the routes of this function, `api` all there are.
 */
export function edge(own: readonly AnyRoute[], api: readonly AnyRoute[]) {
  return middy<EdgeEvent, Response>({ timeoutEarlyInMillis: TIMEOUT_EARLY_MS, requestEnd: (request) => tell(request as EdgeRequest) })
    .use({ before: open, onError: answerFault })
    .use({ before: (request: EdgeRequest) => findRoute(request, own, api) })
    .use({ before: letIn })
    .use({ before: answerAgain })
    .use({ before: understand })
    .handler((event: EdgeEvent) => carryOut(event.visit, event, api));
}

/** A copy of the event with a fresh visit: whoever made the event keeps it as it was. */
function open(request: EdgeRequest): undefined {
  const { event } = request;
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  request.event = { ...event, visit: { requestId: event.requestContext.requestId, startedMs: performance.now(), nowMs: ports().clock.now(), body } };
}

function findRoute(request: EdgeRequest, own: readonly AnyRoute[], api: readonly AnyRoute[]): Response | undefined {
  const { event } = request;
  const match = matchRoute(api, event.requestContext.http.method, event.rawPath);
  if (match.kind === 'other-methods') return no(event.visit, problem('method-not-allowed', 'This path does not know that method.', { headers: { allow: match.allow.join(', ') } }));
  if (match.kind === 'unknown' || !own.includes(match.route)) return no(event.visit, problem('route-not-found', 'There is no such route. GET /v1/openapi.json lists those there are.'));
  event.visit.route = match.route;
  if (match.kind === 'found') event.visit.params = match.params;
  return undefined;
}

/** Who asks, whether their role may, and whether the path can name anything at all (told only to who may ask). */
async function letIn(request: EdgeRequest): Promise<Response | undefined> {
  const { visit, headers } = request.event;
  const { route } = visit;
  if (route !== undefined && route.access !== 'anyone') {
    const caller = await authenticate(headers['authorization']);
    if ('kind' in caller) return no(visit, caller);
    visit.caller = caller;
    const roles: readonly string[] = ACCESS[route.access];
    if (!roles.includes(caller.role)) {
      const challenge = { 'www-authenticate': 'Bearer realm="slipway", error="insufficient_scope"' };
      return no(visit, problem('forbidden', `This takes the role ${roles.join(' or ')}; the token's role is ${caller.role}.`, { headers: challenge }));
    }
  }
  if (visit.params === undefined) return no(visit, notFound());
  if (visit.body.length > BODY_BYTES_MAX) return no(visit, problem('body-too-large', `A body has at most ${BODY_BYTES_MAX} bytes.`));
  return undefined;
}

/** An Idempotency-Key is looked up before anything else is looked at. */
async function answerAgain(request: EdgeRequest): Promise<Response | undefined> {
  const { visit, headers, rawPath } = request.event;
  const { route, caller } = visit;
  const key = headers['idempotency-key'];
  if (key === undefined || route?.method !== 'POST' || caller === undefined) return undefined;
  const ask = keyed({ key, caller, route: nameOf(route), path: rawPath, body: visit.body });
  if ('kind' in ask) return no(visit, ask);
  visit.keyed = ask;
  return again(visit, ask);
}

function understand(request: EdgeRequest): Response | undefined {
  const { visit, rawQueryString } = request.event;
  if (visit.route === undefined) return undefined;
  const input = readInput(visit.route, rawQueryString, visit.body);
  if ('kind' in input) return no(visit, input);
  visit.input = input;
  return undefined;
}

async function carryOut(visit: Visit, event: EdgeEvent, api: readonly AnyRoute[]): Promise<Response> {
  const { route, keyed: ask } = visit;
  if (route === undefined) throw new Error('A request came through the chain without a route.');
  const outcome = await settle(route, askOf(visit, event, route, api));
  if (outcome.kind === 'Answer') return seal(outcome);
  if (outcome.kind === 'answered') {
    if (ask === undefined) throw new Error('The store gave an earlier answer to an ask without a key.');
    const response = replay(outcome.answer, ask);
    return 'kind' in response ? no(visit, response) : response;
  }
  // A duplicate in flight may be refused by what the first has just done: then the first one's answer is its answer.
  const earlier = ask === undefined ? undefined : await again(visit, ask);
  return earlier ?? no(visit, outcome);
}

/** Runs the route, again while what it looked at moves under it. */
async function settle(route: AnyRoute, ask: Ask): Promise<Exclude<Outcome, { kind: 'Moved' }>> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const outcome: Outcome = await route.run(ask, ports());
    if (outcome.kind !== 'Moved') return outcome;
  }
  return problem('contended', 'What this request changes was changed by others while it was carried out. Nothing was done; ask again.');
}

function askOf(visit: Visit, event: EdgeEvent, route: AnyRoute, api: readonly AnyRoute[]): Ask {
  return {
    params: visit.params ?? {},
    query: visit.input?.query,
    body: visit.input?.body,
    caller: visit.caller as Caller,
    ifMatch: event.headers['if-match'],
    accept: event.headers['accept'],
    now: new Date(visit.nowMs).toISOString(),
    nowMs: visit.nowMs,
    requestId: visit.requestId,
    route: nameOf(route),
    api,
    remember: (answer) => (visit.keyed === undefined ? undefined : remembered(answer, visit.keyed, visit.nowMs)),
  };
}

async function again(visit: Visit, ask: Keyed): Promise<Response | undefined> {
  const earlier = await earlierAnswer(ports().store, ask, visit.nowMs);
  if (earlier === undefined) return undefined;
  return 'kind' in earlier ? no(visit, earlier) : earlier;
}

function no(visit: Visit, refused: Refusal | Problem): Response {
  return sealProblem(refused, visit.requestId);
}

/** What was thrown is our fault, but for an account that cannot be reached: that one is the world's. */
function answerFault(request: EdgeRequest): undefined {
  const { error, event } = request;
  const requestId = event.requestContext?.requestId ?? 'unknown';
  if (error instanceof AccountUnreachable) {
    request.response = sealProblem(refuse('account-unreachable', `Account ${error.accountId} could not be looked into.`), requestId);
    return;
  }
  ports().log.error('A request failed', { requestId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  request.response = sealProblem(problem('internal', 'The request could not be carried out. The log knows more, under the id in `instance`.'), requestId);
}

/** One line a request: what was asked and what it came to; no body, no token, no header. */
function tell(request: EdgeRequest): void {
  const visit = request.event.visit as Visit | undefined;
  const params = visit?.params ?? {};
  ports().log.info('Request', {
    requestId: visit?.requestId,
    route: visit?.route === undefined ? 'none' : nameOf(visit.route),
    status: request.response?.statusCode,
    milliseconds: visit === undefined ? undefined : Math.round(performance.now() - visit.startedMs),
    caller: visit?.caller?.sub,
    account: params['accountId'],
    cluster: params['clusterId'],
    operation: params['operationId'],
  });
}

function nameOf(route: AnyRoute): string {
  return `${route.method} ${route.path}`;
}
