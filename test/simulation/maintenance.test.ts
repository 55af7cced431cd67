import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EKSClient, UpdateNodegroupConfigCommand } from '@aws-sdk/client-eks';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 33, epoch: '2026-10-09T12:00:00Z' });
after(() => world.stage.close());

const ended = (operation: Json): boolean => operation.endedAt !== undefined;
const golden = (name: string): URL => new URL(`stories/${name}.golden.txt`, import.meta.url);

function small(name: string): Promise<string> {
  return world.cluster({ name, nodegroups: [world.nodegroup('blue', 1)] });
}

/** A window that opens a number of minutes from now, once. */
function windowIn(minutes: number, durationMinutes: number): Json {
  const opens = new Date(world.stage.clock.now() + minutes * 60_000);
  return { cron: `${opens.getUTCMinutes()} ${opens.getUTCHours()} * * *`, durationMinutes };
}

async function keep(clusterId: string, maintenancePolicy: Json): Promise<void> {
  const answer = await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { maintenancePolicy });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.body.maintenancePolicy, maintenancePolicy ?? undefined);
}

describe('an upgrade of a cluster with maintenance windows', () => {
  it('waits for the window, stops beginning when it closes, watches what runs, and goes on in the next one', async () => {
    const clusterId = await world.cluster({ name: 'nights', nodegroups: [world.nodegroup('blue', 6)] });
    const story = tellStory(world, 'A window that closes in the middle');
    const policy = { timeZone: 'Europe/Berlin', windows: [{ cron: '0 2 * * *', durationMinutes: 45 }], freezes: [] };
    await keep(clusterId, policy);
    story.tell('The cluster has a window of 45 minutes a night, at 02:00 in Berlin. An upgrade over two minors is asked for by day.');
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' });
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    for (const step of operation.steps) {
      const [, hours, minutes] = /T(\d\d):(\d\d)/.exec(step.startedAt) ?? [];
      assert.ok(hours === '00' && Number(minutes) < 45, `${step.id} began at ${step.startedAt}`);
    }
    await story.end(id, golden('window-closes'));
  });

  it('goes on at once when the policy is cleared, and is held at once before its next step by a freeze', async () => {
    const clusterId = await small('frozen');
    await keep(clusterId, { timeZone: 'UTC', windows: [windowIn(600, 120)], freezes: [] });
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
    const waiting = await world.until(id, (operation) => operation.state === 'Waiting');
    assert.equal(waiting.waitingFor.kind, 'MaintenanceWindow');
    const cleared = await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { maintenancePolicy: null });
    assert.deepEqual([cleared.status, cleared.body.maintenancePolicy], [200, undefined]);
    await world.advance(2);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Running');
    const now = world.stage.clock.now();
    const freeze = { from: new Date(now).toISOString(), to: new Date(now + 6 * 3_600_000).toISOString(), owner: 'grace', reason: 'The sale' };
    await keep(clusterId, { timeZone: 'UTC', windows: [], freezes: [freeze] });
    const frozen = await world.until(id, (operation) => operation.state === 'Waiting');
    assert.deepEqual([frozen.waitingFor.kind, frozen.waitingFor.until], ['Freeze', freeze.to]);
    const begun = frozen.steps.filter((step: Json) => step.startedAt !== undefined);
    assert.ok(begun.every((step: Json) => Date.parse(step.startedAt) <= now));
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded');
    assert.ok(operation.steps.every((step: Json) => Date.parse(step.startedAt) <= now || step.startedAt >= freeze.to));
  });

  it('is refused when a step fits no window, by the size that EKS tells of the group', async () => {
    const clusterId = await world.cluster({ name: 'wide', nodegroups: [world.nodegroup('blue', 1)] });
    const autoscaler = new EKSClient({ region: REGION, endpoint: world.stage.awsUrl, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' } });
    await autoscaler.send(new UpdateNodegroupConfigCommand({ clusterName: 'wide', nodegroupName: 'blue', scalingConfig: { maxSize: 12, desiredSize: 12 } }));
    await world.advance(10);
    await keep(clusterId, { timeZone: 'UTC', windows: [windowIn(60, 30)], freezes: [] });
    const refused = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'window-too-short']);
    assert.match(refused.body.detail, /Rolling node group blue to 1\.34 takes about \d+ minutes/);
  });

  it('is cancelled at once while it waits', async () => {
    const clusterId = await small('given-up');
    await keep(clusterId, { timeZone: 'UTC', windows: [windowIn(900, 60)], freezes: [] });
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
    await world.until(id, (operation) => operation.state === 'Waiting');
    await world.api.post(`/v1/operations/${id}/cancel`, { reason: 'not this week' });
    await world.advance(1);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Cancelled');
  });

  it('has begun no step outside its windows, whenever they lie', async () => {
    for (const [place, [opens, minutes]] of ([[5, 35], [1430, 60]] as const).entries()) {
      const clusterId = await small(`somewhen-${place}`);
      const window = windowIn(opens, minutes);
      const from = Math.floor(world.stage.clock.now() / 60_000) * 60_000 + opens * 60_000;
      await keep(clusterId, { timeZone: 'UTC', windows: [window], freezes: [] });
      const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
      const operation = await world.ended(id);
      assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
      for (const step of operation.steps) {
        const into = (Date.parse(step.startedAt) - from + 10 * 86_400_000) % 86_400_000;
        assert.ok(into < minutes * 60_000, `${step.id} began at ${step.startedAt}, in no window of ${JSON.stringify(window)}`);
      }
    }
  });
});
