import type { Cluster } from './cluster.ts';
import type { ClusterFacts, SubnetFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { RuleError } from './nodegroup-rules.ts';
import { defined } from './parameters.ts';
import type { Finding, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { refuseClusterSubnets } from './subnet-rules.ts';
import { zoneTold } from './zones.ts';

/** Ranges that a service network may lie in (source: EKS API reference, KubernetesNetworkConfigRequest, serviceIpv4Cidr). */
const SERVICE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;
const SERVICE_PREFIX = { widest: 12, narrowest: 24 } as const;
/**
 * Ranges that nobody on the internet comes from, which EKS takes for no public access (source: EKS user guide, Cluster API server endpoint: no
 * reserved addresses; EKS's own "The following CIDRs are not allowed in publicAccessCidrs"). Blocks of documentation, which it refuses too, are left to it.
 */
const RESERVED = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/4', '240.0.0.0/4'];
const ALL = '0.0.0.0/0';

/** Subnets and security groups of the control plane's interfaces: one update of EKS, apart from access to the endpoint. */
export function vpcConfigStep(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  const subnets = sameSet(before.subnetIds, after.subnetIds) ? undefined : after.subnetIds;
  const groups = sameSet(before.securityGroupIds, after.securityGroupIds) ? undefined : after.securityGroupIds;
  if (subnets === undefined && groups === undefined) return [];
  const what = [...(subnets === undefined ? [] : ['subnets']), ...(groups === undefined ? [] : ['security groups'])].join(' and ');
  return [
    {
      id: `${version}/config/vpc-config`,
      title: `Changing the ${what} of the control plane of ${after.name}`,
      kind: 'update-cluster-config',
      stage: 'CarryOut',
      subject: after.name,
      reason: 'Asked for; EKS makes new network interfaces in them, and node groups keep their own subnets.',
      parameters: { resourcesVpcConfig: defined({ subnetIds: subnets, securityGroupIds: groups }) },
    },
  ];
}

/** New subnets must serve a control plane, lie in the cluster's VPC, and in the zones that it was made in (source: EKS user guide, VPC and subnet requirements: the same zones, two at least). */
export function refuseSubnetChange(before: Cluster, after: Cluster, facts: ClusterFacts): Refusal | undefined {
  if (sameSet(before.subnetIds, after.subnetIds)) return undefined;
  const path = 'resourcesVpcConfig.subnetIds';
  const refusal = refuseClusterSubnets(after.subnetIds, facts.subnets, path);
  if (refusal !== undefined) return refusal;
  const of = (ids: readonly string[]): readonly SubnetFacts[] => facts.subnets.filter(({ subnetId }) => ids.includes(subnetId));
  const [was, is] = [of(facts.cluster.subnetIds), of(after.subnetIds)];
  const stranger = is.find(({ vpcId }) => vpcId !== (facts.cluster.vpcId ?? was[0]?.vpcId));
  if (stranger !== undefined) return refuse('subnets-in-two-vpcs', `The cluster is in ${facts.cluster.vpcId ?? 'another VPC'}, and ${stranger.subnetId} in ${stranger.vpcId}.`, { remedy: 'Name subnets of the cluster\'s VPC.', errors: [{ path, message: 'In the cluster\'s VPC' }] });
  const zones = new Set(was.map(({ zoneId }) => zoneId));
  const strange = is.filter(({ zoneId }) => !zones.has(zoneId));
  if (was.length < facts.cluster.subnetIds.length || strange.length === 0) return undefined;
  return refuse('rules-broken', `A control plane stays in the zones that it was made in, ${[...new Set(was.map(zoneTold))].join(', ')}; ${strange.map((subnet) => `${subnet.subnetId} is in ${zoneTold(subnet)}`).join(', ')}.`, {
    remedy: 'Name subnets in those zones. Node groups may use others.',
    errors: [{ path, message: 'In the zones that the cluster was made in' }],
  });
}

/** What is wrong with a list of who may reach the public endpoint. EKS takes IPv6 blocks for IPv6 clusters alone. */
export function accessCidrErrors({ publicAccessCidrs, ipFamily }: Pick<Cluster, 'publicAccessCidrs' | 'ipFamily'>): RuleError[] {
  const path = (index: number) => `resourcesVpcConfig.publicAccessCidrs.${index}`;
  return publicAccessCidrs.flatMap((cidr, index): RuleError[] => {
    if (cidr.includes(':')) return ipFamily === 'ipv6' ? [] : [{ path: path(index), message: 'An IPv6 block, and the cluster is of IPv4' }];
    if (cidr === ALL) return [];
    const block = blockOf(cidr);
    const reserved = block === undefined ? undefined : RESERVED.find((range) => within(cidr, range));
    return reserved === undefined ? [] : [{ path: path(index), message: `Lies in ${reserved}, which nobody on the internet comes from` }];
  });
}

/** The service network of a new cluster (source: EKS API reference, KubernetesNetworkConfigRequest). Of the VPC only the subnets are known here; EKS knows the rest. */
export function serviceNetworkErrors({ serviceIpv4Cidr, ipFamily }: Pick<Cluster, 'serviceIpv4Cidr' | 'ipFamily'>, subnets: readonly SubnetFacts[]): RuleError[] {
  if (serviceIpv4Cidr === undefined) return [];
  const path = 'kubernetesNetworkConfig.serviceIpv4Cidr';
  if (ipFamily === 'ipv6') return [{ path, message: 'Not with ipFamily ipv6: EKS chooses the service network itself' }];
  const block = blockOf(serviceIpv4Cidr);
  if (block === undefined) return [{ path, message: 'Not an IPv4 block' }];
  if (block.prefix < SERVICE_PREFIX.widest || block.prefix > SERVICE_PREFIX.narrowest) return [{ path, message: `From /${SERVICE_PREFIX.narrowest} to /${SERVICE_PREFIX.widest}` }];
  if (!SERVICE_RANGES.some((range) => within(serviceIpv4Cidr, range))) return [{ path, message: `Within ${SERVICE_RANGES.join(', ')}` }];
  const clash = subnets.find(({ cidrBlock }) => cidrBlock !== undefined && overlap(cidrBlock, serviceIpv4Cidr));
  return clash === undefined ? [] : [{ path, message: `Overlaps ${clash.subnetId} (${clash.cidrBlock ?? ''}): services and the VPC must not share addresses` }];
}

/** An IPv6 cluster's subnets have both kinds of blocks (source: EKS API reference, ipFamily). */
export function familyErrors({ ipFamily, subnetIds }: Pick<Cluster, 'ipFamily' | 'subnetIds'>, subnets: readonly SubnetFacts[]): RuleError[] {
  if (ipFamily !== 'ipv6') return [];
  const without = subnets.filter(({ subnetId, ipv6 }) => subnetIds.includes(subnetId) && ipv6 === false);
  return without.length === 0 ? [] : [{ path: 'kubernetesNetworkConfig.ipFamily', message: `${without.map(({ subnetId }) => subnetId).join(', ')} ${without.length === 1 ? 'has' : 'have'} no IPv6 block, which every subnet of an IPv6 cluster needs` }];
}

/** What follows when the API server is reached from inside the VPC alone, and what subnets of another account mean. */
export function networkFindings(cluster: Cluster, subnets: readonly SubnetFacts[], accountId: string): Finding[] {
  const shared = subnets.filter(({ ownerAccountId }) => ownerAccountId !== undefined && ownerAccountId !== accountId);
  const owners = [...new Set(shared.map(({ ownerAccountId }) => ownerAccountId ?? ''))];
  return [
    ...(cluster.endpointPublicAccess
      ? []
      : [
          finding('endpoint-private-alone', 'advises', cluster.name, {
            detail: 'The API server is reached from inside the VPC, and what is connected to it, alone: kubectl from elsewhere, and pipelines outside, get no answer. Slipway itself needs none, since it works through the EKS API.',
            remedy: 'Have a way in (VPN, Direct Connect, a host in the VPC), DNS hostnames and resolution on in the VPC, and HTTPS allowed from there to the cluster\'s security group.',
          }),
        ]),
    ...owners.map((owner) =>
      finding('subnets-of-another-account', 'advises', owner, {
        detail: `${shared.filter(({ ownerAccountId }) => ownerAccountId === owner).map(({ subnetId }) => subnetId).join(', ')} belong to account ${owner} and are shared with ${accountId}. Only the owner tags them, changes their routes, and can take them back.`,
        remedy: `Have account ${owner} set the tags that load balancer controllers look for (kubernetes.io/role/elb, internal-elb), and keep the share for as long as the cluster lives. Security groups must be the cluster account's own.`,
      }),
    ),
  ];
}

interface Block {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

function blockOf(cidr: string): Block | undefined {
  const parsed = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const numbers = (parsed ?? []).slice(1).map(Number);
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = numbers;
  if (parsed === null || [a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const given = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(given / size) * size;
  return { first, last: first + size - 1, prefix };
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [blockOf(one), blockOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

function within(inner: string, outer: string): boolean {
  const [a, b] = [blockOf(inner), blockOf(outer)];
  return a !== undefined && b !== undefined && a.first >= b.first && a.last <= b.last;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}
