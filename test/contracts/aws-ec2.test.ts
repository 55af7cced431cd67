import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteLaunchTemplateCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { CreateKeyCommand, DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand, KMSClient, ListAliasesCommand, ListKeysCommand, ListResourceTagsCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';

describe('A new account', () => {
  it('has a default VPC with a subnet in every zone of a region, the same ones each time', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT, 'us-east-1'));
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'isDefault', Values: ['true'] }] }));
    assert.deepEqual(Vpcs?.map(({ CidrBlock }) => CidrBlock), ['172.31.0.0/16']);
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [Vpcs?.[0]?.VpcId ?? ''] }, { Name: 'default-for-az', Values: ['true'] }] }));
    assert.deepEqual(Subnets.map(({ AvailabilityZoneId }) => AvailabilityZoneId).sort(), ['use1-az1', 'use1-az2', 'use1-az3', 'use1-az4', 'use1-az5', 'use1-az6']);
    assert.ok(Subnets.every(({ AvailableIpAddressCount }) => AvailableIpAddressCount === 4091));
    const again = await new EC2Client((await startAws(context)).as(ACCOUNT, 'us-east-1')).send(new DescribeSubnetsCommand({}));
    assert.deepEqual(again.Subnets, Subnets);
  });

  it('has three zones or more in every region', async (context) => {
    const stage = await startAws(context);
    const { Regions = [] } = await new EC2Client(stage.as(ACCOUNT)).send(new DescribeRegionsCommand({}));
    for (const { RegionName = '' } of Regions) {
      const { AvailabilityZones = [] } = await new EC2Client(stage.as(ACCOUNT, RegionName)).send(new DescribeAvailabilityZonesCommand({}));
      assert.ok(AvailabilityZones.length >= 3, RegionName);
    }
    assert.equal((await new EC2Client(stage.as(ACCOUNT, 'us-west-2')).send(new DescribeAvailabilityZonesCommand({}))).AvailabilityZones?.length, 4);
  });

  it('sees zone names in an order of its own', async (context) => {
    const stage = await startAws(context);
    const ids = async (account: string): Promise<string> => {
      const { AvailabilityZones = [] } = await new EC2Client(stage.as(account)).send(new DescribeAvailabilityZonesCommand({}));
      return AvailabilityZones.map(({ ZoneName, ZoneId }) => `${ZoneName}=${ZoneId}`).join(' ');
    };
    assert.notEqual(await ids('111111111111'), await ids('222222222222'));
  });

  it('has what a VPC is born with', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const vpcId = (await ec2.send(new DescribeAccountAttributesCommand({ AttributeNames: ['default-vpc'] }))).AccountAttributes?.[0]?.AttributeValues?.[0]?.AttributeValue ?? '';
    const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
    assert.equal((await ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' }))).EnableDnsSupport?.Value, true);
    assert.equal((await ec2.send(new DescribeRouteTablesCommand(inVpc))).RouteTables?.[0]?.Associations?.[0]?.Main, true);
    assert.equal((await ec2.send(new DescribeNetworkAclsCommand(inVpc))).NetworkAcls?.[0]?.Associations?.length, 6);
    assert.deepEqual((await ec2.send(new DescribeSecurityGroupsCommand(inVpc))).SecurityGroups?.map(({ GroupName }) => GroupName), ['default']);
    assert.deepEqual((await ec2.send(new DescribeNetworkInterfacesCommand(inVpc))).NetworkInterfaces, []);
  });
});

describe('Networks', () => {
  it('are made, filtered by tag, changed and deleted', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT, 'eu-west-1'));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'own' }] }] }));
    const VpcId = Vpc?.VpcId ?? '';
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    assert.equal((await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }))).EnableDnsHostnames?.Value, true);
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/28', AvailabilityZoneId: 'euw1-az2' }));
    const SubnetId = Subnet?.SubnetId ?? '';
    assert.deepEqual([Subnet?.AvailableIpAddressCount, Subnet?.AvailabilityZoneId], [11, 'euw1-az2']);
    await ec2.send(new CreateTagsCommand({ Resources: [SubnetId], Tags: [{ Key: 'kubernetes.io/role/elb', Value: '1' }] }));
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
    const found = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'tag:kubernetes.io/role/elb', Values: ['?'] }, { Name: 'availability-zone-id', Values: ['euw1-*'] }] }));
    assert.deepEqual(found.Subnets?.map((subnet) => [subnet.SubnetId, subnet.MapPublicIpOnLaunch]), [[SubnetId, true]]);
    assert.deepEqual((await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [SubnetId] }] }))).Tags?.map(({ Key }) => Key), ['kubernetes.io/role/elb']);
    await ec2.send(new DeleteTagsCommand({ Resources: [SubnetId] }));
    assert.equal((await refusal(ec2.send(new DeleteVpcCommand({ VpcId })))).name, 'DependencyViolation');
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    assert.equal((await refusal(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] })))).name, 'InvalidVpcID.NotFound');
  });

  it('have as many free addresses as nobody holds', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT));
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const SubnetId = Subnets?.[0]?.SubnetId ?? '';
    const free = async (): Promise<number | undefined> => (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))).Subnets?.[0]?.AvailableIpAddressCount;
    stage.aws.ec2.holdAddresses(ACCOUNT, 'us-east-1', SubnetId, 'cluster blue', 2);
    stage.aws.ec2.holdAddresses(ACCOUNT, 'us-east-1', SubnetId, 'group one', 30);
    assert.equal(await free(), 4059);
    assert.equal((await refusal(ec2.send(new DeleteSubnetCommand({ SubnetId })))).name, 'DependencyViolation');
    stage.aws.ec2.holdAddresses(ACCOUNT, 'us-east-1', SubnetId, 'group one', 0);
    assert.equal(await free(), 4089);
  });

  const subnet = (more: Record<string, string>) => (ec2: EC2Client, VpcId: string) => ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24', ...more }));
  const refused: readonly [string, (ec2: EC2Client, vpcId: string) => Promise<unknown>, string][] = [
    ['an address block that is none', (ec2) => ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.1/16' })), 'InvalidParameterValue'],
    ['a VPC of /8', (ec2) => ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/8' })), 'InvalidVpc.Range'],
    ['a subnet outside of its VPC', subnet({ CidrBlock: '10.1.0.0/24' }), 'InvalidSubnet.Range'],
    ['a subnet over another one', subnet({ CidrBlock: '10.0.0.0/24' }), 'InvalidSubnet.Conflict'],
    ['a zone of another region', subnet({ AvailabilityZone: 'eu-west-1a' }), 'InvalidParameterValue'],
    ['a VPC that is not there', subnet({ VpcId: 'vpc-0' }), 'InvalidVpcID.NotFound'],
    ['a filter that there is not', (ec2) => ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] })), 'InvalidParameterValue'],
    ['a dry run, saying that it would have worked', (ec2) => ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16', DryRun: true })), 'DryRunOperation'],
    ['an instance type that there is not', (ec2) => ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['z9.tiny' as 'm5.large'] })), 'InvalidInstanceType'],
  ];
  it('are refused when they break a rule', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24' }));
    for (const [title, work, name] of refused) assert.equal((await refusal(work(ec2, Vpc?.VpcId ?? ''))).name, name, title);
  });

  it('are told in pages', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const first = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5 }));
    const second = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: first.NextToken }));
    assert.deepEqual([first.Subnets?.length, second.Subnets?.length, second.NextToken], [5, 1, undefined]);
  });
});

describe('Security groups', () => {
  it('are made with a way out, get rules and lose them', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'own', Description: 'd' }));
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] }));
    const again = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/8' }));
    assert.equal((await refusal(again)).name, 'InvalidPermission.Duplicate');
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }));
    const [group] = (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups ?? [];
    assert.deepEqual([group?.IpPermissions?.length, group?.IpPermissionsEgress?.length], [1, 0]);
    const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }));
    assert.deepEqual(SecurityGroupRules?.map(({ CidrIpv4, IsEgress }) => [CidrIpv4, IsEgress]), [['10.0.0.0/8', false]]);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    assert.equal((await refusal(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] })))).name, 'InvalidGroup.NotFound');
  });
});

describe('Launch templates', () => {
  it('keep their versions and tell them by number, $Latest and $Default', async (context) => {
    const stage = await startAws(context);
    const ec2 = new EC2Client(stage.as(ACCOUNT));
    const make = { LaunchTemplateName: 'nodes', ClientToken: 'once', LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'm5.large', InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { ValidUntil: new Date('2027-01-01T00:00:00Z') } } } } as const;
    const { LaunchTemplate } = await ec2.send(new CreateLaunchTemplateCommand(make));
    assert.equal((await ec2.send(new CreateLaunchTemplateCommand(make))).LaunchTemplate?.LaunchTemplateId, LaunchTemplate?.LaunchTemplateId);
    assert.equal((await refusal(ec2.send(new CreateLaunchTemplateCommand({ ...make, ClientToken: 'twice' })))).name, 'InvalidLaunchTemplateName.AlreadyExistsException');
    const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? '';
    await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, SourceVersion: '1', LaunchTemplateData: { ImageId: 'ami-2' } }));
    const versions = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['$Latest', '$Default'] }));
    assert.deepEqual(versions.LaunchTemplateVersions?.map((version) => [version.VersionNumber, version.LaunchTemplateData?.ImageId, version.LaunchTemplateData?.InstanceType]), [[2, 'ami-2', 'm5.large'], [1, 'ami-1', 'm5.large']]);
    assert.equal(versions.LaunchTemplateVersions?.[1]?.LaunchTemplateData?.InstanceMarketOptions?.SpotOptions?.ValidUntil?.toISOString(), '2027-01-01T00:00:00.000Z');
    await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId, DefaultVersion: '2' }));
    assert.deepEqual(stage.aws.ec2.launchTemplate(ACCOUNT, 'us-east-1', { name: 'nodes' }), { id: LaunchTemplateId, name: 'nodes', version: '2', imageId: 'ami-2', instanceType: 'm5.large' });
    assert.equal((await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['nodes'] }))).LaunchTemplates?.[0]?.LatestVersionNumber, 2);
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
    assert.equal((await refusal(ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [LaunchTemplateId] })))).name, 'InvalidLaunchTemplateId.NotFound');
  });

  it('stand beside the common instance types', async (context) => {
    const ec2 = new EC2Client((await startAws(context)).as(ACCOUNT));
    const { InstanceTypes } = await ec2.send(new DescribeInstanceTypesCommand({ Filters: [{ Name: 'processor-info.supported-architecture', Values: ['arm64'] }] }));
    assert.ok(InstanceTypes?.some(({ InstanceType, VCpuInfo }) => InstanceType === 'm7g.large' && VCpuInfo?.DefaultVCpus === 2));
  });
});

describe('KMS keys', () => {
  it('are made, looked at and scheduled to go', async (context) => {
    const kms = new KMSClient((await startAws(context)).as(ACCOUNT));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'secrets', Tags: [{ TagKey: 'a', TagValue: 'b' }] }));
    const KeyId = KeyMetadata?.Arn ?? '';
    assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState, 'Enabled');
    assert.deepEqual((await kms.send(new ListKeysCommand({}))).Keys, [{ KeyId: KeyMetadata?.KeyId, KeyArn: KeyId }]);
    assert.deepEqual((await kms.send(new ListAliasesCommand({}))).Aliases, []);
    assert.deepEqual((await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags, [{ TagKey: 'a', TagValue: 'b' }]);
    assert.equal((await kms.send(new GetKeyPolicyCommand({ KeyId }))).PolicyName, 'default');
    assert.equal((await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled, false);
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState, 'PendingDeletion');
    assert.equal((await refusal(kms.send(new DescribeKeyCommand({ KeyId: 'alias/none' })))).name, 'NotFoundException');
  });
});
