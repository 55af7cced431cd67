import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory, type Story } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 51, epoch: '2026-10-12T19:00:00Z' });
after(() => world.stage.close());
const olaf = await world.clientOf({ sub: 'olaf', role: 'operator' });
const grace = await world.clientOf({ sub: 'grace', role: 'approver' });

const golden = (name: string): URL => new URL(`stories/${name}.golden.txt`, import.meta.url);
const ended = (operation: Json): boolean => operation.endedAt !== undefined;

/** Node updates that EKS has on record, as they ended. */
function rolls(name: string): string[] {
  const { updates } = world.stage.aws.eks.history(ACCOUNT, REGION, name);
  return updates.filter((update) => update.nodegroupName === 'blue' && update.type === 'VersionUpdate').map((update) => update.status);
}

/** An upgrade whose node group cannot be drained, up to its failure: the control plane is at 1.34, and the operation says why no more was done. */
async function untilTheRollFails(name: string, story: Story): Promise<Json> {
  const clusterId = await world.cluster({ name, nodegroups: [world.nodegroup('blue', 2)] });
  await world.workloads(name, { nodegroups: { blue: { heldBy: { pod: 'shop/cart-0', afterNodes: 1 } } } });
  story.tell('In node group blue runs shop/cart-0, whose disruption budget lets no pod go. olaf asks for 1.34.');
  await world.advance(1);
  const { id } = await olaf.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
  const failed = await story.follow(id, ended);
  assert.equal(failed.state, 'Failed');
  assert.deepEqual(failed.errors.map((error: Json) => [error.code, error.step]), [['PodEvictionFailure', '1.34/nodegroup/blue']]);
  const [error] = failed.errors;
  assert.ok(error.resourceIds.length > 0, 'it names the nodes');
  const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
  assert.deepEqual([cluster.version, cluster.nodegroups[0].version, cluster.activeOperation], ['1.34', '1.33', undefined]);
  assert.deepEqual(rolls(name), ['Failed']);
  return failed;
}

describe('a node roll that a disruption budget holds up', () => {
  it('fails with its cause, its nodes and what to do, and goes through when the budget is mended and the operation retried', async () => {
    const story = tellStory(world, 'A node roll fails with PodEvictionFailure, and is mended');
    const { id, errors: [error] } = await untilTheRollFails('mended', story);
    story.tell(`What olaf reads at night: ${error.cause}`);
    for (const [place, act] of error.nextActions.entries()) story.tell(`What to do, ${place + 1}: ${act}`);
    story.tell('In the morning the shop adds a replica, so that the budget lets a pod go. olaf retries.');
    await world.workloads('mended', undefined);
    await world.advance(660);
    const retried = await olaf.post(`/v1/operations/${id}/retry`, { reason: 'The shop runs two replicas now' });
    assert.deepEqual(retried.steps.map((step: Json) => [step.subject, step.parameters?.force]), [['blue', undefined]]);
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.deepEqual(rolls('mended'), ['Failed', 'Successful']);
    await story.end(id, golden('pod-eviction-mended'));
  });

  it('is forced by an approver with a reason, never by the operator', async () => {
    const story = tellStory(world, 'A node roll fails with PodEvictionFailure, and is forced');
    const { id } = await untilTheRollFails('forced', story);
    const refused = await olaf.ask('POST', `/v1/operations/${id}/retry`, { force: true, reason: 'It is only a cart' });
    assert.deepEqual([refused.status, refused.body.code], [403, 'force-needs-approver']);
    story.tell(`olaf forces it. Refused: ${refused.body.detail}`);
    const unsaid = await grace.ask('POST', `/v1/operations/${id}/retry`, { force: true });
    assert.equal(unsaid.status, 400);
    story.tell(`grace, an approver, forces it and does not say why. Refused: ${unsaid.body.errors[0].message}.`);
    const plain = await grace.ask('POST', `/v1/operations/${id}/retry`, {});
    assert.equal(plain.status, 403);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Failed');
    story.tell('grace has asked the shop, and forces it with her reason.');
    await world.advance(1);
    await grace.post(`/v1/operations/${id}/retry`, { force: true, reason: 'The shop lets cart-0 go' });
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.deepEqual(rolls('forced'), ['Failed', 'Successful']);
    assert.equal(operation.askedAgainBy, 'grace');
    await story.end(id, golden('pod-eviction-forced'));
  });
});
