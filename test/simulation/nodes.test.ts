import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateSubnetCommand, DescribeImagesCommand, DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateFargateProfileCommand, DescribeAccessEntryCommand, DescribeFargateProfileCommand, EKSClient, ListFargateProfilesCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('nodes that are no managed groups', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let ec2: EC2Client;
  let iam: IAMClient;
  let autoScaling: AutoScalingClient;
  let clusterId: string;
  let privateSubnets: string[];

  before(async () => {
    world = await rehearse({ seed: 42 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    [eks, ec2, iam, autoScaling] = [new EKSClient(client), new EC2Client(client), new IAMClient(client), new AutoScalingClient(client)];
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: await world.owner.subnetIds(2) }));
    privateSubnets = await Promise.all(Subnets.map(async ({ VpcId, AvailabilityZone }, index) => (await ec2.send(new CreateSubnetCommand({ VpcId, AvailabilityZone, CidrBlock: `172.31.${200 + index}.0/24` }))).Subnet?.SubnetId ?? ''));
  });
  after(() => world.stage.close());

  const ended = async (operation: Json): Promise<Json> => {
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };
  const states = async (): Promise<Json> => (await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ part, name, state }: Json) => `${part} ${name} ${state}`);
  const groups = async () => (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups ?? [];
  const madeRoles = async (): Promise<string[]> => ((await iam.send(new ListRolesCommand({}))).Roles ?? []).flatMap(({ RoleName = '' }) => (RoleName.startsWith('slipway-of-') ? [RoleName] : []));
  const minorsOf = async (imageIds: readonly string[]): Promise<string[]> => {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [...new Set(imageIds)] }));
    return Images.flatMap(({ Name = '' }) => /k8s-(\d+\.\d+)-/.exec(Name)?.[1] ?? []).sort();
  };

  it('are made with the cluster: Fargate profiles one after the other, a group from a template with a warm pool', async () => {
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.34',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: [...(await world.owner.subnetIds(2)), ...privateSubnets] },
      fargateProfiles: [
        { fargateProfileName: 'system', selectors: [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }] },
        { fargateProfileName: 'batch', selectors: [{ namespace: 'batch-*' }] },
      ],
      selfManagedNodegroups: [
        {
          nodegroupName: 'edge',
          amiFamily: 'BOTTLEROCKET',
          instanceTypes: ['m7g.large'],
          scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 },
          labels: { tier: 'edge' },
          taints: [{ key: 'edge', value: 'only', effect: 'NO_SCHEDULE' }],
          diskSize: 80,
          warmPool: { minSize: 1, maxGroupPreparedCapacity: 4, poolState: 'STOPPED' },
        },
      ],
    });
    clusterId = operation.clusterId;
    await ended(operation);
    assert.deepEqual((await states()).sort(), ['fargate-profile batch Active', 'fargate-profile pod-execution-role Active', 'fargate-profile system Active', 'self-managed-nodegroup edge Active']);
    const { fargateProfile } = await eks.send(new DescribeFargateProfileCommand({ clusterName: 'shop', fargateProfileName: 'batch' }));
    assert.deepEqual([fargateProfile?.status, [...(fargateProfile?.subnets ?? [])].sort()], ['ACTIVE', [...privateSubnets].sort()]);
  });

  it('know how to join: endpoint, authority and cluster DNS stand in the template, whose role has an entry of its own', async () => {
    const [group] = await groups();
    assert.deepEqual([group?.Instances?.length, group?.WarmPoolConfiguration?.MinSize, group?.WarmPoolConfiguration?.PoolState], [2, 1, 'Stopped']);
    assert.ok(group?.Tags?.some(({ Key, Value, PropagateAtLaunch }) => Key === 'kubernetes.io/cluster/shop' && Value === 'owned' && PropagateAtLaunch === true));
    const { LaunchTemplateVersions = [] } = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: group?.LaunchTemplate?.LaunchTemplateId, Versions: ['$Latest'] }));
    const data = LaunchTemplateVersions[0]?.LaunchTemplateData;
    const settings = Buffer.from(data?.UserData ?? '', 'base64').toString();
    assert.match(settings, /^api-server = "https:\/\/.+"$/m);
    assert.match(settings, /^cluster-dns-ip = "\d+\.\d+\.\d+\.10"$/m);
    assert.match(settings, /^"edge" = \["only:NoSchedule"\]$/m);
    assert.deepEqual(await minorsOf([data?.ImageId ?? '']), ['1.34']);
    const role = data?.IamInstanceProfile?.Name ?? '';
    const { accessEntry } = await eks.send(new DescribeAccessEntryCommand({ clusterName: 'shop', principalArn: `arn:aws:iam::${ACCOUNT}:role/${role}` }));
    assert.equal(accessEntry?.type, 'EC2_LINUX');
  });

  it('follow an upgrade: the template gets the new image, then every instance is replaced', async () => {
    const done = await ended(await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' }));
    const kinds = done.steps.map(({ kind }: Json) => kind);
    assert.ok(kinds.indexOf('update-self-managed-group') > kinds.indexOf('upgrade-control-plane') && kinds.indexOf('refresh-instances') > kinds.indexOf('update-self-managed-group'), kinds.join());
    const [group] = await groups();
    const versions = new Set(group?.Instances?.map(({ LaunchTemplate }) => LaunchTemplate?.Version));
    assert.deepEqual([[...versions], group?.LaunchTemplate?.Version], [['2'], '2']);
    assert.deepEqual((await world.api.patch(`/v1/clusters/${clusterId}`, { labels: { seen: 'yes' } })).steps ?? [], []);
  });

  it('change in part, and go when nobody asks for them any more', async () => {
    const before = await world.api.get(`/v1/clusters/${clusterId}`);
    const [edge] = before.selfManagedNodegroups;
    const { warmPool: _pool, ...without } = edge;
    const changed = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { selfManagedNodegroups: [{ ...without, labels: { tier: 'far-edge' } }], fargateProfiles: [before.fargateProfiles[0]] }));
    assert.deepEqual(changed.steps.map(({ kind }: Json) => kind), ['update-self-managed-group', 'delete-fargate-profile']);
    const [group] = await groups();
    assert.deepEqual([group?.LaunchTemplate?.Version, group?.WarmPoolConfiguration], ['3', undefined]);
    const gone = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { selfManagedNodegroups: [] }));
    assert.match(gone.steps.find(({ kind }: Json) => kind === 'delete-self-managed-group').reason, /Auto Scaling drains none/);
    // Without nodes Fargate alone can run CoreDNS, and its add-on is told so.
    assert.deepEqual(gone.steps.map(({ kind, subject }: Json) => `${kind} ${String(subject).split('-')[0]}`).sort(), ['delete-access-entry arn:aws:iam::111111111111:role/slipway', 'delete-role slipway', 'delete-self-managed-group slipway', 'update-addon-config coredns']);
    assert.deepEqual([await groups(), (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates], [[], []]);
    assert.deepEqual((await madeRoles()).map((name) => name.split('-').at(-1)), ['fargate']);
  });

  it('of others are left alone while the cluster stands, and go with it: nothing of it is left', async () => {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'eks-fargate-pods.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'their-fargate', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    await eks.send(new CreateFargateProfileCommand({ clusterName: 'shop', fargateProfileName: 'theirs', podExecutionRoleArn: Role?.Arn, subnets: privateSubnets, selectors: [{ namespace: 'theirs' }] }));
    await world.advance(5);
    assert.deepEqual((await eks.send(new ListFargateProfilesCommand({ clusterName: 'shop' }))).fargateProfileNames, ['system', 'theirs']);
    const done = await ended(await world.api.delete(`/v1/clusters/${clusterId}`));
    assert.deepEqual(done.steps.filter(({ kind }: Json) => kind === 'delete-fargate-profile').map(({ subject }: Json) => subject), ['system', 'theirs']);
    assert.deepEqual([await madeRoles(), (await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles], [[], []]);
  });
});

describe('EKS Auto Mode', () => {
  let world: Rehearsal;
  before(async () => {
    world = await rehearse({ seed: 43 });
  });
  after(() => world.stage.close());

  it('comes with a cluster without node groups and add-ons, and goes with it', async () => {
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] };
    const { Role } = await new IAMClient(client).send(new CreateRoleCommand({ RoleName: 'eks-auto-cluster', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    const asked = await world.api.post('/v1/clusters', { name: 'auto', accountId: ACCOUNT, region: REGION, version: '1.35', roleArn: Role?.Arn, resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) }, autoscaling: { kind: 'auto-mode' } });
    const made = await world.ended(asked.id);
    assert.equal(made.state, 'Succeeded', JSON.stringify(made.errors));
    assert.deepEqual(made.steps.map(({ kind }: Json) => kind), ['put-role', 'create-control-plane']);
    const cluster = await world.api.get(`/v1/clusters/${made.clusterId}`);
    assert.deepEqual(cluster.parts.map(({ part, state }: Json) => [part, state]), [['autoscaling', 'Active']]);
    const off = await world.ended((await world.api.patch(`/v1/clusters/${made.clusterId}`, { autoscaling: { kind: 'none' } })).id);
    assert.deepEqual([off.state, off.steps.map(({ kind }: Json) => kind)], ['Succeeded', ['remove-auto-mode', 'delete-access-entry', 'delete-role']], JSON.stringify(off.errors));
    const on = await world.ended((await world.api.patch(`/v1/clusters/${made.clusterId}`, { autoscaling: { kind: 'auto-mode', nodePools: ['system'] } })).id);
    assert.deepEqual([on.state, on.steps.map(({ kind }: Json) => kind)], ['Succeeded', ['put-role', 'put-auto-mode']], JSON.stringify(on.errors));
    assert.equal((await world.ended((await world.api.delete(`/v1/clusters/${made.clusterId}`)).id)).state, 'Succeeded');
  });
});
