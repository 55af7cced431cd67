import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const world: Rehearsal = await rehearse({ seed: 36 });
after(() => world.stage.close());

const MINUTE_MS = 60_000;
const GROUPS = ['blue', 'green', 'red'];
const waitsFor = (kind: string) => (operation: Json): boolean => operation.waitingFor?.kind === kind;
const rollOf = (operation: Json, subject: string): Json => operation.steps.find((step: Json) => step.kind === 'upgrade-nodegroup' && step.subject === subject);
const at = (time: string): number => Date.parse(time);

async function upgrade(name: string, asked: Json, groups = GROUPS): Promise<string> {
  const clusterId = await world.cluster({ name, nodegroups: groups.map((group) => world.nodegroup(group, 1)) });
  return (await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34', ...asked })).id;
}

/** How many node groups rolled at once, at most. */
function widest(name: string): number {
  const rolls = world.stage.aws.eks.history(ACCOUNT, REGION, name).updates.filter((update) => update.nodegroupName !== undefined && update.type === 'VersionUpdate');
  return Math.max(...rolls.map((roll) => rolls.filter((other) => other.from <= roll.from && (other.to ?? Infinity) > roll.from).length));
}

describe('a canary', () => {
  it('rolls alone, and the others when the cluster was seen well with it', async () => {
    const id = await upgrade('canary', { canaryNodegroup: 'green' });
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const canary = rollOf(operation, 'green');
    for (const group of ['blue', 'red']) assert.ok(at(rollOf(operation, group).startedAt) >= at(canary.endedAt), group);
    assert.equal(widest('canary'), 2);
    assert.equal(operation.steps.find((step: Json) => step.kind === 'upgrade-control-plane').state, 'Succeeded');
  });

  it('that fails to roll, or has an issue when it has, leaves the others as they are', async () => {
    await world.fault({ operation: 'eks:UpdateNodegroupVersion', match: { nodegroupName: 'green' }, times: 1, fault: { kind: 'failUpdate', code: 'NodeCreationFailure' } });
    const failed = await world.ended(await upgrade('canary-fails', { canaryNodegroup: 'green' }));
    assert.deepEqual([failed.state, failed.errors[0].code], ['Failed', 'NodeCreationFailure']);

    const id = await upgrade('canary-ails', { canaryNodegroup: 'green' });
    await world.until(id, (operation) => rollOf(operation, 'green').state === 'Running');
    await world.workloads('canary-ails', { nodegroups: { green: { health: [{ code: 'Ec2SubnetInvalidConfiguration', message: 'No public addresses.' }] } } });
    const ailing = await world.ended(id);
    assert.deepEqual([ailing.state, ailing.errors[0].code], ['Failed', 'HealthNotRestored'], JSON.stringify(ailing.errors));
    assert.match(ailing.errors[0].message, /canary green has the issue Ec2SubnetInvalidConfiguration: No public addresses\.$/);
    assert.deepEqual([ailing.errors[0].step, ailing.errors[0].nextActions.some((action: string) => action.includes(`/v1/clusters/${ailing.clusterId}/rollbacks`))], [rollOf(ailing, 'green').id, true]);
    for (const operation of [failed, ailing]) for (const group of ['blue', 'red']) assert.equal(rollOf(operation, group).startedAt, undefined);
  });
});

describe('node groups', () => {
  it('roll as many at once as the ask lets', async () => {
    const operation = await world.ended(await upgrade('one-by-one', { maxParallelNodegroups: 1 }));
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(widest('one-by-one'), 1);
  });

  it('that are held roll after the rest of their hop has baked and was let through, and do not bake again', async () => {
    const id = await upgrade('held', { holdNodegroups: true, canaryNodegroup: 'red', bakeMinutes: 90, gates: ['afterBake'] });
    const baking = await world.until(id, waitsFor('Bake'));
    assert.ok(baking.steps.every((step: Json) => (step.kind === 'upgrade-nodegroup' ? step.state === 'Pending' : step.state === 'Succeeded')));
    const cluster = await world.api.get(`/v1/clusters/${baking.clusterId}`);
    assert.deepEqual([cluster.version, cluster.nodegroups[0].version], ['1.34', '1.33']);
    await world.until(id, waitsFor('Approval'));
    const grace = await world.clientOf({ sub: 'grace', role: 'approver' });
    await grace.post(`/v1/operations/${id}/approve`, { gate: 'afterBake' });
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const ends = GROUPS.map((group) => at(rollOf(operation, group).endedAt));
    assert.ok(GROUPS.every((group) => at(rollOf(operation, group).startedAt) >= at(baking.waitingFor.until)));
    assert.ok(at(operation.endedAt) - Math.max(...ends) < 5 * MINUTE_MS, 'no bake after the nodes');
    assert.ok(at(rollOf(operation, 'blue').startedAt) >= at(rollOf(operation, 'red').endedAt), 'the canary first');
  });
});

describe('a roll that fails with what time may mend', () => {
  it('is tried again by itself as often as was asked, each try an attempt of its own', async () => {
    await world.fault({ operation: 'eks:UpdateNodegroupVersion', times: 1, fault: { kind: 'failUpdate', code: 'PodEvictionFailure' } });
    const id = await upgrade('tried-again', { nodegroupRetries: 1 }, ['blue']);
    const waiting = await world.until(id, waitsFor('RollRetry'));
    assert.match(waiting.waitingFor.because, /try 2 of 2 in 5 minutes/);
    assert.deepEqual([rollOf(waiting, 'blue').state, rollOf(waiting, 'blue').attempt], ['Failed', 1]);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const { attempt, error, startedAt } = rollOf(operation, 'blue');
    assert.deepEqual([attempt, error], [2, undefined]);
    assert.ok(at(startedAt) >= at(waiting.waitingFor.until));
    const rolls = world.stage.aws.eks.history(ACCOUNT, REGION, 'tried-again').updates.filter((update) => update.nodegroupName === 'blue' && update.type === 'VersionUpdate');
    assert.deepEqual(rolls.map((roll) => roll.status), ['Failed', 'Successful']);
  });

  it('is no more tried when it is cancelled meanwhile, and ends the upgrade when it fails once more', async () => {
    for (const [name, cancels] of [['given-up', true], ['fails-twice', false]] as const) {
      await world.fault({ operation: 'eks:UpdateNodegroupVersion', times: 2, fault: { kind: 'failUpdate', code: 'PodEvictionFailure' } });
      const id = await upgrade(name, { nodegroupRetries: 1 }, ['blue']);
      await world.until(id, waitsFor('RollRetry'));
      if (cancels) {
        await world.api.post(`/v1/operations/${id}/cancel`, { reason: 'enough' });
        await world.advance(1);
        assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Cancelled');
        await fetch(`${world.stage.awsUrl}/_sim/faults`, { method: 'DELETE' });
      } else {
        const operation = await world.ended(id);
        assert.deepEqual([operation.state, operation.errors[0].code, rollOf(operation, 'blue').attempt], ['Failed', 'PodEvictionFailure', 2]);
      }
    }
  });
});

describe('what EKS sees', () => {
  it('is asked for anew before a control plane moves, waited for, and stops the hop where something blocks; a pause and a cancel are obeyed meanwhile', async () => {
    const id = await upgrade('insights', { to: '1.35' }, ['blue']);
    await world.until(id, (operation) => operation.steps.some((step: Json) => step.id === '1.34/control-plane' && step.state === 'Running'));
    await world.workloads('insights', { insights: [{ name: 'Cluster health issues', category: 'UPGRADE_READINESS', status: 'ERROR', reason: 'An API goes away.' }] });
    await world.until(id, waitsFor('InsightsRefresh'));
    await world.api.post(`/v1/operations/${id}/pause`, { reason: 'lunch' });
    await world.advance(1);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Paused');
    await world.api.post(`/v1/operations/${id}/resume`, {});
    const operation = await world.ended(id);
    assert.deepEqual([operation.state, operation.errors[0].code], ['Failed', 'upgrade-blocked'], JSON.stringify(operation.errors));
    assert.match(operation.errors[0].message, /EKS says ERROR for 1\.35/);
    assert.equal(operation.steps.some((step: Json) => step.id === '1.35/control-plane' && step.startedAt !== undefined), false);
    assert.equal((await world.api.get(`/v1/clusters/${operation.clusterId}`)).version, '1.34');
  });
});
