import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetRequestedServiceQuotaChangeCommand,
  GetServiceQuotaCommand,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  ListServiceQuotasCommand,
  ListServicesCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { Disk } from '../../local/disk.ts';
import { refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const STANDARD = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };
const HALF_AN_HOUR = 1800;

describe('An account', () => {
  it('has AWS\'s default quotas, and more vCPUs', async (context) => {
    const quotas = new ServiceQuotasClient((await startAws(context)).as(ACCOUNT, 'eu-west-1'));
    const { Quota } = await quotas.send(new GetServiceQuotaCommand(STANDARD));
    assert.deepEqual([Quota?.QuotaName, Quota?.Value, Quota?.Adjustable, Quota?.UsageMetric?.MetricDimensions?.['Class']], ['Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances', 1152, true, 'Standard/OnDemand']);
    assert.equal(Quota?.QuotaArn, 'arn:aws:servicequotas:eu-west-1:111111111111:ec2/L-1216C47A');
    const value = async (ServiceCode: string, QuotaCode: string): Promise<string> => {
      const applied = await quotas.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }));
      const byDefault = await quotas.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
      return `${applied.Quota?.Value} of ${byDefault.Quota?.Value}`;
    };
    assert.deepEqual([await value('ec2', 'L-1216C47A'), await value('ec2', 'L-DB2E81BA'), await value('eks', 'L-1194D53C'), await value('eks', 'L-6D54EA21'), await value('eks', 'L-BD136A63')], ['1152 of 5', '256 of 0', '100 of 100', '30 of 30', '450 of 450']);
    assert.deepEqual((await quotas.send(new ListServicesCommand({}))).Services?.map(({ ServiceCode }) => ServiceCode), ['ec2', 'eks', 'vpc', 'autoscaling', 'ecr']);
    const first = await quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'eks', MaxResults: 7 }));
    const second = await quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'eks', MaxResults: 7, NextToken: first.NextToken }));
    assert.deepEqual([first.Quotas?.length, second.Quotas?.length, second.NextToken], [7, 1, undefined]);
  });

  it('has what was set for it, and what was granted after that', async (context) => {
    const stage = await startAws(context);
    const quotas = new ServiceQuotasClient(stage.as(ACCOUNT));
    const value = async (): Promise<number | undefined> => (await quotas.send(new GetServiceQuotaCommand(STANDARD))).Quota?.Value;
    const set = (body: Record<string, unknown>) => stage.send('POST', '/_sim/quotas', { account: ACCOUNT, region: 'us-east-1', service: 'ec2', code: 'L-1216C47A', value: 5, ...body });
    await quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 2000 }));
    await stage.pass(HALF_AN_HOUR);
    assert.equal((await set({})).status, 201);
    assert.equal(await value(), 5);
    await stage.pass(1);
    await quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 64 }));
    await stage.pass(HALF_AN_HOUR);
    assert.equal(await value(), 64);
    assert.deepEqual(await set({ code: 'L-0' }), { status: 400, body: { message: 'code: the simulated Service Quotas has no such quota.' } });
    assert.equal(((await stage.get('/_sim/quotas')).body['quotas'] as unknown[]).length, 1);
    assert.deepEqual((await stage.send('DELETE', '/_sim/quotas', undefined)).body, { quotas: [] });
    assert.equal(await value(), 2000);
  });

  it('is told of none that there is not', async (context) => {
    const quotas = new ServiceQuotasClient((await startAws(context)).as(ACCOUNT));
    assert.equal((await refusal(quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-00000000' })))).name, 'NoSuchResourceException');
    assert.equal((await refusal(quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'nothing' })))).name, 'NoSuchResourceException');
  });
});

describe('A request for a higher quota', () => {
  it('is granted after a while, for its account and region, over a restart', async (context) => {
    const disk = new Disk(':memory:');
    const stage = await startAws(context, { disk });
    const quotas = new ServiceQuotasClient(stage.as(ACCOUNT));
    const { RequestedQuota } = await quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 6400 }));
    assert.equal(RequestedQuota?.Status, 'PENDING');
    assert.deepEqual(await refusal(quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 12800 }))), { name: 'ResourceAlreadyExistsException', message: 'Only one open service quota increase request is allowed per quota.', status: 400 });
    assert.equal((await quotas.send(new GetServiceQuotaCommand(STANDARD))).Quota?.Value, 1152);
    await stage.pass(HALF_AN_HOUR);
    assert.equal((await quotas.send(new GetRequestedServiceQuotaChangeCommand({ RequestId: RequestedQuota?.Id }))).RequestedQuota?.Status, 'APPROVED');
    const again = await startAws(context, { disk });
    await again.pass(HALF_AN_HOUR);
    const value = async (region: string): Promise<number | undefined> => (await new ServiceQuotasClient(again.as(ACCOUNT, region)).send(new GetServiceQuotaCommand(STANDARD))).Quota?.Value;
    assert.deepEqual([await value('us-east-1'), await value('eu-west-1')], [6400, 1152]);
    assert.equal((await quotas.send(new GetAWSDefaultServiceQuotaCommand(STANDARD))).Quota?.Value, 5);
  });

  it('is answered at full speed without anybody else at work', async (context) => {
    const stage = await startAws(context, { speed: 'max' });
    const { clock } = stage.world;
    const before = clock.now();
    // A background timer by itself never makes time jump: it is passed on the way to what somebody waits for.
    const passed = new Promise<void>((resolve) => {
      clock.at(before + (HALF_AN_HOUR - 60) * 1000, () => resolve(), { background: true });
    });
    await new ServiceQuotasClient(stage.as(ACCOUNT)).send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 6400 }));
    await passed;
    assert.ok(clock.now() > before);
  });

  it('is refused when it asks for less, or for what nobody may raise', async (context) => {
    const quotas = new ServiceQuotasClient((await startAws(context)).as(ACCOUNT));
    assert.equal((await refusal(quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 5 })))).name, 'IllegalArgumentException');
    assert.equal((await refusal(quotas.send(new RequestServiceQuotaIncreaseCommand({ ServiceCode: 'eks', QuotaCode: 'L-93A74D60', DesiredValue: 80 })))).name, 'IllegalArgumentException');
  });

  it('is denied when that was scripted', async (context) => {
    const stage = await startAws(context);
    const quotas = new ServiceQuotasClient(stage.as(ACCOUNT));
    await stage.send('POST', '/_sim/faults', { operation: 'servicequotas:RequestServiceQuotaIncrease', times: 1, fault: { kind: 'failUpdate' } });
    await quotas.send(new RequestServiceQuotaIncreaseCommand({ ...STANDARD, DesiredValue: 6400 }));
    await stage.pass(HALF_AN_HOUR);
    assert.deepEqual((await quotas.send(new ListRequestedServiceQuotaChangeHistoryByQuotaCommand(STANDARD))).RequestedQuotas?.map(({ Status }) => Status), ['DENIED']);
    assert.equal((await quotas.send(new GetServiceQuotaCommand(STANDARD))).Quota?.Value, 1152);
  });
});

describe('Service Quotas', () => {
  it('denies, throttles and fails as it was scripted to', async (context) => {
    const stage = await startAws(context);
    const quotas = new ServiceQuotasClient(stage.as(ACCOUNT));
    const faults = [{ kind: 'error', code: 'TooManyRequestsException', status: 429 }, { kind: 'deny' }];
    for (const fault of faults) await stage.send('POST', '/_sim/faults', { operation: 'servicequotas:GetServiceQuota', times: 1, fault });
    const names = [await refusal(quotas.send(new GetServiceQuotaCommand(STANDARD))), await refusal(quotas.send(new GetServiceQuotaCommand(STANDARD)))].map(({ name }) => name);
    assert.deepEqual(names.sort(), ['AccessDeniedException', 'TooManyRequestsException']);
  });
});
