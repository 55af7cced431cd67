import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { EKSClient, UpdateClusterVersionCommand } from '@aws-sdk/client-eks';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, rehearse, REGION, type Rehearsal } from './rehearsal.ts';
import { tellStory } from './story.ts';

const world: Rehearsal = await rehearse({ seed: 43, epoch: '2026-10-09T12:00:00Z' });
after(() => world.stage.close());

/** Where Route 53 keeps the metrics of its health checks. */
const HEALTH_REGION = 'us-east-1';
const cloudwatch = (region: string): CloudWatchClient => new CloudWatchClient({ region, endpoint: world.stage.awsUrl, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' } });
const arnOf = (name: string, region = REGION): string => `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${name}`;
const says = (name: string, StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', StateReason: string, region = REGION) => cloudwatch(region).send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason }));
const waitsFor = (kind: string) => (operation: Json): boolean => operation.waitingFor?.kind === kind;
const ended = (operation: Json): boolean => operation.endedAt !== undefined;

async function alarm(name: string, region = REGION): Promise<string> {
  await cloudwatch(region).send(
    new PutMetricAlarmCommand({ AlarmName: name, MetricName: 'Errors', Namespace: 'Shop', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }),
  );
  await says(name, 'OK', 'all is well', region);
  return arnOf(name, region);
}

async function upgrade(name: string, asked: Json): Promise<{ clusterId: string; id: string }> {
  const clusterId = await world.cluster({ name, nodegroups: [world.nodegroup('blue', 1)] });
  const { status, body, text } = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34', bakeMinutes: 60, ...asked });
  assert.equal(status, 202, text);
  return { clusterId, id: body.id };
}

describe('an upgrade whose bake is watched by alarms', () => {
  it('is turned back when one fires, by a rollback that follows it at once', async () => {
    const story = tellStory(world, 'An alarm turns an upgrade back');
    const alarmArns = [await alarm('shop-errors'), await alarm('health: shop', HEALTH_REGION)];
    const { clusterId, id } = await upgrade('shop', { rollbackOn: { alarmArns } });
    story.tell('An upgrade to 1.34 is to bake for an hour, and to be turned back when shop-errors fires, or the alarm on its health check in us-east-1.');
    const baking = await story.follow(id, waitsFor('Bake'));
    await world.advance(20);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).waitingFor.until, baking.waitingFor.until, 'the end of the bake stays where it is');
    story.tell('After twenty minutes the health check fails.');
    await says('health: shop', 'ALARM', 'the checkout does not answer', HEALTH_REGION);
    await world.advance(2);
    const upgraded = await story.follow(id, ended);
    assert.deepEqual(upgraded.errors.map((error: Json) => error.code), ['AlarmFired']);
    assert.match(upgraded.errors[0].message, /^The alarm health: shop fired at .*: the checkout does not answer$/);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).activeOperation, upgraded.succeededBy, 'the cluster is never free between the two');

    story.tell('The upgrade has ended, and the rollback has the cluster.');
    const rollback = await story.follow(upgraded.succeededBy, ended);
    assert.deepEqual([rollback.state, rollback.kind, rollback.causedBy, rollback.requestedBy], ['Succeeded', 'rollback-cluster', id, 'ada'], JSON.stringify(rollback.errors));
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual([cluster.version, cluster.desiredVersion, cluster.nodegroups[0].version, cluster.rollback.availableUntil], ['1.33', '1.33', '1.33', undefined]);
    const history = world.stage.aws.eks.history(ACCOUNT, REGION, 'shop');
    assert.deepEqual(history.overlappingControlPlaneUpdates, []);
    assert.deepEqual(history.nodesNewerThanControlPlane, []);
    await story.end(rollback.id, new URL('stories/alarm-turns-it-back.golden.txt', import.meta.url));
  });

  it('goes on past alarms that have no data or are gone, waits for those that cannot be looked at, and says so', async () => {
    const alarmArns = [await alarm('no-data'), await alarm('gone'), await alarm('unseen', HEALTH_REGION)];
    const { id } = await upgrade('quiet', { rollbackOn: { alarmArns } });
    await world.until(id, waitsFor('Bake'));
    await says('no-data', 'INSUFFICIENT_DATA', 'no traffic');
    await cloudwatch(REGION).send(new DeleteAlarmsCommand({ AlarmNames: ['gone'] }));
    await world.fault({ operation: 'cloudwatch:DescribeAlarms', region: HEALTH_REGION, times: 70, fault: { kind: 'deny' } });
    await world.advance(2);
    const { waitingFor } = await world.api.get(`/v1/operations/${id}`);
    assert.match(waitingFor.because, /^The hop to 1\.34 is done, and bakes for 60 minutes\. Of its alarms, no-data has no data; gone is gone; unseen could not be looked at \(.+\)\.$/);
    await world.advance(62);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).waitingFor?.kind, 'Bake', 'what nobody could watch has not baked');
    assert.equal((await world.ended(id)).state, 'Succeeded');
    const events = (await world.api.get(`/v1/operations/${id}/events`)).items;
    assert.match(events.find((event: Json) => event.type === 'AlarmsUnclear').message, /^The bake is over, and of its alarms, no-data has no data; gone is gone\.$/);
  });

  it('is turned back on its resume when one has begun to fire while it was paused, past the end of the bake', async () => {
    const { id } = await upgrade('paused', { bakeMinutes: 10, rollbackOn: { alarmArns: [await alarm('paused-errors')] } });
    await world.until(id, waitsFor('Bake'));
    await world.api.post(`/v1/operations/${id}/pause`, { reason: 'the checkout looks odd' });
    await says('paused-errors', 'ALARM', 'too many errors');
    await world.advance(30);
    await world.api.post(`/v1/operations/${id}/resume`, {});
    await world.advance(2);
    const upgraded = await world.api.get(`/v1/operations/${id}`);
    assert.deepEqual([upgraded.state, upgraded.errors[0]?.code], ['Failed', 'AlarmFired']);
    assert.equal((await world.ended(upgraded.succeededBy)).state, 'Succeeded');
  });

  it('is turned back while it waits for a yes after the bake, too', async () => {
    const { id } = await upgrade('waiting', { bakeMinutes: 5, gates: ['afterBake'], rollbackOn: { alarmArns: [await alarm('waiting-errors')] } });
    await world.until(id, waitsFor('Approval'));
    await world.advance(30);
    await says('waiting-errors', 'ALARM', 'too many errors');
    const upgraded = await world.ended(id);
    assert.deepEqual([upgraded.state, upgraded.errors[0].code], ['Failed', 'AlarmFired']);
    assert.equal((await world.ended(upgraded.succeededBy)).state, 'Succeeded');
  });

  it('fails and says why when the way back is shut', async () => {
    const { clusterId, id } = await upgrade('shut', { rollbackOn: { alarmArns: [await alarm('shut-errors')] } });
    await world.until(id, waitsFor('Bake'));
    const byHand = new EKSClient({ region: REGION, endpoint: world.stage.awsUrl, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' } });
    await byHand.send(new UpdateClusterVersionCommand({ name: 'shut', version: '1.35', force: true }));
    await world.advance(30);
    await says('shut-errors', 'ALARM', 'too late');
    const operation = await world.ended(id);
    assert.deepEqual([operation.state, operation.errors.map((error: Json) => error.code), operation.succeededBy], ['Failed', ['AlarmFired', 'rollback-unavailable'], undefined]);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).activeOperation, undefined);
  });
});
