import { movesAfter, movesBefore, type AddonAt, type AddonMove } from './addon-moves.ts';
import { offersOf } from './addon-versions.ts';
import type { Addon } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { blocks } from './finding-codes.ts';
import { NOT_DRAINED, refreshAt, refreshFindingsAtGoal, refreshFindingsAtHop, refreshOf, selfManagedAt, templateAt, templateStep, type InstanceRefresh, type SelfManagedAt } from './instance-refreshes.ts';
import { faultyVersions } from './known-risks.ts';
import type { Minor } from './minor.ts';
import { findingsAtGoal, findingsAtHop, nodegroupAt, rollAt, type NodegroupAt, type NodegroupRoll } from './nodegroup-rolls.ts';
import type { Terms } from './operation.ts';
import type { Resource } from './parts/resource.ts';
import type { Finding, Hop, PlannedStep, Stage } from './plan.ts';
import { awaitsNodes } from './workload-findings.ts';

export interface Walk {
  readonly hops: readonly Hop[];
  readonly findings: readonly Finding[];
  /** How the cluster stands after each hop, for what is asked of it there. */
  readonly worlds: readonly World[];
}

export interface WalkAsk {
  readonly facts: ClusterFacts;
  /** To pass, in order; none where the control plane stays. */
  readonly minors: readonly Minor[];
  readonly goal: Minor;
  /** RFC 3339. */
  readonly now: string;
  readonly terms: Terms | undefined;
  readonly made: readonly Resource[] | undefined;
}

/** The cluster as the plan has it after the steps so far. */
export interface World {
  controlPlane: Minor;
  addons: AddonAt[];
  nodegroups: NodegroupAt[];
  selfManaged: SelfManagedAt[];
}

/** How the cluster stands before the first step; `now` (RFC 3339) says which known risks count. What is being deleted, and add-ons that wait for a node, are left alone. */
export function worldOf(facts: ClusterFacts, now: string, made: readonly Resource[] = []): World {
  const faulty = faultyVersions(facts, now);
  const groups = facts.readiness?.selfManagedGroups;
  return {
    controlPlane: facts.cluster.version,
    addons: facts.addons.filter((addon) => addon.status !== 'DELETING' && !awaitsNodes(addon, facts)).flatMap((addon) => {
      const offers = offersOf(addon.addonName, facts.addonCatalogue);
      return offers === undefined ? [] : [{ addonName: addon.addonName, addonVersion: addon.addonVersion, offers, faulty: faulty.filter((one) => one.addonName === addon.addonName) }];
    }),
    nodegroups: facts.nodegroups.filter((group) => group.status !== 'DELETING').map(nodegroupAt),
    selfManaged: groups?.kind === 'seen' ? groups.value.map((group) => selfManagedAt(group, made)) : [],
  };
}

/**
 * Walks from where things stand to the goal, one control-plane minor at a time, and writes down every step. What lags behind where
 * the control plane is now comes first, as a hop of its own that leaves the control plane where it is: that is how the rest of a
 * hop looks when it is planned again halfway.
 */
export function walkHops({ facts, minors, goal, now, terms, made }: WalkAsk): Walk {
  const world = worldOf(facts, now, made);
  const from = world.controlPlane;
  const findings: Finding[] = [];
  const settling = stepsAfter(world, goal, terms, findings);
  const hops: Hop[] = settling.length === 0 ? [] : [{ from, to: from, steps: settling }];
  const worlds: World[] = settling.length === 0 ? [] : [{ ...world }];
  for (const minor of minors) {
    const previous = world.controlPlane;
    const before = stepsBefore(world, { from: previous, to: minor }, goal, findings);
    findings.push(...world.nodegroups.flatMap((group) => findingsAtHop(group, previous, minor)), ...world.selfManaged.flatMap((group) => refreshFindingsAtHop(group, previous, minor)));
    world.controlPlane = minor;
    hops.push({ from: previous, to: minor, steps: [...before, controlPlaneStep(facts.cluster.name, previous, minor), ...stepsAfter(world, goal, terms, findings)] });
    worlds.push({ ...world });
  }
  // A group that blocks a hop is not told a second time that it stays behind.
  const blocked = new Set(findings.filter(blocks).map((found) => found.subject));
  findings.push(
    ...world.nodegroups.filter((group) => !blocked.has(group.nodegroupName)).flatMap((group) => findingsAtGoal(group, goal)),
    ...world.selfManaged.filter((group) => !blocked.has(group.groupName)).flatMap((group) => refreshFindingsAtGoal(group, goal)),
  );
  return { hops, findings, worlds };
}

function stepsBefore(world: World, hop: { readonly from: Minor; readonly to: Minor }, goal: Minor, findings: Finding[]): PlannedStep[] {
  return moveAddons(world, 'PrepareAddons', hop.to, findings, (addon) => movesBefore(addon, hop, goal));
}

function stepsAfter(world: World, goal: Minor, terms: Terms | undefined, findings: Finding[]): PlannedStep[] {
  const { controlPlane } = world;
  const addonSteps = moveAddons(world, 'UpgradeAddons', controlPlane, findings, (addon) => movesAfter(addon, controlPlane, goal));
  const rolls = new Map(world.nodegroups.map((group) => [group.nodegroupName, rollAt(group, controlPlane, goal)]));
  const refreshes = new Map(world.selfManaged.map((group) => [group.groupName, refreshAt(group, controlPlane, goal)]));
  const templates = world.selfManaged.flatMap((group) => templateAt(group, controlPlane, goal) ?? []);
  world.nodegroups = world.nodegroups.map((group) => ({ ...group, version: rolls.get(group.nodegroupName)?.to ?? group.version }));
  world.selfManaged = world.selfManaged.map((group) => {
    const refresh = refreshes.get(group.groupName);
    return refresh === undefined ? group : { ...group, version: refresh.to, newest: refresh.to, unknown: false };
  });
  const nodeSteps = [
    ...[...rolls.values()].flatMap((roll) => (roll === undefined ? [] : [rollStep(roll, controlPlane, terms)])),
    ...[...refreshes.values()].flatMap((refresh) => (refresh === undefined ? [] : refreshSteps(refresh, controlPlane, terms))),
    ...templates.map((own) => templateStep(own, controlPlane, { ...nodeStage(own.name, terms), reason: `No instance of it runs, and the next that comes shall have a kubelet of ${goal}.` })),
  ];
  const isCanary = (step: PlannedStep) => step.stage === 'UpgradeCanaryNodegroup';
  return [...addonSteps, ...nodeSteps.filter(isCanary), ...nodeSteps.filter((step) => !isCanary(step))];
}

function moveAddons(world: World, stage: Stage, hop: Minor, findings: Finding[], decide: (addon: AddonAt) => { readonly moves: readonly AddonMove[]; readonly findings: readonly Finding[] }): PlannedStep[] {
  const steps: PlannedStep[] = [];
  world.addons = world.addons.map((addon) => {
    const decided = decide(addon);
    // An add-on that blocks a hop is not told a second time that it stays behind.
    const blocked = findings.some((found) => blocks(found) && found.subject === addon.addonName);
    findings.push(...decided.findings.filter((found) => blocks(found) || !blocked));
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
export function addonStep(move: AddonMove, stage: Stage, hop: Minor): PlannedStep {
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

function rollStep(roll: NodegroupRoll, hop: Minor, terms: Terms | undefined): PlannedStep {
  const { nodegroupName, from, to, because } = roll;
  return {
    id: `${hop}/nodegroup/${nodegroupName}`,
    title: `Rolling node group ${nodegroupName} to ${to}`,
    kind: 'upgrade-nodegroup',
    ...nodeStage(nodegroupName, terms),
    subject: nodegroupName,
    from,
    to,
    reason: `${because}${termsTold(nodegroupName, terms)}${forceTold(nodegroupName, terms)}`,
    parameters: { version: to, ...forceParameter(nodegroupName, terms) },
  };
}

/** Past disruption budgets, where an approver has said so (source: EKS UpdateNodegroupVersion, force). */
export function forceParameter(nodegroupName: string, terms: Terms | undefined): { readonly force?: true } {
  return terms?.forceNodegroups?.includes(nodegroupName) === true ? { force: true } : {};
}

export function forceTold(nodegroupName: string, terms: Terms | undefined): string {
  return forceParameter(nodegroupName, terms).force === true ? ' An approver has it forced: pods are ended past their disruption budgets.' : '';
}

/** The id names the launch template's version: another one that comes to be meanwhile is another step. The template of a group of ours gets its image first. */
function refreshSteps(refresh: InstanceRefresh, hop: Minor, terms: Terms | undefined): PlannedStep[] {
  const { own, groupName, to } = refresh;
  const step = refreshStep(refresh, hop, terms);
  return own === undefined ? [step] : [templateStep(own, hop, { ...nodeStage(groupName, terms), reason: `Its instances are made anew for ${to}, and its template has no image for that yet.` }), step];
}

function refreshStep(refresh: InstanceRefresh, hop: Minor, terms: Terms | undefined): PlannedStep {
  const { groupName, from, to, because } = refresh;
  return {
    ...refreshOf(refresh, hop),
    title: `Refreshing the instances of ${groupName} to ${to}`,
    kind: 'refresh-instances',
    ...nodeStage(groupName, terms),
    subject: groupName,
    from,
    to,
    reason: `${because} ${NOT_DRAINED}${termsTold(groupName, terms)}`,
  };
}

function nodeStage(name: string, terms: Terms | undefined): Pick<PlannedStep, 'stage'> {
  return { stage: terms?.canaryNodegroup === name ? 'UpgradeCanaryNodegroup' : 'UpgradeNodegroups' };
}

function termsTold(name: string, terms: Terms | undefined): string {
  const canary = terms?.canaryNodegroup === name ? ' It is the canary: the others wait until it is well.' : '';
  const held = terms?.holdNodegroups === true ? ' It is held until the rest of its hop has baked.' : '';
  return `${canary}${held}`;
}
