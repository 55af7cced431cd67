import { movesAfter, movesBefore, type AddonAt, type AddonMove } from './addon-moves.ts';
import { offersOf } from './addon-versions.ts';
import type { Addon, Cluster } from './cluster.ts';
import { controlPlaneFindings } from './control-plane-findings.ts';
import { estimateUpgrade } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { blocks } from './finding-codes.ts';
import { isOffered, minorsToPass, notOffered } from './hops.ts';
import { forcedWhereWaived } from './insight-findings.ts';
import type { Minor } from './minor.ts';
import { findingsAtGoal, findingsAtHop, nodegroupAt, rollAt, type NodegroupAt } from './nodegroup-rolls.ts';
import { notLookedAtForUpgrade } from './not-looked-at.ts';
import type { Finding, Hop, Plan, PlannedStep, Stage } from './plan.ts';
import { readinessFindings } from './readiness-checks.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { roomFindings } from './room-findings.ts';
import { supportFindings } from './support-findings.ts';
import { withWaivers, type Waiver } from './waiver.ts';
import { awaitsNodes, workloadFindings } from './workload-findings.ts';

export interface UpgradeAsk {
  readonly cluster: Cluster;
  readonly to: Minor;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
  /** Those of the cluster. */
  readonly waivers?: readonly Waiver[] | undefined;
  /** Who asks, and who asked before a retry: their own waivers do not count. */
  readonly askedBy?: string | readonly string[] | undefined;
  /** Nobody looks again before the first hop: insights that are out of date then block. */
  readonly lastLook?: boolean | undefined;
}

/**
 * Plans an upgrade to `to` from what is true now: one control-plane minor a hop, add-ons kept compatible, node groups rolled only
 * where skew asks and at the end. `to` = the current minor brings up what lags behind. Asked again between hops with fresh facts it
 * answers the rest of the same plan. Refuses with `version-not-offered`, `version-not-newer`, `nothing-to-upgrade`, or, with all
 * findings, `upgrade-blocked`.
 */
export function planUpgrade(ask: UpgradeAsk): Plan | Refusal {
  const plan = draftUpgrade(ask);
  if (isRefusal(plan)) return plan;
  const blocking = plan.findings.filter(blocks);
  if (blocking.length === 0) return plan;
  return refuse('upgrade-blocked', `The upgrade to ${ask.to} is blocked: ${blocking.map((found) => `${found.subject}: ${found.detail}`).join(' ')}`, {
    remedy: [...new Set(blocking.map((found) => found.remedy))].join(' '),
    findings: plan.findings,
  });
}

/** The plan as it would be, blocking findings and all: what a dry run shows. */
export function draftUpgrade({ cluster, to, facts, now, waivers = [], askedBy, lastLook }: UpgradeAsk): Plan | Refusal {
  const from = facts.cluster.version;
  const minors = minorsToPass(from, to, facts.catalogue);
  if (isRefusal(minors)) return minors;
  if (!isOffered(to, facts.catalogue)) return notOffered(to, facts.catalogue);

  const walk = walkHops(facts, from, minors, to);
  if (walk.hops.length === 0 && !walk.findings.some(blocks)) {
    return refuse('nothing-to-upgrade', `The control plane is at ${to}, and no node group or add-on lags behind that Slipway could move.${told(walk.findings)}`, {
      remedy: 'Name a newer version as `to`; GET /v1/versions lists what EKS offers.',
    });
  }
  const readiness = readinessFindings({ facts, hops: walk.hops, to, now, movedAt: cluster.upgraded?.at, lastLook });
  const found = [...controlPlaneFindings(facts), ...workloadFindings(facts, walk.hops), ...walk.findings, ...roomFindings(facts, walk.hops), ...readiness, ...supportFindings(facts, to, now)];
  const findings = withWaivers(found, waivers, { askedBy, now });
  return { from, to, hops: forcedWhereWaived(walk.hops, findings), findings: blockingFirst(findings), notLookedAt: notLookedAtForUpgrade({ to, facts, hops: walk.hops }), estimate: estimateUpgrade(walk.hops, facts, to, now) };
}

/** The cluster as the plan has it after the steps so far. */
interface World {
  controlPlane: Minor;
  addons: AddonAt[];
  nodegroups: NodegroupAt[];
}

/**
 * Walks from where things stand to the goal, one control-plane minor at a time, and writes down every step. What lags behind where
 * the control plane is now comes first, as a hop of its own that leaves the control plane where it is: that is how the rest of a
 * hop looks when it is planned again halfway.
 */
function walkHops(facts: ClusterFacts, from: Minor, minors: readonly Minor[], goal: Minor): { readonly hops: Hop[]; readonly findings: Finding[] } {
  const world: World = {
    controlPlane: from,
    addons: facts.addons.filter((addon) => addon.status !== 'DELETING' && !awaitsNodes(addon, facts)).flatMap((addon) => {
      const offers = offersOf(addon.addonName, facts.addonCatalogue);
      return offers === undefined ? [] : [{ addonName: addon.addonName, addonVersion: addon.addonVersion, offers }];
    }),
    nodegroups: facts.nodegroups.filter((group) => group.status !== 'DELETING').map(nodegroupAt),
  };
  const findings: Finding[] = [];
  const settling = stepsAfter(world, goal, findings);
  const hops: Hop[] = settling.length === 0 ? [] : [{ from, to: from, steps: settling }];
  for (const minor of minors) {
    const previous = world.controlPlane;
    const before = stepsBefore(world, { from: previous, to: minor }, goal, findings);
    findings.push(...world.nodegroups.flatMap((group) => findingsAtHop(group, previous, minor)));
    world.controlPlane = minor;
    hops.push({ from: previous, to: minor, steps: [...before, controlPlaneStep(facts.cluster.name, previous, minor), ...stepsAfter(world, goal, findings)] });
  }
  // A group that blocks a hop is not told a second time that it stays behind.
  const blocked = new Set(findings.filter(blocks).map((found) => found.subject));
  findings.push(...world.nodegroups.filter((group) => !blocked.has(group.nodegroupName)).flatMap((group) => findingsAtGoal(group, goal)));
  return { hops, findings };
}

function stepsBefore(world: World, hop: { readonly from: Minor; readonly to: Minor }, goal: Minor, findings: Finding[]): PlannedStep[] {
  return moveAddons(world, 'PrepareAddons', hop.to, findings, (addon) => movesBefore(addon, hop, goal));
}

function stepsAfter(world: World, goal: Minor, findings: Finding[]): PlannedStep[] {
  const { controlPlane } = world;
  const addonSteps = moveAddons(world, 'UpgradeAddons', controlPlane, findings, (addon) => movesAfter(addon, controlPlane, goal));
  const rolls = world.nodegroups.flatMap((group) => rollAt(group, controlPlane, goal) ?? []);
  world.nodegroups = world.nodegroups.map((group) => (rolls.some((roll) => roll.nodegroupName === group.nodegroupName) ? { ...group, version: controlPlane } : group));
  return [
    ...addonSteps,
    ...rolls.map((roll): PlannedStep => ({
      id: `${controlPlane}/nodegroup/${roll.nodegroupName}`,
      title: `Rolling node group ${roll.nodegroupName} to ${roll.to}`,
      kind: 'upgrade-nodegroup',
      stage: 'UpgradeNodegroups',
      subject: roll.nodegroupName,
      from: roll.from,
      to: roll.to,
      reason: roll.because,
      parameters: { version: roll.to },
    })),
  ];
}

function moveAddons(world: World, stage: Stage, hop: Minor, findings: Finding[], decide: (addon: AddonAt) => { readonly moves: readonly AddonMove[]; readonly findings: readonly Finding[] }): PlannedStep[] {
  const steps: PlannedStep[] = [];
  world.addons = world.addons.map((addon) => {
    const decided = decide(addon);
    findings.push(...decided.findings);
    steps.push(...decided.moves.map((move) => addonStep(move, stage, hop)));
    return { ...addon, addonVersion: decided.moves.at(-1)?.to ?? addon.addonVersion };
  });
  return steps;
}

function controlPlaneStep(clusterName: string, from: Minor, to: Minor): PlannedStep {
  return {
    id: `${to}/control-plane`,
    title: `Upgrading the control plane to ${to}`,
    kind: 'upgrade-control-plane',
    stage: 'UpgradeControlPlane',
    subject: clusterName,
    from,
    to,
    reason: `EKS moves a control plane one minor at a time, and ${to} is the next after ${from}.`,
    parameters: { version: to },
  };
}

/** The id names the version that the step brings, not its place in a row: planned again halfway, a step keeps its id and never takes that of one already done. */
function addonStep(move: AddonMove, stage: Stage, hop: Minor): PlannedStep {
  return {
    id: `${hop}/addon/${move.addonName}/${move.to}`,
    title: `Moving add-on ${move.addonName} to ${move.to}`,
    kind: 'upgrade-addon',
    stage,
    subject: move.addonName,
    from: move.from,
    to: move.to,
    reason: move.because,
    parameters: { addonVersion: move.to, resolveConflicts: 'PRESERVE' satisfies Addon['resolveConflicts'] },
  };
}

function blockingFirst(findings: readonly Finding[]): Finding[] {
  return [...findings.filter(blocks), ...findings.filter((found) => !blocks(found))];
}

function told(findings: readonly Finding[]): string {
  return findings.map((found) => ` ${found.subject}: ${found.detail}`).join('');
}
