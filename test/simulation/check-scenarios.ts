import { AutoScalingClient, CreateAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand, SetInstanceHealthCommand, StartInstanceRefreshCommand, SuspendProcessesCommand, type CreateAutoScalingGroupCommandInput } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, CreateSubnetCommand, DeleteLaunchTemplateCommand, DeleteSubnetCommand, DescribeImagesCommand, DescribeSubnetsCommand, EC2Client, ModifySubnetAttributeCommand, RegisterImageCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateFargateProfileCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DescribeAddonVersionsCommand,
  EKSClient,
  StartInsightsRefreshCommand,
  UpdateAddonCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
  type CreateClusterCommandInput,
  type CreateNodegroupCommandInput,
} from '@aws-sdk/client-eks';
import { AttachRolePolicyCommand, CreateRoleCommand, DeleteRoleCommand, DetachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { FindingCode } from '../../domain/finding-codes.ts';
import { ACCOUNT, REGION, type Rehearsal } from './rehearsal.ts';

/** The owner of the workload account, who makes and spoils things there with the official clients. */
export interface Owner {
  readonly stage: Rehearsal;
  readonly eks: EKSClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly autoScaling: AutoScalingClient;
  /** Default subnets in two zones. */
  readonly subnets: readonly string[];
  readonly vpcId: string;
  /** What scenarios of one cluster hand to each other. */
  readonly kept: Map<string, string>;
}

/** One cluster, and what is done to it: before, its plan has none of the codes; after, all of them. */
export interface Scenario {
  readonly cluster: string;
  readonly codes: readonly FindingCode[];
  readonly to?: string;
  /** True of a cluster as it is made: what its plan says is looked at at once. */
  readonly asMade?: true;
  bring(owner: Owner): Promise<void>;
}

const region = { region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };

export async function ownerOf(stage: Rehearsal): Promise<Owner> {
  const client = { endpoint: stage.stage.awsUrl, ...region };
  const ec2 = new EC2Client(client);
  const subnets = await stage.owner.subnetIds(2);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: subnets }));
  return { stage, eks: new EKSClient(client), ec2, iam: new IAMClient(client), kms: new KMSClient(client), autoScaling: new AutoScalingClient(client), subnets, vpcId: Subnets[0]?.VpcId ?? '', kept: new Map() };
}

export async function role(owner: Owner, RoleName: string, service: string, policies: readonly string[] = [], trusted: readonly string[] = ['sts:AssumeRole']): Promise<string> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: trusted }] };
  const { Role } = await owner.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  for (const policy of policies) await owner.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${policy}` }));
  return Role?.Arn ?? '';
}

async function unmake(owner: Owner, RoleName: string, policies: readonly string[] = []): Promise<void> {
  for (const policy of policies) await owner.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${policy}` }));
  await owner.iam.send(new DeleteRoleCommand({ RoleName }));
}

const NODE_POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryReadOnly'];

export async function cluster(owner: Owner, name: string, version: string, more: Partial<CreateClusterCommandInput> = {}): Promise<void> {
  await owner.eks.send(
    new CreateClusterCommand({
      name,
      version,
      roleArn: owner.stage.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: [...owner.subnets] },
      accessConfig: { authenticationMode: 'API' },
      bootstrapSelfManagedAddons: false,
      ...more,
    }),
  );
}

async function nodegroup(owner: Owner, clusterName: string, more: Partial<CreateNodegroupCommandInput> = {}): Promise<void> {
  await owner.eks.send(
    new CreateNodegroupCommand({ clusterName, nodegroupName: 'blue', nodeRole: owner.stage.nodeRoleArn, subnets: [...owner.subnets], scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 1 }, ...more }),
  );
}

async function template(owner: Owner, name: string, data: { ImageId?: string; InstanceType?: string; UserData?: string }): Promise<string> {
  const { LaunchTemplate } = await owner.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data as { ImageId?: string } }));
  return LaunchTemplate?.LaunchTemplateId ?? '';
}

/** The image that Amazon publishes for nodes of a minor. */
async function image(owner: Owner, minor: string): Promise<string> {
  const { Images = [] } = await owner.ec2.send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: [`amazon-eks-node-al2023-x86_64-standard-${minor}-*`] }] }));
  return Images[0]?.ImageId ?? '';
}

async function ownGroup(owner: Owner, name: string, clusterName: string, imageId: string, more: Partial<CreateAutoScalingGroupCommandInput> = {}): Promise<void> {
  await template(owner, name, { ImageId: imageId, InstanceType: 'm5.large' });
  await owner.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 4,
      DesiredCapacity: 1,
      VPCZoneIdentifier: owner.subnets.join(','),
      LaunchTemplate: { LaunchTemplateName: name, Version: '1' },
      Tags: [{ Key: `kubernetes.io/cluster/${clusterName}`, Value: 'owned', PropagateAtLaunch: true }],
      ...more,
    }),
  );
}

/** What is scripted for drills, docs/operating.md; where nothing is said, it is taken back. */
export async function sim(owner: Owner, path: string, asked?: object): Promise<void> {
  const response = await fetch(`${owner.stage.stage.awsUrl}/_sim/${path}`, { method: asked === undefined ? 'DELETE' : 'POST', ...(asked === undefined ? {} : { body: JSON.stringify(asked) }) });
  if (!response.ok) throw new Error(await response.text());
}

const script = (owner: Owner, cluster: string, more: object): Promise<void> => sim(owner, 'eks/workloads', { account: ACCOUNT, region: REGION, cluster, ...more });
/** What EKS lists is read again after two hours. */
async function withdraw(owner: Owner, addonName: string, more: object = {}): Promise<void> {
  await sim(owner, 'eks/withdrawn-addons', { region: REGION, addonName, ...more });
  await owner.stage.advance(121);
}

/** All versions of an add-on whose name begins so. */
async function versionsOf(owner: Owner, addonName: string, prefix: string): Promise<string[]> {
  const { addons = [] } = await owner.eks.send(new DescribeAddonVersionsCommand({ addonName }));
  return addons.flatMap(({ addonVersions = [] }) => addonVersions.flatMap(({ addonVersion }) => addonVersion ?? [])).filter((version) => version.startsWith(prefix));
}

/** The owner moves a control plane by EKS's own API, a minor after the other. */
async function moveControlPlane(owner: Owner, name: string, versions: readonly string[], force = false): Promise<void> {
  for (const version of versions) {
    await owner.eks.send(new UpdateClusterVersionCommand({ name, version, force }));
    await owner.stage.advance(15);
  }
}

async function lookAnew(owner: Owner, clusterName: string): Promise<void> {
  await owner.eks.send(new StartInsightsRefreshCommand({ clusterName }));
  await owner.stage.advance(15);
}

const nothing = async (): Promise<void> => undefined;
const free = async (owner: Owner, subnetId: string): Promise<number> => (await owner.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }))).Subnets?.[0]?.AvailableIpAddressCount ?? 0;

/** Instances take addresses until so many are left. */
async function fill(owner: Owner, subnetId: string, left: number): Promise<void> {
  const count = (await free(owner, subnetId)) - left;
  const { Instances = [] } = await owner.ec2.send(new RunInstancesCommand({ ImageId: await image(owner, '1.33'), InstanceType: 't3.micro', MinCount: count, MaxCount: count, SubnetId: subnetId }));
  if (Instances.length !== count) await owner.ec2.send(new TerminateInstancesCommand({ InstanceIds: Instances.flatMap(({ InstanceId }) => InstanceId ?? []) }));
}

/** Makes the clusters, all at once: EKS works on them side by side. */
export async function makeClusters(owner: Owner): Promise<readonly string[]> {
  const { kept } = owner;
  kept.set('key', (await owner.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '');
  for (const [place, zone] of (await owner.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...owner.subnets] }))).Subnets?.entries() ?? []) {
    for (const [use, third] of [['small', 200], ['doomed', 210]] as const) {
      const { Subnet } = await owner.ec2.send(new CreateSubnetCommand({ VpcId: owner.vpcId, AvailabilityZone: zone.AvailabilityZone, CidrBlock: `172.31.${third}.${place * 32}/27` }));
      kept.set(`${use}-${place}`, Subnet?.SubnetId ?? '');
    }
  }
  const pair = (use: string): string[] => [kept.get(`${use}-0`) ?? '', kept.get(`${use}-1`) ?? ''];
  kept.set('doomed-role', await role(owner, 'eks-doomed', 'eks.amazonaws.com', ['AmazonEKSClusterPolicy']));
  kept.set('doomed-nodes', await role(owner, 'eks-doomed-nodes', 'ec2.amazonaws.com', NODE_POLICIES));
  kept.set('pods', await role(owner, 'eks-pods', 'eks-fargate-pods.amazonaws.com'));
  kept.set('lt-doomed', await template(owner, 'doomed', { InstanceType: 'm5.large' }));
  kept.set('lt-steady', await template(owner, 'steady', { InstanceType: 'm5.4xlarge' }));
  kept.set('lt-own', await template(owner, 'own', { ImageId: await image(owner, '1.33'), InstanceType: 'm5.large' }));

  await cluster(owner, 'plain', '1.33');
  await cluster(owner, 'insights', '1.34');
  await cluster(owner, 'ruined', '1.34', { roleArn: kept.get('doomed-role'), resourcesVpcConfig: { subnetIds: [...(await owner.stage.owner.subnetIds(3)), kept.get('small-0') ?? '', kept.get('doomed-0') ?? ''] }, encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: kept.get('key') } }] });
  await cluster(owner, 'small', '1.34', { resourcesVpcConfig: { subnetIds: pair('small') } });
  await cluster(owner, 'old', '1.31');
  await cluster(owner, 'older-images', '1.32', { upgradePolicy: { supportType: 'EXTENDED' } });
  await cluster(owner, 'standard', '1.34', { upgradePolicy: { supportType: 'STANDARD' } });
  await cluster(owner, 'zoo', '1.34', { remoteNetworkConfig: { remoteNodeNetworks: [{ cidrs: ['10.80.0.0/16'] }] } });
  await cluster(owner, 'auto', '1.34', {
    computeConfig: { enabled: true, nodePools: ['system'], nodeRoleArn: owner.stage.nodeRoleArn },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
    storageConfig: { blockStorage: { enabled: true } },
  });
  await owner.stage.advance(15);

  const of = (id: string, version = '1') => ({ launchTemplate: { id: kept.get(id), version } });
  await nodegroup(owner, 'plain', { ...of('lt-steady'), updateConfig: { maxUnavailable: 80 } });
  await nodegroup(owner, 'plain', { nodegroupName: 'own', ...of('lt-own') });
  await nodegroup(owner, 'ruined', { scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 0 }, nodeRole: kept.get('doomed-nodes'), subnets: [...owner.subnets, ...pair('doomed').slice(1)], ...of('lt-doomed') });
  await nodegroup(owner, 'small', { subnets: pair('small') });
  await nodegroup(owner, 'old', { amiType: 'AL2_x86_64', instanceTypes: ['m5.large'] });
  await nodegroup(owner, 'older-images', { amiType: 'AL2_x86_64', instanceTypes: ['m5.large'] });
  // Fargate takes private subnets only.
  for (const SubnetId of owner.subnets) await owner.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
  await owner.eks.send(new CreateFargateProfileCommand({ clusterName: 'ruined', fargateProfileName: 'jobs', podExecutionRoleArn: kept.get('pods'), subnets: [...owner.subnets], selectors: [{ namespace: 'batch' }] }));
  for (const clusterName of ['plain', 'insights', 'old']) await owner.eks.send(new CreateAddonCommand({ clusterName, addonName: 'kube-proxy' }));
  await owner.eks.send(new CreateAddonCommand({ clusterName: 'plain', addonName: 'vpc-cni' }));
  await owner.eks.send(new CreateAddonCommand({ clusterName: 'insights', addonName: 'coredns' }));
  await owner.stage.advance(30);
  return ['plain', 'insights', 'ruined', 'small', 'old', 'older-images', 'standard', 'zoo', 'auto'];
}

export const SCENARIOS: readonly Scenario[] = [
  { cluster: 'plain', codes: ['extended-support', 'vcpu-quota-short', 'custom-ami', 'known-risk'], asMade: true, bring: nothing },
  { cluster: 'old', codes: ['al2-last-minor'], to: '1.32', asMade: true, bring: nothing },
  { cluster: 'older-images', codes: ['al2-not-offered', 'target-in-extended-support'], to: '1.33', asMade: true, bring: nothing },
  { cluster: 'standard', codes: ['auto-upgrade-ahead'], asMade: true, bring: nothing },
  {
    cluster: 'standard',
    codes: ['closes-way-back'],
    to: '1.36',
    asMade: true,
    async bring({ stage }) {
      const { items } = await stage.api.get('/v1/clusters');
      const standard = items.find((one: { name: string }) => one.name === 'standard');
      const { id } = await stage.api.post(`/v1/clusters/${standard.clusterId}/upgrades`, { to: '1.35' });
      await stage.ended(id);
    },
  },
  {
    cluster: 'standard',
    codes: ['nodegroup-newer-than-control-plane', 'kube-proxy-newer-than-control-plane'],
    to: '1.36',
    async bring(owner) {
      await nodegroup(owner, 'standard');
      await owner.eks.send(new CreateAddonCommand({ clusterName: 'standard', addonName: 'kube-proxy' }));
      await owner.stage.advance(10);
      // Force passes over EKS's insights, which say what then comes of it.
      await moveControlPlane(owner, 'standard', ['1.34'], true);
    },
  },
  {
    cluster: 'old',
    codes: ['kube-proxy-skew'],
    to: '1.35',
    async bring(owner) {
      await moveControlPlane(owner, 'old', ['1.32', '1.33', '1.34']);
      await withdraw(owner, 'kube-proxy', { kubernetesVersions: ['1.34'] });
    },
  },
  {
    cluster: 'old',
    codes: ['kubelet-skew'],
    to: '1.36',
    async bring(owner) {
      await sim(owner, 'eks/withdrawn-addons');
      // EKS lets nobody move a control plane so far from its nodes, and does it itself when support ends.
      await sim(owner, 'eks/forced-upgrade', { account: ACCOUNT, region: REGION, cluster: 'old' });
      await owner.stage.advance(15);
    },
  },
  { cluster: 'auto', codes: ['auto-mode-nodes'], asMade: true, bring: nothing },
  {
    cluster: 'auto',
    codes: ['control-plane-not-active'],
    async bring(owner) {
      await owner.eks.send(new DeleteClusterCommand({ name: 'auto' }));
    },
  },
  { cluster: 'zoo', codes: ['hybrid-nodes'], asMade: true, bring: nothing },
  { cluster: 'insights', codes: ['addons-await-nodes'], asMade: true, bring: nothing },
  {
    cluster: 'insights',
    codes: ['insight-error', 'insight-warning', 'insight-unknown', 'insight-misconfiguration'],
    async bring(owner) {
      const insights = [['Cluster health issues', 'ERROR'], ['Kubelet version skew', 'UNKNOWN'], ['kube-proxy version skew', 'WARNING'], ['Hybrid node connectivity', 'WARNING', 'MISCONFIGURATION']].map(([name, status, category]) => ({ name, status, reason: 'As scripted.', ...(category === undefined ? {} : { category }) }));
      await script(owner, 'insights', { insights });
      await lookAnew(owner, 'insights');
    },
  },
  {
    cluster: 'insights',
    codes: ['insights-stale'],
    async bring(owner) {
      await script(owner, 'insights', { refresh: 'fails' });
      await lookAnew(owner, 'insights');
    },
  },
  {
    cluster: 'insights',
    codes: ['insights-not-seen'],
    bring: (owner) => owner.stage.fault({ operation: 'eks:ListInsights', account: ACCOUNT, times: 1, fault: { kind: 'deny' } }),
  },
  {
    cluster: 'insights',
    codes: ['fargate-profile-unhealthy'],
    async bring(owner) {
      await owner.stage.fault({ operation: 'eks:CreateFargateProfile', account: ACCOUNT, times: 1, fault: { kind: 'failUpdate', code: 'InternalFailure' } });
      await owner.eks.send(new CreateFargateProfileCommand({ clusterName: 'insights', fargateProfileName: 'batch', podExecutionRoleArn: owner.kept.get('pods'), subnets: [...owner.subnets], selectors: [{ namespace: 'batch' }] }));
      await owner.stage.advance(5);
    },
  },
  {
    cluster: 'plain',
    codes: ['launch-template-behind'],
    async bring(owner) {
      await owner.ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'steady', SourceVersion: '1', LaunchTemplateData: { InstanceType: 'm5.large' } }));
    },
  },
  {
    cluster: 'plain',
    codes: ['control-plane-unhealthy', 'nodegroup-unhealthy'],
    bring: (owner) => script(owner, 'plain', { health: [{ code: 'ClusterUnreachable' }], nodegroups: { blue: { health: [{ code: 'NodeCreationFailure' }] } } }),
  },
  {
    cluster: 'plain',
    codes: ['addon-unhealthy'],
    async bring(owner) {
      await script(owner, 'plain', {});
      await owner.stage.fault({ operation: 'eks:UpdateAddon', account: ACCOUNT, times: 1, fault: { kind: 'failUpdate', code: 'ConfigurationConflict' } });
      await owner.eks.send(new UpdateAddonCommand({ clusterName: 'plain', addonName: 'vpc-cni', configurationValues: '{}' }));
      await owner.stage.advance(10);
    },
  },
  {
    cluster: 'plain',
    codes: ['kubelet-version-unknown'],
    bring: (owner) => script(owner, 'plain', { nodegroups: { own: { tellsVersion: false } } }),
  },
  {
    cluster: 'plain',
    codes: ['addon-step-missing'],
    to: '1.35',
    // From v1.19 to v1.21 the VPC CNI goes by way of v1.20.
    bring: async (owner) => withdraw(owner, 'vpc-cni', { addonVersions: await versionsOf(owner, 'vpc-cni', 'v1.20.') }),
  },
  {
    cluster: 'plain',
    codes: ['addon-not-listed'],
    bring: (owner) => withdraw(owner, 'vpc-cni', { kubernetesVersions: ['1.34'] }),
  },
  {
    cluster: 'plain',
    codes: ['addon-not-in-catalogue'],
    bring: (owner) => withdraw(owner, 'vpc-cni'),
  },
  {
    cluster: 'plain',
    codes: ['kube-proxy-ipvs'],
    to: '1.36',
    async bring(owner) {
      await owner.eks.send(new UpdateAddonCommand({ clusterName: 'plain', addonName: 'kube-proxy', configurationValues: '{"mode":"ipvs"}', resolveConflicts: 'OVERWRITE' }));
      await owner.stage.advance(10);
    },
  },
  {
    cluster: 'plain',
    codes: ['update-in-progress', 'nodegroup-busy', 'addon-busy'],
    async bring(owner) {
      await owner.eks.send(new UpdateClusterConfigCommand({ name: 'plain', resourcesVpcConfig: { endpointPrivateAccess: true } }));
      // What EKS tells of a cluster lags behind what it does.
      await owner.stage.advance(0.6);
      await owner.eks.send(new UpdateAddonCommand({ clusterName: 'plain', addonName: 'kube-proxy', configurationValues: '{"mode":"iptables"}', resolveConflicts: 'OVERWRITE' }));
      await owner.eks.send(new UpdateNodegroupConfigCommand({ clusterName: 'plain', nodegroupName: 'own', labels: { addOrUpdateLabels: { tier: 'back' } } }));
      await owner.stage.advance(0.2);
    },
  },
  {
    cluster: 'zoo',
    codes: ['karpenter-nodes', 'pooled-nodes-skew'],
    async bring(owner) {
      const tags = [{ Key: 'kubernetes.io/cluster/zoo', Value: 'owned' }, { Key: 'karpenter.sh/nodepool', Value: 'general' }];
      await owner.ec2.send(new RunInstancesCommand({ ImageId: await image(owner, '1.31'), InstanceType: 'm5.large', MinCount: 1, MaxCount: 1, SubnetId: owner.subnets[0], TagSpecifications: [{ ResourceType: 'instance', Tags: tags }] }));
    },
  },
  {
    cluster: 'zoo',
    codes: ['self-managed-no-image', 'self-managed-busy'],
    async bring(owner) {
      await ownGroup(owner, 'workers', 'zoo', await image(owner, '1.34'));
      await owner.stage.advance(5);
      await owner.autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'workers', DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'workers', Version: '1' } } }));
    },
  },
  {
    cluster: 'zoo',
    codes: ['self-managed-unhealthy', 'kubelet-version-unknown'],
    async bring(owner) {
      // The name of an image of one's own does not tell what it brings.
      const { ImageId = '' } = await owner.ec2.send(new RegisterImageCommand({ Name: 'golden-7', Architecture: 'x86_64' }));
      await ownGroup(owner, 'ailing', 'zoo', ImageId);
      await owner.stage.advance(5);
      await owner.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName: 'ailing', ScalingProcesses: ['ReplaceUnhealthy'] }));
      const { AutoScalingGroups = [] } = await owner.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['ailing'] }));
      await owner.autoScaling.send(new SetInstanceHealthCommand({ InstanceId: AutoScalingGroups[0]?.Instances?.[0]?.InstanceId, HealthStatus: 'Unhealthy' }));
      await owner.stage.advance(5);
    },
  },
  { cluster: 'ruined', codes: ['fargate-pods-stay', 'rollback-not-ready'], asMade: true, bring: nothing },
  {
    cluster: 'ruined',
    codes: ['cluster-role-missing', 'node-role-missing', 'pod-execution-role-missing', 'kms-key-unusable', 'launch-template-missing', 'cluster-subnet-missing', 'nodegroup-subnet-missing'],
    async bring(owner) {
      const { kept } = owner;
      await unmake(owner, 'eks-doomed', ['AmazonEKSClusterPolicy']);
      await unmake(owner, 'eks-doomed-nodes', NODE_POLICIES);
      await unmake(owner, 'eks-pods');
      await owner.kms.send(new DisableKeyCommand({ KeyId: kept.get('key') }));
      await owner.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'doomed' }));
      for (const place of [0, 1]) await owner.ec2.send(new DeleteSubnetCommand({ SubnetId: kept.get(`doomed-${place}`) }));
    },
  },
  { cluster: 'small', codes: ['subnet-runs-out'], asMade: true, bring: nothing },
  {
    cluster: 'small',
    codes: ['zone-addresses-short'],
    bring: (owner) => fill(owner, owner.kept.get('small-0') ?? '', 4),
  },
  {
    cluster: 'small',
    codes: ['cluster-addresses-short', 'surge-addresses-short'],
    async bring(owner) {
      await fill(owner, owner.kept.get('small-0') ?? '', 1);
      await fill(owner, owner.kept.get('small-1') ?? '', 2);
    },
  },
];
