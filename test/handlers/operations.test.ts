import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Wait } from '../../domain/operation.ts';
import { API } from '../../handlers/api.ts';
import { at133, clusterFacts, creationFacts } from '../domain/worlds.ts';
import { A_PLAN, openFrontDoor, type FrontDoor, type Told } from './front-door.ts';
import { soundBody } from './sound-requests.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());

const [STEP] = A_PLAN.hops[0]?.steps ?? [];

async function refused(status: number, code: string, told: Promise<Told>): Promise<Told> {
  const before = door.done.length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

describe('an operation', () => {
  it('tells where it is, and its list and its events do too', async () => {
    const cluster = await door.standing();
    const operation = await door.working(cluster);
    const one = await door.ask('GET', `/v1/operations/${operation.id}`);
    assert.deepEqual([one.body.state, one.body.progress.message, one.body.steps[0].state, one.headers['etag']], ['Pending', '1 of 1: Upgrading the control plane to 1.34', 'Pending', '"1"']);
    const listed = await door.ask('GET', `/v1/operations?clusterId=${cluster.clusterId}&state=Pending&kind=upgrade-cluster`);
    assert.deepEqual([listed.body.items.length, 'plan' in listed.body.items[0], listed.body.items[0].id], [1, false, operation.id]);
    const events = await door.ask('GET', `/v1/operations/${operation.id}/events`);
    assert.deepEqual([events.body.items.map((event: Told['body']) => event.type), events.body.nextCursor], [['Requested'], null]);
  });

  it('that is cancelled or paused has its intent noted, and what waits looked at, but for the work of EKS', async () => {
    for (const which of ['cancel', 'pause'] as const) {
      const operation = await door.working(await door.standing());
      await door.store.recordStart(operation.id, 1, door.now);
      const wait: Wait = { operationId: operation.id, stepId: 'AwaitWindow', run: 1, token: 't', tokenEpoch: 1, kind: 'Settling', accountId: operation.accountId, region: operation.region, clusterId: operation.clusterId, nextCheckAt: door.now + 60_000, since: door.now, deadline: door.now + 600_000, because: 'It settles.', looks: 0 };
      await door.store.park(wait);
      if (STEP !== undefined) {
        await door.store.beginStep(operation.id, { ...STEP, hop: '1.34', order: 1, run: 1, state: 'Running', attempt: 1 }, door.now);
        await door.store.park({ ...wait, stepId: STEP.id, kind: 'EksUpdate' });
      }
      const before = door.done.length;
      const answer = await door.ask('POST', `/v1/operations/${operation.id}/${which}`, { body: { reason: 'Not now.' } });
      assert.deepEqual([answer.status, answer.body[which], answer.headers['etag']], [202, { by: 'ada', reason: 'Not now.', at: new Date(door.now).toISOString() }, '"2"']);
      assert.deepEqual(door.done.slice(before), ['recordIntent', `look ${operation.id} AwaitWindow`]);
      assert.equal((await door.ask('GET', `/v1/operations/${operation.id}`)).headers['etag'], '"2"');
    }
  });

  it('that is paused is resumed, and one that is not is not', async () => {
    const operation = await door.working(await door.standing());
    await refused(409, 'operation-not-paused', door.ask('POST', `/v1/operations/${operation.id}/resume`));
    await door.ask('POST', `/v1/operations/${operation.id}/pause`);
    const answer = await door.ask('POST', `/v1/operations/${operation.id}/resume`, { headers: { 'If-Match': '"2"' } });
    assert.deepEqual([answer.status, 'pause' in answer.body, answer.headers['etag']], [202, false, '"3"']);
    assert.equal((await door.ask('GET', `/v1/operations/${operation.id}`)).headers['etag'], '"3"');
  });

  it('that is in the way is linked to', async () => {
    const cluster = await door.standing();
    const operation = await door.working(cluster);
    const { body, headers } = await refused(409, 'operation-in-progress', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34' } }));
    assert.deepEqual([body.operation, headers['location']], [operation.id, `/v1/operations/${operation.id}`]);
    assert.ok(body.remedy.includes(`/v1/operations/${operation.id}`), body.remedy);
  });

  it('that has ended tells of no step that it is still to come', async () => {
    const operation = await door.working(await door.standing());
    await door.failed(operation);
    const { steps, progress } = (await door.ask('GET', `/v1/operations/${operation.id}`)).body;
    assert.deepEqual([steps[0].state, steps[0].outcome, progress.done], ['Skipped', 'Not begun: the operation failed before it.', 0]);
  });

  it('that has ended is not cancelled, paused or resumed', async () => {
    const operation = await door.working(await door.standing());
    await door.failed(operation);
    for (const action of ['cancel', 'pause', 'resume']) await refused(409, 'operation-not-active', door.ask('POST', `/v1/operations/${operation.id}/${action}`));
  });

  it('of another generation than was seen is left alone', async () => {
    const operation = await door.working(await door.standing());
    for (const action of ['cancel', 'pause', 'resume', 'retry']) await refused(412, 'generation-mismatch', door.ask('POST', `/v1/operations/${operation.id}/${action}`, { headers: { 'If-Match': '"9"' } }));
  });
});

describe('a retry', () => {
  it('begins the next run, planned from what is true now', async () => {
    const operation = await door.working(await door.standing());
    await door.failed(operation);
    // The control plane came further than the operation knew: only the rest is planned.
    door.facts.cluster = { ...at133(), cluster: { ...at133().cluster, version: '1.34' } };
    const answer = await door.ask('POST', `/v1/operations/${operation.id}/retry`, { body: { reason: 'EKS is well again.' } });
    door.facts.cluster = at133();
    assert.deepEqual([answer.status, answer.body.state, answer.body.run, answer.body.errors, 'endedAt' in answer.body], [202, 'Pending', 2, [], false], answer.text);
    assert.ok(!answer.body.steps.some((step: Told['body']) => step.kind === 'upgrade-control-plane'));
    assert.ok(door.done.includes(`start ${operation.id} 2`));
    const read = await door.ask('GET', `/v1/operations/${operation.id}`);
    assert.deepEqual([read.body, read.headers['etag']], [answer.body, answer.headers['etag']]);
    assert.equal((await door.ask('GET', `/v1/clusters/${operation.clusterId}`)).body.activeOperation, operation.id);
  });

  it('of one that has not failed is refused', async () => {
    const operation = await door.working(await door.standing());
    await refused(409, 'operation-not-failed', door.ask('POST', `/v1/operations/${operation.id}/retry`));
  });

  it('while another works on the cluster is refused with a link to it', async () => {
    const cluster = await door.standing();
    const operation = await door.working(cluster);
    await door.failed(operation);
    const other = await door.working((await door.store.cluster(cluster.clusterId)) ?? cluster);
    assert.equal((await refused(409, 'operation-in-progress', door.ask('POST', `/v1/operations/${operation.id}/retry`))).body.operation, other.id);
  });

  it('of an upgrade that has nothing left to do is refused', async () => {
    const operation = await door.working(await door.standing(), { request: { to: '1.33' } });
    await door.failed(operation);
    await refused(409, 'nothing-to-upgrade', door.ask('POST', `/v1/operations/${operation.id}/retry`));
  });

  const route = (method: string, path: string) => API.find((candidate) => candidate.method === method && candidate.path === path)!;
  const creating = soundBody(route('POST', '/v1/clusters')) as Record<string, unknown>;

  it('of a creation takes up the cluster that it has made, and never a namesake', async () => {
    const begun = (await door.ask('POST', '/v1/clusters', { body: { ...creating, name: 'half-made' } })).body;
    await door.failed(begun);
    door.facts.creation = creationFacts({ nameTaken: true });
    door.facts.cluster = clusterFacts('1.33', { cluster: { tags: { 'slipway:cluster-id': 'c-somebody-elses' } } });
    await refused(409, 'cluster-exists', door.ask('POST', `/v1/operations/${begun.id}/retry`));
    door.facts.cluster = clusterFacts('1.33', { cluster: { tags: { 'slipway:cluster-id': begun.clusterId } } });
    const again = await door.ask('POST', `/v1/operations/${begun.id}/retry`);
    assert.deepEqual([again.status, again.body.run], [202, 2], again.text);
    door.facts.creation = creationFacts();
    door.facts.cluster = at133();
  });

  it('of a creation that made nothing begins it anew', async () => {
    const begun = (await door.ask('POST', '/v1/clusters', { body: { ...creating, name: 'not-made' } })).body;
    await door.failed(begun);
    door.facts.cluster = 'absent';
    const again = await door.ask('POST', `/v1/operations/${begun.id}/retry`);
    door.facts.cluster = at133();
    assert.deepEqual([again.status, again.body.steps[0].kind], [202, 'create-control-plane'], again.text);
  });

  const blue = { nodegroupName: 'blue', status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 } };
  const works: readonly (readonly [what: string, method: string, path: string, body: unknown])[] = [
    ['a change of settings', 'PATCH', '', { resourcesVpcConfig: { endpointPublicAccess: false, publicAccessCidrs: [] }, deletionProtection: true }],
    ['a deletion', 'DELETE', '', undefined],
    ['a new node group', 'POST', '/nodegroups', soundBody(route('POST', '/v1/clusters/{clusterId}/nodegroups'))],
    ['a change of a node group', 'PATCH', '/nodegroups/blue', { scalingConfig: { desiredSize: 5 }, labels: { disk: 'fast' } }],
    ['the deletion of a node group', 'DELETE', '/nodegroups/blue', undefined],
    ['an upgrade', 'POST', '/upgrades', { to: '1.35' }],
  ];
  for (const [what, method, path, body] of works) {
    it(`of ${what} plans the same again while nothing has changed`, async () => {
      const cluster = await door.standing({ nodegroups: [blue] });
      const begun = await door.ask(method, `/v1/clusters/${cluster.clusterId}${path}`, body === undefined ? {} : { body });
      assert.equal(begun.status, 202, begun.text);
      await door.failed(begun.body);
      const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`);
      assert.deepEqual([again.status, again.body.plan], [202, begun.body.plan], again.text);
    });
  }

  it('of an import reads again', async () => {
    const begun = (await door.ask('POST', '/v1/clusters/import', { body: { accountId: '111111111111', region: 'us-east-1', name: 'legacy' } })).body;
    await door.failed(begun);
    const again = await door.ask('POST', `/v1/operations/${begun.id}/retry`);
    assert.deepEqual([again.status, again.body.plan], [202, begun.plan]);
  });
});
