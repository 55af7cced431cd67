import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EKSClient, UpdateClusterConfigCommand, UpdateClusterVersionCommand } from '@aws-sdk/client-eks';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 53, epoch: '2026-10-14T08:00:00Z' });
after(() => world.stage.close());
const eks = new EKSClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });

const MINUTE_MS = 60_000;
const golden = (name: string): URL => new URL(`stories/${name}.golden.txt`, import.meta.url);
const ended = (operation: Json): boolean => operation.endedAt !== undefined;
const waitsFor = (kind: string) => (operation: Json): boolean => operation.waitingFor?.kind === kind;
const inMinutes = (minutes: number): string => new Date(world.stage.clock.now() + minutes * MINUTE_MS).toISOString();

/** Stories begin at a full hour: when the cluster before was done is chance. */
const fullHour = (): Promise<void> => world.advance(60 - ((world.stage.clock.now() / MINUTE_MS) % 60));

describe('updates that others begin while an upgrade waits', () => {
  it('are adopted when they are the hop that was planned, and waited for when they are not', async () => {
    const clusterId = await world.cluster({ name: 'crowded', nodegroups: [world.nodegroup('blue', 1)] });
    await fullHour();
    const story = tellStory(world, 'A foreign update is adopted, another is waited for');
    story.tell('ada asks for 1.35 over 1.34, with an hour of bake after each hop, to begin in two hours.');
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35', bakeMinutes: 60, startAt: inMinutes(120) });
    await story.follow(id, waitsFor('StartTime'));
    await world.advance(117);
    const { update } = await eks.send(new UpdateClusterVersionCommand({ name: 'crowded', version: '1.34' }));
    story.tell('Somebody who does not know of it moves the control plane to 1.34 by hand, three minutes before.');

    await story.follow(id, waitsFor('Bake'));
    await world.advance(59.5);
    await eks.send(new UpdateClusterConfigCommand({ name: 'crowded', logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] } }));
    story.tell('Half a minute before the bake is over somebody turns the audit log on.');
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const [first, second] = operation.steps.filter((step: Json) => step.kind === 'upgrade-control-plane');
    assert.deepEqual([first.updateId, first.adopted], [update?.id, true]);
    assert.equal(second.adopted ?? false, false);
    const { updates, overlappingControlPlaneUpdates } = world.stage.aws.eks.history(ACCOUNT, REGION, 'crowded');
    const controlPlane = updates.filter((one) => one.nodegroupName === undefined && one.addonName === undefined);
    assert.deepEqual(controlPlane.map((one) => [one.type, one.params['Version']]), [['VersionUpdate', '1.34'], ['LoggingUpdate', undefined], ['VersionUpdate', '1.35']]);
    assert.deepEqual(overlappingControlPlaneUpdates, []);
    assert.ok(Date.parse(second.startedAt) >= (controlPlane[1]?.to ?? Infinity), 'it begins when the other has ended');
    await story.end(id, golden('foreign-updates'));
  });
});
