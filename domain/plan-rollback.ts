import { movesBack } from './addon-moves-back.ts';
import type { Cluster } from './cluster.ts';
import { estimateUpgrade } from './estimate.ts';
import { inOrder } from './facts-in-order.ts';
import { factsAge } from './facts-age.ts';
import type { ClusterFacts } from './facts.ts';
import { blockingFirst, blocks } from './finding-codes.ts';
import { isOffered } from './hops.ts';
import { forcedWhereWaived } from './insight-findings.ts';
import { NOT_DRAINED, refreshBack, refreshOf, templateStep, type SelfManagedAt } from './instance-refreshes.ts';
import { compareMinors, previousMinor, type Minor } from './minor.ts';
import { canRollTo, type NodegroupAt } from './nodegroup-rolls.ts';
import { keptInStepBack } from './parts/kept-in-step.ts';
import { nodesLedger } from './nodes-ledger.ts';
import { notLookedAtForRollback } from './not-looked-at.ts';
import { onePerSubject } from './one-per-subject.ts';
import type { Terms } from './operation.ts';
import type { Hop, Plan, PlannedStep } from './plan.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { rollbackFindings } from './rollback-findings.ts';
import { rollbackTiming } from './rollback-timing.ts';
import { rollbackWay } from './rollback-way.ts';
import { withWaivers, type Waiver } from './waiver.ts';
import { addonStep, forceParameter, forceTold, worldOf } from './walk-hops.ts';

/** How long EKS may take over a rollback before it gives up and lets the nodes of Auto Mode come forward again: its own default, of 120 to 10,080 (source: EKS API reference, UpdateClusterVersion, rollbackConfig). */
const ROLLBACK_TIMEOUT_MINUTES = 720;

export interface RollbackAsk {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
  /** Of them a rollback knows only which node groups an approver has forced. */
  readonly terms?: Terms | undefined;
  readonly waivers?: readonly Waiver[] | undefined;
  /** Who asks, and who asked before a retry: their own waivers do not count. */
  readonly askedBy?: string | readonly string[] | undefined;
}

/**
 * Plans the way back by one minor: nodes first, then add-ons, then the control plane. Asked again halfway it answers the rest of the
 * same plan. Refuses with `rollback-unavailable`: with why, where EKS would not take the control plane back, or with all findings.
 */
export function planRollback(ask: RollbackAsk): Plan | Refusal {
  const plan = draftRollback(ask);
  if (isRefusal(plan)) return plan;
  const blocking = plan.findings.filter(blocks);
  if (blocking.length === 0) return plan;
  return refuse('rollback-unavailable', `The way back to ${plan.to} is barred: ${blocking.map((found) => `${found.subject}: ${found.detail}`).join(' ')}`, {
    remedy: [...new Set(blocking.map((found) => found.remedy))].join(' '),
    findings: plan.findings,
  });
}

/** The plan as it would be, blocking findings and all. */
export function draftRollback({ cluster, facts: seen, now, terms, waivers = [], askedBy }: RollbackAsk): Plan | Refusal {
  const facts = inOrder(seen);
  const from = facts.cluster.version;
  const way = rollbackWay({ ...cluster, version: from }, now);
  const { to } = way;
  if (to === undefined) return refuse('rollback-unavailable', way.because, { remedy: 'Mend forward: ask for the present minor, or for a newer one.' });
  if (previousMinor(from) !== to) return refuse('rollback-unavailable', `EKS takes a control plane back by one minor only, and ${to} is not the one before ${from}.`);
  if (!isOffered(to, facts.catalogue)) return refuse('rollback-unavailable', `EKS no longer offers ${to}.`, { remedy: 'Mend forward: ask for the present minor, or for a newer one.' });

  const world = worldOf(facts, now, cluster.made);
  const moves = world.addons.map((addon) => movesBack(addon, from, to));
  const nodeSteps = [...world.nodegroups.flatMap((group) => rollBack(group, to, terms)), ...world.selfManaged.flatMap((group) => refreshed(group, from, to))];
  const addonSteps = moves.flatMap((addon) => addon.moves.map((move) => addonStep(move, 'RollBackAddons', to)));
  const hop: Hop = { from, to, steps: [...nodeSteps, ...addonSteps, controlPlaneStep(facts.cluster.name, from, to)] };
  const kept = keptInStepBack(hop, { cluster, facts });
  const found = [...rollbackFindings({ facts, world, from, to, now }), ...moves.flatMap((addon) => addon.findings), ...kept.findings, ...rollbackTiming({ cluster, facts, hop, availableUntil: way.availableUntil, now })];
  const findings = withWaivers(onePerSubject(found), waivers, { askedBy, now });
  return {
    from,
    to,
    hops: forcedWhereWaived(kept.hops, findings),
    findings: blockingFirst(findings),
    nodes: nodesLedger(facts, [hop], to),
    notLookedAt: notLookedAtForRollback(facts),
    estimate: estimateUpgrade({ hops: kept.hops, facts, to, now }),
    ...factsAge(facts, 'ROLLBACK_READINESS'),
  };
}

/** EKS takes a managed group back by the same call that rolls it forward (source: EKS user guide, rollback, managed node groups). */
function rollBack(group: NodegroupAt, to: Minor, terms: Terms | undefined): PlannedStep[] {
  const { nodegroupName, version } = group;
  if (version === undefined || compareMinors(version, to) <= 0 || !canRollTo(group, to)) return [];
  return [
    {
      id: `${to}/nodegroup/${nodegroupName}`,
      title: `Rolling node group ${nodegroupName} back to ${to}`,
      kind: 'upgrade-nodegroup',
      stage: 'RollBackNodegroups',
      subject: nodegroupName,
      from: version,
      to,
      reason: `No node may be newer than its control plane, so nodes at ${version} go back before it does.${forceTold(nodegroupName, terms)}`,
      parameters: { version: to, ...forceParameter(nodegroupName, terms) },
    },
  ];
}

function refreshed(group: SelfManagedAt, from: Minor, to: Minor): PlannedStep[] {
  if (group.newest === undefined || compareMinors(group.newest, to) <= 0) return [];
  const refresh = refreshBack(group, from, to);
  if (refresh === undefined) return [];
  const { groupName, launchTemplate, own } = refresh;
  const where = launchTemplate === undefined ? `its template gets an image for ${refresh.to} before` : `version ${launchTemplate.version} of its launch template has the newest image that is no newer than ${to}`;
  return [
    ...(own === undefined ? [] : [templateStep(own, to, { stage: 'RollBackNodegroups', reason: `Its instances go back to ${to}, and are made from its template.` })]),
    {
      ...refreshOf(refresh, to),
      title: `Refreshing the instances of ${groupName} back to ${refresh.to}`,
      kind: 'refresh-instances',
      stage: 'RollBackNodegroups',
      subject: groupName,
      from: refresh.from,
      to: refresh.to,
      reason: `No node may be newer than its control plane; ${where}. ${NOT_DRAINED}`,
    },
  ];
}

/** A rollback is UpdateClusterVersion with the minor before (source: EKS user guide, rollback). */
function controlPlaneStep(clusterName: string, from: Minor, to: Minor): PlannedStep {
  return {
    id: `${to}/control-plane`,
    title: `Taking the control plane back to ${to}`,
    kind: 'rollback-control-plane',
    stage: 'RollBackControlPlane',
    subject: clusterName,
    from,
    to,
    reason: `It came from ${to}, and goes back last: nodes and add-ons that fit ${to} fit ${from} as well.`,
    parameters: { version: to, timeoutMinutes: ROLLBACK_TIMEOUT_MINUTES },
  };
}
