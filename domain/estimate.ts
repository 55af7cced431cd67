import { addressesOfFullNode } from './addresses/node-use.ts';
import type { ClusterFacts, NodegroupFacts, SubnetFacts } from './facts.ts';
import { nodesAtOnce, refreshRounds, roundsOf } from './node-turns.ts';
import type { Estimate, Hop, PlannedStep, Stage } from './plan.ts';
import { supportAt } from './support-dates.ts';
import { compareMinors, isMinor } from './minor.ts';

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

interface Work {
  readonly hops: readonly Hop[];
  readonly facts: ClusterFacts;
  readonly to: string;
  /** RFC 3339: decides whether the money ends. */
  readonly now: string;
  readonly maxParallelNodegroups?: number | undefined;
}

/** What an upgrade or a rollback takes: time at work, without bakes, gates and windows; room, and money. */
export function estimateUpgrade({ hops, facts, to, now, maxParallelNodegroups = PARALLEL_NODEGROUPS_MAX }: Work): Estimate {
  const rolls = rollsOf(facts);
  const lanes = Math.max(1, Math.min(maxParallelNodegroups, PARALLEL_NODEGROUPS_MAX));
  const atWidest = (of: (roll: Roll) => number) => Math.max(0, ...hops.flatMap((hop) => NODE_STAGES.map((stage) => widest(rolledIn(hop, stage, rolls).map(of), lanes))));
  const controlPlaneMoves = hops.some((hop) => hop.steps.some(movesControlPlane));
  const assumes = [...addressesAssumed(facts, hops), ...(controlPlaneMoves ? timeNotCounted(facts, to) : [])];
  return {
    minutes: hops.reduce((sum, hop) => sum + hopMinutes(hop, rolls, lanes), 0),
    addresses: (controlPlaneMoves ? CONTROL_PLANE_ADDRESSES : 0) + atWidest((roll) => roll.addresses),
    surgeNodes: atWidest((roll) => roll.surge),
    savedPerMonthUsd: savedPerMonthUsd(facts, to, now),
    ...(assumes.length === 0 ? {} : { assumes }),
  };
}

/** How the addresses of nodes that rolls add were counted: full of pods where that is known, or each by itself. */
function addressesAssumed(facts: ClusterFacts, hops: readonly Hop[]): string[] {
  const rolled = new Set(hops.flatMap((hop) => hop.steps.filter((step) => step.kind === 'upgrade-nodegroup').map((step) => step.subject)));
  const adding = facts.nodegroups.filter((group) => rolled.has(group.nodegroupName) && surgeNodesOf(group, facts.subnets) > 0).map((group) => ({ name: group.nodegroupName, each: addressesOfFullNode(group, facts) }));
  const full = adding.flatMap(({ name, each }) => (each === undefined ? [] : [`${each} of ${name}`]));
  const unknown = adding.flatMap(({ name, each }) => (each === undefined ? [name] : []));
  return [
    ...(full.length === 0 ? [] : [`A node that is added takes the addresses that the VPC CNI holds for it when it is full of pods: ${full.join(', ')}.`]),
    ...(unknown.length === 0 ? [] : [`Of ${unknown.join(', ')} one address is counted for each node that is added: its instance types or the VPC CNI's settings are not known, so what its pods take comes on top.`]),
  ];
}

/** What EKS takes for its own nodes is known to nobody beforehand (source: EKS user guide, Auto Mode and cluster upgrades, version rollback). */
function timeNotCounted({ cluster }: ClusterFacts, to: string): string[] {
  if (!cluster.autoMode) return [];
  if (isMinor(to) && compareMinors(to, cluster.version) < 0) return ['The nodes of Auto Mode go back first, within disruption budgets, which may take from minutes to seven days: that is not counted.'];
  return ['The nodes of Auto Mode follow by themselves after each hop, within disruption budgets, which may take from minutes to days: that is not counted, and no step waits for it.'];
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

/** Zones of the group's subnets. A subnet that was not looked at counts as a zone of its own: rather one too many. */
export function zonesOf(group: NodegroupFacts, subnets: readonly SubnetFacts[]): number {
  const zoneOf = new Map(subnets.map((subnet) => [subnet.subnetId, subnet.zoneId]));
  return Math.max(1, new Set(group.subnetIds.map((subnetId) => zoneOf.get(subnetId) ?? subnetId)).size);
}

/** The stages that replace nodes, each awaited before the next: a canary goes alone. */
const NODE_STAGES = ['UpgradeCanaryNodegroup', 'UpgradeNodegroups', 'RollBackNodegroups'] as const satisfies readonly Stage[];
const ADDON_STAGES = ['PrepareAddons', 'UpgradeAddons', 'RollBackAddons'] as const satisfies readonly Stage[];

/** What a roll or a refresh of a group takes, by the kind and the subject of its step. */
type Rolls = ReadonlyMap<string, Roll>;

interface Roll {
  readonly minutes: number;
  readonly surge: number;
  /** That the surge takes. */
  readonly addresses: number;
}

function rollsOf(facts: ClusterFacts): Rolls {
  const groups = facts.readiness?.selfManagedGroups;
  return new Map([
    ...facts.nodegroups.map((group) => {
      const surge = surgeNodesOf(group, facts.subnets);
      const roll: Roll = { minutes: ROLL_OVERHEAD_MINUTES + roundsOf(group) * NODE_MINUTES, surge, addresses: surge * (addressesOfFullNode(group, facts) ?? 1) };
      return [`upgrade-nodegroup ${group.nodegroupName}`, roll] as const;
    }),
    // Auto Scaling ends instances before it launches their successors, unless the group's own maintenance policy says otherwise: no surge.
    ...(groups?.kind === 'seen' ? groups.value : []).map((group) => [`refresh-instances ${group.groupName}`, { minutes: ROLL_OVERHEAD_MINUTES + refreshRounds(group.desiredCapacity) * NODE_MINUTES, surge: 0, addresses: 0 }] as const),
  ]);
}

function rolledIn(hop: Hop, stage: Stage, rolls: Rolls): Roll[] {
  return hop.steps.filter((step) => step.stage === stage).flatMap((step) => rolls.get(`${step.kind} ${step.subject}`) ?? []);
}

function movesControlPlane(step: PlannedStep): boolean {
  return step.kind === 'upgrade-control-plane' || step.kind === 'rollback-control-plane';
}

/** The most that is in the air at the same time, when the widest groups happen to roll together. */
function widest(pieces: readonly number[], lanes: number): number {
  return [...pieces]
    .sort((a, b) => b - a)
    .slice(0, lanes)
    .reduce((sum, piece) => sum + piece, 0);
}

function hopMinutes(hop: Hop, rolls: Rolls, lanes: number): number {
  const controlPlane = hop.steps.filter(movesControlPlane).length * CONTROL_PLANE_MINUTES;
  const addons = ADDON_STAGES.reduce((sum, stage) => sum + chainMinutes(hop, stage), 0);
  const nodes = NODE_STAGES.reduce((sum, stage) => sum + inLanes(rolledIn(hop, stage, rolls).map((roll) => roll.minutes), lanes), 0);
  return controlPlane + addons + nodes;
}

/** Different add-ons move side by side, the steps of one add-on one after the other. */
function chainMinutes(hop: Hop, stage: PlannedStep['stage']): number {
  const chains = new Map<string, number>();
  for (const step of hop.steps) if (step.stage === stage) chains.set(step.subject, (chains.get(step.subject) ?? 0) + 1);
  return Math.max(0, ...chains.values()) * ADDON_MINUTES;
}

/** The end of work that is begun in order, each piece in the lane that is free first. */
function inLanes(pieces: readonly number[], count: number): number {
  const lanes = new Array<number>(count).fill(0);
  for (const minutes of pieces) {
    const soonest = Math.min(...lanes);
    lanes[lanes.indexOf(soonest)] = soonest + minutes;
  }
  return Math.max(...lanes);
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
