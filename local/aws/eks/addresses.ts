import { ADDRESSES } from './limits.ts';
import type { Place } from './place.ts';
import type { ClusterDoc, NodegroupDoc, ScriptedFailure } from './state.ts';

// The addresses that EKS takes from subnets. What it has taken nobody else can have, its own next cluster or node included.

/**
 * A control plane has one network interface in each of its first subnets. While its version changes, the interfaces of the
 * new one are there beside the old. Source: EKS user guide, network requirements.
 */
export function holdForControlPlane(place: Place, cluster: Pick<ClusterDoc, 'name' | 'subnetIds'>, interfacesPerSubnet: 0 | 1 | 2): void {
  cluster.subnetIds.slice(0, ADDRESSES.controlPlaneInterfacesMax).forEach((subnetId) => {
    hold(place, subnetId, `control plane of ${cluster.name}`, interfacesPerSubnet);
  });
}

/** Each node has all addresses of its first interface: the CNI takes them before it needs them. */
export function holdForNodes(place: Place, nodegroup: NodegroupDoc, nodes = nodegroup.nodes.length): void {
  const each = addressesPerNode(place, nodegroup);
  const holder = `nodes of ${nodegroup.clusterName}/${nodegroup.nodegroupName}`;
  for (const subnetId of nodegroup.subnets) hold(place, subnetId, holder, 0);
  const spread = spreadOver(roomFor(place, nodegroup, each), nodes);
  nodegroup.subnets.forEach((subnetId, index) => {
    hold(place, subnetId, holder, (spread[index] ?? 0) * each);
  });
}

/** How many nodes are in each subnet: as many in one as in the other, as long as there is room in it. */
function spreadOver(room: readonly number[], nodes: number): number[] {
  const spread = room.map(() => 0);
  for (let node = 0; node < nodes; node += 1) {
    const roomy = room.flatMap((most, index) => ((spread[index] ?? 0) < most ? [index] : []));
    const [first = 0, ...others] = roomy.length > 0 ? roomy : room.map((_, index) => index);
    const emptiest = others.reduce((best, index) => ((spread[index] ?? 0) < (spread[best] ?? 0) ? index : best), first);
    spread[emptiest] = (spread[emptiest] ?? 0) + 1;
  }
  return spread;
}

/** How more nodes fail when the group's subnets have no addresses for them; undefined when they have. */
export function lackOfAddresses(place: Place, nodegroup: NodegroupDoc, more: number): ScriptedFailure | undefined {
  const room = roomFor(place, nodegroup, addressesPerNode(place, nodegroup));
  if (room.reduce((sum, here) => sum + here, 0) >= more) return undefined;
  return {
    code: 'InsufficientFreeAddresses',
    message: 'Amazon Autoscaling was unable to launch instances because there are not enough free addresses in the subnet associated with your AutoScaling group(s).',
    resourceIds: nodegroup.subnets,
  };
}

/** For how many nodes each of a group's subnets has addresses. */
function roomFor(place: Place, nodegroup: NodegroupDoc, each: number): number[] {
  return nodegroup.subnets.map((subnetId) => Math.floor((place.around.ec2.subnet(place.accountId, place.region, subnetId)?.availableIpAddressCount ?? 0) / each));
}

function addressesPerNode(place: Place, nodegroup: NodegroupDoc): number {
  const type = nodegroup.instanceTypes?.[0] ?? '';
  return place.around.ec2.instanceType?.(type)?.addressesPerInterface ?? ADDRESSES.perNodeOfUnknownType;
}

function hold(place: Place, subnetId: string, holder: string, addresses: number): void {
  place.around.ec2.holdAddresses?.(place.accountId, place.region, subnetId, holder, Math.max(0, addresses));
}
