import type { InstanceLimits } from '../instance-limits.ts';
import type { CniSettings } from './cni-settings.ts';

/** Addresses in a prefix that the CNI takes, /28 (source: EKS user guide, Assign more IP addresses to nodes with prefixes). */
const PREFIX_ADDRESSES = 16;
/** Pods of kube-system that use the node's own address: aws-node and kube-proxy (source: amazon-vpc-cni-k8s, README, `--max-pods`). */
const HOST_NETWORK_PODS = 2;
/** What EKS advises a node to run at most (source: EKS user guide, Choose an optimal Amazon EC2 node instance type, max pods). */
const PODS_MAX = { fewCpus: 110, manyCpus: 250, manyFrom: 30 } as const;

/** What one node takes from subnets: its own primary interface, and what the CNI holds for pods. */
export interface NodeAddresses {
  readonly node: number;
  readonly pods: number;
  readonly interfaces: number;
}

/** Pods that a node holds at most by its addresses. */
export function podsMax(limits: InstanceLimits, cni: CniSettings): number {
  const slots = slotsOf(limits) * interfacesForPods(limits, cni);
  const advised = limits.vcpus < PODS_MAX.manyFrom ? PODS_MAX.fewCpus : PODS_MAX.manyCpus;
  return cni.prefixDelegation ? Math.min(advised, slots * PREFIX_ADDRESSES + HOST_NETWORK_PODS) : slots + HOST_NETWORK_PODS;
}

/**
 * Addresses that a node with so many pods on addresses of their own takes, by the CNI's own rules: a whole interface, prefix or number of
 * addresses kept free, and never more than the instance holds (source: amazon-vpc-cni-k8s, docs/eni-and-ip-target.md and
 * docs/prefix-and-ip-target.md, whose tables are the test of this).
 */
export function nodeAddresses(limits: InstanceLimits, cni: CniSettings, pods: number): NodeAddresses {
  const perInterface = slotsOf(limits);
  const most = interfacesForPods(limits, cni);
  const held = Math.min(heldSlots(cni, pods, perInterface, most), perInterface * most);
  const forPods = Math.min(most, Math.max(1, Math.ceil(held / Math.max(1, perInterface))));
  const secondary = held * (cni.prefixDelegation ? PREFIX_ADDRESSES : 1);
  // Pods of another subnet never use the node's first interface; the others are theirs, each with a primary address of its own.
  if (cni.podSubnets !== undefined) return { node: 1, pods: forPods + secondary, interfaces: forPods + 1 };
  return { node: 1, pods: forPods - 1 + secondary, interfaces: forPods };
}

/** Addresses or prefixes that the CNI holds for so many pods. */
function heldSlots(cni: CniSettings, pods: number, perInterface: number, interfaces: number): number {
  if (cni.warmIpTarget !== undefined || cni.minimumIpTarget !== undefined) {
    const wanted = Math.max(pods + (cni.warmIpTarget ?? 0), cni.minimumIpTarget ?? 0);
    return cni.prefixDelegation ? Math.ceil(wanted / PREFIX_ADDRESSES) : wanted;
  }
  if (cni.prefixDelegation) return Math.ceil(pods / PREFIX_ADDRESSES) + cni.warmPrefixTarget;
  return Math.min(interfaces, Math.max(1, Math.ceil(pods / Math.max(1, perInterface)) + cni.warmEniTarget)) * perInterface;
}

/** Places on an interface beside its primary address: for an address or a prefix each. */
function slotsOf({ addressesPerInterface }: InstanceLimits): number {
  return Math.max(1, addressesPerInterface - 1);
}

function interfacesForPods({ interfaces }: InstanceLimits, cni: CniSettings): number {
  return Math.max(1, cni.podSubnets === undefined ? interfaces : interfaces - 1);
}
