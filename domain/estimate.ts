import type { ClusterFacts, NodegroupFacts, SubnetFacts } from './facts.ts';
import type { Estimate, Hop, PlannedStep } from './plan.ts';
import { supportAt } from './support-dates.ts';
import { isMinor } from './minor.ts';

/**
 * Where the numbers come from: one control-plane hop took ten minutes in the runs that are on record (8 to 12), an add-on one to
 * two, a node four to five with its drain (EKS user guide: "several minutes"; reports of node groups at about five minutes a node).
 * They are for planning a day, not for promises; looks at running work learn from what really happened.
 */
const CONTROL_PLANE_MINUTES = 10;
const ADDON_MINUTES = 2;
const NODE_MINUTES = 4;
/** Setting up and scaling back around a roll. */
const ROLL_OVERHEAD_MINUTES = 2;
const CREATION_MINUTES = { 'create-control-plane': 10, 'create-nodegroup': 4, 'create-addon': 2 } as const;
const DELETION_MINUTES = 8;
const CONFIG_MINUTES = 2;

/** Node groups that roll at the same time at most. */
export const PARALLEL_NODEGROUPS_MAX = 4;

/** Addresses that EKS may take in the cluster's subnets for a control plane's hop (source: EKS user guide, update-cluster). */
export const CONTROL_PLANE_ADDRESSES = 5;

/** Dollars an hour that a cluster in extended support costs above one in standard support: 0.60 instead of 0.10 (source: EKS pricing). */
const EXTENDED_SUPPORT_USD_PER_HOUR = 0.5;
const HOURS_PER_MONTH = 730;

/** What an upgrade takes: time, room and money. `now` decides whether the money ends. */
export function estimateUpgrade(hops: readonly Hop[], facts: ClusterFacts, to: string, now: string): Estimate {
  const groups = new Map(facts.nodegroups.map((group) => [group.nodegroupName, group]));
  const surges = hops.map((hop) => widest(hop.steps.flatMap((step) => rolled(step, groups)).map((group) => surgeNodesOf(group, facts.subnets))));
  const surgeNodes = Math.max(0, ...surges);
  const controlPlaneMoves = hops.some((hop) => hop.steps.some((step) => step.kind === 'upgrade-control-plane'));
  return {
    minutes: hops.reduce((sum, hop) => sum + hopMinutes(hop, groups), 0),
    addresses: (controlPlaneMoves ? CONTROL_PLANE_ADDRESSES : 0) + surgeNodes,
    surgeNodes,
    savedPerMonthUsd: savedPerMonthUsd(facts, to, now),
  };
}

/** What work other than an upgrade takes: its stages one after the other, the steps of a stage side by side. */
export function estimateWork(steps: readonly PlannedStep[], addresses = 0): Estimate {
  const stages = new Map<string, number>();
  for (const step of steps) stages.set(step.stage, Math.max(stages.get(step.stage) ?? 0, workMinutes(step)));
  return { minutes: [...stages.values()].reduce((sum, minutes) => sum + minutes, 0), addresses, surgeNodes: 0, savedPerMonthUsd: 0 };
}

/**
 * Nodes that a roll adds while it runs: with the strategy DEFAULT the larger of two a zone and `maxUnavailable`; MINIMAL ends
 * nodes first and adds none (source: EKS user guide, managed node update behaviour). A group without nodes adds none.
 */
export function surgeNodesOf(group: NodegroupFacts, subnets: readonly SubnetFacts[]): number {
  if (group.scalingConfig.desiredSize === 0 || group.updateConfig.updateStrategy === 'MINIMAL') return 0;
  return Math.max(2 * zonesOf(group, subnets), nodesAtOnce(group));
}

/** How many rounds of nodes a roll goes through, one after the other. */
export function roundsOf(group: NodegroupFacts): number {
  return Math.ceil(group.scalingConfig.desiredSize / nodesAtOnce(group));
}

/** EKS's `maxUnavailable` in nodes; a percentage of the group's size, at least one (source: EKS NodegroupUpdateConfig, default 1). */
function nodesAtOnce(group: NodegroupFacts): number {
  const { maxUnavailable, maxUnavailablePercentage } = group.updateConfig;
  if (maxUnavailable !== undefined) return Math.max(1, maxUnavailable);
  if (maxUnavailablePercentage !== undefined) return Math.max(1, Math.floor((group.scalingConfig.desiredSize * maxUnavailablePercentage) / 100));
  return 1;
}

/** Zones of the group's subnets. A subnet that was not looked at counts as a zone of its own: rather one too many. */
export function zonesOf(group: NodegroupFacts, subnets: readonly SubnetFacts[]): number {
  const zoneOf = new Map(subnets.map((subnet) => [subnet.subnetId, subnet.zoneId]));
  return Math.max(1, new Set(group.subnetIds.map((subnetId) => zoneOf.get(subnetId) ?? subnetId)).size);
}

/** The most that are in the air at the same time, when the widest groups happen to roll together. */
function widest(surges: readonly number[]): number {
  return [...surges]
    .sort((a, b) => b - a)
    .slice(0, PARALLEL_NODEGROUPS_MAX)
    .reduce((sum, nodes) => sum + nodes, 0);
}

function hopMinutes(hop: Hop, groups: ReadonlyMap<string, NodegroupFacts>): number {
  const controlPlane = hop.steps.filter((step) => step.kind === 'upgrade-control-plane').length * CONTROL_PLANE_MINUTES;
  const rolls = hop.steps.flatMap((step) => rolled(step, groups)).map((group) => ROLL_OVERHEAD_MINUTES + roundsOf(group) * NODE_MINUTES);
  return controlPlane + chainMinutes(hop, 'PrepareAddons') + chainMinutes(hop, 'UpgradeAddons') + inLanes(rolls);
}

/** Different add-ons move side by side, the steps of one add-on one after the other. */
function chainMinutes(hop: Hop, stage: PlannedStep['stage']): number {
  const chains = new Map<string, number>();
  for (const step of hop.steps) if (step.stage === stage) chains.set(step.subject, (chains.get(step.subject) ?? 0) + 1);
  return Math.max(0, ...chains.values()) * ADDON_MINUTES;
}

/** The end of work that is begun in order, each piece in the lane that is free first. */
function inLanes(pieces: readonly number[]): number {
  const lanes = new Array<number>(PARALLEL_NODEGROUPS_MAX).fill(0);
  for (const minutes of pieces) {
    const soonest = Math.min(...lanes);
    lanes[lanes.indexOf(soonest)] = soonest + minutes;
  }
  return Math.max(...lanes);
}

function rolled(step: PlannedStep, groups: ReadonlyMap<string, NodegroupFacts>): NodegroupFacts[] {
  const group = step.kind === 'upgrade-nodegroup' ? groups.get(step.subject) : undefined;
  return group === undefined ? [] : [group];
}

function savedPerMonthUsd(facts: ClusterFacts, to: string, now: string): number {
  if (!isMinor(to)) return 0;
  const ends = supportAt(facts.cluster.version, facts.catalogue, now) === 'extended' && supportAt(to, facts.catalogue, now) === 'standard';
  return ends ? EXTENDED_SUPPORT_USD_PER_HOUR * HOURS_PER_MONTH : 0;
}

function workMinutes(step: PlannedStep): number {
  switch (step.kind) {
    case 'create-control-plane':
    case 'create-nodegroup':
    case 'create-addon':
      return CREATION_MINUTES[step.kind];
    case 'delete-control-plane':
    case 'delete-nodegroup':
      return DELETION_MINUTES;
    case 'update-cluster-config':
    case 'update-nodegroup-config':
      return CONFIG_MINUTES;
    case 'upgrade-nodegroup':
      return NODE_MINUTES + ROLL_OVERHEAD_MINUTES;
    default:
      return 0;
  }
}
