import { surgeNodesOf } from '../estimate.ts';
import type { NodegroupFacts, SubnetFacts } from '../facts.ts';
import { finding } from '../finding-codes.ts';
import type { Finding } from '../plan.ts';
import { zoneTold } from '../zones.ts';
import type { CniSettings } from './cni-settings.ts';
import type { NodeAddresses } from './node-addresses.ts';
import { nodeUse, type NodeUseAsk } from './node-use.ts';

export interface ForecastAsk extends NodeUseAsk {
  readonly subnets: readonly SubnetFacts[];
  readonly nodegroups: readonly NodegroupFacts[];
}

/** What is to be expected of a subnet's free addresses. Numbers below zero are missing. */
export interface SubnetForecast {
  readonly subnetId: string;
  readonly free: number;
  /** Left when every group has grown to its maximum and its new nodes run nothing yet. */
  readonly freeAtMaximum: number;
  /** Left when, beyond that, all nodes hold as many pods as they can. */
  readonly freeAtMaximumFull: number;
  /** Left while every group rolls at its present size, its nodes' pods moving to the nodes that come. */
  readonly freeDuringUpgrade: number;
  /** Nodes, full of pods, that there is room for yet, by group; only groups with nodes here. */
  readonly roomForNodes: Readonly<Record<string, number>>;
  /** Groups whose instance types' limits are not known: nothing of theirs is counted. */
  readonly notCounted: readonly string[];
}

/** The forecast of each subnet: nodes are spread over a group's subnets evenly, as Auto Scaling does over zones, and rather one too many is counted in each. */
export function forecast(ask: ForecastAsk): SubnetForecast[] {
  const uses = ask.nodegroups.map((group) => useOf(group, ask));
  return ask.subnets.map((subnet) => forecastOf(subnet, uses, ask));
}

/** What a group takes of one node, empty and full, and how many nodes it has and may get. */
interface Use {
  readonly group: NodegroupFacts;
  readonly empty?: NodeAddresses;
  readonly full?: NodeAddresses;
  readonly surge: number;
}

function useOf(group: NodegroupFacts, ask: ForecastAsk): Use {
  return { group, surge: surgeNodesOf(group, ask.subnets), ...nodeUse(group, ask) };
}

function forecastOf(subnet: SubnetFacts, uses: readonly Use[], { cni, subnets }: ForecastAsk): SubnetForecast {
  const free = subnet.availableIpAddressCount;
  let [more, moreFull, rolling] = [0, 0, 0];
  const roomForNodes: Record<string, number> = {};
  const notCounted: string[] = [];
  for (const { group, empty, full, surge } of uses) {
    const share = shareOf(group, subnet, subnets, cni);
    if (share.nodes === 0 && share.pods === 0) continue;
    if (empty === undefined || full === undefined) {
      notCounted.push(group.nodegroupName);
      continue;
    }
    const here = (nodes: number, one: NodeAddresses) => Math.ceil(nodes * share.nodes) * one.node + Math.ceil(nodes * share.pods) * one.pods;
    const { maxSize, desiredSize } = group.scalingConfig;
    const grown = Math.max(0, maxSize - desiredSize);
    more += here(grown, empty);
    moreFull += here(Math.max(maxSize, desiredSize), full) - here(desiredSize, empty);
    rolling += here(surge, full);
    const each = (share.nodes > 0 ? full.node : 0) + (share.pods > 0 ? full.pods : 0);
    roomForNodes[group.nodegroupName] = Math.max(0, Math.floor(free / Math.max(1, each)));
  }
  return { subnetId: subnet.subnetId, free, freeAtMaximum: free - more, freeAtMaximumFull: free - Math.max(more, moreFull), freeDuringUpgrade: free - rolling, roomForNodes, notCounted };
}

/** Which part of a group's nodes, and of what their pods take, falls to a subnet. */
function shareOf(group: NodegroupFacts, subnet: SubnetFacts, subnets: readonly SubnetFacts[], cni: CniSettings): { readonly nodes: number; readonly pods: number } {
  const own = group.subnetIds.length;
  const nodes = group.subnetIds.includes(subnet.subnetId) ? 1 / own : 0;
  if (cni.podSubnets === undefined) return { nodes, pods: nodes };
  if (cni.podSubnets[subnet.zoneName] !== subnet.subnetId) return { nodes, pods: 0 };
  const inZone = group.subnetIds.filter((subnetId) => subnets.find((one) => one.subnetId === subnetId)?.zoneId === subnet.zoneId).length;
  return { nodes, pods: own === 0 ? 0 : inZone / own };
}

/** Subnets that will not hold what is asked of them: at once while nodes roll, or when groups grow to their maximum. */
export function forecastFindings(ask: ForecastAsk, moment: 'growth' | 'upgrade', hop: string | null = null): Finding[] {
  return forecast(ask).flatMap((one): Finding[] => {
    const left = moment === 'growth' ? one.freeAtMaximum : one.freeDuringUpgrade;
    const subnet = ask.subnets.find(({ subnetId }) => subnetId === one.subnetId);
    if (left >= 0 || subnet === undefined) return [];
    const when = moment === 'growth' ? 'when its node groups are at their maximum, before their pods have come' : 'while its node groups roll, with the pods of their nodes';
    const rooms = Object.entries(one.roomForNodes).map(([group, nodes]) => `${nodes} of ${group}`).join(', ');
    return [
      finding('subnet-runs-out', 'advises', one.subnetId, {
        detail: `The subnet in ${zoneTold(subnet)} has ${one.free} free ${one.free === 1 ? 'address' : 'addresses'}, and ${-left} too few ${when}. It has room for full nodes: ${rooms}.`,
        remedy: moment === 'growth' ? 'Name more or larger subnets, lower the maximum, or have the CNI keep fewer addresses free (network.cni).' : 'Free addresses, roll with the update strategy MINIMAL, or have the CNI keep fewer addresses free (network.cni).',
        hop,
      }),
    ];
  });
}
