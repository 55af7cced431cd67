import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../../domain/cluster.ts';
import { clusterFacts, nodegroupFacts } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  door.facts.cluster = clusterFacts('1.34', { nodegroups: [nodegroupFacts('blue', '1.34')] });
});
after(() => door.close());

const DAY_MS = 86_400_000;
const UPGRADED_AT = '2026-08-30T08:00:00.000Z';
/** A cluster whose control plane came to 1.34 two days ago. */
const upgraded = (more: Partial<Cluster> = {}): Promise<Cluster> => door.standing({ version: '1.34', desiredVersion: '1.34', upgraded: { from: '1.33', to: '1.34', at: UPGRADED_AT }, ...more });
const rollBack = (cluster: Cluster, asked: Json = { body: { reason: 'Checkout answers slowly.' } }): Promise<Told> => door.ask('POST', `/v1/clusters/${cluster.clusterId}/rollbacks`, asked);

async function refused(status: number, code: string, told: Promise<Told>): Promise<Told> {
  const before = door.done.length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

describe('a cluster', () => {
  it('shows whether its last upgrade can be turned back, where to and until when', async () => {
    const shown = async (cluster: Cluster): Promise<Json> => (await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body.rollback;
    const cluster = await upgraded();
    assert.deepEqual(await shown(cluster), { availableUntil: '2026-09-06T08:00:00.000Z', to: '1.33', because: `The control plane came to 1.34 at ${UPGRADED_AT}, and EKS goes back for 7 days.` });
    assert.equal((await door.ask('GET', '/v1/clusters')).body.items.find((item: Json) => item.clusterId === cluster.clusterId).rollback.to, '1.33');
    assert.deepEqual(Object.keys(await shown(await door.standing())), ['because']);
    assert.match((await shown(await door.standing({ origin: 'imported' }))).because, /^Unknown: the cluster was imported/);
    door.now += 7 * DAY_MS;
    assert.deepEqual(Object.keys(await shown(cluster)), ['because']);
    door.now -= 7 * DAY_MS;
  });
});

describe('a rollback', () => {
  it('is an operation that goes back by one minor, nodes first', async () => {
    const cluster = await upgraded();
    const plan = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/rollback-plan`);
    assert.equal(plan.status, 200, plan.text);
    const answer = await rollBack(cluster);
    const { id, kind, reason, requestedBy } = answer.body;
    assert.deepEqual([answer.status, kind, reason, requestedBy, answer.headers['location']], [202, 'rollback-cluster', 'Checkout answers slowly.', 'ada', `/v1/operations/${id}`], answer.text);
    assert.deepEqual(answer.body.plan, plan.body);
    assert.deepEqual(answer.body.steps.map((step: Json) => [step.kind, step.subject, step.to]), [['upgrade-nodegroup', 'blue', '1.33'], ['rollback-control-plane', 'prod', '1.33']]);
    const after = (await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body;
    assert.deepEqual([after.activeOperation, after.desiredVersion, after.version], [id, '1.33', '1.34']);
    assert.ok(door.done.includes(`start ${id} 1`));
  });

  it('is told as text too, without being begun', async () => {
    const cluster = await upgraded();
    const before = door.done.length;
    const told = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/rollback-plan`, { headers: { Accept: 'text/plain' } });
    assert.match(told.text, /^From 1\.34 to 1\.33\n/);
    assert.equal(door.done.length, before);
  });

  it('needs a reason', async () => {
    const cluster = await upgraded();
    for (const body of [{}, { reason: '' }, { reason: 'x', to: '1.33' }]) await refused(400, 'invalid-request', rollBack(cluster, { body }));
  });

  it('that has no way back is refused, with why', async () => {
    const never = await refused(409, 'rollback-unavailable', rollBack(await door.standing({ version: '1.34' })));
    assert.match(never.body.detail, /has not been upgraded/);
    const cluster = await upgraded();
    door.now = Date.parse(UPGRADED_AT) + 7 * DAY_MS;
    const late = await refused(409, 'rollback-unavailable', rollBack(cluster));
    assert.match(late.body.detail, /EKS goes back for 7 days only/);
    assert.equal((await door.ask('GET', `/v1/clusters/${cluster.clusterId}/rollback-plan`)).body.code, 'rollback-unavailable');
    door.now = Date.parse('2026-09-01T12:00:00.000Z');
  });

  it('that something bars is refused with findings, and its plan is shown all the same', async () => {
    const facts = door.facts.cluster;
    door.facts.cluster = clusterFacts('1.34', { cluster: { status: 'UPDATING', healthIssues: [{ code: 'AccessDenied', message: 'The role may not.', resourceIds: [] }] } });
    const cluster = await upgraded();
    const answer = await refused(409, 'rollback-unavailable', rollBack(cluster));
    const plan = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/rollback-plan`);
    door.facts.cluster = facts;
    assert.ok(answer.body.findings.some((found: Json) => found.severity === 'blocks'));
    assert.deepEqual([plan.status, plan.body.findings], [200, answer.body.findings]);
  });

  it('is helped by a waiver, but not by that of who asks', async () => {
    const facts = door.facts.cluster;
    door.facts.cluster = clusterFacts('1.34', { cluster: { healthIssues: [{ code: 'AccessDenied', message: 'The role may not.', resourceIds: [] }] } });
    const cluster = await upgraded();
    const waiver = { code: 'control-plane-unhealthy', owner: 'grace', reason: 'Seen and known.', until: '2026-09-02T00:00:00Z' };
    await door.ask('POST', `/v1/clusters/${cluster.clusterId}/waivers`, { body: waiver });
    await refused(409, 'rollback-unavailable', rollBack(cluster));
    await door.ask('POST', `/v1/clusters/${cluster.clusterId}/waivers`, { token: await door.token({ sub: 'grace', role: 'approver' }), body: waiver });
    assert.equal((await rollBack(cluster)).status, 202);
    door.facts.cluster = facts;
  });

  it('waits for no other operation: one in the way is linked to', async () => {
    const cluster = await upgraded();
    const operation = await door.working(cluster);
    const { body } = await refused(409, 'operation-in-progress', rollBack(cluster));
    assert.equal(body.operation, operation.id);
  });

  it('of a cluster that is not there, moved on or frozen is refused', async () => {
    const cluster = await upgraded();
    await refused(412, 'generation-mismatch', rollBack(cluster, { body: { reason: 'x' }, headers: { 'If-Match': '"9"' } }));
    const facts = door.facts.cluster;
    door.facts.cluster = 'absent';
    await refused(422, 'cluster-not-in-account', rollBack(cluster));
    assert.equal((await door.ask('GET', `/v1/clusters/${cluster.clusterId}/rollback-plan`)).status, 422);
    door.facts.cluster = facts;
    await door.ask('POST', '/v1/freeze', { body: { reason: 'Drill' } });
    await refused(409, 'frozen', rollBack(cluster));
    await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over' } });
  });

  it('that failed is retried, planned from what is true then', async () => {
    const begun = await rollBack(await upgraded());
    await door.failed(begun.body);
    const facts = door.facts.cluster;
    door.facts.cluster = clusterFacts('1.34', { nodegroups: [nodegroupFacts('blue', '1.33')] });
    const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`);
    door.facts.cluster = facts;
    assert.deepEqual([again.status, again.body.run, again.body.steps.map((step: Json) => step.kind)], [202, 2, ['rollback-control-plane']], again.text);
  });
});

describe('an upgrade that was turned back', () => {
  it('names the rollback that followed, and the rollback what it turned back', async () => {
    const cluster = await upgraded();
    const operation = await door.working(cluster);
    const held = await door.store.cluster(cluster.clusterId);
    assert.ok(held !== undefined);
    const successor = { ...operation, id: 'op-00000000000000000000follow', kind: 'rollback-cluster', causedBy: operation.id, requestedBy: 'slipway', request: { reason: 'Alarm errors rang' } } as const;
    assert.deepEqual(await door.store.endOperation(operation.id, 1, { state: 'Failed', errors: [], message: 'Alarm errors rang.', cluster: held, successor }, door.now), { kind: 'ended', succeededBy: successor.id });
    const shown = async (id: string): Promise<Json> => (await door.ask('GET', `/v1/operations/${id}`)).body;
    assert.deepEqual([(await shown(operation.id)).succeededBy, (await shown(successor.id)).causedBy], [successor.id, operation.id]);
    assert.equal((await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body.activeOperation, successor.id);
  });
});
