import { forecastAsk } from './addresses/forecast-ask.ts';
import { forecastFindings } from './addresses/forecast.ts';
import { cniOf } from './addresses/node-use.ts';
import { CONTROL_PLANE_ADDRESSES, surgeNodesOf } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Finding, Hop } from './plan.ts';

/** Whether there is room in the subnets: five free addresses for each control-plane hop, one at least for each surge node. */
export function roomFindings(facts: ClusterFacts, hops: readonly Hop[]): readonly Finding[] {
  const moves = hops.flatMap((hop) => hop.steps.map((step) => ({ hop: hop.to, step })));
  const firstHop = moves.find(({ step }) => step.kind === 'upgrade-control-plane')?.hop;
  const rolls = moves.filter(({ step }) => step.kind === 'upgrade-nodegroup');
  return [...(firstHop === undefined ? [] : clusterRoom(facts, firstHop)), ...rolls.flatMap(({ hop, step }) => surgeRoom(facts, hop, step.subject)), ...podRoom(facts, rolls.map(({ hop, step }) => ({ hop, nodegroupName: step.subject })))];
}

function clusterRoom(facts: ClusterFacts, hop: string): Finding[] {
  const own = facts.subnets.filter((subnet) => facts.cluster.subnetIds.includes(subnet.subnetId));
  const free = sum(own.map((subnet) => subnet.availableIpAddressCount));
  if (own.length > 0 && free < CONTROL_PLANE_ADDRESSES) {
    return [
      finding('cluster-addresses-short', 'blocks', facts.cluster.name, {
        detail: `The cluster's subnets have ${free} free addresses together; EKS may need ${CONTROL_PLANE_ADDRESSES} for a hop.`,
        remedy: 'Free addresses in them, or give the cluster other subnets in the same zones with UpdateClusterConfig.',
        hop,
      }),
    ];
  }
  return [...new Set(own.map((subnet) => subnet.zoneId))].flatMap((zoneId) => {
    const freeInZone = sum(own.filter((subnet) => subnet.zoneId === zoneId).map((subnet) => subnet.availableIpAddressCount));
    if (freeInZone >= CONTROL_PLANE_ADDRESSES) return [];
    return [
      finding('zone-addresses-short', 'advises', zoneId, {
        detail: `The cluster's subnets in ${zoneId} have ${freeInZone} free addresses; a control plane that must come up there may need ${CONTROL_PLANE_ADDRESSES}.`,
        remedy: 'Free addresses in that zone, so that an API server can be replaced in it.',
        hop,
      }),
    ];
  });
}

function surgeRoom(facts: ClusterFacts, hop: string, nodegroupName: string): Finding[] {
  const group = facts.nodegroups.find((candidate) => candidate.nodegroupName === nodegroupName);
  if (group === undefined) return [];
  const own = facts.subnets.filter((subnet) => group.subnetIds.includes(subnet.subnetId));
  // Subnets that were not looked at are not judged.
  if (own.length < group.subnetIds.length) return [];
  const [free, surge] = [sum(own.map((subnet) => subnet.availableIpAddressCount)), surgeNodesOf(group, facts.subnets)];
  if (free >= surge) return [];
  return [
    finding('surge-addresses-short', 'advises', nodegroupName, {
      detail: `Rolling adds up to ${surge} nodes, and the group's subnets have ${free} free addresses.`,
      remedy: 'Free addresses, or set the update strategy MINIMAL, which adds no nodes and gives up capacity meanwhile.',
      hop,
    }),
  ];
}

/** Whether the subnets hold the surge of each hop's rolls with all the pods that their nodes may have, by the VPC CNI's settings. Not judged where the instance types were not looked at. */
function podRoom(facts: ClusterFacts, rolls: readonly { readonly hop: string; readonly nodegroupName: string }[]): Finding[] {
  const limits = facts.readiness?.instanceLimits;
  const settings = cniOf(facts);
  if (limits?.kind !== 'seen' || settings === 'unread') return [];
  const ask = forecastAsk(facts, limits.value, settings);
  return [...new Set(rolls.map(({ hop }) => hop))].flatMap((hop) => {
    const names = new Set(rolls.filter((roll) => roll.hop === hop).map(({ nodegroupName }) => nodegroupName));
    return forecastFindings({ ...ask, nodegroups: ask.nodegroups.filter(({ nodegroupName }) => names.has(nodegroupName)) }, 'upgrade', hop);
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
