import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { TokenAsked } from '../../aws/ports.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { tokens } from '../../domain/parts/tokens.ts';
import type { TokenLevel } from '../../domain/parts/tokens-wish.ts';
import { refuse } from '../../domain/refusal.ts';
import { cluster } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

const SECRET = 'k8s-aws-v1.c2VjcmV0LXRoYXQtbm9ib2R5LWtlZXBz';

let door: FrontDoor;
let asked: TokenAsked[];
before(async () => {
  door = await openFrontDoor();
  await door.registered({ teams: ['payments'] });
});
after(() => door.close());
beforeEach(() => {
  asked = [];
  door.issue = (ask) => {
    asked.push(ask);
    return Promise.resolve({ token: SECRET, issuedAt: '2026-09-15T09:00:00.250Z', expirationTimestamp: '2026-09-15T09:14:00.000Z' });
  };
});

/** A cluster whose levels were made. */
async function standing(levels: TokenLevel[], more: Partial<Cluster> = {}): Promise<string> {
  const wanted = { tokens: { levels } };
  const { clusterId, name } = cluster('1.34');
  // What is made is known by the id that the record will have, so that is made first.
  const bare = await door.standing({ ...more, wanted });
  const made = tokens({ cluster: bare, addonCatalogue: {}, subnets: [] }).resources;
  assert.ok(clusterId !== bare.clusterId && name !== bare.name);
  const written = await door.store.changeCluster(bare, { ...bare, made, revision: bare.revision + 1 }, undefined);
  assert.equal(written.kind, 'written');
  return bare.clusterId;
}

const issue = async (clusterId: string, level: string, claims: Record<string, unknown> = {}, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  door.ask('POST', `/v1/clusters/${clusterId}/tokens`, { token: await door.token({ role: 'operator', sub: 'deploy-bot', ...claims }), body: { level, ...more }, headers });

describe('a token of a cluster', () => {
  it('is told as kubectl takes it, is kept by nobody, and is on the record with the times that it has itself', async () => {
    const clusterId = await standing(['viewer', 'operator']);
    const answer = await issue(clusterId, 'operator', {}, { reason: 'Deploys checkout.', minutes: 5 });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1', status: { token: SECRET, expirationTimestamp: '2026-09-15T09:14:00.000Z' }, level: 'operator' });
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.deepEqual(asked, [{ clusterId, level: 'operator', sub: 'deploy-bot', minutes: 5 }]);
    const { body } = await door.ask('GET', `/v1/clusters/${clusterId}/tokens`);
    assert.deepEqual(body.items.map(({ issueId: _id, ...line }: { issueId: string }) => line), [{ level: 'operator', by: 'deploy-bot', reason: 'Deploys checkout.', at: '2026-09-15T09:00:00.250Z', until: '2026-09-15T09:14:00.000Z' }]);
  });

  it('never comes into the log, the store or an answer that is remembered', async () => {
    const clusterId = await standing(['viewer']);
    const before = door.logged.length;
    const key = { 'idempotency-key': 'nightly-report-1' };
    await issue(clusterId, 'viewer', {}, {}, key);
    await issue(clusterId, 'viewer', {}, {}, key);
    assert.equal(asked.length, 2, 'each ask has a token of its own');
    const logged = JSON.stringify(door.logged.slice(before));
    assert.match(logged, /A token was issued/);
    assert.ok(!logged.includes(SECRET.slice(-12)));
    const record = await door.ask('GET', `/v1/clusters/${clusterId}/tokens`);
    assert.ok(record.body.items.length === 2 && !record.text.includes(SECRET.slice(-12)));
    assert.ok(!JSON.stringify(await door.store.cluster(clusterId)).includes(SECRET.slice(-12)));
  });

  it('is not told before it is on the record', async () => {
    const clusterId = await standing(['viewer']);
    const add = door.store.addTokenIssue.bind(door.store);
    Object.assign(door.store, { addTokenIssue: () => Promise.reject(new Error('The table is away.')) });
    const answer = await issue(clusterId, 'viewer');
    Object.assign(door.store, { addTokenIssue: add });
    assert.equal(answer.status, 500);
    assert.ok(!answer.text.includes(SECRET.slice(-12)));
  });

  it('is to be had up to the caller\'s role, of one\'s own team, where the level is set up', async () => {
    const clusterId = await standing(['viewer', 'operator', 'admin'], { team: 'payments' });
    const codes = async (role: string, team?: string) => Promise.all(['viewer', 'operator', 'admin'].map(async (level) => (await issue(clusterId, level, { role, ...(team === undefined ? {} : { team }) }, { reason: 'A look.' })).status));
    assert.deepEqual([await codes('viewer'), await codes('approver'), await codes('operator', 'payments'), await codes('admin')], [[200, 403, 403], [200, 403, 403], [200, 200, 403], [200, 200, 200]]);
    assert.deepEqual(await codes('admin', 'search'), [404, 404, 404]);
    assert.equal((await door.ask('GET', `/v1/clusters/${clusterId}/tokens`, { token: await door.token({ role: 'admin', team: 'search' }) })).status, 404);
    const without = await door.standing();
    assert.deepEqual([(await issue(without.clusterId, 'viewer')).body.code, (await issue(without.clusterId, 'admin', {}, { reason: 'A look.' })).body.code], ['token-level-not-set-up', 'token-level-not-allowed']);
  });

  it('is refused in words of the function, and for longer than EKS takes', async () => {
    const clusterId = await standing(['viewer']);
    for (const minutes of [0, 15, 1.5, '5']) assert.equal((await issue(clusterId, 'viewer', {}, { minutes })).body.code, 'invalid-request');
    door.issue = () => Promise.resolve(refuse('account-unreachable', 'The role could not be assumed.'));
    assert.equal((await issue(clusterId, 'viewer')).status, 503);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/tokens`)).body.items, []);
  });

  it('of the level admin is asked for with a reason, which the record tells', async () => {
    const clusterId = await standing(['viewer', 'admin']);
    const silent = await issue(clusterId, 'admin', { role: 'admin' });
    assert.deepEqual([silent.status, silent.body.errors], [400, [{ path: 'reason', message: 'Who asks for a token of the level admin says why' }]]);
    assert.equal((await issue(clusterId, 'viewer')).status, 200);
    assert.equal((await issue(clusterId, 'admin', { role: 'admin' }, { reason: 'Mends the ingress.' })).status, 200);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/tokens`)).body.items.map(({ level, reason }: { level: string; reason?: string }) => [level, reason]), [['admin', 'Mends the ingress.'], ['viewer', undefined]]);
  });

  it('is listed newest first, page by page', async () => {
    const clusterId = await standing(['viewer']);
    for (const reason of ['a', 'b', 'c']) await issue(clusterId, 'viewer', {}, { reason });
    const first = await door.ask('GET', `/v1/clusters/${clusterId}/tokens?limit=2`);
    const second = await door.ask('GET', `/v1/clusters/${clusterId}/tokens?limit=2&cursor=${first.body.nextCursor}`);
    const reasons = [...first.body.items, ...second.body.items].map(({ reason }: { reason: string }) => reason);
    assert.deepEqual([reasons, second.body.nextCursor], [['c', 'b', 'a'], null]);
  });
});
