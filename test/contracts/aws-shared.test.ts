import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AutoScalingClient, CreateAutoScalingGroupCommand, DeleteAutoScalingGroupCommand, DeleteWarmPoolCommand, DescribeAutoScalingGroupsCommand, DescribeWarmPoolCommand, PutWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { refusal, startAws } from './aws-stage.ts';

const OWNER = '111111111111';
const TEAM = '222222222222';

describe('A subnet that another account shares', () => {
  it('is seen with its owner, by the zone names of who looks, and its addresses are counted once', async (context) => {
    const stage = await startAws(context);
    const owner = new EC2Client(stage.as(OWNER));
    const team = new EC2Client(stage.as(TEAM));
    const { Vpc } = await owner.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const { Subnet } = await owner.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZoneId: 'use1-az4' }));
    const SubnetIds = [Subnet?.SubnetId ?? ''];
    const asked = { owner: OWNER, region: 'us-east-1', subnetId: SubnetIds[0], with: TEAM };
    assert.equal((await refusal(team.send(new DescribeSubnetsCommand({ SubnetIds })))).name, 'InvalidSubnetID.NotFound');
    assert.equal((await stage.send('POST', '/_sim/ec2/shared-subnets', asked)).status, 201);

    const seen = (await team.send(new DescribeSubnetsCommand({ SubnetIds }))).Subnets?.[0];
    const { AvailabilityZones = [] } = await team.send(new DescribeAvailabilityZonesCommand({ ZoneIds: ['use1-az4'] }));
    assert.deepEqual([seen?.OwnerId, seen?.AvailabilityZoneId, seen?.AvailabilityZone, seen?.AvailableIpAddressCount], [OWNER, 'use1-az4', AvailabilityZones[0]?.ZoneName, 251]);
    assert.deepEqual((await team.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'owner-id', Values: [OWNER] }] }))).Subnets?.length, 1);
    assert.equal((await team.send(new DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ''] }))).Vpcs?.[0]?.OwnerId, OWNER);

    const { GroupId = '' } = await team.send(new CreateSecurityGroupCommand({ GroupName: 'own', Description: 'd', VpcId: Vpc?.VpcId }));
    const { Images = [] } = await team.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['amazon-eks-node-al2023-x86_64-standard-1.34-v*'] }] }));
    const launch = { ImageId: Images[0]?.ImageId, InstanceType: 'm5.large' as const, SubnetId: SubnetIds[0], MinCount: 2, MaxCount: 2 };
    assert.equal((await refusal(team.send(new RunInstancesCommand(launch)))).name, 'InvalidParameterCombination');
    await team.send(new RunInstancesCommand({ ...launch, SecurityGroupIds: [GroupId] }));
    for (const client of [team, owner]) assert.equal((await client.send(new DescribeSubnetsCommand({ SubnetIds }))).Subnets?.[0]?.AvailableIpAddressCount, 249);
    assert.equal((await refusal(team.send(new ModifySubnetAttributeCommand({ SubnetId: SubnetIds[0], MapPublicIpOnLaunch: { Value: true } })))).name, 'InvalidSubnetID.NotFound');

    await stage.send('DELETE', '/_sim/ec2/shared-subnets', undefined);
    assert.deepEqual((await stage.get('/_sim/ec2/shared-subnets')).body, { shared: [] });
    assert.equal((await refusal(team.send(new DescribeSubnetsCommand({ SubnetIds })))).name, 'InvalidSubnetID.NotFound');
  });

  it('is one of its owner, and no default one', async (context) => {
    const stage = await startAws(context);
    const { Subnets = [] } = await new EC2Client(stage.as(OWNER)).send(new DescribeSubnetsCommand({}));
    const share = async (subnetId: string | undefined) => (await stage.send('POST', '/_sim/ec2/shared-subnets', { owner: OWNER, region: 'us-east-1', subnetId, with: TEAM })).body['message'];
    assert.equal(await share(Subnets[0]?.SubnetId), 'Default subnets cannot be shared.');
    assert.match(String(await share('subnet-00000000000000000')), /^There is no subnet/);
  });
});

describe('A launch template', () => {
  it('loses the versions that are named, but never its default one', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(OWNER));
    const of = { LaunchTemplateName: 'nodes' };
    await ec2.send(new CreateLaunchTemplateCommand({ ...of, LaunchTemplateData: { InstanceType: 'm5.large' } }));
    for (const InstanceType of ['m5.xlarge', 'm5.2xlarge'] as const) await ec2.send(new CreateLaunchTemplateVersionCommand({ ...of, LaunchTemplateData: { InstanceType } }));
    const gone = await ec2.send(new DeleteLaunchTemplateVersionsCommand({ ...of, Versions: ['1', '2', '9'] }));
    assert.deepEqual(gone.SuccessfullyDeletedLaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber), [2]);
    assert.deepEqual(gone.UnsuccessfullyDeletedLaunchTemplateVersions?.map(({ VersionNumber, ResponseError }) => [VersionNumber, ResponseError?.Code]), [[1, 'unexpectedError'], [9, 'launchTemplateVersionDoesNotExist']]);
    assert.deepEqual((await ec2.send(new DescribeLaunchTemplateVersionsCommand(of))).LaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber), [3, 1]);
  });

  it('is made from an image of EKS that is found by its name', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(OWNER));
    for (const pattern of ['amazon-eks-node-al2023-arm64-standard-1.34-v*', 'bottlerocket-aws-k8s-1.34-x86_64-v*']) {
      const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: [pattern] }] }));
      assert.ok(Images.length > 0, pattern);
    }
  });
});

describe('A warm pool of an Auto Scaling group', () => {
  it('is put, told, changed and taken away, and keeps its group until then', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(OWNER));
    const client = new AutoScalingClient(stage.as(OWNER));
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['amazon-eks-node-al2023-x86_64-standard-1.34-v*'] }] }));
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData: { InstanceType: 'm5.large', ImageId: Images[0]?.ImageId ?? '' } }));
    const of = { AutoScalingGroupName: 'workers' };
    const tags = [{ Key: 'k8s.io/cluster-autoscaler/enabled', Value: 'true', PropagateAtLaunch: true }];
    await client.send(new CreateAutoScalingGroupCommand({ ...of, LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '$Latest' }, MinSize: 0, MaxSize: 4, AvailabilityZones: ['us-east-1a'], Tags: tags }));
    assert.deepEqual((await client.send(new DescribeWarmPoolCommand(of))).WarmPoolConfiguration, undefined);
    await client.send(new PutWarmPoolCommand({ ...of, MinSize: 1, PoolState: 'Hibernated', MaxGroupPreparedCapacity: 3, InstanceReusePolicy: { ReuseOnScaleIn: true } }));
    await client.send(new PutWarmPoolCommand({ ...of, MinSize: 2, MaxGroupPreparedCapacity: -1 }));
    const { WarmPoolConfiguration, Instances } = await client.send(new DescribeWarmPoolCommand(of));
    assert.deepEqual([WarmPoolConfiguration, Instances], [{ MinSize: 2, PoolState: 'Stopped' }, []]);
    assert.equal((await client.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.[0]?.WarmPoolConfiguration?.MinSize, 2);
    assert.equal((await refusal(client.send(new DeleteAutoScalingGroupCommand(of)))).name, 'ResourceInUseFault');
    assert.equal((await refusal(client.send(new PutWarmPoolCommand({ ...of, PoolState: 'Cold' as 'Stopped' })))).name, 'ValidationError');
    await client.send(new DeleteWarmPoolCommand(of));
    assert.equal((await refusal(client.send(new DeleteWarmPoolCommand(of)))).name, 'ValidationError');
    await client.send(new DeleteAutoScalingGroupCommand(of));
  });
});
