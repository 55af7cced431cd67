import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CopyImageCommand,
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { DescribeInstancesCommandInput, Image, Instance, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { Disk } from '../../local/disk.ts';
import catalogue from '../../local/aws/eks/catalogue.json' with { type: 'json' };
import { EPOCH, policy, refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const HOUR = 3600;
const AL2023_NAME = 'amazon-eks-node-al2023-x86_64-standard-1.33-v20260304';

const imagesOf = async (ec2: EC2Client, ...names: readonly string[]): Promise<Image[]> => (await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: [...names] }] }))).Images ?? [];
const instancesOf = async (ec2: EC2Client, input: DescribeInstancesCommandInput = {}): Promise<Instance[]> => ((await ec2.send(new DescribeInstancesCommand(input))).Reservations ?? []).flatMap(({ Instances = [] }) => Instances);

describe('EKS-optimised images', () => {
  it('are there for every minor, by the names that Amazon gives them', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT, 'eu-west-1'));
    for (const { minor } of catalogue.versions) {
      const names = [`amazon-eks-node-al2023-x86_64-standard-${minor}-v*`, `amazon-eks-node-al2023-arm64-standard-${minor}-v*`, `bottlerocket-aws-k8s-${minor}-x86_64-v*`, `bottlerocket-aws-k8s-${minor}-aarch64-v*`];
      for (const name of names) {
        const deprecatedToo = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], IncludeDeprecated: true, Filters: [{ Name: 'name', Values: [name] }] }));
        assert.ok((deprecatedToo.Images ?? []).length > 0, name);
        assert.ok(deprecatedToo.Images?.every(({ Architecture }) => Architecture === (/aarch64|arm64/.test(name) ? 'arm64' : 'x86_64')));
      }
    }
    const [image] = await imagesOf(ec2, AL2023_NAME);
    assert.deepEqual(
      [image?.OwnerId, image?.ImageOwnerAlias, image?.ImageLocation, image?.Public, image?.CreationDate, image?.DeprecationTime],
      ['602401143452', 'amazon', `amazon/${AL2023_NAME}`, true, '2026-03-04T00:00:00.000Z', '2028-03-04T00:00:00.000Z'],
    );
    assert.equal((await imagesOf(ec2, 'bottlerocket-aws-k8s-1.33-x86_64-*'))[0]?.OwnerId, '503807174151');
  });

  it('of Amazon Linux 2 end with 1.32', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const arm = await imagesOf(ec2, 'amazon-eks-arm64-node-1.32-v*');
    assert.ok(arm.length > 0 && arm.every(({ CreationDate = '' }) => CreationDate < '2025-11-27'));
    assert.deepEqual(await imagesOf(ec2, 'amazon-eks-node-1.33-v*', 'amazon-eks-arm64-node-1.33-v*'), []);
  });

  it('have ids of their own in each region, always the same', async (context) => {
    const ids = async (region: string): Promise<string> => (await imagesOf(new EC2Client((await startAws(context)).as(ACCOUNT, region)), AL2023_NAME)).map(({ ImageId }) => ImageId).join(' ');
    assert.match(await ids('us-east-1'), /^ami-0[0-9a-f]{16}$/);
    assert.equal(await ids('us-east-1'), await ids('us-east-1'));
    assert.notEqual(await ids('us-east-1'), await ids('eu-west-1'));
  });

  it('that are deprecated are shown to those who know their id', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const old = 'amazon-eks-node-1.29-v20240129';
    assert.deepEqual(await imagesOf(ec2, old), []);
    const [image] = (await ec2.send(new DescribeImagesCommand({ IncludeDeprecated: true, Filters: [{ Name: 'name', Values: [old] }] }))).Images ?? [];
    assert.equal((await ec2.send(new DescribeImagesCommand({ ImageIds: [image?.ImageId ?? ''] }))).Images?.[0]?.Name, old);
  });
});

describe('Images of one\'s own', () => {
  it('are registered, copied, tagged and deregistered', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT));
    const { ImageId: registered = '' } = await ec2.send(new RegisterImageCommand({ Name: 'golden-1', Architecture: 'arm64', TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'team', Value: 'shop' }] }] }));
    const [source] = await imagesOf(ec2, AL2023_NAME);
    const { ImageId: copied = '' } = await ec2.send(new CopyImageCommand({ Name: 'golden-2', SourceImageId: source?.ImageId, SourceRegion: 'us-east-1' }));
    await ec2.send(new CreateTagsCommand({ Resources: [copied], Tags: [{ Key: 'team', Value: 'till' }] }));
    const own = (await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images ?? [];
    assert.deepEqual(own.map(({ Name, SourceImageId, Tags, Public }) => [Name, SourceImageId, Tags?.[0]?.Value, Public]).sort(), [['golden-1', undefined, 'shop', false], ['golden-2', source?.ImageId, 'till', false]]);
    assert.deepEqual((await new EC2Client(stage.as('222222222222')).send(new DescribeImagesCommand({ Owners: ['self'] }))).Images, []);
    assert.equal((await refusal(ec2.send(new RegisterImageCommand({ Name: 'golden-1' })))).name, 'InvalidAMIName.Duplicate');
    await ec2.send(new DeregisterImageCommand({ ImageId: registered }));
    assert.deepEqual(await refusal(ec2.send(new DescribeImagesCommand({ ImageIds: [registered] }))), { name: 'InvalidAMIID.NotFound', message: `The image id '[${registered}]' does not exist`, status: 400 });
    assert.equal((await refusal(ec2.send(new DeregisterImageCommand({ ImageId: source?.ImageId })))).name, 'AuthFailure');
  });
});

describe('An instance', () => {
  it('of Karpenter is launched with its tags, found by them, and ended', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT, 'eu-west-1'));
    const [image] = await imagesOf(ec2, AL2023_NAME);
    const tags = [{ Key: 'karpenter.sh/nodepool', Value: 'default' }, { Key: 'kubernetes.io/cluster/blue', Value: 'owned' }, { Key: 'eks:eks-cluster-name', Value: 'blue' }];
    const run: RunInstancesCommandInput = { ImageId: image?.ImageId, InstanceType: 'm5.large', MinCount: 2, MaxCount: 2, ClientToken: 'once', TagSpecifications: [{ ResourceType: 'instance', Tags: tags }, { ResourceType: 'volume', Tags: tags }] };
    const reservation = await ec2.send(new RunInstancesCommand(run));
    assert.deepEqual(reservation.Instances?.map(({ State }) => State?.Name), ['pending', 'pending']);
    assert.equal((await ec2.send(new RunInstancesCommand(run))).ReservationId, reservation.ReservationId);
    await stage.pass(60);
    const ofCluster = { Filters: [{ Name: 'tag:eks:eks-cluster-name', Values: ['blue'] }, { Name: 'tag-key', Values: ['karpenter.sh/*'] }, { Name: 'instance-state-name', Values: ['running'] }] };
    const found = await instancesOf(ec2, ofCluster);
    assert.deepEqual(found.map(({ ImageId, InstanceType, LaunchTime, PrivateDnsName }) => [ImageId, InstanceType, LaunchTime, PrivateDnsName?.replace(/-\d+-(\d+)\.(?=eu)/, '-x-$1.')]), [4, 5].map((host) => [image?.ImageId, 'm5.large', new Date(EPOCH), `ip-172-31-x-${host}.eu-west-1.compute.internal`]));
    const [first, second] = found;
    await ec2.send(new DeleteTagsCommand({ Resources: [second?.InstanceId ?? ''], Tags: [{ Key: 'karpenter.sh/nodepool' }] }));
    assert.deepEqual((await instancesOf(ec2, ofCluster)).map(({ InstanceId }) => InstanceId), [first?.InstanceId]);
    assert.equal((await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-type', Values: ['instance'] }] }))).Tags?.length, 5);
    const ended = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [first?.InstanceId ?? ''] }));
    assert.deepEqual([ended.TerminatingInstances?.[0]?.PreviousState?.Name, ended.TerminatingInstances?.[0]?.CurrentState?.Name], ['running', 'shutting-down']);
    await stage.pass(60);
    assert.deepEqual((await instancesOf(ec2, { InstanceIds: [first?.InstanceId ?? ''] })).map(({ State }) => State?.Name), ['terminated']);
    await stage.pass(HOUR);
    assert.equal((await refusal(instancesOf(ec2, { InstanceIds: [first?.InstanceId ?? ''] }))).name, 'InvalidInstanceID.NotFound');
  });

  it('takes from its launch template what it is not told', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const [image] = await imagesOf(ec2, AL2023_NAME);
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData: { ImageId: image?.ImageId, InstanceType: 'm5.large', TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '1' }] }] } }));
    await ec2.send(new RunInstancesCommand({ LaunchTemplate: { LaunchTemplateName: 'nodes' }, InstanceType: 'm5.xlarge', MinCount: 1, MaxCount: 1, TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'b', Value: '2' }] }] }));
    const [instance] = await instancesOf(ec2);
    const tag = (key: string): string | undefined => instance?.Tags?.find(({ Key }) => Key === key)?.Value;
    assert.deepEqual([instance?.InstanceType, tag('a'), tag('b'), tag('aws:ec2launchtemplate:version')], ['m5.xlarge', '1', '2', '1']);
  });

  it('has an address of its subnet, which has one less', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const [image] = await imagesOf(ec2, AL2023_NAME);
    const free = async (): Promise<number | undefined> => (await ec2.send(new DescribeSubnetsCommand({}))).Subnets?.[0]?.AvailableIpAddressCount;
    const SubnetId = (await ec2.send(new DescribeSubnetsCommand({}))).Subnets?.[0]?.SubnetId;
    const before = await free() ?? 0;
    const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: image?.ImageId, InstanceType: 'm5.large', SubnetId, MinCount: 3, MaxCount: 3 }));
    assert.equal(await free(), before - 3);
    assert.equal((await refusal(ec2.send(new DeleteSubnetCommand({ SubnetId })))).name, 'DependencyViolation');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: (Instances ?? []).map(({ InstanceId = '' }) => InstanceId) }));
    assert.equal(await free(), before);
  });

  it('is refused where EC2 refuses it', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const [image] = await imagesOf(ec2, AL2023_NAME);
    const refused = (input: Partial<RunInstancesCommandInput>): Promise<string> => refusal(ec2.send(new RunInstancesCommand({ ImageId: image?.ImageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1, ...input }))).then(({ name, message }) => `${name}: ${message}`);
    assert.equal(await refused({ ImageId: 'ami-00000000000000000' }), `InvalidAMIID.NotFound: The image id '[ami-00000000000000000]' does not exist`);
    assert.match(await refused({ InstanceType: 'm7g.large' }), /^InvalidParameterValue: The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI/);
    assert.match(await refused({ SubnetId: 'subnet-0123' }), /^InvalidSubnetID\.NotFound/);
    assert.match(await refused({ MaxCount: 0 }), /^InvalidParameterValue/);
    assert.match(await refused({ HibernationOptions: { Configured: true } }), /does not support HibernationOptions of RunInstances/);
    assert.equal((await refusal(ec2.send(new TerminateInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] })))).name, 'InvalidInstanceID.NotFound');
    assert.equal((await refusal(ec2.send(new RunInstancesCommand({ ImageId: image?.ImageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1, DryRun: true })))).name, 'DryRunOperation');
    assert.deepEqual(await instancesOf(ec2), []);
  });

  it('is there after a restart, in its account and region alone', async (context) => {
    const disk = new Disk(':memory:');
    const before = new EC2Client((await startAws(context, { disk })).as(ACCOUNT));
    const [image] = await imagesOf(before, AL2023_NAME);
    await before.send(new RunInstancesCommand({ ImageId: image?.ImageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1 }));
    const stage = await startAws(context, { disk });
    const count = async (account: string, region: string): Promise<number> => (await instancesOf(new EC2Client(stage.as(account, region)))).length;
    assert.deepEqual([await count(ACCOUNT, 'us-east-1'), await count(ACCOUNT, 'eu-west-1'), await count('222222222222', 'us-east-1')], [1, 0, 0]);
  });

  it('may be ended by a role only where its tags allow it', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT));
    const [image] = await imagesOf(ec2, AL2023_NAME);
    const run = async (team: string): Promise<string> => (await ec2.send(new RunInstancesCommand({ ImageId: image?.ImageId, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1, TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: team }] }] }))).Instances?.[0]?.InstanceId ?? '';
    const [shop, till] = [await run('shop'), await run('till')];
    const iam = new IAMClient(stage.as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'ender', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'ender', PolicyName: 'end', PolicyDocument: policy({ Effect: 'Allow', Action: 'ec2:TerminateInstances', Resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`, Condition: { StringEquals: { 'aws:ResourceTag/team': 'shop' } } }) }));
    await stage.pass(60);
    const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/ender`, RoleSessionName: 'test' }));
    const ender = new EC2Client(stage.as(Credentials));
    assert.equal((await refusal(ender.send(new TerminateInstancesCommand({ InstanceIds: [till] })))).name, 'UnauthorizedOperation');
    await ender.send(new TerminateInstancesCommand({ InstanceIds: [shop] }));
    assert.equal((await refusal(ender.send(new RunInstancesCommand({ ImageId: image?.ImageId, MinCount: 1, MaxCount: 1 })))).name, 'UnauthorizedOperation');
  });
});
