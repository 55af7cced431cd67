import type { ClusterFacts, NodegroupFacts } from '../facts.ts';
import { DEFAULT_INSTANCE_TYPE, type InstanceLimits } from '../instance-limits.ts';
import { cniSettings, type CniSettings } from './cni-settings.ts';
import { nodeAddresses, podsMax, type NodeAddresses } from './node-addresses.ts';

/** What there is to know of instance types and of the CNI to tell what a node takes. */
export interface NodeUseAsk {
  readonly limits: readonly InstanceLimits[];
  readonly cni: CniSettings;
  /** An IPv6 cluster's pods take no IPv4 addresses. */
  readonly ipFamily: 'ipv4' | 'ipv6';
}

const ONE_ADDRESS: NodeAddresses = { node: 1, pods: 0, interfaces: 1 };

/** What one node of a group takes, empty and full of pods, of its instance types the one that takes most; undefined where the limits of any of them are not known. */
export function nodeUse(group: Pick<NodegroupFacts, 'instanceTypes' | 'launchTemplate'>, { limits, cni, ipFamily }: NodeUseAsk): { readonly empty: NodeAddresses; readonly full: NodeAddresses } | undefined {
  const types = group.instanceTypes.length === 0 && group.launchTemplate === undefined ? [DEFAULT_INSTANCE_TYPE] : group.instanceTypes;
  const known = types.flatMap((type) => limits.find(({ instanceType }) => instanceType === type) ?? []);
  if (known.length === 0 || known.length < types.length) return undefined;
  if (ipFamily === 'ipv6') return { empty: ONE_ADDRESS, full: ONE_ADDRESS };
  const widest = (pods: (limit: InstanceLimits) => number): NodeAddresses => known.map((limit) => nodeAddresses(limit, cni, pods(limit))).reduce((most, one) => (one.pods > most.pods ? one : most));
  return { empty: widest(() => 0), full: widest((limit) => podsMax(limit, cni)) };
}

/** Addresses that a node of a group takes when it is full of pods; undefined where its instance types or the CNI's settings are not known. */
export function addressesOfFullNode(group: NodegroupFacts, facts: ClusterFacts): number | undefined {
  const limits = facts.readiness?.instanceLimits;
  const cni = cniOf(facts);
  if (limits?.kind !== 'seen' || cni === 'unread') return undefined;
  const use = nodeUse(group, { limits: limits.value, cni, ipFamily: facts.cluster.ipFamily ?? 'ipv4' });
  return use === undefined ? undefined : use.full.node + use.full.pods;
}

/** The settings of the cluster's VPC CNI, as far as EKS tells them. */
export function cniOf({ addons }: Pick<ClusterFacts, 'addons'>): CniSettings | 'unread' {
  return cniSettings(addons.find(({ addonName }) => addonName === 'vpc-cni')?.configurationValues);
}
