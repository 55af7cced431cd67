import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
  ResumeProcessesCommand,
  RollbackInstanceRefreshCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { AutoScalingGroup, CreateAutoScalingGroupCommandInput, DescribeAutoScalingGroupsCommandInput, InstanceRefresh, StartInstanceRefreshCommandInput } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, DeregisterImageCommand, DescribeInstancesCommand, DescribeSubnetsCommand, EC2Client, RegisterImageCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestContext } from 'node:test';
import { Disk } from '../../local/disk.ts';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const GROUP = 'workers';
/** Longer than a launch, and than a termination. */
const MINUTES_2 = 120;
const HOUR = 3600;

interface Place {
  readonly stage: AwsStage;
  readonly ec2: EC2Client;
  readonly groups: AutoScalingClient;
  readonly images: readonly [string, string];
  group(): Promise<AutoScalingGroup>;
  refresh(): Promise<InstanceRefresh>;
  start(input?: Partial<StartInstanceRefreshCommandInput>): Promise<string | undefined>;
  versions(): Promise<(string | undefined)[]>;
}

/** A group of three, of the first of a launch template's two versions, that has come up. */
async function place(context: Pick<TestContext, 'after'>, input: Partial<CreateAutoScalingGroupCommandInput> = {}, disk?: Disk): Promise<Place> {
  const stage = await startAws(context, disk === undefined ? {} : { disk });
  const ec2 = new EC2Client(stage.as(ACCOUNT));
  const groups = new AutoScalingClient(stage.as(ACCOUNT));
  const register = async (Name: string): Promise<string> => (await ec2.send(new RegisterImageCommand({ Name, Architecture: 'x86_64' }))).ImageId ?? '';
  const images = [await register('nodes-1'), await register('nodes-2')] as const;
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData: { ImageId: images[0], InstanceType: 'm5.large' } }));
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'nodes', SourceVersion: '1', LaunchTemplateData: { ImageId: images[1] } }));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const VPCZoneIdentifier = Subnets.slice(0, 3).map(({ SubnetId }) => SubnetId).join(',');
  await groups.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, MinSize: 0, MaxSize: 6, DesiredCapacity: 3, VPCZoneIdentifier, LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '1' }, ...input }));
  await stage.pass(MINUTES_2);
  const group = async (): Promise<AutoScalingGroup> => {
    const [found] = (await groups.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] }))).AutoScalingGroups ?? [];
    assert.ok(found !== undefined);
    return found;
  };
  return {
    stage,
    ec2,
    groups,
    images,
    group,
    async refresh() {
      const [found] = (await groups.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: GROUP }))).InstanceRefreshes ?? [];
      assert.ok(found !== undefined);
      return found;
    },
    async start(more) {
      return (await groups.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: GROUP, DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '2' } }, ...more }))).InstanceRefreshId;
    },
    versions: async () => ((await group()).Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').map(({ LaunchTemplate }) => LaunchTemplate?.Version),
  };
}

describe('An Auto Scaling group', () => {
  it('brings up instances that EC2 knows, spread over its subnets', async (context) => {
    const { group, ec2 } = await place(context, { Tags: [{ Key: 'kubernetes.io/cluster/blue', Value: 'owned', PropagateAtLaunch: true }] });
    const { Instances = [], AutoScalingGroupARN, LaunchTemplate } = await group();
    assert.match(AutoScalingGroupARN ?? '', /^arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/workers$/);
    assert.deepEqual([LaunchTemplate?.LaunchTemplateName, LaunchTemplate?.Version, LaunchTemplate?.LaunchTemplateId?.slice(0, 3)], ['nodes', '1', 'lt-']);
    assert.deepEqual(Instances.map(({ LifecycleState, HealthStatus, InstanceType }) => `${LifecycleState} ${HealthStatus} ${InstanceType}`), Array(3).fill('InService Healthy m5.large'));
    assert.equal(new Set(Instances.map(({ AvailabilityZone }) => AvailabilityZone)).size, 3);
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:kubernetes.io/cluster/blue', Values: ['owned'] }, { Name: 'instance-state-name', Values: ['running'] }] }));
    const seen = Reservations.flatMap(({ Instances: found = [] }) => found);
    assert.deepEqual(seen.map(({ InstanceId }) => InstanceId).sort(), Instances.map(({ InstanceId }) => InstanceId).sort());
    assert.equal(seen[0]?.Tags?.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value, GROUP);
  });

  it('is found by name, tag and page', async (context) => {
    const { groups, group } = await place(context);
    const { VPCZoneIdentifier } = await group();
    for (const name of ['blue', 'green']) await groups.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: 0, MaxSize: 1, VPCZoneIdentifier, LaunchTemplate: { LaunchTemplateName: 'nodes' }, Tags: [{ Key: 'colour', Value: name }] }));
    const names = async (input: DescribeAutoScalingGroupsCommandInput): Promise<string> => ((await groups.send(new DescribeAutoScalingGroupsCommand(input))).AutoScalingGroups ?? []).map(({ AutoScalingGroupName }) => AutoScalingGroupName).join(' ');
    assert.equal(await names({ Filters: [{ Name: 'tag:colour', Values: ['green'] }] }), 'green');
    assert.equal(await names({ Filters: [{ Name: 'tag-key', Values: ['colour'] }] }), 'blue green');
    assert.equal(await names({ AutoScalingGroupNames: ['nobody'] }), '');
    const first = await groups.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 2 }));
    assert.equal(await names({ MaxRecords: 2, NextToken: first.NextToken }), 'workers');
    await groups.send(new CreateOrUpdateTagsCommand({ Tags: [{ ResourceType: 'auto-scaling-group', ResourceId: 'blue', Key: 'colour', Value: 'navy', PropagateAtLaunch: true }] }));
    assert.deepEqual((await groups.send(new DescribeTagsCommand({ Filters: [{ Name: 'auto-scaling-group', Values: ['blue'] }] }))).Tags, [{ ResourceId: 'blue', ResourceType: 'auto-scaling-group', Key: 'colour', Value: 'navy', PropagateAtLaunch: true }]);
  });

  it('follows its size, and replaces what was lost', async (context) => {
    const { groups, group, stage, ec2 } = await place(context);
    await groups.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 5 }));
    await stage.pass(MINUTES_2);
    assert.equal((await group()).Instances?.length, 5);
    await groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, MaxSize: 2 }));
    await stage.pass(MINUTES_2);
    const kept = ((await group()).Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
    assert.equal(kept.length, 2);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: kept.slice(0, 1) }));
    assert.deepEqual(((await group()).Instances ?? []).map(({ HealthStatus }) => HealthStatus).sort(), ['Healthy', 'Unhealthy']);
    await stage.pass(MINUTES_2);
    assert.deepEqual(((await group()).Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length, 2);
    assert.equal((await groups.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: kept.slice(0, 1) }))).AutoScalingInstances?.length, 0);
  });

  it('replaces an instance that is told unhealthy, and keeps it while that is suspended', async (context) => {
    const { groups, group, stage, ec2 } = await place(context, { HealthCheckGracePeriod: 300 });
    const [first = '', second = '', third = ''] = ((await group()).Instances ?? []).map(({ InstanceId }) => InstanceId);
    const tell = (InstanceId: string, more: object = {}) => groups.send(new SetInstanceHealthCommand({ InstanceId, HealthStatus: 'Unhealthy', ...more }));
    const unhealthy = async (): Promise<(string | undefined)[]> => ((await group()).Instances ?? []).filter(({ HealthStatus }) => HealthStatus === 'Unhealthy').map(({ InstanceId }) => InstanceId);
    const inService = async (): Promise<(string | undefined)[]> => ((await group()).Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').map(({ InstanceId }) => InstanceId);

    await tell(first);
    assert.deepEqual(await unhealthy(), [], 'it is within its grace period');
    await tell(first, { ShouldRespectGracePeriod: false });
    assert.deepEqual(await unhealthy(), [first]);
    await stage.pass(MINUTES_2);
    assert.deepEqual([(await inService()).length, (await inService()).includes(first)], [3, false]);

    await groups.send(new SuspendProcessesCommand({ AutoScalingGroupName: GROUP, ScalingProcesses: ['ReplaceUnhealthy'] }));
    assert.deepEqual((await group()).SuspendedProcesses, [{ ProcessName: 'ReplaceUnhealthy', SuspensionReason: 'User suspended at 2026-11-22T00:04:00Z' }]);
    await tell(second, { ShouldRespectGracePeriod: false });
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [third] }));
    await stage.pass(HOUR);
    assert.deepEqual([(await unhealthy()).sort(), (await inService()).length], [[second, third].sort(), 3]);
    await groups.send(new SetInstanceHealthCommand({ InstanceId: second, HealthStatus: 'Healthy' }));
    assert.deepEqual(await unhealthy(), [third]);

    await groups.send(new ResumeProcessesCommand({ AutoScalingGroupName: GROUP, ScalingProcesses: ['ReplaceUnhealthy'] }));
    await stage.pass(MINUTES_2);
    assert.deepEqual([(await inService()).length, (await inService()).includes(second), (await inService()).includes(third)], [3, true, false]);
    assert.deepEqual((await group()).SuspendedProcesses, []);
  });

  it('refuses the health of a strange instance, and to suspend what it could not do without', async (context) => {
    const { groups } = await place(context);
    assert.equal((await refusal(groups.send(new SetInstanceHealthCommand({ InstanceId: 'i-0', HealthStatus: 'Unhealthy' })))).name, 'ValidationError');
    const suspend = (...ScalingProcesses: string[]) => refusal(groups.send(new SuspendProcessesCommand({ AutoScalingGroupName: GROUP, ScalingProcesses })));
    assert.match((await suspend('Sleep')).message, /^Invalid scaling process: Sleep\./);
    const all = await suspend();
    assert.deepEqual([all.status, all.message], [501, 'The simulated AWS does not support suspending Launch, Terminate, HealthCheck, InstanceRefresh.']);
  });

  it('is deleted when it is empty, or by force', async (context) => {
    const { groups, stage } = await place(context);
    const remove = (force: boolean) => groups.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, ForceDelete: force }));
    assert.equal((await refusal(remove(false))).name, 'ResourceInUseFault');
    await groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 0 }));
    assert.equal((await refusal(remove(false))).name, 'ScalingActivityInProgressFault');
    await remove(true);
    await stage.pass(MINUTES_2);
    assert.deepEqual((await groups.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups, []);
  });

  it('is refused when it could not launch anything, or exists', async (context) => {
    const { groups, group } = await place(context);
    const { VPCZoneIdentifier } = await group();
    const create = (input: Partial<CreateAutoScalingGroupCommandInput>) => refusal(groups.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'other', MinSize: 0, MaxSize: 1, VPCZoneIdentifier, LaunchTemplate: { LaunchTemplateName: 'nodes' }, ...input })));
    assert.equal((await create({ AutoScalingGroupName: GROUP })).name, 'AlreadyExistsFault');
    assert.match((await create({ LaunchTemplate: { LaunchTemplateName: 'nobody' } })).message, /^You must use a valid fully-formed launch template\. The specified launch template, with template name nobody, does not exist\.$/);
    assert.match((await create({ LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '9' } })).message, /Could not find the specified version 9/);
    assert.equal((await create({ VPCZoneIdentifier: 'subnet-0123' })).name, 'ValidationError');
    assert.equal((await create({ MinSize: 2 })).name, 'ValidationError');
    assert.equal((await create({ LaunchConfigurationName: 'old' })).status, 501);
    assert.match((await refusal(groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'nobody', MaxSize: 1 })))).message, /^AutoScalingGroup name not found/);
  });
});

describe('An instance refresh', () => {
  it('replaces instances one batch after another, and gives the group its configuration', async (context) => {
    const { start, refresh, group, versions, stage } = await place(context);
    const id = await start({ Preferences: { MinHealthyPercentage: 60, InstanceWarmup: 60 } });
    assert.deepEqual([(await refresh()).InstanceRefreshId, (await refresh()).Status], [id, 'Pending']);
    const seen: string[] = [];
    for (let minute = 0; minute < 8; minute += 1) {
      await stage.pass(60);
      const { Status, PercentageComplete, InstancesToUpdate } = await refresh();
      const line = `${Status} ${PercentageComplete}% ${InstancesToUpdate}`;
      if (seen.at(-1) !== line) seen.push(line);
      assert.ok((await versions()).length >= 2);
    }
    assert.deepEqual(seen, ['InProgress 0% 3', 'InProgress 33% 2', 'InProgress 66% 1', 'Successful 100% 0']);
    assert.deepEqual(await versions(), ['2', '2', '2']);
    assert.equal((await group()).LaunchTemplate?.Version, '2');
  });

  it('brings new instances before old ones go when more than all may be healthy', async (context) => {
    const { start, group, stage, refresh } = await place(context);
    await start({ Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 134 } });
    let most = 0;
    for (let turn = 0; turn < 30; turn += 1) {
      await stage.pass(20);
      const inService = ((await group()).Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
      assert.ok(inService >= 3);
      most = Math.max(most, (await group()).Instances?.length ?? 0);
    }
    assert.deepEqual([(await refresh()).Status, most > 3], ['Successful', true]);
  });

  it('leaves alone what is as it should be, when asked to', async (context) => {
    const { start, refresh, stage, group } = await place(context);
    const before = (await group()).Instances?.map(({ InstanceId }) => InstanceId);
    await start({ DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '1' } }, Preferences: { SkipMatching: true } });
    await stage.pass(60);
    assert.deepEqual([(await refresh()).Status, (await refresh()).PercentageComplete], ['Successful', 100]);
    assert.deepEqual((await group()).Instances?.map(({ InstanceId }) => InstanceId), before);
  });

  it('is one at a time, and guards the configuration of its group', async (context) => {
    const { start, groups } = await place(context);
    await start();
    assert.deepEqual(await refusal(start()), { name: 'InstanceRefreshInProgressFault', message: 'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.', status: 400 });
    assert.match((await refusal(groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '2' } })))).message, /active instance refresh with a desired configuration/);
  });

  it('ends when it is cancelled, after the batch that is on its way', async (context) => {
    const { start, refresh, groups, stage, versions, group } = await place(context);
    const cancel = () => groups.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: GROUP }));
    assert.equal((await refusal(cancel())).name, 'ActiveInstanceRefreshNotFoundFault');
    const id = await start();
    await stage.pass(30);
    assert.equal((await cancel()).InstanceRefreshId, id);
    assert.equal((await refresh()).Status, 'Cancelling');
    await stage.pass(MINUTES_2);
    assert.equal((await refresh()).Status, 'Cancelled');
    assert.deepEqual((await versions()).sort(), ['1', '1', '2']);
    assert.equal((await group()).LaunchTemplate?.Version, '1');
  });

  it('is refused for a launch template or an image that is not there', async (context) => {
    const { start, ec2, images } = await place(context);
    assert.match((await refusal(start({ DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '3' } } }))).message, /Could not find the specified version 3/);
    await ec2.send(new DeregisterImageCommand({ ImageId: images[1] }));
    const refused = await refusal(start());
    assert.deepEqual([refused.name, refused.message], ['ValidationError', `You must use a valid fully-formed launch template. The image id '[${images[1]}]' does not exist`]);
  });

  it('fails after an hour when its image is gone, and the group goes on with what it had', async (context) => {
    const { start, refresh, stage, ec2, images, groups, versions } = await place(context);
    await start();
    await ec2.send(new DeregisterImageCommand({ ImageId: images[1] }));
    await stage.pass(60);
    const stuck = await refresh();
    assert.deepEqual([stuck.Status, stuck.StatusReason], ['InProgress', `The image id '[${images[1]}]' does not exist`]);
    assert.deepEqual(await versions(), ['1', '1']);
    await stage.pass(HOUR + MINUTES_2);
    const failed = await refresh();
    assert.deepEqual([failed.Status, failed.StatusReason, failed.PercentageComplete], ['Failed', `The image id '[${images[1]}]' does not exist`, 0]);
    assert.deepEqual(await versions(), ['1', '1', '1']);
    const { Activities = [] } = await groups.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP }));
    assert.ok(Activities.some(({ StatusCode, StatusMessage }) => StatusCode === 'Failed' && /does not exist/.test(StatusMessage ?? '')));
  });

  it('goes on when what was missing is there within the hour', async (context) => {
    const { start, refresh, stage, group, ec2, groups } = await place(context, { NewInstancesProtectedFromScaleIn: true });
    await start();
    await stage.pass(60);
    assert.match((await refresh()).StatusReason ?? '', /protected from scale in/);
    const ids = ((await group()).Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
    await groups.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: GROUP, NewInstancesProtectedFromScaleIn: false }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    await stage.pass(HOUR);
    assert.equal((await refresh()).Status, 'Successful');
  });

  it('waits for an instance that is protected, until it is so no more', async (context) => {
    const { start, refresh, stage, group, groups, versions } = await place(context);
    const [first = '', ...others] = ((await group()).Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
    const protect = (ProtectedFromScaleIn: boolean, ...InstanceIds: string[]) => groups.send(new SetInstanceProtectionCommand({ AutoScalingGroupName: GROUP, InstanceIds, ProtectedFromScaleIn }));
    await protect(true, first, ...others);
    assert.deepEqual((await group()).Instances?.map((one) => one.ProtectedFromScaleIn), [true, true, true]);
    await protect(false, ...others);
    await start();
    await stage.pass(4 * MINUTES_2);
    assert.deepEqual([(await refresh()).Status, (await refresh()).StatusReason, (await versions()).sort()], ['InProgress', 'Waiting for 1 instances that are protected from scale in.', ['1', '2', '2']]);
    await protect(false, first);
    await stage.pass(HOUR / 2);
    assert.deepEqual([(await refresh()).Status, await versions()], ['Successful', ['2', '2', '2']]);
    assert.deepEqual(await refusal(protect(true, first)), { name: 'ValidationError', message: `The instance ${first} is not part of Auto Scaling group ${GROUP}.`, status: 400 });
    assert.equal((await refusal(protect(true))).name, 'ValidationError');
  });

  it('fails as it was scripted to, with the reason that was scripted', async (context) => {
    const { start, refresh, stage, versions } = await place(context);
    const scripted = await stage.send('POST', '/_sim/faults', { operation: 'autoscaling:StartInstanceRefresh', match: { AutoScalingGroupName: GROUP }, times: 1, fault: { kind: 'failUpdate', code: 'VcpuLimitExceeded', message: 'You have requested more vCPU capacity than your current vCPU limit of 5 allows.' } });
    assert.equal(scripted.status, 201);
    await start();
    await stage.pass(HOUR + MINUTES_2);
    assert.deepEqual([(await refresh()).Status, (await refresh()).StatusReason], ['Failed', 'You have requested more vCPU capacity than your current vCPU limit of 5 allows.']);
    await stage.pass(MINUTES_2);
    assert.deepEqual(await versions(), ['1', '1', '1']);
  });

  it('rolls back when it fails, when that was asked for', async (context) => {
    const { start, refresh, stage, versions, group } = await place(context);
    const cloudwatch = new CloudWatchClient(stage.as(ACCOUNT));
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: 'errors', Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }));
    await start({ Preferences: { AutoRollback: true, AlarmSpecification: { Alarms: ['errors'] } } });
    await stage.pass(90);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'a drill' }));
    await stage.pass(30);
    const back = await refresh();
    assert.deepEqual([back.Status, back.RollbackDetails?.RollbackReason, back.RollbackDetails?.PercentageCompleteOnRollback], ['RollbackInProgress', 'The CloudWatch alarm errors is in the ALARM state.', 33]);
    await stage.pass(HOUR);
    assert.equal((await refresh()).Status, 'RollbackSuccessful');
    assert.deepEqual([await versions(), (await group()).LaunchTemplate?.Version], [['1', '1', '1'], '1']);
  });

  it('is rolled back by hand only where it knows what to', async (context) => {
    const { start, groups, refresh, stage, versions } = await place(context);
    const back = () => groups.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: GROUP }));
    await groups.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: GROUP }));
    assert.equal((await refusal(back())).name, 'IrreversibleInstanceRefreshFault');
    await groups.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: GROUP }));
    await stage.pass(30);
    await start();
    await stage.pass(90);
    await back();
    await stage.pass(600);
    assert.equal((await refresh()).Status, 'RollbackSuccessful');
    assert.deepEqual(await versions(), ['1', '1', '1']);
  });

  it('goes on over a restart', async (context) => {
    const disk = new Disk(':memory:');
    const before = await place(context, {}, disk);
    await before.start();
    await before.stage.pass(60);
    before.stage.world.clock.stop();
    const stage = await startAws(context, { disk });
    stage.aws.resume();
    await stage.pass(900);
    // EC2 is asked first: a look at the group would itself make up for what was missed.
    const { Reservations = [] } = await new EC2Client(stage.as(ACCOUNT)).send(new DescribeInstancesCommand({ Filters: [{ Name: 'image-id', Values: [before.images[1]] }, { Name: 'instance-state-name', Values: ['running'] }] }));
    assert.equal(Reservations.length, 3);
    const groups = new AutoScalingClient(stage.as(ACCOUNT));
    const [refresh] = (await groups.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: GROUP }))).InstanceRefreshes ?? [];
    assert.equal(refresh?.Status, 'Successful');
  });
});

describe('Auto Scaling', () => {
  it('asks the caller\'s policies about the group and the launch template', async (context) => {
    const { stage, group } = await place(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    const { AutoScalingGroupARN = '' } = await group();
    await iam.send(new CreateRoleCommand({ RoleName: 'roller', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    const may = async (ask: (as: AutoScalingClient) => Promise<unknown>, ...statements: readonly Record<string, unknown>[]): Promise<string> => {
      await iam.send(new PutRolePolicyCommand({ RoleName: 'roller', PolicyName: 'roll', PolicyDocument: policy(...statements) }));
      await stage.pass(60);
      const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/roller`, RoleSessionName: 'test' }));
      try {
        await ask(new AutoScalingClient(stage.as(Credentials)));
        return 'done';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const start = { Effect: 'Allow', Action: 'autoscaling:StartInstanceRefresh', Resource: AutoScalingGroupARN };
    const begin = (as: AutoScalingClient) => as.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: GROUP, DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '2' } } }));
    assert.match(await may(begin, { ...start, Resource: `${AutoScalingGroupARN}x` }), /autoscaling:StartInstanceRefresh on resource: arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:/);
    assert.match(await may(begin, start), /ec2:RunInstances on resource: arn:aws:ec2:us-east-1:111111111111:launch-template/);
    assert.equal(await may(begin, start, { Effect: 'Allow', Action: 'ec2:RunInstances', Resource: '*', Condition: { ArnLike: { 'ec2:LaunchTemplate': `arn:aws:ec2:us-east-1:${ACCOUNT}:launch-template/*` } } }), 'done');
    // It names an instance alone, and is about its group all the same.
    const tell = async (as: AutoScalingClient) => as.send(new SetInstanceHealthCommand({ InstanceId: (await group()).Instances?.at(-1)?.InstanceId, HealthStatus: 'Healthy' }));
    assert.match(await may(tell, start), /autoscaling:SetInstanceHealth on resource: arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:.*\/workers/);
    assert.equal(await may(tell, { ...start, Action: 'autoscaling:SetInstanceHealth' }), 'done');
  });
});
