import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { Disk } from '../../local/disk.ts';
import { EPOCH, policy, refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const SETTINGS = { Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 3, Threshold: 10, ComparisonOperator: 'GreaterThanThreshold' } as const;

describe('A metric alarm', () => {
  it('begins without data, and has the state it was set to', async (context) => {
    const stage = await startAws(context);
    const cloudwatch = new CloudWatchClient(stage.as(ACCOUNT, 'eu-west-1'));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:on-call'], ...SETTINGS }));
    const [begun] = (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }))).MetricAlarms ?? [];
    assert.deepEqual([begun?.StateValue, begun?.AlarmArn, begun?.ActionsEnabled, begun?.Threshold], ['INSUFFICIENT_DATA', 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:errors', true, 10]);
    await stage.pass(60);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a drill' }));
    const answer = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['errors', 'nobody'] }));
    assert.deepEqual(answer.CompositeAlarms, []);
    assert.deepEqual(answer.MetricAlarms?.map(({ StateValue, StateReason, StateTransitionedTimestamp }) => [StateValue, StateReason, StateTransitionedTimestamp]), [['ALARM', 'a drill', new Date(Date.parse(EPOCH) + 60_000)]]);
  });

  it('keeps its state when it is configured anew', async (context) => {
    const cloudwatch = new CloudWatchClient((await startAws(context)).as(ACCOUNT));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS }));
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'OK', StateReason: 'quiet' }));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS, Threshold: 20 }));
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['errors'] }));
    const [alarm] = (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];
    assert.deepEqual([alarm?.StateValue, alarm?.Threshold, alarm?.ActionsEnabled], ['OK', 20, false]);
  });

  it('tells its history, the newest first', async (context) => {
    const stage = await startAws(context);
    const cloudwatch = new CloudWatchClient(stage.as(ACCOUNT));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS }));
    for (const StateValue of ['OK', 'ALARM', 'ALARM'] as const) {
      await stage.pass(60);
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue, StateReason: 'set' }));
    }
    const { AlarmHistoryItems = [] } = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'errors', HistoryItemType: 'StateUpdate' }));
    assert.deepEqual(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary), ['Alarm updated from OK to ALARM', 'Alarm updated from INSUFFICIENT_DATA to OK']);
    assert.equal((JSON.parse(AlarmHistoryItems[0]?.HistoryData ?? '') as { newState: { stateValue: string } }).newState.stateValue, 'ALARM');
    await stage.pass(31 * 24 * 3600);
    assert.deepEqual((await cloudwatch.send(new DescribeAlarmHistoryCommand({}))).AlarmHistoryItems, []);
  });

  it('is found by prefix, state and page', async (context) => {
    const cloudwatch = new CloudWatchClient((await startAws(context)).as(ACCOUNT));
    for (const name of ['shop-a', 'shop-b', 'shop-c', 'till']) await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: name, ...SETTINGS }));
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'shop-b', StateValue: 'ALARM', StateReason: 'set' }));
    const first = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'shop-', MaxRecords: 2 }));
    const second = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'shop-', MaxRecords: 2, NextToken: first.NextToken }));
    assert.deepEqual([...(first.MetricAlarms ?? []), ...(second.MetricAlarms ?? [])].map(({ AlarmName }) => AlarmName), ['shop-a', 'shop-b', 'shop-c']);
    assert.equal(second.NextToken, undefined);
    assert.deepEqual((await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }))).MetricAlarms?.map(({ AlarmName }) => AlarmName), ['shop-b']);
  });

  it('goes with its deletion, which is of all the named or of none', async (context) => {
    const cloudwatch = new CloudWatchClient((await startAws(context)).as(ACCOUNT));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS }));
    assert.deepEqual(await refusal(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors', 'nobody'] }))), { name: 'ResourceNotFound', message: 'The following alarms do not exist: nobody', status: 404 });
    assert.equal((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.length, 1);
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
    assert.deepEqual((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms, []);
    assert.equal((await refusal(cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'OK', StateReason: 'set' })))).name, 'ResourceNotFound');
  });

  it('carries tags', async (context) => {
    const cloudwatch = new CloudWatchClient((await startAws(context)).as(ACCOUNT));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS, Tags: [{ Key: 'team', Value: 'shop' }] }));
    const ResourceARN = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:errors`;
    await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'tier', Value: '1' }] }));
    await cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }));
    assert.deepEqual((await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags, [{ Key: 'tier', Value: '1' }]);
  });

  it('is refused when it is not whole', async (context) => {
    const cloudwatch = new CloudWatchClient((await startAws(context)).as(ACCOUNT));
    const { Namespace: _namespace, ...rest } = SETTINGS;
    assert.equal((await refusal(cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...rest })))).name, 'ValidationException');
    assert.equal((await refusal(cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS, Metrics: [{ Id: 'm1', Expression: '1' }] })))).status, 501);
    assert.equal((await refusal(cloudwatch.send(new DescribeAlarmsCommand({ NextToken: 'x!' })))).name, 'InvalidNextToken');
  });
});

describe('CloudWatch', () => {
  it('keeps alarms over a restart, per account and region', async (context) => {
    const disk = new Disk(':memory:');
    const before = new CloudWatchClient((await startAws(context, { disk })).as(ACCOUNT));
    await before.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS }));
    const stage = await startAws(context, { disk });
    const alarms = async (account: string, region: string): Promise<number | undefined> => (await new CloudWatchClient(stage.as(account, region)).send(new DescribeAlarmsCommand({}))).MetricAlarms?.length;
    assert.deepEqual([await alarms(ACCOUNT, 'us-east-1'), await alarms(ACCOUNT, 'eu-west-1'), await alarms('222222222222', 'us-east-1')], [1, 0, 0]);
  });

  it('asks the caller\'s policies about each alarm', async (context) => {
    const stage = await startAws(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    const allowed = { Effect: 'Allow', Action: ['cloudwatch:DescribeAlarms'], Resource: `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:shop-*` };
    await iam.send(new CreateRoleCommand({ RoleName: 'watcher', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'watcher', PolicyName: 'look', PolicyDocument: policy(allowed) }));
    await stage.pass(60);
    const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/watcher`, RoleSessionName: 'test' }));
    const watcher = new CloudWatchClient(stage.as(Credentials));
    assert.deepEqual((await watcher.send(new DescribeAlarmsCommand({ AlarmNames: ['shop-a'] }))).MetricAlarms, []);
    const refused = await refusal(watcher.send(new DescribeAlarmsCommand({})));
    assert.match(`${refused.name}: ${refused.message}`, /^AccessDenied.*cloudwatch:DescribeAlarms on resource: arn:aws:cloudwatch:us-east-1:111111111111:alarm:\*/);
    assert.match((await refusal(watcher.send(new SetAlarmStateCommand({ AlarmName: 'shop-a', StateValue: 'OK', StateReason: 'set' })))).name, /^AccessDenied/);
  });

  it('fails as it was scripted to', async (context) => {
    const stage = await startAws(context);
    const cloudwatch = new CloudWatchClient(stage.as(ACCOUNT));
    const scripted = await stage.send('POST', '/_sim/faults', { operation: 'cloudwatch:DescribeAlarms', times: 1, fault: { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded', status: 400 } });
    assert.equal(scripted.status, 201);
    assert.equal((await refusal(cloudwatch.send(new DescribeAlarmsCommand({})))).name, 'ThrottlingException');
    assert.deepEqual((await stage.get('/_sim/calls')).body, { 'cloudwatch:DescribeAlarms': 1 });
  });

  it('speaks the query protocol with older clients', async (context) => {
    const stage = await startAws(context);
    await new CloudWatchClient(stage.as(ACCOUNT)).send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS }));
    const ask = async (form: string): Promise<string> => {
      const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=any`, 'content-type': 'application/x-www-form-urlencoded' };
      return (await fetch(stage.url, { method: 'POST', headers, body: form })).text();
    };
    assert.match(await ask('Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=errors'), /<DescribeAlarmsResponse xmlns="http:\/\/monitoring\.amazonaws\.com\/doc\/2010-08-01\/">.*<StateValue>INSUFFICIENT_DATA<\/StateValue>/s);
    assert.match(await ask('Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=nobody'), /<Code>ResourceNotFound<\/Code>/);
  });

  it('speaks CBOR with newer clients', async (context) => {
    const stage = await startAws(context);
    const cloudwatch = new CloudWatchClient({ ...stage.as(ACCOUNT), protocol: SmithyRpcV2CborProtocol });
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', ...SETTINGS, Threshold: 0.5 }));
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a drill' }));
    const [alarm] = (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }))).MetricAlarms ?? [];
    assert.deepEqual([alarm?.StateValue, alarm?.Threshold, alarm?.StateUpdatedTimestamp], ['ALARM', 0.5, new Date(EPOCH)]);
    assert.equal((await cloudwatch.send(new DescribeAlarmHistoryCommand({ StartDate: new Date(Date.parse(EPOCH) + 1) }))).AlarmHistoryItems?.length, 0);
    assert.deepEqual(await refusal(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['nobody'] }))), { name: 'ResourceNotFound', message: 'The following alarms do not exist: nobody', status: 404 });
  });
});
