import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

/** Every test takes a stage of its own, closed at the end. */
const open: Rehearsal[] = [];
async function stageFor(seed: number): Promise<Rehearsal> {
  const rehearsal = await rehearse({ seed });
  open.push(rehearsal);
  return rehearsal;
}
after(async () => {
  for (const rehearsal of open) await rehearsal.stage.close();
});

function versionsOf(cluster: Json): Record<string, string> {
  return Object.fromEntries(cluster.nodegroups.map((group: Json) => [group.nodegroupName, group.version]));
}

describe('an upgrade over three minors', () => {
  it('takes three control-plane updates, rolls each node group once, and tells each step with its reason', async () => {
    const world = await stageFor(11);
    const clusterId = await world.newCluster();
    const before = await world.calls();
    const story = tellStory(world, 'Three minors with one node roll');
    story.tell('A cluster at 1.33 has the node groups blue and green, also at 1.33. ada asks for 1.36, and for one group at a time.');
    await world.advance(1);
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36', maxParallelNodegroups: 1, reason: '1.33 goes into extended support' });
    const operation = await story.follow(id, (seen) => seen.endedAt !== undefined);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const after = await world.calls();
    const made = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    assert.equal(made('eks:UpdateClusterVersion'), 3);
    assert.equal(made('eks:UpdateNodegroupVersion'), 2);
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(cluster.version, '1.36');
    assert.equal(cluster.status, 'Active');
    assert.deepEqual(versionsOf(cluster), { blue: '1.36', green: '1.36' });
    assert.equal(cluster.activeOperation, undefined);
    assert.deepEqual(
      operation.plan.hops.map((hop: Json) => hop.to),
      ['1.34', '1.35', '1.36'],
    );
    assert.ok(operation.steps.every((step: Json) => step.state === 'Succeeded' && step.reason.length > 0));
    assert.equal(operation.progress.percent, 100);
    assert.equal(REGION, cluster.region);
    assert.equal(ACCOUNT, cluster.accountId);
    const { widestSkew, nodesNewerThanControlPlane } = world.stage.aws.eks.history(ACCOUNT, REGION, 'checkout');
    assert.deepEqual([widestSkew, nodesNewerThanControlPlane], [3, []]);
    story.tell(`The nodes were at most ${widestSkew} minors behind the control plane, which is what Kubernetes supports, and never newer.`);
    await story.end(id, new URL('stories/three-minors.golden.txt', import.meta.url));
  });
});
