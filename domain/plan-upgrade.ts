import type { Cluster } from './cluster.ts';
import { controlPlaneFindings } from './control-plane-findings.ts';
import { estimateUpgrade } from './estimate.ts';
import { inOrder } from './facts-in-order.ts';
import type { ClusterFacts } from './facts.ts';
import { factsAge } from './facts-age.ts';
import { blockingFirst, blocks } from './finding-codes.ts';
import { isOffered, minorsToPass, notOffered } from './hops.ts';
import { forcedWhereWaived } from './insight-findings.ts';
import { riskFindings } from './known-risks.ts';
import type { Minor } from './minor.ts';
import { keptInStep } from './parts/kept-in-step.ts';
import { nodesLedger } from './nodes-ledger.ts';
import { notLookedAtForUpgrade } from './not-looked-at.ts';
import { onePerSubject } from './one-per-subject.ts';
import type { Terms } from './operation.ts';
import type { Finding, Plan } from './plan.ts';
import { readinessFindings } from './readiness-checks.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { roomFindings } from './room-findings.ts';
import { supportFindings } from './support-findings.ts';
import { withWaivers, type Waiver } from './waiver.ts';
import { walkHops } from './walk-hops.ts';
import { wayBackFindings } from './way-back-findings.ts';
import { workloadFindings } from './workload-findings.ts';

export interface UpgradeAsk {
  readonly cluster: Cluster;
  readonly to: Minor;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
  readonly terms?: Terms | undefined;
  /** Those of the cluster. */
  readonly waivers?: readonly Waiver[] | undefined;
  /** Who asks, and who asked before a retry: their own waivers do not count. */
  readonly askedBy?: string | readonly string[] | undefined;
  /** Nobody looks again before the first hop: insights that are out of date then block. */
  readonly lastLook?: boolean | undefined;
}

/**
 * Plans an upgrade to `to` from what is true now: one control-plane minor a hop, add-ons kept compatible, node groups rolled only
 * where skew asks and at the end, as `terms` have it. `to` = the current minor brings up what lags behind. Refuses with
 * `version-not-offered`, `version-not-newer`, `nothing-to-upgrade`, `rules-broken` where the canary is no group that rolls, or, with
 * all findings, `upgrade-blocked`.
 */
export function planUpgrade(ask: UpgradeAsk): Plan | Refusal {
  const plan = planUpgradeAgain(ask);
  return isRefusal(plan) ? plan : (canaryRefusal(plan, ask.terms) ?? plan);
}

/**
 * The same, for an upgrade that is under way or tried again: with fresh facts it answers the rest of the same plan. A canary that has
 * rolled already, or is gone, is no reason to stop.
 */
export function planUpgradeAgain(ask: UpgradeAsk): Plan | Refusal {
  const plan = draftUpgrade(ask);
  if (isRefusal(plan)) return plan;
  const blocking = plan.findings.filter(blocks);
  if (blocking.length === 0) return plan;
  return refuse('upgrade-blocked', `The upgrade to ${ask.to} is blocked: ${blocking.map((found) => `${found.subject}: ${found.detail}`).join(' ')}`, {
    remedy: [...new Set(blocking.map((found) => found.remedy))].join(' '),
    findings: plan.findings,
  });
}

/** The plan as it would be, blocking findings and all: what a dry run shows. The same world is the same plan, in whatever order AWS lists it. */
export function draftUpgrade({ cluster, to, facts: seen, now, terms, waivers = [], askedBy, lastLook }: UpgradeAsk): Plan | Refusal {
  const facts = inOrder(seen);
  const from = facts.cluster.version;
  const minors = minorsToPass(from, to, facts.catalogue);
  if (isRefusal(minors)) return minors;
  if (!isOffered(to, facts.catalogue)) return notOffered(to, facts.catalogue);

  const walk = walkHops({ facts, minors, goal: to, now, terms, made: cluster.made });
  const kept = keptInStep(walk.hops, { cluster, facts });
  if (kept.hops.length === 0 && !walk.findings.some(blocks)) {
    return refuse('nothing-to-upgrade', `The control plane is at ${to}, and no node group or add-on lags behind that Slipway could move.${told(walk.findings)}`, {
      remedy: 'Name a newer version as `to`; GET /v1/versions lists what EKS offers.',
    });
  }
  const found = [
    ...controlPlaneFindings(facts),
    ...workloadFindings(facts, walk.hops),
    ...walk.findings,
    ...roomFindings(facts, walk.hops),
    ...readinessFindings({ facts, hops: walk.hops, to, now, movedAt: cluster.upgraded?.at, lastLook, maxParallelNodegroups: terms?.maxParallelNodegroups }),
    ...wayBackFindings({ cluster, facts, walk, now, terms }),
    ...riskFindings({ facts, hops: walk.hops, now }),
    ...kept.findings,
    ...supportFindings(facts, to, now),
  ];
  const findings = withWaivers(onePerSubject(found), waivers, { askedBy, now });
  return {
    from,
    to,
    hops: forcedWhereWaived(kept.hops, findings),
    findings: blockingFirst(findings),
    nodes: nodesLedger(facts, walk.hops, to),
    notLookedAt: notLookedAtForUpgrade({ to, facts, hops: walk.hops }),
    estimate: estimateUpgrade({ hops: kept.hops, facts, to, now, maxParallelNodegroups: terms?.maxParallelNodegroups }),
    ...factsAge(facts, 'UPGRADE_READINESS'),
  };
}

/** A canary is asked for so that the others wait for it: one that is no group of the cluster, or does not roll, would let them all go at once. */
export function canaryRefusal(plan: Plan, terms: Terms | undefined): Refusal | undefined {
  const { canaryNodegroup } = terms ?? {};
  if (canaryNodegroup === undefined || plan.hops.some((hop) => hop.steps.some((step) => step.stage === 'UpgradeCanaryNodegroup'))) return undefined;
  const known = plan.nodes?.find((line) => line.name === canaryNodegroup && (line.kind === 'managed' || line.kind === 'self-managed'));
  const message = known === undefined ? `The cluster has no node group ${canaryNodegroup}.` : `Node group ${canaryNodegroup} does not roll in this upgrade: ${known.because}`;
  return refuse('rules-broken', `The canary cannot go first. ${message}`, { remedy: 'Name a node group that the plan rolls, or leave the canary out.', errors: [{ path: 'canaryNodegroup', message }] });
}

function told(findings: readonly Finding[]): string {
  return findings.map((found) => ` ${found.subject}: ${found.detail}`).join('');
}
