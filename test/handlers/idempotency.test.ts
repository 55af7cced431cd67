import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openFrontDoor, type FrontDoor } from './front-door.ts';
import { soundBody, soundPath } from './sound-requests.ts';
import { API } from '../../handlers/api.ts';
import { at133, clusterFacts } from '../domain/worlds.ts';

const DAY_MS = 86_400_000;
let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());

const creating = soundBody(API.find((route) => route.method === 'POST' && route.path === '/v1/clusters')!) as Record<string, unknown>;
const keyed = (key: string) => ({ 'Idempotency-Key': key });

describe('an Idempotency-Key', () => {
  it('gets the same ask the same answer byte for byte, and nothing is done twice', async () => {
    const ask = () => door.ask('POST', '/v1/clusters', { body: { ...creating, name: 'once' }, headers: keyed('key-1') });
    const first = await ask();
    const before = door.done.length;
    const second = await ask();
    assert.equal(first.status, 202);
    assert.deepEqual([second.status, second.headers, second.text], [first.status, first.headers, first.text]);
    assert.deepEqual(door.done.slice(before), []);
  });

  it('gives the answer again even when the world would refuse it by now', async () => {
    const cluster = await door.standing();
    const ask = () => door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34' }, headers: { ...keyed('key-2'), 'If-Match': '"1"' } });
    const first = await ask();
    assert.equal(first.status, 202, first.text);
    assert.equal((await ask()).text, first.text);
  });

  it('is of what was asked, not of the blanks between', async () => {
    const headers = { 'Idempotency-Key': 'blanks' };
    const ask = { accountId: '188888888888', name: 'blanks', regions: ['us-east-1'] };
    const first = await door.ask('POST', '/v1/accounts', { headers, body: JSON.stringify(ask) });
    const second = await door.ask('POST', '/v1/accounts', { headers, body: JSON.stringify(ask, null, 2) });
    assert.deepEqual([first.status, second.status, second.text], [201, 201, first.text]);
  });

  it('with another body is refused', async () => {
    const ask = (name: string) => door.ask('POST', '/v1/clusters', { body: { ...creating, name }, headers: keyed('key-3') });
    assert.equal((await ask('one')).status, 202);
    const other = await ask('two');
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency-key-reused']);
  });

  it('with the same body on another path of the same route is refused', async () => {
    const [a, b] = [await door.working(await door.standing()), await door.working(await door.standing())];
    assert.equal((await door.ask('POST', `/v1/operations/${a.id}/pause`, { headers: keyed('key-4') })).status, 202);
    assert.equal((await door.ask('POST', `/v1/operations/${b.id}/pause`, { headers: keyed('key-4') })).status, 422);
  });

  it('is looked up before the body is understood', async () => {
    assert.equal((await door.ask('POST', '/v1/freeze', { body: { reason: 'Drill' }, headers: keyed('key-5') })).status, 200);
    assert.equal((await door.ask('POST', '/v1/freeze', { body: '{', headers: keyed('key-5') })).status, 422);
    await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over' } });
  });

  it("is the caller's own, and the route's own", async () => {
    const body = { ...creating, name: 'mine' };
    assert.equal((await door.ask('POST', '/v1/clusters', { body, headers: keyed('key-6') })).status, 202);
    const others = await door.ask('POST', '/v1/clusters', { body, headers: keyed('key-6'), token: await door.token({ sub: 'grace' }) });
    assert.deepEqual([others.status, others.body.code], [409, 'cluster-exists']);
    const elsewhere = await door.ask('POST', '/v1/freeze', { body: { reason: 'Drill' }, headers: keyed('key-6') });
    assert.equal(elsewhere.status, 200);
    await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over' } });
  });

  it('is forgotten after seven days', async () => {
    const ask = () => door.ask('POST', '/v1/clusters', { body: { ...creating, name: 'weekly' }, headers: keyed('key-7') });
    const first = await ask();
    door.now += 7 * DAY_MS - 1;
    assert.equal((await ask()).text, first.text);
    door.now += 1;
    const later = await ask();
    assert.deepEqual([later.status, later.body.code], [409, 'cluster-exists']);
    door.now -= 7 * DAY_MS;
  });

  it('does not remember a refusal: what was in the way may be gone', async () => {
    const ask = () => door.ask('POST', '/v1/clusters', { body: { ...creating, name: 'thawed' }, headers: keyed('key-8') });
    await door.ask('POST', '/v1/freeze', { body: { reason: 'Drill' } });
    assert.equal((await ask()).body.code, 'frozen');
    await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over' } });
    assert.equal((await ask()).status, 202);
  });

  it('must be printable and of at most 255 characters', async () => {
    for (const key of ['', 'a'.repeat(256), 'tab\there', 'ümlaut', ' leading']) {
      const answer = await door.ask('POST', '/v1/freeze', { body: { reason: 'x' }, headers: keyed(key) });
      assert.deepEqual([answer.status, answer.body.errors?.[0].path], [400, 'Idempotency-Key'], key);
    }
  });

  for (const copies of [2, 8]) {
    it(`of ${copies} asks at once lets one act, and all get its answer`, async () => {
      const name = `at-once-${copies}`;
      const before = door.done.length;
      const ask = () => door.ask('POST', '/v1/clusters', { body: { ...creating, name }, headers: keyed(name) });
      const answers = await Promise.all(Array.from({ length: copies }, ask));
      assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [202]);
      assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
      assert.equal(door.done.slice(before).filter((line) => line.startsWith('start')).length, 1);
    });
  }

  it('of different asks at once lets one act and refuses the other', async () => {
    const ask = (name: string) => door.ask('POST', '/v1/clusters', { body: { ...creating, name }, headers: keyed('key-9') });
    const statuses = (await Promise.all([ask('left'), ask('right')])).map((answer) => answer.status);
    assert.deepEqual(statuses.sort(), [202, 422]);
  });

  it('works on every POST that changes something', async () => {
    const account = await door.registered({ accountId: '222222222222', externalId: 'external' });
    await door.ask('POST', '/v1/repositories', { body: { accountId: '111111111111', region: 'us-east-1', name: 'payments/standing' } });
    await door.store.addProfileVersion({ name: 'batch', version: 1, parts: {}, createdAt: '2026-09-01T00:00:00.000Z', createdBy: 'ada' });
    const paths = async (path: string): Promise<string> => {
      const needsRest = !path.includes('/operations/');
      const goesBack = path.endsWith('/rollbacks');
      door.facts.cluster = goesBack ? clusterFacts('1.34') : at133(path.endsWith('/addons') ? { addons: [] } : {});
      const cluster = await door.standing(goesBack ? { version: '1.34', upgraded: { from: '1.33', to: '1.34', at: new Date(door.now).toISOString() } } : {});
      if (needsRest) return soundPath(path, { clusterId: cluster.clusterId, accountId: account.accountId, profileName: 'batch' });
      const operation = await door.working(cluster, path.endsWith('/approve') ? { requestedBy: 'grace', terms: { gates: ['beforeControlPlane'] } } : {});
      if (path.endsWith('/resume')) await door.store.recordIntent(operation.id, 'pause', { by: 'ada', at: new Date(door.now).toISOString() });
      if (path.endsWith('/retry')) await door.failed(operation);
      return path.replace('{operationId}', operation.id);
    };
    // A token is remembered by nobody, see docs/decisions/0020.
    for (const route of API.filter((candidate) => candidate.method === 'POST' && !candidate.path.endsWith('/tokens'))) {
      const target = await paths(String(route.path));
      const ask = () => door.ask('POST', target, { body: soundBody(route) ?? {}, headers: keyed(`every ${route.path}`) });
      const first = await ask();
      const before = door.done.length;
      const second = await ask();
      assert.ok(first.status < 300, `${route.path}: ${first.text}`);
      assert.deepEqual([second.status, second.text, door.done.length], [first.status, first.text, before], String(route.path));
      if (route.path === '/v1/freeze') await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over' } });
    }
  });
});
