import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const world: Rehearsal = await rehearse({ seed: 37, epoch: '2026-10-14T09:00:00Z' });
after(() => world.stage.close());

const MINUTE_MS = 60_000;
const at = (time: string): number => Date.parse(time);

async function upgraded(name: string, asked: Json = {}): Promise<string> {
  const clusterId = await world.cluster({ name, nodegroups: [world.nodegroup('blue', 1), world.nodegroup('green', 1)] });
  const operation = await world.ended((await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34', ...asked })).id);
  assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
  return clusterId;
}

const rollback = async (clusterId: string): Promise<string> => (await world.api.post(`/v1/clusters/${clusterId}/rollbacks`, { reason: 'The shop is slow' })).id;

describe('a rollback', () => {
  it('takes nodes back first, then add-ons, then the control plane, and closes the way that it went', async () => {
    const clusterId = await upgraded('back');
    const before = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(before.rollback.to, '1.33');
    const operation = await world.ended(await rollback(clusterId));
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const controlPlane = operation.steps.find((step: Json) => step.kind === 'rollback-control-plane');
    const nodes = operation.steps.filter((step: Json) => step.kind === 'upgrade-nodegroup');
    assert.equal(nodes.length, 2);
    assert.ok(operation.steps.every((step: Json) => step.state === 'Succeeded' && (step === controlPlane || at(step.endedAt) <= at(controlPlane.startedAt))));
    const addons = operation.steps.filter((step: Json) => step.kind === 'upgrade-addon');
    assert.ok(addons.every((addon: Json) => nodes.every((node: Json) => at(node.endedAt) <= at(addon.startedAt))));
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual([cluster.version, cluster.desiredVersion, ...cluster.nodegroups.map((group: Json) => group.version), cluster.activeOperation], ['1.33', '1.33', '1.33', '1.33', undefined]);
    assert.equal(cluster.rollback.to, undefined);
    const history = world.stage.aws.eks.history(ACCOUNT, REGION, 'back');
    assert.deepEqual([history.nodesNewerThanControlPlane, history.overlappingControlPlaneUpdates], [[], []]);
    const again = await world.api.ask('POST', `/v1/clusters/${clusterId}/rollbacks`, { reason: 'once more' });
    assert.deepEqual([again.status, again.body.code], [409, 'rollback-unavailable']);
  });

  it('waits for no window and no freeze of the cluster and says so, and obeys a pause and a cancel before its next act', async () => {
    const clusterId = await upgraded('held-back');
    const later = new Date(world.stage.clock.now() + 600 * MINUTE_MS);
    const windows = [{ cron: `${later.getUTCMinutes()} ${later.getUTCHours()} * * *`, durationMinutes: 60 }];
    const freeze = { from: new Date(world.stage.clock.now()).toISOString(), to: new Date(world.stage.clock.now() + 180 * MINUTE_MS).toISOString(), owner: 'grace', reason: 'The sale' };
    await world.api.patch(`/v1/clusters/${clusterId}`, { maintenancePolicy: { timeZone: 'UTC', windows, freezes: [freeze] } });
    const id = await rollback(clusterId);
    const working = await world.until(id, (operation) => operation.steps.some((step: Json) => step.kind === 'upgrade-nodegroup' && step.state === 'Running'));
    assert.ok(working.plan.findings.some((found: Json) => found.code === 'rollback-not-held'));
    const { items } = await world.api.get(`/v1/operations/${id}/events`);
    assert.match(items.find((event: Json) => event.type === 'NotHeld').message, /^Frozen by grace until .*: The sale\. A rollback does not wait for that: it begins at once\.$/);
    await world.api.post(`/v1/operations/${id}/pause`, { reason: 'lunch' });
    const paused = await world.until(id, (operation) => operation.state === 'Paused');
    assert.ok(paused.steps.every((step: Json) => step.kind === 'upgrade-nodegroup' || step.startedAt === undefined), 'nodes are watched to their end, and nothing more begins');
    await world.api.post(`/v1/operations/${id}/cancel`, { reason: 'We mend forward' });
    await world.advance(1);
    const operation = await world.api.get(`/v1/operations/${id}`);
    assert.equal(operation.state, 'Cancelled');
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual([cluster.version, cluster.activeOperation], ['1.34', undefined]);
    const forward = await world.ended((await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34', ignoreWindows: true, reason: 'forward' })).id);
    assert.equal(forward.state, 'Succeeded', JSON.stringify(forward.errors));
  });

  it('has EKS asked to stop when it is cancelled while the control plane goes back, and tells what EKS answered', async () => {
    const clusterId = await upgraded('stop-back');
    const id = await rollback(clusterId);
    await world.until(id, (operation) => operation.steps.some((step: Json) => step.kind === 'rollback-control-plane' && step.state === 'Running'));
    await world.api.post(`/v1/operations/${id}/cancel`, { reason: 'oops' });
    const operation = await world.ended(id);
    assert.deepEqual([operation.state, operation.progress.message], ['Succeeded', 'Done. When ada asked to cancel, nothing was left that could be stopped.']);
    const told = (await world.api.get(`/v1/operations/${id}/events`)).items.filter((event: Json) => event.type === 'CancelAnswered');
    assert.equal(told.length, 1);
    assert.equal((await world.calls())['eks:CancelUpdate'], 1, 'EKS is asked once, however often it is looked at');
    assert.match(told[0].message, /^EKS does not stop the rollback, which goes on to its end: ./);
  });

  it('begins its control plane once although the answer to the call was lost', async () => {
    const clusterId = await upgraded('lost-back', { holdNodegroups: false });
    const id = await rollback(clusterId);
    await world.fault({ operation: 'eks:UpdateClusterVersion', times: 1, fault: { kind: 'loseAnswer' } });
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const { updates } = world.stage.aws.eks.history(ACCOUNT, REGION, 'lost-back');
    assert.equal(updates.filter((update) => update.type === 'VersionRollback').length, 1);
  });
});
