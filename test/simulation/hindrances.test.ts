import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EKSClient, StartInsightsRefreshCommand, UpdateClusterConfigCommand, UpdateClusterVersionCommand } from '@aws-sdk/client-eks';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 53, epoch: '2026-10-14T08:00:00Z' });
after(() => world.stage.close());
const olaf = await world.clientOf({ sub: 'olaf', role: 'operator' });
const grace = await world.clientOf({ sub: 'grace', role: 'approver' });
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
    await world.advance(1);
    const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35', bakeMinutes: 60, startAt: inMinutes(119) });
    await story.follow(id, waitsFor('StartTime'));
    await world.advance(116);
    const { update } = await eks.send(new UpdateClusterVersionCommand({ name: 'crowded', version: '1.34' }));
    story.tell('Somebody who does not know of it moves the control plane to 1.34 by hand, three minutes before.');

    await story.follow(id, waitsFor('Bake'));
    await story.follow(id, (operation) => operation.steps.some((step: Json) => step.kind === 'upgrade-addon' && step.state === 'Running'));
    await eks.send(new UpdateClusterConfigCommand({ name: 'crowded', logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] } }));
    story.tell('When it has baked, and the VPC CNI makes the way free to 1.35, somebody turns the audit log on.');
    const operation = await story.follow(id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const [first, second] = operation.steps.filter((step: Json) => step.kind === 'upgrade-control-plane');
    assert.deepEqual([first.updateId, first.adopted], [update?.id, true]);
    assert.equal(second.adopted ?? false, false);
    const addons = operation.steps.filter((step: Json) => step.kind === 'upgrade-addon');
    assert.ok(addons.length > 0 && addons.every((step: Json) => step.startedAt >= first.endedAt), 'nothing moves beside an update of another');
    const { updates, overlappingControlPlaneUpdates } = world.stage.aws.eks.history(ACCOUNT, REGION, 'crowded');
    const controlPlane = updates.filter((one) => one.nodegroupName === undefined && one.addonName === undefined);
    assert.deepEqual(controlPlane.map((one) => [one.type, one.params['Version']]), [['VersionUpdate', '1.34'], ['LoggingUpdate', undefined], ['VersionUpdate', '1.35']]);
    assert.deepEqual(overlappingControlPlaneUpdates, []);
    assert.ok(Date.parse(second.startedAt) >= (controlPlane[1]?.to ?? Infinity), 'it begins when the other has ended');
    await story.end(id, golden('foreign-updates'));
  });
});

describe('a cluster whose insights are UNKNOWN', () => {
  it('is not upgraded for all that its requester says, and is when another approver waives it', async () => {
    const clusterId = await world.cluster({ name: 'unclear', nodegroups: [world.nodegroup('blue', 1)] });
    const ask = { to: '1.34', reason: 'The quarter ends' };
    const upgrade = () => world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, ask);
    const waiver = { code: 'insight-unknown', owner: 'team shop', reason: 'The nodes were looked at by hand: all are at 1.33', until: inMinutes(7 * 1440) };
    await fullHour();
    const story = tellStory(world, 'A cluster whose insights are UNKNOWN');
    await world.workloads('unclear', { insights: [{ name: 'Kubelet version skew', status: 'UNKNOWN', reason: 'Unable to determine status of node kubelet versions.' }] });
    await eks.send(new StartInsightsRefreshCommand({ clusterName: 'unclear' }));
    await world.advance(30);
    story.tell('EKS cannot see the versions of the nodes. ada asks for 1.34.');
    const refused = await upgrade();
    assert.deepEqual([refused.status, refused.body.code], [409, 'upgrade-blocked']);
    const found = refused.body.findings.find((finding: Json) => finding.code === 'insight-unknown');
    assert.deepEqual([found.severity, found.subject, found.hop, found.waiver], ['blocks', 'Kubelet version skew', '1.34', undefined]);
    assert.ok(found.evidence.length > 0, 'with its evidence');
    story.tell(`Refused: ${found.code}, ${found.subject}: ${found.detail}`);
    for (const line of found.evidence) story.tell(`The evidence: ${line}`);
    story.tell(`What to do: ${found.remedy}`);

    const own = await world.api.post(`/v1/clusters/${clusterId}/waivers`, waiver);
    story.tell('ada, who is an admin, waives it for a week herself, and asks again.');
    const again = await upgrade();
    assert.deepEqual([again.status, again.body.code], [409, 'upgrade-blocked']);
    const still = again.body.findings.find((finding: Json) => finding.code === 'insight-unknown');
    assert.equal(still.waiver, undefined);
    story.tell(`Refused again: ${still.detail}`);

    const operators = await olaf.ask('POST', `/v1/clusters/${clusterId}/waivers`, waiver);
    assert.equal(operators.status, 403);
    story.tell(`olaf, an operator, would waive it. Refused: ${operators.body.detail}`);

    const given = await grace.post(`/v1/clusters/${clusterId}/waivers`, waiver);
    assert.notEqual(given.waiverId, own.waiverId);
    story.tell(`grace, an approver, waives it: ${waiver.reason}.`);
    story.tell('ada asks again.');
    await world.advance(1);
    const { status, body, text } = await upgrade();
    assert.equal(status, 202, text);
    const waived = body.plan.findings.find((finding: Json) => finding.code === 'insight-unknown');
    assert.deepEqual(waived.waiver, { waiverId: given.waiverId, owner: 'team shop', by: 'grace', reason: waiver.reason, until: waiver.until });
    story.tell(`The plan shows the finding with its waiver, which ${waived.waiver.owner} answers for.`);
    const operation = await story.follow(body.id, ended);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.ok(operation.plan.findings.some((finding: Json) => finding.code === 'insight-unknown' && finding.waiver?.waiverId === given.waiverId), 'the waiver is on the record');
    await story.end(body.id, golden('insights-unknown'));
  });
});
