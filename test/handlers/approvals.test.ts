import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Operation, Wait } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';
import { A_PLAN, openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';

let door: FrontDoor;
let grace: string;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  grace = await door.token({ sub: 'grace', role: 'approver' });
});
after(() => door.close());

const hop = (from: string, to: string): Plan['hops'][number] => ({
  from,
  to,
  steps: [
    { id: `${to}/control-plane`, title: `Upgrading the control plane to ${to}`, kind: 'upgrade-control-plane', stage: 'UpgradeControlPlane', subject: 'prod', from, to, reason: 'Asked for.' },
    { id: `${to}/nodegroup/blue`, title: `Rolling node group blue to ${to}`, kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'blue', to, reason: 'The end.' },
  ],
});
const TWO_HOPS: Plan = { ...A_PLAN, to: '1.35', hops: [hop('1.33', '1.34'), hop('1.34', '1.35')] };
const ALL = ['beforeControlPlane', 'beforeNodegroups', 'afterBake'] as const;

const gated = async (gates: Operation['terms'] = { gates: ALL }, plan = TWO_HOPS): Promise<Operation> => door.working(await door.standing(), { terms: gates }, plan);
const approve = (operation: { readonly id: string }, gate: string, token = grace, more: Json = {}): Promise<Told> => door.ask('POST', `/v1/operations/${operation.id}/approve`, { token, body: { gate, ...more } });
const passages = async (operation: { readonly id: string }): Promise<Json[]> => ((await door.ask('GET', `/v1/operations/${operation.id}`)).body.approvals ?? []).map((one: Json) => [one.gate, one.hop, one.by]);

async function done(operation: Operation, id: string): Promise<void> {
  const record = await door.store.operation(operation.id);
  const step = record?.steps.find((one) => one.id === id);
  assert.ok(step !== undefined);
  await door.store.beginStep(operation.id, { ...step, state: 'Running', attempt: 1 }, door.now);
  await door.store.endStep(operation.id, { ...step, state: 'Running', attempt: 1 }, { state: 'Succeeded', outcome: 'Done.' }, door.now);
}

async function refused(status: number, code: string, told: Promise<Told>): Promise<Told> {
  const before = door.done.length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

describe('an approval', () => {
  it('stands on the operation with who, when and the comment, and in its history', async () => {
    const operation = await gated();
    const answer = await approve(operation, 'beforeControlPlane', grace, { comment: 'Seen in staging.' });
    assert.deepEqual([answer.status, answer.headers['etag']], [202, '"2"']);
    assert.deepEqual(answer.body.approvals, [{ gate: 'beforeControlPlane', by: 'grace', comment: 'Seen in staging.', at: new Date(door.now).toISOString(), run: 1 }]);
    const read = await door.ask('GET', `/v1/operations/${operation.id}`);
    assert.deepEqual([read.body, read.headers['etag']], [answer.body, '"2"']);
    const events = (await door.ask('GET', `/v1/operations/${operation.id}/events`)).body.items;
    assert.deepEqual([events.at(-1).type, events.at(-1).by, events.at(-1).message], ['Approved', 'grace', 'grace approved beforeControlPlane: Seen in staging.']);
  });

  it('has what waits for it looked at, and nothing of EKS\'s own work', async () => {
    const operation = await gated();
    await door.store.recordStart(operation.id, 1, door.now);
    const wait: Wait = { operationId: operation.id, stepId: 'NextHop', run: 1, token: 't', tokenEpoch: 1, kind: 'Approval', accountId: operation.accountId, region: operation.region, clusterId: operation.clusterId, nextCheckAt: door.now + 3_600_000, since: door.now, deadline: door.now + 7_200_000, because: 'A gate.', looks: 0 };
    await door.store.park(wait);
    const before = door.done.length;
    assert.equal((await approve(operation, 'beforeControlPlane')).status, 202);
    assert.deepEqual(door.done.slice(before), ['recordApproval', `look ${operation.id} NextHop`]);
    assert.equal((await door.store.wait(operation.id, 'NextHop'))?.nextCheckAt, door.now, 'a lost message delays nothing');
  });

  it('is not given by who asked for the upgrade, or for its retry, whatever their role', async () => {
    for (const role of ['approver', 'admin']) {
      const operation = await gated();
      await refused(403, 'approver-is-requester', approve(operation, 'beforeControlPlane', await door.token({ sub: 'ada', role })));
    }
    const operation = await gated();
    assert.equal((await approve(operation, 'beforeControlPlane')).status, 202);
    await door.failed(operation);
    const again = await door.ask('POST', `/v1/operations/${operation.id}/retry`, { token: await door.token({ sub: 'olaf', role: 'operator' }) });
    assert.deepEqual([again.status, again.body.approvals.map((one: Json) => [one.by, one.run]), again.body.askedAgainBy], [202, [['grace', 1]], 'olaf'], again.text);
    for (const sub of ['ada', 'olaf']) await refused(403, 'approver-is-requester', approve(operation, 'beforeControlPlane', await door.token({ sub, role: 'approver' })));
    assert.equal((await approve(operation, 'beforeControlPlane')).status, 202, 'another run is another ask, and grace asked for none');
    const { body } = await door.ask('GET', `/v1/operations/${operation.id}`);
    assert.deepEqual(body.approvals.map((one: Json) => [one.gate, one.by, one.run]), [['beforeControlPlane', 'grace', 1], ['beforeControlPlane', 'grace', 2]]);
  });

  it('counts for one passage: once before the first hop, once for the node groups and the bake of each', async () => {
    const operation = await gated();
    await approve(operation, 'beforeControlPlane');
    await refused(409, 'gate-approved-already', approve(operation, 'beforeControlPlane'));
    await approve(operation, 'beforeNodegroups');
    await refused(409, 'gate-approved-already', approve(operation, 'beforeNodegroups'));
    await done(operation, '1.34/control-plane');
    await done(operation, '1.34/nodegroup/blue');
    await approve(operation, 'afterBake');
    await refused(409, 'gate-approved-already', approve(operation, 'afterBake'));
    await approve(operation, 'beforeNodegroups');
    await done(operation, '1.35/control-plane');
    await refused(409, 'gate-not-asked', approve(operation, 'afterBake'));
    await done(operation, '1.35/nodegroup/blue');
    await approve(operation, 'afterBake');
    assert.deepEqual(await passages(operation), [
      ['beforeControlPlane', undefined, 'grace'],
      ['beforeNodegroups', '1.34', 'grace'],
      ['afterBake', '1.34', 'grace'],
      ['beforeNodegroups', '1.35', 'grace'],
      ['afterBake', '1.35', 'grace'],
    ]);
    await refused(409, 'gate-not-asked', approve(operation, 'beforeNodegroups'));
  });

  it('is of a gate that was asked for', async () => {
    const operation = await gated({ gates: ['beforeNodegroups'] });
    for (const gate of ['beforeControlPlane', 'afterBake']) await refused(409, 'gate-not-asked', approve(operation, gate));
    await refused(409, 'gate-not-asked', approve(await gated({}), 'beforeNodegroups'));
    await refused(400, 'invalid-request', approve(operation, 'beforeLunch'));
  });

  it('is of an operation that goes on, in the generation that was seen', async () => {
    const operation = await gated();
    await refused(412, 'generation-mismatch', door.ask('POST', `/v1/operations/${operation.id}/approve`, { token: grace, body: { gate: 'afterBake' }, headers: { 'If-Match': '"9"' } }));
    await door.failed(operation);
    await refused(409, 'operation-not-active', approve(operation, 'beforeControlPlane'));
  });

  it('given by many at once is noted once', async () => {
    const operation = await gated();
    const tokens = await Promise.all(['grace', 'hal', 'ivy', 'jun'].map((sub) => door.token({ sub, role: 'approver' })));
    const answers = await Promise.all(tokens.map((token) => approve(operation, 'beforeControlPlane', token)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409, 409, 409]);
    assert.equal((await passages(operation)).length, 1);
  });

  it('of a run that has ended meanwhile does not count for the next', async () => {
    const operation = await gated();
    const approval = { gate: 'beforeControlPlane', by: 'grace', at: new Date(door.now).toISOString() } as const;
    await door.failed(operation);
    await door.ask('POST', `/v1/operations/${operation.id}/retry`, { token: await door.token({ sub: 'grace', role: 'operator' }) });
    assert.equal((await door.store.recordApproval(operation.id, 1, approval)).kind, 'moved');
    assert.deepEqual(await passages(operation), []);
  });

  it('written again, because the answer was lost, is noted once', async () => {
    const operation = await gated();
    const approval = { gate: 'beforeControlPlane', by: 'grace', at: new Date(door.now).toISOString() } as const;
    for (let time = 0; time < 2; time += 1) assert.equal((await door.store.recordApproval(operation.id, 1, approval)).kind, 'written');
    assert.deepEqual(await passages(operation), [['beforeControlPlane', undefined, 'grace']]);
  });
});
