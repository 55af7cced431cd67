import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 35, epoch: '2026-10-09T12:00:00Z' });
after(() => world.stage.close());
const grace = await world.clientOf({ sub: 'grace', role: 'approver' });

const MINUTE_MS = 60_000;
const golden = (name: string): URL => new URL(`stories/${name}.golden.txt`, import.meta.url);
const ended = (operation: Json): boolean => operation.endedAt !== undefined;
const waitsFor = (kind: string) => (operation: Json): boolean => operation.waitingFor?.kind === kind;
const inMinutes = (minutes: number): string => new Date(world.stage.clock.now() + minutes * MINUTE_MS).toISOString();
const stepOf = (operation: Json, kind: string, hop = '1.34'): Json => operation.steps.find((step: Json) => step.kind === kind && step.hop === hop);

async function upgrade(name: string, asked: Json): Promise<string> {
  const clusterId = await world.cluster({ name, nodegroups: [world.nodegroup('blue', 1)] });
  const answer = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, asked);
  assert.equal(answer.status, 202, answer.text);
  return answer.body.id;
}

/** A pause is obeyed, and left, while the operation waits; then the wait is as it was. */
async function pausesAndGoesOn(id: string, kind: string): Promise<void> {
  await world.api.post(`/v1/operations/${id}/pause`, { reason: 'lunch' });
  await world.advance(1);
  assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Paused');
  await world.api.post(`/v1/operations/${id}/resume`, {});
  await world.advance(1);
  const again = await world.api.get(`/v1/operations/${id}`);
  assert.deepEqual([again.state, again.waitingFor?.kind], ['Waiting', kind]);
}

async function cancelsAtOnce(id: string): Promise<Json> {
  await world.api.post(`/v1/operations/${id}/cancel`, { reason: 'not this week' });
  await world.advance(1);
  const operation = await world.api.get(`/v1/operations/${id}`);
  assert.equal(operation.state, 'Cancelled');
  return operation;
}

describe('an upgrade that is to begin later', () => {
  it('waits for its moment, obeys a pause meanwhile, and begins no step before it', async () => {
    const startAt = inMinutes(300);
    const id = await upgrade('later', { to: '1.34', startAt });
    const waiting = await world.until(id, waitsFor('StartTime'));
    assert.deepEqual([waiting.state, waiting.waitingFor.until, waiting.terms.startAt], ['Waiting', startAt, startAt]);
    await pausesAndGoesOn(id, 'StartTime');
    await world.advance((Date.parse(startAt) - world.stage.clock.now()) / MINUTE_MS - 3);
    const asked = async () => (await world.calls())['eks:StartInsightsRefresh'] ?? 0;
    const before = await asked();
    await world.api.get(`/v1/clusters/${waiting.clusterId}/upgrade-plan?to=1.34`);
    const operation = await world.ended(id);
    assert.equal(await asked(), before + 1, 'who reads the plan minutes before does not stand for EKS looking anew');
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const first = Math.min(...operation.steps.map((step: Json) => Date.parse(step.startedAt)));
    assert.ok(first >= Date.parse(startAt) && first < Date.parse(startAt) + 4 * MINUTE_MS, `it began ${new Date(first).toISOString()}, for ${startAt}`);
  });

  it('is cancelled at once while it waits', async () => {
    const id = await upgrade('never', { to: '1.34', startAt: inMinutes(300) });
    await world.until(id, waitsFor('StartTime'));
    const operation = await cancelsAtOnce(id);
    assert.equal(operation.progress.message, 'Cancelled before anything was changed.');
  });

  it('begins in the next window, not in the one that is open, when that is asked', async () => {
    const clusterId = await world.cluster({ name: 'next-window', nodegroups: [world.nodegroup('blue', 1)] });
    const opens = new Date(world.stage.clock.now() - 10 * MINUTE_MS);
    const windows = [{ cron: `${opens.getUTCMinutes()} ${opens.getUTCHours()} * * *`, durationMinutes: 120 }];
    await world.api.patch(`/v1/clusters/${clusterId}`, { maintenancePolicy: { timeZone: 'UTC', windows, freezes: [] } });
    const { id, terms: { startAt } } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34', startAt: 'next-window' });
    assert.equal(Date.parse(startAt), Math.floor(opens.getTime() / MINUTE_MS) * MINUTE_MS + 1440 * MINUTE_MS);
    const operation = await world.ended(id);
    assert.ok(operation.steps.every((step: Json) => step.startedAt >= startAt));
  });
});

describe('an upgrade with gates', () => {
  it('is not let through by who asked for it, and is by another', async () => {
    const clusterId = await world.cluster({ name: 'gated', nodegroups: [world.nodegroup('blue', 1)] });
    const story = tellStory(world, 'An approval by the wrong person');
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34', gates: ['beforeControlPlane', 'beforeNodegroups'], reason: 'The quarter ends' });
    story.tell('ada asks for an upgrade with gates before the control plane and before the node groups.');
    await story.follow(id, waitsFor('Approval'));
    await world.advance(600);
    const own = await world.api.ask('POST', `/v1/operations/${id}/approve`, { gate: 'beforeControlPlane' });
    assert.deepEqual([own.status, own.body.code], [403, 'approver-is-requester']);
    story.tell(`Ten hours later ada approves it herself. Refused: ${own.body.detail}`);
    const operator = await world.clientOf({ sub: 'olaf', role: 'operator' });
    const other = await operator.ask('POST', `/v1/operations/${id}/approve`, { gate: 'beforeControlPlane' });
    assert.equal(other.status, 403);
    story.tell(`olaf, an operator, approves it. Refused: ${other.body.detail}`);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).waitingFor.kind, 'Approval');
    story.tell('grace, an approver, approves it.');
    await world.advance(1);
    const approved = await grace.ask('POST', `/v1/operations/${id}/approve`, { gate: 'beforeControlPlane', comment: 'Seen' });
    assert.equal(approved.status, 202, approved.text);
    const waiting = await story.follow(id, (operation) => waitsFor('Approval')(operation) && stepOf(operation, 'upgrade-control-plane').state === 'Succeeded');
    assert.equal(stepOf(waiting, 'upgrade-nodegroup').startedAt, undefined);
    story.tell('grace approves the node groups.');
    await world.advance(1);
    await grace.post(`/v1/operations/${id}/approve`, { gate: 'beforeNodegroups' });
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.deepEqual(operation.approvals.map((one: Json) => [one.gate, one.hop, one.by]), [['beforeControlPlane', undefined, 'grace'], ['beforeNodegroups', '1.34', 'grace']]);
    await story.end(id, golden('approval-by-the-wrong-person'));
  });

  it('goes on within seconds of an approval, and obeys a pause and a cancel while it waits for one', async () => {
    const id = await upgrade('asked-twice', { to: '1.34', gates: ['beforeControlPlane', 'beforeNodegroups'] });
    await world.until(id, waitsFor('Approval'));
    await pausesAndGoesOn(id, 'Approval');
    await grace.post(`/v1/operations/${id}/approve`, { gate: 'beforeControlPlane' });
    await world.advance(1);
    assert.notEqual((await world.api.get(`/v1/operations/${id}`)).waitingFor?.kind, 'Approval');
    await world.until(id, waitsFor('Approval'));
    const { items } = await world.api.get(`/v1/operations/${id}/events`);
    const waits = items.filter((event: Json) => event.type.startsWith('Wait')).map((event: Json) => `${event.type} ${/\((\w+)\)/.exec(event.message)?.[1]}`);
    assert.deepEqual(waits, ['WaitBegun Approval', 'WaitOver Approval', 'WaitBegun Paused', 'WaitOver Paused', 'WaitBegun Approval', 'WaitOver Approval', 'WaitBegun Approval']);
    const operation = await cancelsAtOnce(id);
    assert.match(operation.progress.message, /What was done stays done/);
    assert.equal(operation.steps.some((step: Json) => step.kind === 'upgrade-nodegroup' && step.startedAt !== undefined), false);
  });

  it('takes an approval that is given ahead, for one passage alone', async () => {
    const id = await upgrade('ahead', { to: '1.35', gates: ['afterBake'], bakeMinutes: 60 });
    await world.until(id, waitsFor('Bake'));
    await grace.post(`/v1/operations/${id}/approve`, { gate: 'afterBake' });
    const second = await world.until(id, waitsFor('Approval'));
    assert.deepEqual(second.approvals.map((one: Json) => one.hop), ['1.34']);
    assert.match(second.waitingFor.because, /The hop to 1\.35 has to be approved/);
    await grace.post(`/v1/operations/${id}/approve`, { gate: 'afterBake' });
    assert.equal((await world.ended(id)).state, 'Succeeded');
  });
});

describe('an upgrade that bakes', () => {
  it('waits its minutes after each hop, the last one too, from when the hop was seen healthy, pauses or not', async () => {
    const id = await upgrade('baked', { to: '1.35', bakeMinutes: 120 });
    const first = await world.until(id, waitsFor('Bake'));
    const bakedAt = Date.parse(first.waitingFor.until);
    assert.ok(Math.abs(bakedAt - world.stage.clock.now() - 120 * MINUTE_MS) < 2 * MINUTE_MS);
    await pausesAndGoesOn(id, 'Bake');
    assert.equal((await world.api.get(`/v1/operations/${id}`)).waitingFor.until, first.waitingFor.until);
    const second = await world.until(id, (operation) => waitsFor('Bake')(operation) && stepOf(operation, 'upgrade-nodegroup', '1.35').state === 'Succeeded');
    const begun = Date.parse(stepOf(second, 'upgrade-control-plane', '1.35').startedAt);
    assert.ok(begun >= bakedAt && begun < bakedAt + 10 * MINUTE_MS);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.ok(Date.parse(operation.endedAt) >= Date.parse(second.waitingFor.until));
  });

  it('is cancelled at once in the middle of a bake, and begins no further hop', async () => {
    const id = await upgrade('half-baked', { to: '1.35', bakeMinutes: 120 });
    await world.until(id, waitsFor('Bake'));
    await cancelsAtOnce(id);
  });
});
