import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../domain/cluster.ts';
import { API } from '../../handlers/api.ts';
import { openFrontDoor, type Asked, type FrontDoor, type Told } from './front-door.ts';
import { soundBody, soundPath, soundQuery } from './sound-requests.ts';

let door: FrontDoor;
let standing: Cluster;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  standing = await door.standing();
  await door.ask('POST', '/v1/repositories', { body: { accountId: '111111111111', region: 'us-east-1', name: 'payments/standing' } });
});
after(() => door.close());

const creating = soundBody(API.find((route) => route.method === 'POST' && route.path === '/v1/clusters')!) as Record<string, unknown>;

/** The request is refused with this status and code, and nothing was written or begun. */
async function refused(status: number, code: string, method: string, target: string, asked: Asked = {}): Promise<Told> {
  const before = door.done.length;
  const answer = await door.ask(method, target, asked);
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

describe('a body', () => {
  it('that is no JSON is refused', async () => {
    for (const body of ['{', '{"a":}', "{'a': 1}", 'null null', '', '\u0000', '[1,]']) await refused(400, 'malformed-json', 'POST', '/v1/clusters', { body: Buffer.from(body) });
  });

  it('that is no UTF-8 is refused', async () => {
    await refused(400, 'malformed-json', 'POST', '/v1/clusters', { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) });
  });

  it('that is no object is refused', async () => {
    for (const body of ['null', '[]', '"a"', '1', 'true']) await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body: Buffer.from(body) });
  });

  it('that is as wide as it is long is refused', async () => {
    await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body: `[${'1,'.repeat(130_000)}1]` });
  });

  it('that nests without end is refused', async () => {
    await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body: `${'['.repeat(120_000)}${']'.repeat(120_000)}` });
  });

  it('may have 256 KiB and not one byte more', async () => {
    const text = JSON.stringify({ ...creating, name: 'padded' });
    const padded = (bytes: number) => text + ' '.repeat(bytes - text.length);
    await refused(413, 'body-too-large', 'POST', '/v1/clusters', { body: padded(256 * 1024 + 1) });
    assert.equal((await door.ask('POST', '/v1/clusters', { body: padded(256 * 1024) })).status, 202);
  });

  it('that says more than can be kept is refused before the store would choke on it', async () => {
    const labels = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${'k'.repeat(59)}${1000 + index}`, 'v'.repeat(63)]));
    const nodegroups = Array.from({ length: 30 }, (_, index) => ({ nodegroupName: `group-${index}`, scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 }, labels }));
    await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body: { ...creating, nodegroups } });
  });

  it('with unknown fields is refused, each named by its path, at any depth', async () => {
    const body = { ...creating, nmae: 'x', resourcesVpcConfig: { subnetIds: ['subnet-0000000a'], subnets: [] }, nodegroups: [{ nodegroupName: 'a', scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1, max: 3 } }] };
    const answer = await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body });
    const unknown = answer.body.errors.filter((error: { message: string }) => error.message === 'Unknown field').map((error: { path: string }) => error.path);
    assert.deepEqual(unknown.sort(), ['nmae', 'nodegroups.0.scalingConfig.max', 'resourcesVpcConfig.subnets']);
  });

  it('with a field named __proto__ is refused and not swallowed', async () => {
    for (const body of ['{"labels":{"__proto__":"x"}}', '{"__proto__":{"labels":{}}}', '{"labels":{"\\u005f_proto__":"x"}}']) await refused(400, 'invalid-request', 'PATCH', `/v1/clusters/${standing.clusterId}`, { body });
  });

  it('tells no more than 25 errors', async () => {
    const body = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`field-${index}`, 1]));
    assert.equal((await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body })).body.errors.length, 25);
  });

  const spoiled: readonly (readonly [path: string, change: Record<string, unknown>])[] = [
    ['name', { name: '-dash' }],
    ['name', { name: 'a'.repeat(101) }],
    ['name', { name: 7 }],
    ['accountId', { accountId: '123' }],
    ['accountId', { accountId: 111111111111 }],
    ['region', { region: 'Mars' }],
    ['resourcesVpcConfig.publicAccessCidrs.0', { resourcesVpcConfig: { subnetIds: ['subnet-0000000a', 'subnet-0000000b'], publicAccessCidrs: ['999.1.1.1/99'] } }],
    ['nodegroups.0.instanceTypes.0', { nodegroups: [{ nodegroupName: 'a', instanceTypes: ['foo.bar'], scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }] }],
    ['version', { version: 'v1.33' }],
    ['version', { version: '1.33.1' }],
    ['version', { version: 1.33 }],
    ['roleArn', { roleArn: 'arn:aws:iam::111111111111:user/ada' }],
    ['resourcesVpcConfig', { resourcesVpcConfig: null }],
    ['resourcesVpcConfig.subnetIds', { resourcesVpcConfig: { subnetIds: [] } }],
    ['resourcesVpcConfig.subnetIds.0', { resourcesVpcConfig: { subnetIds: ["subnet-1' OR '1'='1"] } }],
    ['labels.a', { labels: { a: 'x'.repeat(64) } }],
    ['labels', { labels: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ''])) }],
    ['team', { team: 'no spaces' }],
    ['nodegroups', { nodegroups: {} }],
    ['deletionProtection', { deletionProtection: 'yes' }],
    ['access.0.role', { access: [{ principalArn: 'arn:aws:iam::111111111111:role/a', role: 'root' }] }],
    ['tags.aws:reserved', { tags: { 'aws:reserved': 'x' } }],
  ];
  for (const [path, change] of spoiled) {
    it(`is refused when ${path} is ${JSON.stringify(Object.values(change)[0])?.slice(0, 60)}`, async () => {
      const answer = await refused(400, 'invalid-request', 'POST', '/v1/clusters', { body: { ...creating, ...change } });
      assert.deepEqual([...new Set(answer.body.errors.map((error: { path: string }) => error.path))], [path]);
    });
  }

  it('may be left out where it only says why', async () => {
    const operation = await door.working(await door.standing());
    assert.equal((await door.ask('POST', `/v1/operations/${operation.id}/pause`)).status, 202);
    await refused(400, 'malformed-json', 'POST', '/v1/freeze');
  });

  it('of a route that takes none may be empty or an empty object, and no more', async () => {
    await refused(400, 'invalid-request', 'POST', '/v1/accounts/111111111111/verify', { body: { force: true } });
    assert.equal((await door.ask('POST', '/v1/accounts/111111111111/verify', { body: {} })).status, 200);
  });
});

describe('a word of a person', () => {
  const said = API.flatMap((route) => ['reason', 'comment', 'owner'].filter((member) => member in ((soundBody(route) ?? {}) as object)).map((member) => [route, member] as const));
  const optional = API.filter(({ path }) => /\/(pause|resume|cancel|retry)$/.test(path)).map((route) => [route, 'reason'] as const);

  it('is asked for by so many routes', () => assert.equal(said.length + optional.length, 12));

  for (const [route, member] of [...said, ...optional]) {
    it(`is refused when it is only blanks: ${member} of ${route.method} ${route.path}`, async () => {
      for (const blank of ['', '   ', '\u00a0\u2003', '\u200b']) {
        const { body } = await refused(400, 'invalid-request', route.method, soundPath(route.path, { clusterId: standing.clusterId }), { body: { ...((soundBody(route) ?? {}) as object), [member]: blank } });
        assert.deepEqual(body.errors.map(({ path }: { path: string }) => path), [member]);
      }
    });
  }
});

describe('what is wrong', () => {
  it('is of the wrong type, and nothing more is said of it', async () => {
    const { body } = await refused(400, 'invalid-request', 'POST', `/v1/clusters/${standing.clusterId}/upgrades`, { body: { to: '1.34', gates: 'afterBake', rollbackOn: { alarmArns: '' } } });
    assert.deepEqual(body.errors, [
      { path: 'gates', message: 'Invalid input: expected array, received string' },
      { path: 'rollbackOn.alarmArns', message: 'Invalid input: expected array, received string' },
    ]);
  });

  it('is said in words: what is missing is required, and what is unknown is named as what it is', async () => {
    const answer = await refused(400, 'invalid-request', 'POST', `/v1/clusters/${standing.clusterId}/upgrades`, { body: {} });
    assert.deepEqual(answer.body.errors, [{ path: 'to', message: 'Required' }]);
    const token = await refused(400, 'invalid-request', 'POST', `/v1/clusters/${standing.clusterId}/tokens`, { body: {} });
    assert.deepEqual(token.body.errors, [{ path: 'level', message: 'Required' }]);
    const { body } = await refused(400, 'invalid-request', 'GET', '/v1/clusters?teem=a');
    assert.deepEqual(body.errors, [{ path: 'teem', message: 'Unknown parameter' }]);
  });
});

describe('a query', () => {
  it('with a parameter that the route does not know is refused', async () => {
    for (const target of ['/v1/clusters?teem=a', '/v1/accounts?name=x', '/healthz?verbose=1', `/v1/clusters/${standing.clusterId}?x`]) await refused(400, 'invalid-request', 'GET', target);
  });

  it('with a limit out of range is refused and not clamped', async () => {
    for (const limit of ['0', '101', '-1', '1.5', '1e1', 'ten', '', ' 5', '99999']) await refused(400, 'invalid-request', 'GET', `/v1/clusters?limit=${encodeURIComponent(limit)}`);
    for (const limit of ['1', '100']) assert.equal((await door.ask('GET', `/v1/clusters?limit=${limit}`)).status, 200);
  });

  it('with a parameter twice is refused', async () => {
    await refused(400, 'invalid-request', 'GET', '/v1/clusters?limit=1&limit=2');
  });

  it('must say what the route cannot do without', async () => {
    assert.equal((await refused(400, 'invalid-request', 'GET', `/v1/clusters/${standing.clusterId}/upgrade-plan`)).body.errors[0].path, 'to');
  });
});

describe('a path', () => {
  it('that no route has is 404', async () => {
    for (const path of ['/', '/v1', '/v2/clusters', '/v1/clusters/', '/v1/clusters//nodegroups', '/v1/../v1/clusters', '/V1/clusters', `/${'a'.repeat(5000)}`]) await refused(404, 'route-not-found', 'GET', path);
  });

  it('that a route has under other methods is 405 and says which', async () => {
    const answer = await refused(405, 'method-not-allowed', 'PUT', '/v1/clusters');
    assert.equal(answer.headers['allow'], 'GET, POST');
    assert.equal((await refused(405, 'method-not-allowed', 'POST', '/healthz')).headers['allow'], 'GET');
  });

  it('with an id that no thing can have is 404', async () => {
    const hostile = ['%00', '..%2f..%2fetc', '%ff', '%zz', "c-1'--", 'c-%0a', `c-${'1'.repeat(80)}`, '${jndi:ldap}', '%F0%9F%92%A5', 'import'];
    for (const id of hostile) await refused(404, 'not-found', 'GET', `/v1/clusters/${id}`);
    for (const id of ['op-', 'OP-1', 'op-%2e', '1']) await refused(404, 'not-found', 'GET', `/v1/operations/${id}/events`);
    for (const id of ['1', '1111111111111', '%31']) await refused(404, 'not-found', 'GET', `/v1/accounts/${id}`);
  });

  it('may be written in percent codes', async () => {
    assert.equal((await door.ask('GET', `/v1/clusters/c%2D${standing.clusterId.slice(2)}`)).status, 200);
  });
});

describe('a fault of ours', () => {
  it('is a 500 that leaks nothing and is in the log under the id that the answer names', async () => {
    const facts = door.facts;
    door.facts = new Proxy(facts, {
      get: () => {
        throw new Error('the secret of the store');
      },
    });
    try {
      const answer = await door.ask('GET', '/v1/versions?accountId=111111111111&region=us-east-1');
      assert.deepEqual([answer.status, answer.body.code], [500, 'internal']);
      assert.ok(!answer.text.includes('secret'));
      const line = door.logged.find((candidate) => String(candidate.fields.error).includes('the secret of the store'));
      assert.equal(answer.body.instance, `urn:slipway:request:${line?.fields.requestId}`);
    } finally {
      door.facts = facts;
    }
  });

  it('that is an account out of reach is a 503 with a time to come back', async () => {
    const facts = door.facts;
    door.facts = { ...facts, versions: { kind: 'Refusal', code: 'account-unreachable', detail: 'No answer in 20 s.' } };
    const answer = await door.ask('GET', '/v1/versions?accountId=111111111111&region=us-east-1');
    door.facts = facts;
    assert.deepEqual([answer.status, answer.body.code, answer.headers['retry-after']], [503, 'account-unreachable', '30']);
  });
});

describe('whatever is sent', () => {
  const RUNS = 1500;
  const segment = fc.oneof(
    fc.constantFrom('v1', 'accounts', 'clusters', 'operations', 'nodegroups', 'upgrades', 'upgrade-plan', 'events', 'cancel', 'retry', 'import', 'freeze', 'healthz', '111111111111', 'external-id'),
    fc.string({ maxLength: 12 }).map((text) => encodeURIComponent(text)),
    fc.constantFrom('%', '%00', '%ff', '..', '.', '', '\\', "'", '{clusterId}', 'c-__proto__', 'constructor', 'op-constructor'),
  );
  const aPath = fc.oneof(fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`), fc.constantFrom(...API.map((route) => String(route.path))).map((path) => path));
  const aBody = fc.oneof(
    fc.constant(undefined),
    fc.json({ maxDepth: 4 }),
    fc.string({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    // Nearly right: a sound body with one member of it spoiled.
    fc.tuple(fc.constantFrom(...API.filter((route) => route.body !== undefined && route.bodyOptional !== true)), fc.nat({ max: 9 }), fc.jsonValue({ maxDepth: 2 })).map(([route, at, value]) => {
      const body = { ...(soundBody(route) as Record<string, unknown>) };
      const names = Object.keys(body);
      body[names[at % names.length] ?? 'x'] = value;
      return JSON.stringify(body);
    }),
  );
  const headerText = fc.string({ maxLength: 20 });
  const aHeader = fc.record({ 'idempotency-key': headerText, 'if-match': headerText, 'content-type': headerText, cookie: headerText, 'x-forwarded-for': headerText }, { requiredKeys: [] });
  const aToken = fc.oneof({ weight: 6, arbitrary: fc.constant('sound' as const) }, { weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => `x${text}`) });
  const aQuery = fc.oneof(fc.constant(''), fc.string({ maxLength: 20 }).map((text) => `?${text}`), fc.constantFrom('?limit=5', '?to=1.34', '?cursor=AAAA', '?label=a%3Db', '?status=Active', '?%'));
  const anIdFor = (path: string) => soundPath(path, { clusterId: standing.clusterId });

  it(`is never our fault: each answer is of the contract, and a refusal writes nothing (${RUNS} requests, seed 20260901)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'get'), aPath, aQuery, aBody, aHeader, aToken, async (method, path, query, body, headers, token) => {
        const before = door.done.length;
        const sound = token === 'sound' ? {} : { token };
        const answer = await door.ask(method, `${anIdFor(path)}${query}`, { body, headers, ...sound });
        if (answer.status >= 300) assert.deepEqual(door.done.slice(before), []);
        assert.ok(answer.status < 500, answer.text);
      }),
      { numRuns: RUNS, seed: 20260901 },
    );
  });

  it('of cluster names, versions and ids that the rules refuse is refused with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), version: fc.stringMatching(/^[1-9]\.\d{1,2}$/), region: fc.constantFrom('us-east-1', 'eu-west-1') }), async (change) => {
        const answer = await door.ask('POST', '/v1/clusters', { body: { ...creating, ...change } });
        assert.ok([202, 400, 409, 422].includes(answer.status), answer.text);
      }),
      { numRuns: 60, seed: 20260901 },
    );
  });
});

describe('every route that takes a body', () => {
  for (const route of API.filter((candidate) => candidate.body !== undefined)) {
    it(`${route.method} ${route.path} refuses an unknown field`, async () => {
      const operation = route.path.includes('{operationId}') ? await door.working(await door.standing()) : undefined;
      const target = `${anyPath(String(route.path), operation?.id)}${soundQuery(route)}`;
      const answer = await refused(400, 'invalid-request', route.method, target, { body: { ...((soundBody(route) as object | undefined) ?? {}), surprise: 1 } });
      assert.deepEqual(answer.body.errors, [{ path: 'surprise', message: 'Unknown field' }]);
    });
  }

  function anyPath(path: string, operationId = 'op-1'): string {
    return soundPath(path, { clusterId: standing.clusterId, operationId });
  }
});
