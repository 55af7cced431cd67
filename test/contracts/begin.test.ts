import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { AutoScalingClient, DescribeInstanceRefreshesCommand, StartInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CancelUpdateCommand, EKSClient, UpdateClusterVersionCommand, UpdateNodegroupVersionCommand } from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { createAlarms } from '../../aws/alarms.ts';
import { createAutoScaling } from '../../aws/auto-scaling.ts';
import { createEks } from '../../aws/eks.ts';
import { AccountUnreachable, type Session } from '../../aws/ports.ts';
import type { Step } from '../../domain/operation.ts';

const eks = mockClient(EKSClient);
const autoScaling = mockClient(AutoScalingClient);
const cloudWatch = mockClient(CloudWatchClient);

const SESSION: Session = { accountId: '111111111111', region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date('2026-10-05T10:00:00Z') } };
const UPDATE = '11111111-2222-3333-4444-555555555555';

function step(kind: Step['kind'], subject: string, more: Partial<Step> = {}): Step {
  return { id: `1.34/${subject}`, title: 'Doing it', kind, stage: 'CarryOut', subject, reason: 'asked', hop: '1.34', order: 0, state: 'Running', run: 1, attempt: 1, ...more };
}

function refusal(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

beforeEach(() => [eks, autoScaling, cloudWatch].forEach((mock) => mock.reset()));

describe('the beginning of a control plane\'s move', () => {
  const begin = (asked: Step) => createEks({}).begin(SESSION, asked, 'prod', 'token');
  const sent = () => eks.commandCalls(UpdateClusterVersionCommand).map(({ args }) => args[0].input);

  beforeEach(() => eks.on(UpdateClusterVersionCommand).resolves({ update: { id: UPDATE } }));

  it('names the version, and force only where the step says so', async () => {
    assert.deepEqual(await begin(step('upgrade-control-plane', 'prod', { to: '1.35' })), { kind: 'begun', updateId: UPDATE });
    await begin(step('upgrade-control-plane', 'prod', { to: '1.35', parameters: { force: true } }));
    await begin(step('upgrade-control-plane', 'prod', { to: '1.35', parameters: { force: 'yes', timeoutMinutes: 720 } }));
    const plain = { name: 'prod', version: '1.35', clientRequestToken: 'token' };
    assert.deepEqual(sent(), [plain, { ...plain, force: true }, plain]);
  });

  it('is the same call with the minor before and a time limit, where it goes back', async () => {
    await begin(step('rollback-control-plane', 'prod', { to: '1.34', parameters: { timeoutMinutes: 720, force: true } }));
    await begin(step('rollback-control-plane', 'prod', { to: '1.34' }));
    const plain = { name: 'prod', version: '1.34', clientRequestToken: 'token' };
    assert.deepEqual(sent(), [{ ...plain, force: true, rollbackConfig: { timeoutMinutes: 720 } }, plain]);
  });

  it('is refused with EKS\'s word where its readiness checks block', async () => {
    eks.on(UpdateClusterVersionCommand).rejects(refusal('InvalidStateException', 'Upgrade readiness issues detected.'));
    assert.deepEqual(await begin(step('upgrade-control-plane', 'prod', { to: '1.35' })), { kind: 'refused', code: 'InvalidStateException', message: 'Upgrade readiness issues detected.' });
  });

  it('goes past disruption budgets for a node group whose step says so', async () => {
    eks.on(UpdateNodegroupVersionCommand).resolves({ update: { id: UPDATE } });
    await begin(step('upgrade-nodegroup', 'blue', { to: '1.35', parameters: { version: '1.35', force: true } }));
    assert.deepEqual(eks.commandCalls(UpdateNodegroupVersionCommand)[0]?.args[0].input, { version: '1.35', force: true, clusterName: 'prod', nodegroupName: 'blue', clientRequestToken: 'token' });
  });

  it('is not where an instance refresh begins', async () => {
    await assert.rejects(begin(step('refresh-instances', 'own')), /Auto Scaling/);
  });
});

describe('a refusal for a role', () => {
  const begin = async (message: string, name = 'InvalidParameterException') => {
    eks.on(UpdateNodegroupVersionCommand).rejects(refusal(name, message));
    return (await createEks({}).begin(SESSION, step('upgrade-nodegroup', 'blue', { to: '1.35' }), 'prod', 'token')).kind;
  };

  it('may be of one that IAM has just made, in the words that EKS has for it', async () => {
    for (const message of [
      'Role provided in the request does not exist.',
      'Trust policy of the role provided is invalid',
      'The trust policy for the provided role is invalid. The policy must include sts:AssumeRole and sts:TagSession actions',
      'Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal',
      'The specified principalArn is invalid: invalid principal.',
      'Role with arn: arn:aws:iam::111111111111:role/eks, could not be assumed because it does not exist or the trusted entity is not correct',
      'roleArn, arn:aws:iam::111111111111:role/eks, does not exist',
      'Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole arn:aws:iam::111111111111:role/eks',
    ]) {
      assert.equal(await begin(message), 'not-yet', message);
    }
  });

  it('is one for good where it is of something else', async () => {
    for (const message of ['The subnet ID \'subnet-1\' does not exist', 'Nodegroup version 1.36 is newer than the control plane.', 'The role ARN is not valid for this partition']) assert.equal(await begin(message), 'refused', message);
  });
});

describe('the cancelling of an update', () => {
  const cancel = () => createEks({}).cancelUpdate(SESSION, 'prod', UPDATE);

  it('is asked of EKS, which stops at its own time', async () => {
    eks.on(CancelUpdateCommand).resolves({});
    assert.equal(await cancel(), 'cancelling');
    assert.deepEqual(eks.commandCalls(CancelUpdateCommand)[0]?.args[0].input, { name: 'prod', updateId: UPDATE });
  });

  it('is refused with EKS\'s word where the update cannot be stopped, or has ended', async () => {
    for (const name of ['InvalidRequestException', 'InvalidStateException', 'ResourceInUseException', 'ResourceNotFoundException']) {
      eks.on(CancelUpdateCommand).rejects(refusal(name, 'Not this one.'));
      assert.deepEqual(await cancel(), { refused: 'Not this one.' }, name);
    }
  });

  it('waits for the account where the role may not', async () => {
    eks.on(CancelUpdateCommand).rejects(refusal('AccessDeniedException', 'no'));
    await assert.rejects(cancel(), AccountUnreachable);
  });
});

describe('an instance refresh', () => {
  const group = step('refresh-instances', 'own', { parameters: { launchTemplateId: 'lt-1', launchTemplateVersion: '7', minHealthyPercentage: 90 } });
  const hands = createAutoScaling({});

  it('begins with the version of the launch template that the step names', async () => {
    autoScaling.on(StartInstanceRefreshCommand).resolves({ InstanceRefreshId: 'r-1' });
    assert.deepEqual(await hands.begin(SESSION, group), { kind: 'begun', updateId: 'r-1' });
    assert.deepEqual(autoScaling.commandCalls(StartInstanceRefreshCommand)[0]?.args[0].input, {
      AutoScalingGroupName: 'own',
      Strategy: 'Rolling',
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '7' } },
      Preferences: { SkipMatching: true, MinHealthyPercentage: 90 },
    });
  });

  it('meets one that runs already by its id', async () => {
    autoScaling.on(StartInstanceRefreshCommand).rejects(refusal('InstanceRefreshInProgress', 'An Instance Refresh is already in progress.'));
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [{ InstanceRefreshId: 'r-2', Status: 'Successful' }, { InstanceRefreshId: 'r-1', Status: 'InProgress' }] });
    assert.deepEqual(await hands.begin(SESSION, group), { kind: 'in-use', message: 'An Instance Refresh is already in progress.', updateId: 'r-1' });
  });

  it('of a group that is gone is absent, and of one that Auto Scaling does not take refused', async () => {
    const gone = refusal('ValidationError', 'AutoScalingGroup name not found - null');
    autoScaling.on(StartInstanceRefreshCommand).rejects(gone);
    autoScaling.on(DescribeInstanceRefreshesCommand).rejects(gone);
    assert.deepEqual(await hands.begin(SESSION, group), { kind: 'absent', message: gone.message });
    assert.equal(await hands.refresh(SESSION, 'own', 'r-1'), 'absent');
    assert.deepEqual(await hands.recentRefreshes(SESSION, 'own', '2026-10-05T09:00:00Z'), []);
    autoScaling.on(StartInstanceRefreshCommand).rejects(refusal('ValidationError', 'Desired configuration is the same.'));
    assert.deepEqual(await hands.begin(SESSION, group), { kind: 'refused', code: 'ValidationError', message: 'Desired configuration is the same.' });
  });
});

describe('a look at alarms', () => {
  const arn = (name: string) => `arn:aws:cloudwatch:eu-west-1:111111111111:alarm:${name}`;

  it('has one fact for each, in order, and tells those that CloudWatch does not know', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolves({
      CompositeAlarms: [{ AlarmArn: arn('all:of:it'), StateValue: 'ALARM', StateReason: 'errors rings', StateUpdatedTimestamp: new Date('2026-10-05T09:00:00Z') }],
      MetricAlarms: [{ AlarmArn: arn('errors'), StateValue: 'OK' }],
    });
    assert.deepEqual(await createAlarms({}).look(SESSION, [arn('errors'), arn('gone'), arn('all:of:it')]), [
      { arn: arn('errors'), state: 'OK' },
      { arn: arn('gone'), state: 'absent' },
      { arn: arn('all:of:it'), state: 'ALARM', reason: 'errors rings', since: '2026-10-05T09:00:00.000Z' },
    ]);
    assert.deepEqual(cloudWatch.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input, { AlarmNames: ['errors', 'gone', 'all:of:it'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100 });
  });

  it('asks nothing of nobody, and waits for the account where the role may not', async () => {
    assert.deepEqual(await createAlarms({}).look(SESSION, []), []);
    assert.equal(cloudWatch.calls().length, 0);
    cloudWatch.on(DescribeAlarmsCommand).rejects(refusal('AccessDenied', 'no'));
    await assert.rejects(createAlarms({}).look(SESSION, [arn('errors')]), AccountUnreachable);
  });
});
