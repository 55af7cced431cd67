import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AutoScalingClient, CreateAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateSubnetCommand, DescribeLaunchTemplateVersionsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateFargateProfileCommand, EKSClient, ListFargateProfilesCommand } from '@aws-sdk/client-eks';
import { CreatePolicyCommand, CreateRoleCommand, GetInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { createParts } from '../../aws/parts.ts';
import type { PartOf, Parts, Session } from '../../aws/ports.ts';
import type { Step } from '../../domain/operation.ts';
import { nodeRole } from '../../domain/parts/node-role.ts';
import type { FargateProfileResource, Resource, RoleResource, SelfManagedGroupResource } from '../../domain/parts/resource.ts';
import { cluster } from '../domain/worlds.ts';
import { startAws, type AwsStage } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const OF: PartOf = { clusterName: 'prod', clusterId: 'c-1', clientRequestToken: 'token' };
const trust = (service: string, ...actions: string[]) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole', ...actions] }] });
const step = (resource: Resource, kind: Step['kind'], more: Partial<Step> = {}): Step => ({ id: `1.35/${kind}`, title: 'Doing it', kind, stage: 'CarryOut', subject: resource.name, reason: 'asked', hop: '1.35', order: 0, state: 'Running', run: 1, attempt: 1, resource, ...more });

interface World {
  readonly aws: AwsStage;
  readonly parts: Parts;
  readonly session: Session;
  readonly clients: { readonly eks: EKSClient; readonly ec2: EC2Client; readonly iam: IAMClient; readonly autoScaling: AutoScalingClient };
  readonly subnets: readonly string[];
  put(resource: Resource, more?: Partial<Step>): ReturnType<Parts['begin']>;
  remove(resource: Resource, more?: Partial<Step>): ReturnType<Parts['begin']>;
  look(resource: Resource): ReturnType<Parts['look']>;
}

/** An account with a cluster, private subnets and the roles that a test names; all by the owner's own rights. */
async function world(context: TestContext): Promise<World> {
  const aws = await startAws(context);
  const settings = aws.as(ACCOUNT, REGION);
  const clients = { eks: new EKSClient(settings), ec2: new EC2Client(settings), iam: new IAMClient(settings), autoScaling: new AutoScalingClient(settings) };
  const { accessKeyId, secretAccessKey } = settings.credentials;
  const session: Session = { accountId: ACCOUNT, region: REGION, credentials: { accessKeyId, secretAccessKey, sessionToken: '', expiration: new Date('2030-01-01T00:00:00Z') } };
  for (const [RoleName, service] of [['eks-cluster', 'eks.amazonaws.com'], ['eks-fargate', 'eks-fargate-pods.amazonaws.com'], ['eks-node', 'ec2.amazonaws.com']] as const) await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(service) }));
  await clients.iam.send(new CreatePolicyCommand({ PolicyName: 'slipway-boundary', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }) }));
  const { Subnets = [] } = await clients.ec2.send(new DescribeSubnetsCommand({}));
  const fit = Subnets.filter(({ AvailabilityZoneId }) => AvailabilityZoneId !== 'use1-az3').slice(0, 2);
  const subnets: string[] = [];
  for (const [index, { VpcId, AvailabilityZone }] of fit.entries()) subnets.push((await clients.ec2.send(new CreateSubnetCommand({ VpcId, AvailabilityZone, CidrBlock: `172.31.${200 + index}.0/24` }))).Subnet?.SubnetId ?? '');
  await clients.eks.send(new CreateClusterCommand({ name: 'prod', version: '1.35', roleArn: `arn:aws:iam::${ACCOUNT}:role/eks-cluster`, resourcesVpcConfig: { subnetIds: subnets }, accessConfig: { authenticationMode: 'API' } }));
  await aws.pass(1200);
  const parts = createParts({ endpoint: aws.url }, () => '000000000000');
  const verbs = { 'fargate-profile': ['create-fargate-profile', 'delete-fargate-profile'], 'self-managed-group': ['create-self-managed-group', 'delete-self-managed-group'], role: ['put-role', 'delete-role'] } as const;
  const kinds = (resource: Resource) => verbs[resource.kind as keyof typeof verbs];
  return {
    aws,
    parts,
    session,
    clients,
    subnets,
    put: (resource, more) => parts.begin(session, step(resource, kinds(resource)[0], more), OF),
    remove: (resource, more) => parts.begin(session, step(resource, kinds(resource)[1], more), OF),
    look: (resource) => parts.look(session, resource, 'prod'),
  };
}

const profile = (subnets: readonly string[], name = 'batch'): FargateProfileResource => ({ kind: 'fargate-profile', name, part: 'fargate-profile', partName: name, podExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/eks-fargate`, subnets, selectors: [{ namespace: 'jobs', labels: { size: 'small' } }] });
const role: RoleResource = nodeRole(cluster('1.35', { name: 'prod' }), { part: 'self-managed-nodegroup', partName: 'blue', description: 'Nodes.', words: ['nodes', 'blue'], policies: ['AmazonEKSWorkerNodePolicy'], instanceProfile: true });
const group = (subnets: readonly string[], more: Partial<SelfManagedGroupResource> = {}): SelfManagedGroupResource => ({
  kind: 'self-managed-group',
  name: 'slipway-of-prod-000001-nodes-blue',
  part: 'self-managed-nodegroup',
  partName: 'blue',
  version: '1.34',
  amiFamily: 'AL2023',
  architecture: 'x86_64',
  instanceTypes: ['m7i.large'],
  spot: false,
  labels: {},
  taints: [],
  nodeRoleArn: `arn:aws:iam::${ACCOUNT}:role/${role.name}`,
  instanceProfile: role.name,
  securityGroups: [],
  subnets,
  scalingConfig: { minSize: 0, maxSize: 4, desiredSize: 1 },
  tags: { 'kubernetes.io/cluster/prod': 'owned' },
  ...more,
});

describe('a Fargate profile', () => {
  it('waits for its turn, is adopted by a repeat, and is looked at to its end', async (context) => {
    const { put, look, remove, aws, subnets } = await world(context);
    const [one, two] = [profile(subnets), profile(subnets, 'web')];
    assert.deepEqual(await put(one), { kind: 'begun' });
    assert.equal((await put(one)).kind, 'already');
    assert.equal((await put(two)).kind, 'in-use');
    assert.deepEqual(await look(one), { state: 'changing', status: 'CREATING' });
    await aws.pass(300);
    assert.deepEqual(await look(one), { state: 'ready', status: 'ACTIVE' });
    assert.deepEqual(await put(two), { kind: 'begun' });
    await aws.pass(300);
    assert.deepEqual(await remove(one), { kind: 'begun' });
    assert.equal((await remove(two)).kind, 'in-use');
    await aws.pass(300);
    assert.deepEqual([await look(one), (await remove(one)).kind], ['absent', 'absent']);
  });

  it('of somebody else is never taken over, stays while the cluster stands, and goes with it', async (context) => {
    const { put, remove, aws, subnets, clients } = await world(context);
    await clients.eks.send(new CreateFargateProfileCommand({ clusterName: 'prod', fargateProfileName: 'batch', podExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/eks-fargate`, subnets: [...subnets], selectors: [{ namespace: 'theirs' }] }));
    await aws.pass(300);
    const came = await put(profile(subnets));
    assert.deepEqual([came.kind, came.kind === 'refused' && came.code], ['refused', 'FargateProfileNotOurs']);
    assert.equal((await remove(profile(subnets))).kind, 'done');
    assert.deepEqual((await clients.eks.send(new ListFargateProfilesCommand({ clusterName: 'prod' }))).fargateProfileNames, ['batch']);
    assert.equal((await remove(profile(subnets), { parameters: { withCluster: true } })).kind, 'begun');
  });

  it('that EKS could not make is told with its reason, and goes before it is made anew', async (context) => {
    const { put, look, aws, subnets } = await world(context);
    await aws.send('POST', '/_sim/faults', { operation: 'eks:CreateFargateProfile', times: 1, fault: { kind: 'failUpdate', code: 'AccessDenied' } });
    await put(profile(subnets));
    await aws.pass(300);
    const seen = await look(profile(subnets));
    assert.ok(seen !== 'absent' && seen.state === 'failed' && seen.code === 'AccessDenied', JSON.stringify(seen));
    assert.equal((await put(profile(subnets))).kind, 'in-use');
    await aws.pass(300);
    assert.equal((await put(profile(subnets))).kind, 'begun');
  });

  it('that EKS refuses by its rules is refused, and one that it refuses for its role may be taken yet', async (context) => {
    const { put, subnets } = await world(context);
    const came = await put({ ...profile(subnets), podExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/eks-node` });
    assert.deepEqual([came.kind, came.kind === 'not-yet' && came.code], ['not-yet', 'InvalidParameterException']);
    assert.equal((await put({ ...profile([...subnets, 'subnet-nowhere']) })).kind, 'refused');
  });
});

describe('a self-managed group', () => {
  const templateOf = async ({ clients }: World) => (await clients.ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: group([]).name }))).LaunchTemplateVersions ?? [];
  const groupsOf = async ({ clients }: World) => (await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups ?? [];

  it('is made once however often it is asked for, changed by one more version, and taken away whole', async (context) => {
    const at = await world(context);
    assert.equal((await at.put(role)).kind, 'done');
    assert.equal((await at.put(role)).kind, 'done');
    const wished = group(at.subnets);
    assert.deepEqual(await at.put(wished), { kind: 'begun' });
    await at.put(wished);
    assert.equal((await templateOf(at)).length, 1);
    await at.aws.pass(120);
    assert.deepEqual(await at.look(wished), { state: 'ready', status: '1 of 1 in service' });
    assert.equal((await at.put({ ...wished, labels: { tier: 'web' } })).kind, 'done');
    const [second, first] = await templateOf(at);
    assert.deepEqual([second?.VersionNumber, second?.LaunchTemplateData?.ImageId === first?.LaunchTemplateData?.ImageId], [2, true]);
    await at.put({ ...wished, version: '1.35' });
    assert.match((await templateOf(at))[0]?.VersionDescription ?? '', /^1\.35 amazon-eks-node-al2023-x86_64-standard-1\.35-v\d+ [0-9a-f]{16}$/);
    assert.equal((await groupsOf(at))[0]?.LaunchTemplate?.Version, '3');
    assert.deepEqual(await at.remove(wished), { kind: 'begun' });
    await at.aws.pass(120);
    assert.deepEqual([await at.look(wished), (await at.remove(wished)).kind], ['absent', 'absent']);
    assert.equal((await at.remove(role)).kind, 'done');
    await assert.rejects(at.clients.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: role.name })), { name: 'NoSuchEntityException' });
  });

  it('leaves its size to whatever scales it, unless the wish for it is another', async (context) => {
    const at = await world(context);
    await at.put(role);
    await at.put(group(at.subnets));
    await at.put(group(at.subnets, { scalingConfig: { minSize: 0, maxSize: 5, desiredSize: 3 } }));
    assert.deepEqual((await groupsOf(at)).map(({ MaxSize, DesiredCapacity }) => [MaxSize, DesiredCapacity]), [[5, 1]]);
    await at.put(group(at.subnets, { scalingConfig: { minSize: 0, maxSize: 5, desiredSize: 3 } }), { parameters: { desiredSize: 3 } });
    assert.deepEqual((await groupsOf(at)).map(({ DesiredCapacity }) => DesiredCapacity), [3]);
  });

  it('is refused where the account has a template or a group of that name, the role no profile, or nobody an image', async (context) => {
    const at = await world(context);
    const codeOf = async (more: Partial<SelfManagedGroupResource>) => {
      const came = await at.put(group(at.subnets, more));
      return came.kind === 'refused' ? came.code : came.kind;
    };
    const { instanceProfile: _profile, ...lent } = group(at.subnets, { nodeRoleArn: `arn:aws:iam::${ACCOUNT}:role/eks-node` });
    const came = await at.put(lent);
    assert.equal(came.kind === 'refused' && came.code, 'InstanceProfileMissing');
    await at.put(role);
    assert.equal(await codeOf({ version: '1.10' }), 'ImageNotFound');
    await at.clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'theirs-template', LaunchTemplateData: { ImageId: 'ami-1' } }));
    assert.equal(await codeOf({ name: 'theirs-template' }), 'NodeGroupNotOurs');
    await at.put(group(at.subnets));
    const [{ LaunchTemplate } = {}] = await groupsOf(at);
    await at.clients.autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'theirs-group', MinSize: 0, MaxSize: 0, LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId }, VPCZoneIdentifier: at.subnets.join() }));
    assert.equal(await codeOf({ name: 'theirs-group' }), 'NodeGroupNotOurs');
    assert.equal((await at.remove(group(at.subnets, { name: 'theirs-group' }))).kind, 'done');
    assert.ok((await groupsOf(at)).some(({ AutoScalingGroupName }) => AutoScalingGroupName === 'theirs-group'));
  });

  it('of several types is Spot by its own policy, which a change keeps', async (context) => {
    const at = await world(context);
    await at.put(role);
    await at.put(group(at.subnets, { instanceTypes: ['m7i.large', 'm6i.large'], spot: true }));
    const [made] = await groupsOf(at);
    assert.deepEqual([made?.MixedInstancesPolicy?.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType), made?.MixedInstancesPolicy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity], [['m7i.large', 'm6i.large'], 0]);
  });
});
