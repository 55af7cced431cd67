import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Answers, Executions, LookQueue, Observer, Ports, Question, Store, Templates, TokenIssuer } from '../../aws/ports.ts';
import { createStore } from '../../aws/store.ts';
import { TABLE } from '../../aws/store/table.ts';
import { setPorts } from '../../aws/wiring.ts';
import type { Account } from '../../domain/account.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { newOperation } from '../../domain/new-operation.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';
import { REFUSALS, type Refusal } from '../../domain/refusal.ts';
import { ProblemView } from '../../domain/view.ts';
import { API } from '../../handlers/api.ts';
import { matchRoute } from '../../handlers/matching.ts';
import { EDGE_PROBLEMS, statusOf, type EdgeCode, type Response } from '../../handlers/problems.ts';
import { startTarget } from '../contracts/dynamodb-target.ts';
import { createPlayedWorker, playedEcr, type PlayedEcr } from './image-worker.ts';
import { account, at133, cluster, creationFacts, NOW, OFFERS } from '../domain/worlds.ts';

/** The front door as deployed, on the real store and a simulated DynamoDB; only what looks into accounts and starts executions is played here. */

export const ISSUER = 'https://issuer.example/';
export const AUDIENCE = 'slipway';

// Answers are read by tests that name what they expect.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly text: string;
}

export interface Asked {
  /** Absent: an admin of all teams; `null`: none. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FrontDoor {
  readonly store: Store;
  /** Sends a request through the chain, and holds the answer against the contract. */
  ask(method: string, target: string, asked?: Asked): Promise<Told>;
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>, key?: CryptoKey | Uint8Array): Promise<string>;
  readonly keys: { readonly es: CryptoKey; readonly rs: CryptoKey; readonly esPublic: JWK };
  /** What the accounts show; a test replaces what it spoils. */
  facts: { [Ask in Question['ask']]: Answers[Ask] | Refusal };
  /** What was asked of the accounts, in order. */
  readonly questions: Question[];
  /** What the registries of images are like, and what was done in them. */
  readonly ecr: PlayedEcr;
  /** Virtual time, epoch ms. */
  now: number;
  /** What was written or set in motion, in order: `beginOperation`, `start op-... 1`, `look op-... step`. */
  readonly done: string[];
  readonly logged: { readonly message: string; readonly fields: Json }[];
  /** What starting an execution does; a test may make it fail. */
  onStart: () => void;
  /** Where a template is published; nowhere, as on the rehearsal stage, unless a test has a bucket. */
  publish: Templates['publish'];
  /** What the function that issues tokens does. */
  issue: TokenIssuer['issue'];
  registered(more?: Partial<Account>): Promise<Account>;
  /** A cluster as it is when nothing works on it. */
  standing(more?: Partial<Cluster>): Promise<Cluster>;
  /** An operation that has begun on a cluster. */
  working(on: Cluster, more?: Partial<Operation>, plan?: Plan): Promise<Operation>;
  /** The operation failed, and let its cluster go. */
  failed(operation: { readonly id: string; readonly clusterId: string }): Promise<void>;
  close(): Promise<void>;
}

const READS = new Set<keyof Store>(['answerFor', 'account', 'listAccounts', 'cluster', 'clusterNamed', 'listClusters', 'observation', 'operation', 'listOperations', 'events', 'wait', 'waitsOf', 'waivers', 'withdrawnWaivers', 'tokenIssues', 'dueWaits', 'openOperations', 'durations', 'freeze', 'profile', 'profiles', 'repository', 'repositoriesNamed', 'listRepositories', 'repositoryEvents', 'openRepositories']);

const TRUSTING = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service: ['eks', 'ec2', 'pods.eks', 'eks-fargate-pods', 'capabilities.eks'].map((name) => `${name}.amazonaws.com`) }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] });

export const A_PLAN: Plan = {
  from: '1.33',
  to: '1.34',
  hops: [{ from: '1.33', to: '1.34', steps: [{ id: '1.34/control-plane', title: 'Upgrading the control plane to 1.34', kind: 'upgrade-control-plane', stage: 'UpgradeControlPlane', subject: 'prod', from: '1.33', to: '1.34', reason: 'Asked for.' }] }],
  findings: [],
  notLookedAt: [],
  estimate: { minutes: 10, addresses: 5, surgeNodes: 0, savedPerMonthUsd: 0 },
};

export async function openFrontDoor(): Promise<FrontDoor> {
  const { queries, commands } = { queries: (await import('../../handlers/queries.ts')).handler, commands: (await import('../../handlers/commands.ts')).handler };
  const target = await startTarget();
  await target.client.send(new CreateTableCommand({ TableName: 'slipway', BillingMode: 'PAY_PER_REQUEST', ...mutable(TABLE) }));
  const store = createStore(target.client, 'slipway');
  const issuer = await startIssuer();
  Object.assign(process.env, {
    SLIPWAY_JWKS_URL: issuer.url,
    SLIPWAY_TOKEN_ISSUER: ISSUER,
    SLIPWAY_TOKEN_AUDIENCE: AUDIENCE,
    SLIPWAY_CURSOR_KEY: 'a key for tests',
    SLIPWAY_HOME_ACCOUNT_ID: '000000000000',
  });
  let counted = 0;
  const next = (): string => String((counted += 1)).padStart(26, '0');

  const door: FrontDoor = {
    store,
    keys: issuer.keys,
    facts: { cluster: at133(), entrance: 'absent', access: { observedAt: NOW, entries: [], missing: [] }, creation: creationFacts(), alarms: [], 'addon-schemas': [], zones: [], roles: [], actions: { day: '2026-09-26', unknown: [] }, 'hosted-zones': [], 'instance-limits': [], parts: {}, versions: { offers: OFFERS }, verification: healthyVerification() },
    questions: [],
    ecr: playedEcr(),
    now: Date.parse(NOW),
    done: [],
    logged: [],
    onStart: () => undefined,
    publish: () => Promise.resolve(undefined),
    issue: () => Promise.resolve({ token: 'k8s-aws-v1.played', issuedAt: '2026-09-15T09:00:00.000Z', expirationTimestamp: '2026-09-15T09:14:00.000Z' }),
    token: (claims, header, key) => issuer.token(claims, header, key),
    async ask(method, path, asked = {}) {
      const authorization = asked.token === null ? {} : { authorization: `Bearer ${asked.token ?? (await issuer.token())}` };
      const event = eventFor(method, path, { ...authorization, ...lowered(asked.headers) }, asked.body, `req-${next()}`, door.now);
      const handler = ['POST', 'PATCH', 'DELETE'].includes(method) ? commands : queries;
      const response = (await handler(event as never, {} as never)) as Response;
      return held(method, event, response);
    },
    async registered(more = {}) {
      const made = account({ externalId: `external-${next()}`, ...more });
      await store.registerAccount(made);
      return made;
    },
    async standing(more = {}) {
      const made = cluster('1.33', { clusterId: `c-${next()}`, name: `prod-${counted}`, ...more });
      const written = await store.importCluster(made);
      assert.equal(written.kind, 'written', 'a cluster needs its account first');
      return made;
    },
    async working(on, more = {}, plan = A_PLAN) {
      const fresh = newOperation({ id: `op-${next()}`, kind: 'upgrade-cluster', cluster: on, plan, request: { to: plan.to }, caller: { sub: 'ada', role: 'admin' }, now: new Date(door.now).toISOString() });
      const operation = { ...fresh, ...more };
      const written = await store.beginOperation(operation, { before: on, after: { ...on, activeOperation: operation.id } });
      assert.equal(written.kind, 'written');
      return operation;
    },
    async failed({ id, clusterId }) {
      const end = { state: 'Failed', errors: [{ code: 'StepFailed', message: 'It failed.' }], message: 'It failed.', cluster: await store.cluster(clusterId) } as const;
      assert.equal((await store.endOperation(id, 1, end, door.now)).kind, 'ended');
    },
    async close() {
      setPorts(undefined);
      await target.close();
      await issuer.close();
    },
  };
  setPorts(portsOf(door, next));
  return door;
}

function portsOf(door: FrontDoor, next: () => string): Ports {
  const counting = new Proxy(door.store, {
    get: (store, name: keyof Store) => {
      if (!READS.has(name)) door.done.push(name);
      return store[name];
    },
  });
  const observer: Observer = {
    observe: (async (question: Question) => {
      door.questions.push(question);
      const seen = door.facts[question.ask];
      // Roles are there, and trust whom they are for, but those that a test names.
      if (question.ask === 'roles' && Array.isArray(seen)) return question.roleArns.map((roleArn) => door.facts.roles instanceof Array && door.facts.roles.find((sight) => sight.roleArn === roleArn) || { roleArn, role: { kind: 'seen', value: { trust: TRUSTING } } });
      // A verification tries the id that the account has by then.
      return typeof seen === 'object' && 'withId' in seen && question.ask === 'verification' ? { ...seen, externalId: (await door.store.account(question.accountId))?.externalId } : seen;
    }) as Observer['observe'],
  };
  const executions: Pick<Executions, 'start'> = {
    start: (_kind, operationId, run) => {
      door.onStart();
      door.done.push(`start ${operationId} ${run}`);
      return Promise.resolve();
    },
  };
  const looks: LookQueue = {
    queue: (wait) => {
      door.done.push(`look ${wait.operationId} ${wait.stepId}`);
      return Promise.resolve();
    },
  };
  const line = (message: string, fields: unknown): void => void door.logged.push({ message, fields });
  return {
    clock: { now: () => door.now },
    ids: { operationId: () => `op-${next()}`, clusterId: () => `c-${next()}`, waiverId: () => `w-${next()}`, changeId: () => `ch-${next()}`, tokenIssueId: () => `ti-${next()}`, externalId: () => `external-${next()}` },
    log: { info: line, warn: line, error: line },
    meter: { count: () => undefined, seconds: () => undefined },
    store: counting,
    executions: executions as Executions,
    looks,
    observer,
    templates: { publish: (accountId, template) => door.publish(accountId, template) },
    tokens: { issue: (asked) => door.issue(asked) },
    get mint(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get accounts(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get autoScaling(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get alarms(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get roles(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get hostedZones(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    imageWorker: createPlayedWorker(door.ecr, counting, () => door.now),
    get images(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get parts(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
    get eks(): never {
      throw new Error('The front door holds no keys to accounts.');
    },
  };
}

/** Every answer of every test is held against the contract: a problem is a problem+json of a known code, a yes is as its route's schema has it. */
function held(method: string, event: APIGatewayProxyEventV2, response: Response): Told {
  const { statusCode, headers, body } = response;
  const text = body ?? '';
  const plain = /^(text\/plain|application\/yaml)/.test(headers['content-type'] ?? '');
  const json = text === '' || plain ? undefined : (JSON.parse(text) as Json);
  if (statusCode >= 400) {
    assert.equal(headers['content-type'], 'application/problem+json');
    const told = ProblemView.strict().parse(json);
    assert.ok(told.code in REFUSALS || told.code in EDGE_PROBLEMS, `${told.code} is no known code`);
    assert.deepEqual([told.status, statusCode], [statusOf(told.code as EdgeCode), statusOf(told.code as EdgeCode)]);
    assert.equal(told.instance, `urn:slipway:request:${event.requestContext.requestId}`);
  } else {
    const match = matchRoute(API, method, event.rawPath);
    assert.equal(match.kind, 'found');
    const schema = match.kind === 'found' ? match.route.answers[statusCode as 200] : undefined;
    assert.ok(schema !== undefined, `${method} ${event.rawPath} does not say that it answers ${statusCode}`);
    assert.ok(!plain || schema.text === true || schema.yaml === true, `${event.rawPath} does not say that it answers text`);
    if (!plain) schema.schema?.parse(json);
  }
  return { status: statusCode, headers, body: json, text };
}

/** A request as API Gateway hands it over, payload format 2.0. */
function eventFor(method: string, target: string, headers: Record<string, string>, body: unknown, requestId: string, now: number): APIGatewayProxyEventV2 {
  const at = target.indexOf('?');
  const [rawPath, rawQueryString] = at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
  const text = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'test',
      domainPrefix: 'test',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: '01/Sep/2026:12:00:00 +0000',
      timeEpoch: now,
    },
    ...(text === undefined ? {} : { body: Buffer.isBuffer(text) ? text.toString('base64') : text }),
    isBase64Encoded: Buffer.isBuffer(text),
  };
}

async function startIssuer() {
  const es = await generateKeyPair('ES256', { extractable: true });
  const rs = await generateKeyPair('RS256', { extractable: true });
  const esPublic = { ...(await exportJWK(es.publicKey)), kid: 'es', alg: 'ES256', use: 'sig' };
  const rsPublic = { ...(await exportJWK(rs.publicKey)), kid: 'rs', alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [esPublic, rsPublic] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const remembered = new Map<string, string>();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keys: { es: es.privateKey, rs: rs.privateKey, esPublic },
    // Tokens follow the machine's own clock, here as in production; these are good for an hour.
    async token(claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}, key: CryptoKey | Uint8Array = es.privateKey) {
      const memo = key === es.privateKey ? JSON.stringify([claims, header], (_name, value: unknown) => (value === undefined ? 'left out' : value)) : undefined;
      const known = memo === undefined ? undefined : remembered.get(memo);
      if (known !== undefined) return known;
      const nowSeconds = Math.floor(Date.now() / 1000);
      const payload = { sub: 'ada', role: 'admin', iss: ISSUER, aud: AUDIENCE, iat: nowSeconds, exp: nowSeconds + 3600, ...claims };
      const token = await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'es', ...header }).sign(key);
      if (memo !== undefined) remembered.set(memo, token);
      return token;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function healthyVerification(): Answers['verification'] {
  return { observedAt: NOW, externalId: '', withId: { kind: 'assumed' }, withoutId: { kind: 'denied' }, withWrongId: { kind: 'denied' }, permissions: { kind: 'unreadable', message: 'Not asked here.' } };
}

function lowered(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The SDK's inputs are typed as mutable. */
function mutable<T>(value: T): { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] } {
  return structuredClone(value) as never;
}
