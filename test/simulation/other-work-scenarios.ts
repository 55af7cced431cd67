import { CreateSubnetCommand, CreateVpcCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { FindingCode } from '../../domain/finding-codes.ts';
import type { Json } from '../../local/api-client.ts';
import { cluster, role, sim, type Owner } from './check-scenarios.ts';
import { ACCOUNT, REGION } from './rehearsal.ts';

/** A piece of work other than an upgrade, and what its plan then tells. */
export interface OtherWork {
  readonly codes: readonly FindingCode[];
  /** Asks for the work; the plan that was answered. `idOf` is the id of one of the clusters of the upgrade's scenarios. */
  ask(owner: Owner, idOf: (name: string) => string): Promise<Json>;
}

/** Codes that stories tell which are played on stages of their own. */
export const TOLD_BY_STORIES: Partial<Readonly<Record<FindingCode, string>>> = {
  'capability-leaves-resources': 'controllers.test.ts',
  'rollback-not-held': 'rollback.test.ts',
};

/** Codes that no simulated account shows, each with the reason why. */
export const NOT_SHOWN: Partial<Readonly<Record<FindingCode, string>>> = {
  'controller-not-listed': 'It takes a minor that EKS offers and a controller\'s makers have not named: the simulated EKS offers up to 1.36, and all of them have named it.',
};

const NETWORK_OWNER = '222222222222';

/** A request for a cluster of which there is nothing to tell. */
export async function quietRequest({ stage }: Owner, name: string): Promise<Json> {
  return {
    name,
    accountId: ACCOUNT,
    region: REGION,
    version: '1.35',
    roleArn: stage.clusterRoleArn,
    resourcesVpcConfig: { subnetIds: await stage.owner.subnetIds(3), publicAccessCidrs: ['192.0.2.0/24'] },
    access: [{ principalArn: `arn:aws:iam::${ACCOUNT}:role/platform-admins`, role: 'admin' }],
    nodegroups: [stage.nodegroup('blue')],
  };
}

export async function created(owner: Owner, name: string, more: Json = {}): Promise<Json> {
  const quiet = await quietRequest(owner, name);
  const resourcesVpcConfig = { ...quiet.resourcesVpcConfig, ...more.resourcesVpcConfig };
  return (await owner.stage.api.post('/v1/clusters', { ...quiet, ...more, resourcesVpcConfig })).plan;
}

async function subnet(owner: Owner, as: EC2Client, vpcId: string | undefined, place: number, cidr: string): Promise<string> {
  const { Subnets = [] } = await owner.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...owner.subnets] }));
  const { Subnet } = await as.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: cidr, AvailabilityZoneId: Subnets[place]?.AvailabilityZoneId }));
  return Subnet?.SubnetId ?? '';
}

const reads = { policy: [{ access: 's3-read', on: ['arn:aws:s3:::shop-assets'] }] };

export const OTHER_WORK: readonly OtherWork[] = [
  {
    codes: ['nobody-can-get-in', 'endpoint-open-to-the-world', 'network-addon-left-out', 'subnet-addresses-low'],
    async ask(owner) {
      const tight = await subnet(owner, owner.ec2, owner.vpcId, 0, '172.31.220.0/28');
      return created(owner, 'bare', { access: [], addons: [{ addonName: 'coredns' }], resourcesVpcConfig: { subnetIds: [tight, ...owner.subnets], publicAccessCidrs: ['0.0.0.0/0'] } });
    },
  },
  {
    codes: ['fargate-selects-system', 'pod-identity-on-fargate', 'zones-of-another-account'],
    ask: (owner) =>
      created(owner, 'serverless', {
        nodegroups: [],
        resourcesVpcConfig: { subnetIds: [...owner.subnets] },
        fargateProfiles: [{ fargateProfileName: 'all', selectors: [{ namespace: '*' }] }],
        podIdentities: [{ namespace: 'web', serviceAccount: 'cart', ...reads }],
        dns: { hostedZoneIds: ['Z0123456789ABCDEFGHIJ'], crossAccountRoleArn: `arn:aws:iam::${NETWORK_OWNER}:role/dns` },
      }),
  },
  {
    codes: ['fargate-without-dns'],
    ask: (owner) => created(owner, 'nameless', { nodegroups: [], resourcesVpcConfig: { subnetIds: [...owner.subnets] }, fargateProfiles: [{ fargateProfileName: 'batch', selectors: [{ namespace: 'batch' }] }] }),
  },
  {
    codes: ['pod-identity-on-windows', 'pod-groups-without-prefixes', 'endpoint-private-alone', 'interruptions-unseen', 'load-balancer-subnets-untagged'],
    ask: (owner) =>
      created(owner, 'windows', {
        nodegroups: [owner.stage.nodegroup('blue'), { ...owner.stage.nodegroup('panes'), amiType: 'WINDOWS_CORE_2022_x86_64' }],
        resourcesVpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, publicAccessCidrs: undefined },
        podIdentities: [{ namespace: 'web', serviceAccount: 'cart', ...reads }],
        network: { cni: { prefixDelegation: true, podSecurityGroups: {} } },
        traffic: { controller: 'aws-load-balancer-controller' },
        autoscaling: { kind: 'karpenter' },
      }),
  },
  {
    codes: ['zone-of-another-vpc', 'dns-owner-named'],
    async ask(owner) {
      const { Vpc } = await owner.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
      const route53 = new Route53Client({ endpoint: owner.stage.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
      const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: 'inner.example.com', CallerReference: 'once', VPC: { VPCRegion: REGION, VPCId: Vpc?.VpcId } }));
      return created(owner, 'named', { dns: { hostedZoneIds: [(HostedZone?.Id ?? '').replace('/hostedzone/', '')], txtOwnerId: 'the-one-before' } });
    },
  },
  {
    codes: ['auto-mode-cluster-role', 'auto-mode-brings-addon'],
    async ask(owner) {
      const roleArn = await role(owner, 'eks-auto', 'eks.amazonaws.com', ['AmazonEKSClusterPolicy'], ['sts:AssumeRole', 'sts:TagSession']);
      return created(owner, 'automatic', { roleArn, nodegroups: [], autoscaling: { kind: 'auto-mode' }, addons: [{ addonName: 'coredns' }] });
    },
  },
  {
    codes: ['subnets-of-another-account'],
    async ask(owner) {
      const theirs = new EC2Client({ endpoint: owner.stage.stage.awsUrl, region: REGION, credentials: { accessKeyId: NETWORK_OWNER, secretAccessKey: 'owner' } });
      const { Vpc } = await theirs.send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }));
      const subnetIds = [await subnet(owner, theirs, Vpc?.VpcId, 0, '10.8.0.0/24'), await subnet(owner, theirs, Vpc?.VpcId, 1, '10.8.1.0/24')];
      for (const subnetId of subnetIds) await sim(owner, 'ec2/shared-subnets', { owner: NETWORK_OWNER, region: REGION, subnetId, with: ACCOUNT });
      return created(owner, 'guest', { resourcesVpcConfig: { subnetIds } });
    },
  },
  {
    codes: ['access-not-manageable'],
    async ask(owner) {
      await cluster(owner, 'mapped', '1.35', { accessConfig: { authenticationMode: 'CONFIG_MAP' } });
      await owner.stage.advance(15);
      const { id, plan } = await owner.stage.api.post('/v1/clusters/import', { accountId: ACCOUNT, region: REGION, name: 'mapped' });
      await owner.stage.ended(id);
      return plan;
    },
  },
  {
    codes: ['config-map-ends'],
    async ask({ stage }) {
      const { items } = await stage.api.get('/v1/clusters');
      const { clusterId } = items.find((one: Json) => one.name === 'mapped');
      await stage.ended((await stage.api.patch(`/v1/clusters/${clusterId}`, { authenticationMode: 'API_AND_CONFIG_MAP' })).id);
      return (await stage.api.patch(`/v1/clusters/${clusterId}`, { authenticationMode: 'API' })).plan;
    },
  },
  { codes: ['cni-settings-need-new-nodes'], ask: async ({ stage }, idOf) => (await stage.api.patch(`/v1/clusters/${idOf('small')}`, { network: { cni: { prefixDelegation: true } } })).plan },
  { codes: ['addon-not-asked-for'], ask: async ({ stage }, idOf) => (await stage.api.patch(`/v1/clusters/${idOf('insights')}`, { addons: [{ addonName: 'metrics-server' }] })).plan },
  { codes: ['scale-down-ignores-budgets'], ask: async ({ stage }, idOf) => (await stage.api.patch(`/v1/clusters/${idOf('older-images')}/nodegroups/blue`, { scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 0 } })).plan },
  { codes: ['last-nodegroup'], ask: async ({ stage }, idOf) => (await stage.api.delete(`/v1/clusters/${idOf('old')}/nodegroups/blue`)).plan },
  { codes: ['iam-roles-stay', 'launch-templates-stay', 'log-group-stays'], ask: async ({ stage }, idOf) => (await stage.api.delete(`/v1/clusters/${idOf('plain')}`)).plan },
  {
    codes: ['controller-behind'],
    async ask({ stage }, idOf) {
      await stage.ended((await stage.api.patch(`/v1/clusters/${idOf('zoo')}`, { autoscaling: { kind: 'cluster-autoscaler' }, traffic: { controller: 'aws-load-balancer-controller' } })).id);
      return stage.api.get(`/v1/clusters/${idOf('zoo')}/upgrade-plan?to=1.35`);
    },
  },
  { codes: ['karpenter-nodes-stay', 'load-balancers-stay'], ask: async ({ stage }, idOf) => (await stage.api.delete(`/v1/clusters/${idOf('zoo')}`)).plan },
];
