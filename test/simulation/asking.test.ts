import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, rehearse, REGION, type Rehearsal } from './rehearsal.ts';

const world: Rehearsal = await rehearse({ seed: 41 });
after(() => world.stage.close());

const cloudwatch = (region: string): CloudWatchClient => new CloudWatchClient({ region, endpoint: world.stage.awsUrl, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' } });
const arnOf = (name: string, region: string): string => `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${name}`;
const putAlarm = (name: string, region: string) =>
  cloudwatch(region).send(new PutMetricAlarmCommand({ AlarmName: name, MetricName: 'Errors', Namespace: 'Shop', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }));

describe('the front door, as deployed', () => {
  let clusterId: string;
  before(async () => {
    clusterId = await world.cluster({ name: 'asked', nodegroups: [world.nodegroup('blue', 1)] });
  });

  it('looks at the alarms of an ask in every region that they are of, before it begins anything', async () => {
    const alarmArns = [arnOf('errors', REGION), arnOf('health: checkout', 'us-east-1')];
    const ask = () => world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34', bakeMinutes: 30, rollbackOn: { alarmArns } });
    const refused = async (says: RegExp): Promise<void> => {
      const { status, body } = await ask();
      assert.deepEqual([status, body.code], [409, 'alarm-not-ready'], JSON.stringify(body));
      assert.match(body.detail, says);
    };
    await putAlarm('errors', REGION);
    await refused(/There is no alarm .*us-east-1:111111111111:alarm:health: checkout\.$/);
    await putAlarm('health: checkout', 'us-east-1');
    await cloudwatch('us-east-1').send(new SetAlarmStateCommand({ AlarmName: 'health: checkout', StateValue: 'ALARM', StateReason: 'The endpoint does not answer' }));
    await refused(/health: checkout rings already: The endpoint does not answer\.$/);
    await cloudwatch('us-east-1').send(new SetAlarmStateCommand({ AlarmName: 'health: checkout', StateValue: 'OK', StateReason: 'It answers' }));
    const { status, body } = await ask();
    assert.deepEqual([status, body.terms], [202, { bakeMinutes: 30, rollbackOn: { alarmArns } }], JSON.stringify(body));
    await world.api.post(`/v1/operations/${body.id}/cancel`, {});
    assert.equal((await world.ended(body.id)).state, 'Cancelled');
    await cloudwatch(REGION).send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
    const again = await world.api.ask('POST', `/v1/operations/${body.id}/retry`, {});
    assert.deepEqual([again.status, again.body.code], [409, 'alarm-not-ready']);
  });

  it('tells a plan as text through the gateway, with the tag that its JSON has', async () => {
    const read = (accept: string) => world.api.ask('GET', `/v1/clusters/${clusterId}/upgrade-plan?to=1.34`, undefined, { accept });
    const [text, json] = [await read('text/plain'), await read('application/json')];
    assert.deepEqual([text.status, text.headers.get('content-type'), text.headers.get('etag')], [200, 'text/plain; charset=utf-8', json.headers.get('etag')]);
    assert.match(text.text, /^From 1\.33 to 1\.34\n/);
    assert.equal(json.body.to, '1.34');
    await world.advance(10);
    const later = await read('application/json');
    assert.equal(later.headers.get('etag'), json.headers.get('etag'), 'nothing has moved in ten minutes');
    assert.equal(Date.parse(later.body.lookedAt) - Date.parse(json.body.lookedAt), 600_000, 'and it was looked at again');
    assert.ok(later.body.insightsRefreshedAt <= later.body.lookedAt);
    assert.ok((await world.api.get(`/v1/clusters/${clusterId}`)).lookedAt < later.body.lookedAt, 'the record is as old as the operation that made it');
  });

  it('sees a quota that was lowered or raised since the last plan, minutes ago', async () => {
    const quota = (value: number) => fetch(`${world.stage.awsUrl}/_sim/quotas`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account: ACCOUNT, region: REGION, service: 'ec2', code: 'L-1216C47A', value }) });
    const short = async (): Promise<boolean> => (await world.api.get(`/v1/clusters/${clusterId}/upgrade-plan?to=1.34`)).findings.some((found: Json) => found.code === 'vcpu-quota-short');
    const seen = [await short()];
    for (const value of [1, 1000]) {
      assert.equal((await quota(value)).status, 201);
      await world.advance(1);
      seen.push(await short());
    }
    assert.deepEqual(seen, [false, true, false]);
  });

  it('keeps waivers for as long as they last, by the virtual clock', async () => {
    const grace = await world.clientOf({ sub: 'grace', role: 'approver' });
    const until = new Date(world.stage.clock.now() + 3_600_000).toISOString();
    const waiver = await grace.post(`/v1/clusters/${clusterId}/waivers`, { code: 'insights-stale', owner: 'grace', reason: 'Seen by eye.', until });
    assert.deepEqual((await world.api.get(`/v1/clusters/${clusterId}/waivers`)).items, [waiver]);
    await world.advance(61);
    assert.equal((await grace.ask('GET', `/v1/clusters/${clusterId}/waivers/${waiver.waiverId}`)).status, 404);
  });
});
