import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateLaunchTemplateCommand, DeleteLaunchTemplateCommand, DeleteSubnetCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { policy, refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, clusterNow, clusterOf, roleArn, updateNow, workloads } from './eks-fleet.ts';
import type { Fleet } from './eks-fleet.ts';
import * as byHand from './eks-place.ts';

const issuesOf = async (fleet: Fleet) => (await clusterNow(fleet, 'a')).health?.issues ?? [];
const group = async (fleet: Fleet, nodegroupName = 'blue'): Promise<eks.Nodegroup> =>
  (await fleet.client.send(new eks.DescribeNodegroupCommand({ clusterName: 'a', nodegroupName }))).nodegroup ?? {};
const roll = async (fleet: Fleet, more: object = {}): Promise<eks.Update | undefined> =>
  (await fleet.client.send(new eks.UpdateNodegroupVersionCommand({ clusterName: 'a', nodegroupName: 'blue', ...more }))).update;
const nodesAt = (fleet: Fleet, version: string): number =>
  fleet.aws.eks.history(ACCOUNT, 'us-east-1', 'a').nodes.filter((node) => node.to === undefined && node.version === version).length;

/** A cluster at 1.35 whose two nodes are still at 1.34. */
async function behind(fleet: Fleet): Promise<void> {
  await activeCluster(fleet, 'a', { version: '1.34', nodes: 2 });
  await fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.35' }));
  await fleet.pass(14 * 60);
}

describe('the health of a simulated cluster', () => {
  it('tells each issue that EKS knows, with a text, when that is scripted', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a');
    const codes = Object.values(eks.ClusterIssueCode);
    await workloads(fleet, { health: codes.map((code) => ({ code })) });
    const issues = await issuesOf(fleet);
    assert.deepEqual(
      issues.map(({ code }) => code),
      codes,
    );
    for (const { message } of issues) assert.match(message ?? '', /^[A-Z].+\.$/);
    await workloads(fleet, { health: [{ code: 'Other', message: 'as told', resourceIds: ['eni-1'] }] });
    assert.deepEqual(await issuesOf(fleet), [{ code: 'Other', message: 'as told', resourceIds: ['eni-1'] }]);
    await workloads(fleet, {});
    assert.deepEqual(await issuesOf(fleet), []);
  });

  it('shows by itself a role, a subnet or a key that is gone, and makes an upgrade fail for want of the role or the key', async (t) => {
    const fleet = await account(await startAws(t));
    const kms = new KMSClient(fleet.as(ACCOUNT));
    const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata;
    const encryptionConfig = [{ resources: ['secrets'], provider: { keyArn: key?.Arn } }];
    assert.equal(
      (await refusal(fleet.client.send(new eks.CreateClusterCommand({ ...clusterOf(fleet, 'b'), encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: `${key?.Arn}0` } }] })))).message,
      'The keyArn in encryptionConfig provider is invalid',
    );
    await activeCluster(fleet, 'a', { more: { encryptionConfig } });
    assert.deepEqual((await clusterNow(fleet, 'a')).encryptionConfig, encryptionConfig);
    assert.deepEqual(await issuesOf(fleet), []);
    await kms.send(new DisableKeyCommand({ KeyId: key?.KeyId }));
    assert.deepEqual(
      (await issuesOf(fleet)).map(({ code, resourceIds }) => [code, resourceIds]),
      [['KmsKeyDisabled', [key?.Arn]]],
    );
    const { update } = await fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.35' }));
    await fleet.pass(14 * 60);
    const failed = await updateNow(fleet, update);
    assert.deepEqual([failed.status, failed.errors?.[0]?.errorCode, failed.errors?.[0]?.resourceIds], ['Failed', 'OperationNotPermitted', [key?.Arn]]);
    await kms.send(new EnableKeyCommand({ KeyId: key?.KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key?.KeyId, PendingWindowInDays: 7 }));
    assert.deepEqual((await issuesOf(fleet))[0]?.code, 'KmsKeyMarkedForDeletion');
    await fleet.pass(7 * 24 * 3600);
    assert.deepEqual((await issuesOf(fleet))[0]?.code, 'KmsKeyNotFound');
    await new IAMClient(fleet.as(ACCOUNT)).send(new DeleteRoleCommand({ RoleName: 'eks-cluster' }));
    await new EC2Client(fleet.as(ACCOUNT)).send(new DeleteSubnetCommand({ SubnetId: fleet.subnets[0] })).catch(() => undefined);
    assert.ok((await issuesOf(fleet)).some(({ code, resourceIds }) => code === 'IamRoleNotFound' && resourceIds?.[0] === roleArn('eks-cluster')));
  });

  it('wants subnets that are there, addresses in them, and a version that is supported', async () => {
    const place = byHand.eksPlace();
    await byHand.activeCluster(place, 'a', { version: '1.31' });
    const codes = (): string[] => place.call('DescribeCluster', { name: 'a' }).cluster.health.issues.map((issue: eks.ClusterIssue) => issue.code);
    assert.deepEqual(codes(), []);
    place.addresses.free = 2;
    assert.deepEqual(codes(), ['InsufficientFreeAddresses']);
    place.addresses.free = 4000;
    place.gone.add('subnet-0b');
    assert.deepEqual(codes(), ['Ec2SubnetNotFound']);
    place.gone.clear();
    await place.minutes(90 * 24 * 60);
    assert.deepEqual(codes(), ['UnsupportedVersion']);
  });
});

describe('the health of a simulated node group', () => {
  it('tells each issue that EKS knows, with a text, and is DEGRADED, when that is scripted', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { nodes: 1 });
    const codes = Object.values(eks.NodegroupIssueCode);
    await workloads(fleet, { nodegroups: { blue: { health: codes.map((code) => ({ code })) } } });
    const { status, health } = await group(fleet);
    assert.equal(status, 'DEGRADED');
    assert.deepEqual(
      health?.issues?.map(({ code }) => code),
      codes,
    );
    for (const { message } of health?.issues ?? []) assert.match(message ?? '', /^[A-Z]/);
    await workloads(fleet, {});
    assert.deepEqual([(await group(fleet)).status, (await group(fleet)).health?.issues], ['ACTIVE', []]);
  });

  it('shows by itself a role or a launch template that is gone, and then no node can join', async (t) => {
    const fleet = await account(await startAws(t));
    const ec2 = new EC2Client(fleet.as(ACCOUNT));
    const iam = new IAMClient(fleet.as(ACCOUNT));
    await activeCluster(fleet, 'a');
    const template = (await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'plain', LaunchTemplateData: { InstanceType: 'm7g.large' } }))).LaunchTemplate;
    await iam.send(new CreateRoleCommand({ RoleName: 'green', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }) }));
    const asked = { clusterName: 'a', subnets: fleet.subnets, scalingConfig: { minSize: 0, maxSize: 4, desiredSize: 1 } };
    await fleet.client.send(
      new eks.CreateNodegroupCommand({ ...asked, nodegroupName: 'blue', nodeRole: roleArn('eks-nodes'), amiType: 'AL2023_ARM_64_STANDARD', launchTemplate: { id: template?.LaunchTemplateId, version: '1' } }),
    );
    await fleet.client.send(new eks.CreateNodegroupCommand({ ...asked, nodegroupName: 'green', nodeRole: roleArn('green') }));
    await fleet.pass(8 * 60);
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: template?.LaunchTemplateId }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'green' }));
    assert.deepEqual(
      (await group(fleet)).health?.issues?.map(({ code, resourceIds }) => [code, resourceIds]),
      [['Ec2LaunchTemplateNotFound', [template?.LaunchTemplateId]]],
    );
    assert.deepEqual(
      (await group(fleet, 'green')).health?.issues?.map(({ code, resourceIds }) => [code, resourceIds]),
      [['IamNodeRoleNotFound', [roleArn('green')]]],
    );
    const update = await roll(fleet, { nodegroupName: 'green' });
    await fleet.pass(30 * 60);
    assert.equal((await updateNow(fleet, update, { nodegroupName: 'green' })).errors?.[0]?.errorCode, 'NodeCreationFailure');
  });
});

describe('a roll of a simulated node group in trouble', () => {
  it('ends in PodEvictionFailure after fifteen minutes at a node that a pod holds, and goes on from there when it is forced', async (t) => {
    const fleet = await account(await startAws(t));
    await behind(fleet);
    await workloads(fleet, { nodegroups: { blue: { heldBy: { pod: 'shop/cart-0', afterNodes: 1 } } } });
    const update = await roll(fleet);
    await fleet.pass(12 * 60);
    assert.equal((await updateNow(fleet, update, { nodegroupName: 'blue' })).status, 'InProgress');
    await fleet.pass(20 * 60);
    const failed = await updateNow(fleet, update, { nodegroupName: 'blue' });
    assert.equal(failed.status, 'Failed');
    assert.deepEqual([failed.errors?.[0]?.errorCode, failed.errors?.[0]?.errorMessage], ['PodEvictionFailure', 'Reached max retries while trying to evict pods from nodes in node group blue']);
    assert.match(failed.errors?.[0]?.resourceIds?.[0] ?? '', /^ip-10(-\d{1,3}){3}\.(ec2|[a-z0-9-]+\.compute)\.internal$/, 'the node, as kubectl names it');
    assert.deepEqual([nodesAt(fleet, '1.34'), nodesAt(fleet, '1.35')], [1, 1], 'what was replaced stays so');
    const forced = await roll(fleet, { force: true });
    await fleet.pass(25 * 60);
    assert.equal((await updateNow(fleet, forced, { nodegroupName: 'blue' })).status, 'Successful');
    assert.deepEqual([nodesAt(fleet, '1.34'), nodesAt(fleet, '1.35')], [0, 2]);
  });

  it('goes on when the pod is taken away in time', async (t) => {
    const fleet = await account(await startAws(t));
    await behind(fleet);
    await workloads(fleet, { nodegroups: { blue: { heldBy: { pod: 'shop/cart-0' } } } });
    const update = await roll(fleet);
    await fleet.pass(18 * 60);
    assert.deepEqual([(await updateNow(fleet, update, { nodegroupName: 'blue' })).status, nodesAt(fleet, '1.34')], ['InProgress', 2]);
    await workloads(fleet, {});
    await fleet.pass(15 * 60);
    assert.equal((await updateNow(fleet, update, { nodegroupName: 'blue' })).status, 'Successful');
  });

  it('ends in NodeCreationFailure when new nodes do not join, unless they do before EKS gives up', async (t) => {
    const fleet = await account(await startAws(t));
    await behind(fleet);
    await workloads(fleet, { nodegroups: { blue: { nodesJoin: false } } });
    const lost = await roll(fleet);
    await fleet.pass(30 * 60);
    const failed = await updateNow(fleet, lost, { nodegroupName: 'blue' });
    assert.deepEqual(
      [failed.status, failed.errors?.[0]?.errorCode, failed.errors?.[0]?.errorMessage],
      ['Failed', 'NodeCreationFailure', "Couldn't proceed with upgrade process as new nodes are not joining node group blue"],
    );
    const saved = await roll(fleet);
    await fleet.pass(5 * 60);
    await workloads(fleet, {});
    await fleet.pass(45 * 60);
    assert.equal((await updateNow(fleet, saved, { nodegroupName: 'blue' })).status, 'Successful');
    assert.equal(nodesAt(fleet, '1.35'), 2);
  });

  it('fails when EC2 has no machine, and the group says whose limit it was; a group that grows waits until there is one', async (t) => {
    const fleet = await account(await startAws(t));
    await behind(fleet);
    for (const [launches, text] of [
      ['InsufficientInstanceCapacity', /^Could not launch On-Demand Instances\. InsufficientInstanceCapacity - We currently do not have sufficient t3\.medium capacity/],
      ['VcpuLimitExceeded', /VcpuLimitExceeded - You have requested more vCPU capacity/],
    ] as const) {
      await workloads(fleet, { nodegroups: { blue: { launches } } });
      const [issue] = (await group(fleet)).health?.issues ?? [];
      assert.equal(issue?.code, 'AsgInstanceLaunchFailures');
      assert.match(issue.message ?? '', text);
      assert.deepEqual(issue.resourceIds, [(await group(fleet)).resources?.autoScalingGroups?.[0]?.name]);
      const update = await roll(fleet);
      await fleet.pass(30 * 60);
      assert.equal((await updateNow(fleet, update, { nodegroupName: 'blue' })).errors?.[0]?.errorCode, 'NodeCreationFailure');
    }
    await fleet.client.send(new eks.UpdateNodegroupConfigCommand({ clusterName: 'a', nodegroupName: 'blue', scalingConfig: { desiredSize: 3 } }));
    await fleet.pass(20 * 60);
    assert.equal(nodesAt(fleet, '1.34'), 2);
    await workloads(fleet, {});
    await fleet.pass(2 * 60);
    assert.equal(nodesAt(fleet, '1.34'), 3);
  });

  it('is CREATE_FAILED from the start with what keeps its nodes away', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a');
    await workloads(fleet, { nodegroups: { blue: { launches: 'VcpuLimitExceeded' } } });
    const asked = { clusterName: 'a', nodegroupName: 'blue', nodeRole: roleArn('eks-nodes'), subnets: fleet.subnets, scalingConfig: { minSize: 0, maxSize: 4, desiredSize: 1 } };
    await fleet.client.send(new eks.CreateNodegroupCommand(asked));
    await fleet.pass(30 * 60);
    const { status, health } = await group(fleet);
    assert.deepEqual([status, health?.issues?.[0]?.code], ['CREATE_FAILED', 'AsgInstanceLaunchFailures']);
  });
});
