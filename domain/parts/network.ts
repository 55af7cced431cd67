import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import { isNitro } from '../instance-limits.ts';
import { same } from '../json-equal.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Finding } from '../plan.ts';
import { podIdentityTrust } from '../policies/trust.ts';
import { repeated } from '../repeated.ts';
import { zoneTold } from '../zones.ts';
import type { AddonNeed, Compiled, PartsAsk } from './compiled.ts';
import type { CniWish } from './network-wish.ts';
import { keyOf, roleArnIn, type RoleDocument, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

const PART = 'network';
const ADDON = 'vpc-cni';
const PATH = 'network.cni';
const SERVICE_ACCOUNT = { namespace: 'kube-system', serviceAccount: 'aws-node' };
/** AWS's own, for IPv4 (source: EKS user guide, Configure Amazon VPC CNI plugin to use IRSA; DescribeAddonConfiguration recommends it). */
const CNI_POLICY = 'arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy';
/** For IPv6 AWS has none; this is what its guide says (source: EKS user guide, Create IAM policy for clusters that use the IPv6 family). */
const IPV6_POLICY: RoleDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['ec2:AssignIpv6Addresses', 'ec2:DescribeInstanceTypes', 'ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeTags'], Resource: ['*'] },
    { Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: ['arn:aws:ec2:*:*:network-interface/*'] },
  ],
};

/** The VPC CNI's settings as configuration values of its add-on, and its role. */
export function network(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  const cni = cniOf(cluster);
  if (cni === undefined) return { resources: [], findings: newNodes(cluster, {}) };
  const errors = [...targetErrors(cni), ...familyErrors(cni, cluster), ...nitroErrors(cni, cluster), ...customErrors(cni, ask)];
  const role = wantsRole(cni, cluster) ? roleOf(cluster) : undefined;
  const configuration = configurationOf(cni, ask);
  const need: AddonNeed = {
    addonName: ADDON,
    part: PART,
    configuration,
    ...(role === undefined ? {} : { podIdentityAssociations: [{ serviceAccount: SERVICE_ACCOUNT.serviceAccount, roleArn: roleArnIn(cluster.accountId, role.name) }], needs: [keyOf(role)] }),
  };
  return { resources: role === undefined ? [] : [role], addons: role === undefined ? [need] : [{ addonName: 'eks-pod-identity-agent', part: PART }, need], errors, findings: [...withoutPrefixes(cni), ...newNodes(cluster, configuration)] };
}

/** What is wished of the VPC CNI. A cluster of IPv6 that we make has its settings unasked, or its pods would get no addresses, unless its add-on is asked for with a role. */
function cniOf({ wanted, ipFamily, origin, addonsAsked = [] }: Cluster): CniWish | undefined {
  const asked = wanted?.network?.cni;
  if (asked !== undefined || ipFamily !== 'ipv6' || origin !== 'created') return asked;
  const hasRole = addonsAsked.some(({ addonName, podIdentityAssociations }) => addonName === ADDON && podIdentityAssociations !== undefined);
  return hasRole ? undefined : {};
}

/** With IPv6 the nodes' own policy does not serve, so the role comes by itself (docs/decisions: the CNI's own role). */
function wantsRole(cni: CniWish, cluster: Cluster): boolean {
  return cni.ownRole ?? cluster.ipFamily === 'ipv6';
}

function roleOf(cluster: Cluster): RoleResource {
  const { accountId, region, name } = cluster;
  return {
    kind: 'role',
    name: roleNameFor(cluster, 'cni'),
    part: PART,
    partName: PART,
    description: `Of the VPC CNI in the cluster ${name}.`,
    trust: podIdentityTrust({ accountId, region, clusterName: name, ...SERVICE_ACCOUNT }, true),
    ...(cluster.ipFamily === 'ipv6' ? { policies: { ipv6: IPV6_POLICY } } : { policies: {}, managedPolicyArns: [CNI_POLICY] }),
  };
}

/** In the words of the add-on's schema, where every setting is a text (source: DescribeAddonConfiguration of vpc-cni). */
function configurationOf(cni: CniWish, { cluster, subnets }: PartsAsk): Readonly<Record<string, unknown>> {
  const env = {
    ...text('ENABLE_PREFIX_DELEGATION', cni.prefixDelegation),
    ...text('WARM_PREFIX_TARGET', cni.warmPrefixTarget),
    ...text('WARM_ENI_TARGET', cni.warmEniTarget),
    ...text('WARM_IP_TARGET', cni.warmIpTarget),
    ...text('MINIMUM_IP_TARGET', cni.minimumIpTarget),
    ...text('AWS_VPC_K8S_CNI_EXTERNALSNAT', cni.externalSnat),
    ...(cni.podSecurityGroups === undefined ? {} : { ENABLE_POD_ENI: 'true', POD_SECURITY_GROUP_ENFORCING_MODE: cni.podSecurityGroups.enforcingMode }),
    // Each node finds the ENIConfig of its zone by the label that Kubernetes gives it (source: EKS user guide, Deploy Pods in alternate subnets with custom networking).
    ...(cni.customNetworking === undefined ? {} : { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' }),
  };
  return {
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...text('enableNetworkPolicy', cni.networkPolicy),
    ...(cni.customNetworking === undefined ? {} : { eniConfig: { create: true, region: cluster.region, subnets: Object.fromEntries(cni.customNetworking.subnets.map((one) => [zoneNameOf(one.zoneId, subnets), eniConfig(one)])) } }),
  };
}

function eniConfig({ subnetId, securityGroupIds }: NonNullable<CniWish['customNetworking']>['subnets'][number]): object {
  return { id: subnetId, ...(securityGroupIds.length === 0 ? {} : { securityGroups: securityGroupIds }) };
}

/** An ENIConfig is named as the zone is in this account (source: amazon-vpc-cni-k8s, chart, eniconfig.yaml). */
function zoneNameOf(zoneId: string, subnets: PartsAsk['subnets']): string {
  return subnets.find((subnet) => subnet.zoneId === zoneId)?.zoneName ?? zoneId;
}

function text(name: string, value: boolean | number | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: String(value) };
}

const error = (member: string, message: string): RuleError => ({ path: `${PATH}.${member}`, message });

/** Which targets go together (source: amazon-vpc-cni-k8s, README and docs/prefix-and-ip-target.md: those of addresses override those of prefixes and interfaces). */
function targetErrors({ prefixDelegation, warmPrefixTarget, warmEniTarget, warmIpTarget, minimumIpTarget }: CniWish): RuleError[] {
  const byAddress = warmIpTarget !== undefined || minimumIpTarget !== undefined;
  return [
    ...(warmPrefixTarget !== undefined && prefixDelegation !== true ? [error('warmPrefixTarget', 'Prefixes are kept only with prefixDelegation')] : []),
    ...(warmPrefixTarget !== undefined && byAddress ? [error('warmPrefixTarget', 'Is ignored beside warmIpTarget or minimumIpTarget: name the one or the others')] : []),
    ...(warmEniTarget !== undefined && byAddress ? [error('warmEniTarget', 'Is ignored beside warmIpTarget or minimumIpTarget: name the one or the others')] : []),
    ...(warmEniTarget !== undefined && warmPrefixTarget !== undefined ? [error('warmEniTarget', 'Is ignored beside warmPrefixTarget: with prefixes, prefixes are kept')] : []),
  ];
}

/** An IPv6 cluster's pods have addresses from prefixes of /80, always (source: EKS user guide, Learn about IPv6 addresses to clusters, Pods, and services). */
function familyErrors(cni: CniWish, { ipFamily }: Cluster): RuleError[] {
  if (ipFamily !== 'ipv6') return [];
  const ofIpv4 = (['warmPrefixTarget', 'warmEniTarget', 'warmIpTarget', 'minimumIpTarget', 'externalSnat'] as const).filter((member) => cni[member] !== undefined);
  return [
    ...(cni.prefixDelegation === false ? [error('prefixDelegation', 'An IPv6 cluster gives addresses by prefixes alone')] : []),
    ...(cni.ownRole === false ? [error('ownRole', 'AWS has no policy for nodes of an IPv6 cluster, so the CNI needs a role of its own')] : []),
    ...(cni.customNetworking === undefined ? [] : [error('customNetworking', 'Is not for IPv6 clusters: their subnets do not run short')]),
    ...ofIpv4.map((member) => error(member, 'Is of IPv4, and the cluster is of IPv6')),
  ];
}

/** Prefixes, IPv6 and security groups of pods take the Nitro System (source: EKS user guide, Assign more IP addresses to nodes with prefixes; Assign security groups to individual Pods: no t family). */
function nitroErrors(cni: CniWish, { ipFamily, nodegroups }: Cluster): RuleError[] {
  const types = nodegroups.flatMap(({ nodegroupName, instanceTypes = [] }) => instanceTypes.map((type) => ({ nodegroupName, type })));
  const told = (found: typeof types) => found.map(({ nodegroupName, type }) => `${type} (${nodegroupName})`).join(', ');
  const old = types.filter(({ type }) => !isNitro(type));
  const burstable = types.filter(({ type }) => !isNitro(type) || /^t\d/.test(type));
  return [
    ...(cni.prefixDelegation === true && old.length > 0 ? [error('prefixDelegation', `Takes the Nitro System, which ${told(old)} is not of`)] : []),
    ...(ipFamily === 'ipv6' ? nodegroups.flatMap(({ instanceTypes = [] }, index) => instanceTypes.filter((type) => !isNitro(type)).map((type) => ({ path: `nodegroups.${index}.instanceTypes`, message: `IPv6 takes the Nitro System, which ${type} is not of` }))) : []),
    ...(cni.podSecurityGroups !== undefined && burstable.length > 0 ? [error('podSecurityGroups', `Takes the Nitro System and no t family: not ${told(burstable)}`)] : []),
  ];
}

function customErrors({ customNetworking }: CniWish, { cluster, subnets }: PartsAsk): RuleError[] {
  if (customNetworking === undefined) return [];
  const { subnets: asked } = customNetworking;
  const list = `${PATH}.customNetworking.subnets`;
  const vpcId = subnets.find(({ subnetId }) => cluster.subnetIds.includes(subnetId))?.vpcId;
  const nodes = cluster.nodegroups.flatMap((group) => group.subnets ?? cluster.subnetIds);
  const zones = new Set(subnets.filter(({ subnetId }) => nodes.includes(subnetId)).map(({ zoneId }) => zoneId));
  const uncovered = [...zones].filter((zoneId) => !asked.some((one) => one.zoneId === zoneId));
  return [
    ...repeated(asked.map(({ zoneId }) => zoneId), list, 'zoneId'),
    ...asked.flatMap(({ zoneId, subnetId }, index): RuleError[] => {
      const found = subnets.find((subnet) => subnet.subnetId === subnetId);
      const path = `${list}.${index}`;
      if (found === undefined) return [{ path: `${path}.subnetId`, message: `There is no subnet ${subnetId} in this account and region` }];
      if (found.zoneId !== zoneId) return [{ path: `${path}.zoneId`, message: `${subnetId} lies in ${zoneTold(found)}, not in ${zoneId}` }];
      if (vpcId !== undefined && found.vpcId !== vpcId) return [{ path: `${path}.subnetId`, message: `${subnetId} is in ${found.vpcId}, and the cluster in ${vpcId}` }];
      return [];
    }),
    ...(uncovered.length === 0 ? [] : [{ path: list, message: `No subnet for ${uncovered.map((zoneId) => zoneTold(subnets.find((subnet) => subnet.zoneId === zoneId) ?? { zoneId, zoneName: '' })).join(', ')}, where nodes are: their pods would get no addresses` }]),
  ];
}

function withoutPrefixes(cni: CniWish): Finding[] {
  if (cni.podSecurityGroups === undefined || cni.prefixDelegation !== true) return [];
  return [finding('pod-groups-without-prefixes', 'advises', ADDON, { detail: 'Pods with security groups of their own get a branch interface each, and no address from a prefix.', remedy: 'Count their addresses one by one, and an instance type\'s limit of branch interfaces.' })];
}

/** What nodes take when they come up, against what the add-on was given by the steps that have succeeded: a retry tells of it again, another change does not. */
function newNodes({ exists, addonShares = [] }: Cluster, configuration: Readonly<Record<string, unknown>>): Finding[] {
  const given = addonShares.find(({ addonName }) => addonName === ADDON)?.configuration ?? {};
  if (!exists || same(takenAtStart(given), takenAtStart(configuration))) return [];
  return [finding('cni-settings-need-new-nodes', 'advises', ADDON, { detail: 'Nodes that are there keep the interfaces, addresses and pod limits that they came up with.', remedy: 'Roll the node groups once the add-on has its settings.' })];
}

function takenAtStart({ env, eniConfig = null }: { readonly env?: unknown; readonly eniConfig?: unknown }): readonly unknown[] {
  const { ENABLE_PREFIX_DELEGATION: prefixes = 'false', AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: custom = 'false' } = (env ?? {}) as Readonly<Record<string, string>>;
  return [prefixes, custom, eniConfig];
}
