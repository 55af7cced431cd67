import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { VirtualClock } from '../../local/clock.ts';
import { startGateway, type Gateway } from '../../local/gateway.ts';
import { findRoute } from '../../local/gateway-routes.ts';

const NOON = Date.parse('2026-10-05T09:00:00Z');
const clock = new VirtualClock({ now: NOON, speed: 0 });
const ROUTES = [
  { method: 'GET', path: '/v1/{proxy+}', function: 'queries' },
  { method: 'POST', path: '/v1/{proxy+}', function: 'commands' },
  { method: 'GET', path: '/healthz', function: 'queries' },
  { method: '*', path: '$default', function: 'fallback' },
];

let gateway: Gateway;
let met: { name: string; event: APIGatewayProxyEventV2 }[] = [];
let result: unknown;
let beginning: () => void = () => undefined;

before(async () => {
  gateway = await startGateway({
    port: 0,
    clock,
    routes: ROUTES,
    invoke: (name, event) => {
      met.push({ name, event });
      if (result instanceof Error) return Promise.reject(result);
      return Promise.resolve(result);
    },
  });
});
beforeEach(() => {
  met = [];
  result = { statusCode: 200, body: 'ok' };
});
after(async () => {
  await gateway.close();
  clock.stop();
});

async function eventOf(path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2> {
  await (await fetch(`${gateway.url}${path}`, init)).text();
  const [first] = met;
  assert.ok(first !== undefined);
  return first.event;
}

/** A request as it stands on the wire, for what fetch would tidy up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('an event of the gateway', () => {
  it('is of payload format 2.0', async () => {
    const event = await eventOf('/v1/clusters?label=a&label=b&limit=5&x=%20', { headers: { 'X-Custom': 'Value', 'user-agent': 'test/1' } });
    assert.deepEqual(
      { version: event.version, routeKey: event.routeKey, rawPath: event.rawPath, rawQueryString: event.rawQueryString, query: event.queryStringParameters, path: event.pathParameters, base64: event.isBase64Encoded, body: event.body, custom: event.headers['x-custom'] },
      {
        version: '2.0',
        routeKey: 'GET /v1/{proxy+}',
        rawPath: '/v1/clusters',
        rawQueryString: 'label=a&label=b&limit=5&x=%20',
        query: { label: 'a,b', limit: '5', x: ' ' },
        path: { proxy: 'clusters' },
        base64: false,
        body: undefined,
        custom: 'Value',
      },
    );
    const { http, requestId, timeEpoch, time, stage } = event.requestContext;
    assert.deepEqual([http, timeEpoch, time, stage], [{ method: 'GET', path: '/v1/clusters', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test/1' }, NOON, '05/Oct/2026:09:00:00 +0000', '$default']);
    assert.ok(requestId.length >= 16);
  });

  it('joins several headers of one name, and keeps cookies apart', async () => {
    await raw('GET /v1/a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1; b=2\r\nCookie: c=3\r\nConnection: close\r\n\r\n');
    const [{ event } = { event: undefined }] = met;
    assert.deepEqual([event?.headers['x-a'], event?.headers['cookie'], event?.cookies], ['1,2', undefined, ['a=1', 'b=2', 'c=3']]);
  });

  it('has the path decoded, as an HTTP API hands it on, and the query as it was sent', async () => {
    await raw('GET /v1/a%2Fb/..%3A?q=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await raw('GET /v1/a%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.deepEqual(met.map(({ event }) => [event.rawPath, event.rawQueryString]), [['/v1/a/b/..:', 'q=%zz'], ['/v1/a%zz', '']]);
  });

  it('has text as text and all else in base64', async () => {
    const sent: readonly (readonly [type: string, body: Buffer, base64: boolean])[] = [
      ['application/json', Buffer.from('{"a":"ü"}'), false],
      ['application/problem+json; charset=utf-8', Buffer.from('{}'), false],
      ['application/octet-stream', Buffer.from([0, 255, 1]), true],
      ['application/json', Buffer.from([0x22, 0xff, 0x22]), true],
    ];
    for (const [type, body, base64] of sent) {
      met = [];
      const event = await eventOf('/v1/clusters', { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': type } });
      assert.equal(event.isBase64Encoded, base64, type);
      assert.deepEqual(Buffer.from(event.body ?? '', base64 ? 'base64' : 'utf8'), body);
    }
  });
});

describe('a route of the gateway', () => {
  it('is the closest that fits', async () => {
    for (const [method, path, name] of [['GET', '/v1/clusters/c-1', 'queries'], ['POST', '/v1/clusters', 'commands'], ['GET', '/healthz', 'queries'], ['PUT', '/v1/clusters', 'fallback'], ['GET', '/v1', 'fallback'], ['GET', '/v1/', 'fallback'], ['GET', '/elsewhere', 'fallback']] as const) {
      met = [];
      await eventOf(path, { method });
      assert.deepEqual([met[0]?.name, met[0]?.event.routeKey], [name, name === 'fallback' ? '$default' : path === '/healthz' ? 'GET /healthz' : `${method} /v1/{proxy+}`], `${method} ${path}`);
    }
  });

  it('prefers a full match to a greedy one, and a method of its own to any', () => {
    const routes = [
      { method: '*', path: '$default', function: 'default' },
      { method: 'ANY', path: '/a/{proxy+}', function: 'greedy' },
      { method: 'ANY', path: '/a/{id}', function: 'variable-any' },
      { method: 'GET', path: '/a/{id}', function: 'variable' },
      { method: 'GET', path: '/a/b', function: 'exact' },
    ];
    const found = (method: string, path: string) => findRoute(routes, method, path)?.route.function;
    assert.deepEqual([found('GET', '/a/b'), found('GET', '/a/c'), found('POST', '/a/c'), found('GET', '/a/b/c'), found('GET', '/b')], ['exact', 'variable', 'variable-any', 'greedy', 'default']);
    assert.equal(findRoute(routes.slice(4), 'GET', '/b'), undefined);
    assert.deepEqual(findRoute(routes, 'GET', '/a/x%20y')?.pathParameters, { id: 'x y' });
  });
});

describe('a response of the gateway', () => {
  it('has status, headers, cookies and body of what the function answered', async () => {
    result = { statusCode: 202, headers: { location: '/x', 'x-number': 1 }, cookies: ['a=1', 'b=2'], body: '{}' };
    const response = await fetch(`${gateway.url}/v1/x`);
    assert.deepEqual([response.status, response.headers.get('location'), response.headers.get('x-number'), response.headers.getSetCookie(), await response.text()], [202, '/x', '1', ['a=1', 'b=2'], '{}']);
    assert.ok(response.headers.get('apigw-requestid'));
  });

  it('decodes base64, and sends no body with 204', async () => {
    result = { statusCode: 200, body: Buffer.from([0, 255]).toString('base64'), isBase64Encoded: true };
    assert.deepEqual(Buffer.from(await (await fetch(`${gateway.url}/v1/x`)).arrayBuffer()), Buffer.from([0, 255]));
    result = { statusCode: 204 };
    const response = await fetch(`${gateway.url}/v1/x`);
    assert.deepEqual([response.status, response.headers.get('content-length')], [204, null]);
  });

  it('is a 200 with whatever a function answers that is no response', async () => {
    result = { items: [] };
    const response = await fetch(`${gateway.url}/v1/x`);
    assert.deepEqual([response.status, response.headers.get('content-type'), await response.json()], [200, 'application/json', { items: [] }]);
  });

  it('is a quiet 500 when the function fails', async () => {
    result = new Error('the secret');
    const response = await fetch(`${gateway.url}/v1/x`);
    assert.deepEqual([response.status, await response.json()], [500, { message: 'Internal Server Error' }]);
  });

  it('is a 413 for more than 10 MB, read to the end', async () => {
    const response = await fetch(`${gateway.url}/v1/x`, { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) });
    assert.deepEqual([response.status, response.headers.get('content-type'), met.length], [413, 'application/problem+json', 0]);
    assert.equal(((await response.json()) as { code: string }).code, 'body-too-large');
  });

  it('keeps the connection for the next request', async () => {
    const sockets = new Set<unknown>();
    const ask = () => new Promise<void>((resolve) => void request(`${gateway.url}/v1/x`, { agent }, (response) => response.resume().on('end', resolve)).on('socket', (socket) => sockets.add(socket)).end());
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await ask();
    await ask();
    agent.destroy();
    assert.equal(sockets.size, 1);
  });
});

describe('the gateway', () => {
  it('does not start on a port that is taken, and says which', async () => {
    const { port } = new URL(gateway.url);
    await assert.rejects(startGateway({ port: Number(port), clock, routes: [], invoke: () => Promise.resolve() }), { code: 'EADDRINUSE', message: new RegExp(port) });
  });

  it('has time wait for a request under way', async () => {
    const still = new VirtualClock({ now: NOON, speed: 0 });
    let finish: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => void (beginning = resolve));
    const slow = await startGateway({
      port: 0,
      clock: still,
      routes: ROUTES,
      invoke: () => {
        beginning();
        return new Promise((resolve) => (finish = () => resolve({ statusCode: 200 })));
      },
    });
    const answer = fetch(`${slow.url}/v1/x`);
    await begun;
    const moved = still.advanceTo(NOON + 1000);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(still.now(), NOON);
    finish();
    await moved;
    assert.deepEqual([(await answer).status, still.now()], [200, NOON + 1000]);
    await slow.close();
    still.stop();
  });

  it('answers 404 when no route fits and there is no default', async () => {
    const bare = await startGateway({ port: 0, clock, routes: ROUTES.slice(0, 1), invoke: () => Promise.resolve({}) });
    const response = await fetch(`${bare.url}/nowhere`);
    assert.deepEqual([response.status, await response.json()], [404, { message: 'Not Found' }]);
    await bare.close();
  });

  it('survives what is no HTTP', async () => {
    assert.match(await raw('NONSENSE\r\n\r\n'), /^HTTP\/1.1 400/);
    assert.match(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 .*application\/problem\+json.*"status":431.*"code":"invalid-request"/s);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });
});
