import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CreateSubnetCommand, CreateVpcCommand, DeleteSubnetCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  EKSClient,
  UpdateClusterVersionCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { policy, refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const HOUR = 3600;
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** An account with two subnets of eleven addresses each, in zones that EKS takes. */
async function smallNetwork(context: Pick<TestContext, 'after'>) {
  const stage = await startAws(context);
  const [ec2, eks, iam] = [new EC2Client(stage.as(ACCOUNT)), new EKSClient(stage.as(ACCOUNT)), new IAMClient(stage.as(ACCOUNT))];
  for (const [RoleName, Service] of [
    ['eks-cluster', 'eks.amazonaws.com'],
    ['eks-nodes', 'ec2.amazonaws.com'],
  ])
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }) }));
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const subnet = async (CidrBlock: string, AvailabilityZoneId: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZoneId }))).Subnet?.SubnetId ?? '';
  const subnetIds = [await subnet('10.0.0.0/28', 'use1-az1'), await subnet('10.0.1.0/28', 'use1-az2')];
  const free = async (): Promise<(number | undefined)[]> => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: subnetIds }));
    return subnetIds.map((id) => Subnets.find((one) => one.SubnetId === id)?.AvailableIpAddressCount);
  };
  const cluster = (name: string) => eks.send(new CreateClusterCommand({ name, version: '1.33', roleArn: role('eks-cluster'), resourcesVpcConfig: { subnetIds } }));
  const nodegroup = (nodegroupName: string, desiredSize: number) =>
    eks.send(
      new CreateNodegroupCommand({
        clusterName: 'one',
        nodegroupName,
        nodeRole: role('eks-nodes'),
        subnets: subnetIds,
        instanceTypes: ['t3.small'],
        scalingConfig: { minSize: 0, maxSize: 10, desiredSize },
      }),
    );
  return { stage, ec2, eks, subnetIds, free, cluster, nodegroup };
}

describe('the addresses that the simulated EKS takes from subnets', () => {
  it('are one in each subnet for a control plane, two while its version changes, and given back', async (t) => {
    const { stage, ec2, eks, subnetIds, free, cluster } = await smallNetwork(t);
    assert.deepEqual(await free(), [11, 11]);
    await cluster('one');
    assert.deepEqual(await free(), [10, 10]);
    assert.equal((await refusal(ec2.send(new DeleteSubnetCommand({ SubnetId: subnetIds[0] })))).name, 'DependencyViolation');
    await stage.pass(HOUR);
    await eks.send(new UpdateClusterVersionCommand({ name: 'one', version: '1.34' }));
    assert.deepEqual(await free(), [9, 9]);
    await stage.pass(HOUR);
    assert.deepEqual(await free(), [10, 10]);
    await eks.send(new DeleteClusterCommand({ name: 'one' }));
    await stage.pass(HOUR);
    assert.deepEqual(await free(), [11, 11]);
  });

  it('are those of a first interface for each node, evenly over the subnets, and given back', async (t) => {
    const { stage, eks, free, cluster, nodegroup } = await smallNetwork(t);
    await cluster('one');
    await stage.pass(HOUR);
    await nodegroup('blue', 3);
    assert.deepEqual(await free(), [2, 6]);
    await stage.pass(HOUR);
    await eks.send(new DeleteNodegroupCommand({ clusterName: 'one', nodegroupName: 'blue' }));
    await stage.pass(HOUR);
    assert.deepEqual(await free(), [10, 10]);
  });

  it('are missed by the next cluster and the next upgrade', async (t) => {
    const { stage, eks, subnetIds, free, cluster, nodegroup } = await smallNetwork(t);
    await cluster('one');
    await stage.pass(HOUR);
    await nodegroup('blue', 2);
    await nodegroup('green', 1);
    assert.deepEqual(await free(), [2, 6]);
    const second = await refusal(cluster('two'));
    assert.equal(second.name, 'InvalidParameterException');
    assert.equal(second.message, `Provided subnets ${subnetIds[0]} Free IPs: 2 , need at least 6 IPs in each subnet to be free for this operation`);
    await stage.pass(HOUR);
    await nodegroup('red', 1);
    await stage.pass(HOUR);
    const { nodegroup: red } = await eks.send(new DescribeNodegroupCommand({ clusterName: 'one', nodegroupName: 'red' }));
    assert.equal(red?.status, 'ACTIVE');
    const upgrade = await refusal(eks.send(new UpdateClusterVersionCommand({ name: 'one', version: '1.34' })));
    assert.equal(upgrade.name, 'InvalidRequestException');
    assert.match(upgrade.message, /Free IPs: 4 , need at least 5 IPs to be free for this operation/);
  });

  it('are missed by nodes: a group that finds none is not made, and a roll without room for its surge fails', async (t) => {
    const { stage, eks, subnetIds, free, cluster, nodegroup } = await smallNetwork(t);
    await cluster('one');
    await stage.pass(HOUR);
    await nodegroup('many', 5);
    await nodegroup('blue', 3);
    await stage.pass(HOUR);
    const { nodegroup: many } = await eks.send(new DescribeNodegroupCommand({ clusterName: 'one', nodegroupName: 'many' }));
    assert.equal(many?.status, 'CREATE_FAILED');
    assert.equal(many.health?.issues?.[0]?.code, 'InsufficientFreeAddresses');
    await eks.send(new UpdateClusterVersionCommand({ name: 'one', version: '1.34' }));
    await stage.pass(HOUR);
    const before = await free();
    const { update } = await eks.send(new UpdateNodegroupVersionCommand({ clusterName: 'one', nodegroupName: 'blue' }));
    await stage.pass(2 * HOUR);
    const ended = await eks.send(new DescribeUpdateCommand({ name: 'one', nodegroupName: 'blue', updateId: update?.id }));
    assert.deepEqual([ended.update?.status, ended.update?.errors?.[0]?.errorCode, ended.update?.errors?.[0]?.resourceIds], ['Failed', 'InsufficientFreeAddresses', subnetIds]);
    assert.deepEqual(await free(), before);
  });
});
