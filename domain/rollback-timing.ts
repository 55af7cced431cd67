import type { Cluster } from './cluster.ts';
import { estimateUpgrade } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { movesControlPlane } from './look-needed.ts';
import { notNow } from './maintenance.ts';
import type { Finding, Hop, Plan } from './plan.ts';
import { sentence } from './sentence.ts';

/** EKS looks at the cluster anew right before its control plane goes back: that takes it a minute or two. */
const LOOK_MINUTES = 3;
/** With less left than this many times what is needed, it is told how little that is. */
const TIGHT_TIMES = 3;
const MINUTE_MS = 60_000;

interface Ask {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** The hop back as it would be done. */
  readonly hop: Hop;
  /** Until when EKS goes back, RFC 3339; absent where that is not known. */
  readonly availableUntil: string | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/** What time says of a rollback: whether its control plane can be asked to go back while EKS does so, and what of the cluster's policy it does not wait for. */
export function rollbackTiming(ask: Ask): readonly Finding[] {
  return [...beforeItCloses(ask), ...notHeld(ask)];
}

/**
 * Nodes and add-ons go back first, and the control plane has to be asked before the way closes (source: EKS user guide, rollback: within
 * seven days): nodes rolled back for nothing help nobody. The minutes are an estimate, so an approver may let it try all the same.
 */
function beforeItCloses({ facts, hop, availableUntil, now }: Ask): Finding[] {
  const before = hop.steps.filter((step) => !movesControlPlane(step));
  if (availableUntil === undefined || before.length === 0) return [];
  const minutes = LOOK_MINUTES + estimateUpgrade({ hops: [{ ...hop, steps: before }], facts, to: hop.to, now }).minutes;
  const left = Math.max(0, Math.floor((Date.parse(availableUntil) - Date.parse(now)) / MINUTE_MS));
  if (left >= minutes * TIGHT_TIMES) return [];
  const told = `EKS goes back until ${availableUntil}, ${left} minutes from now; nodes and add-ons take about ${minutes} minutes before the control plane can be asked to.`;
  return [
    left < minutes
      ? finding('rollback-not-ready', 'blocks', facts.cluster.name, { detail: told, remedy: 'Mend forward: ask for the present minor, or for a newer one. Where nodes are sure to be faster, an approver may waive it.', hop: hop.to })
      : finding('rollback-not-ready', 'advises', facts.cluster.name, { detail: told, remedy: 'Begin it now, and do not pause it: it is judged again before its first step.', hop: hop.to }),
  ];
}

/** A rollback waits for no window and for no freeze of the cluster: what is broken is not left so, and the way closes. See docs/decisions/0011-the-way-back.md. */
function notHeld({ cluster, hop, now }: Ask): Finding[] {
  const closed = cluster.maintenancePolicy === undefined ? undefined : notNow(cluster.maintenancePolicy, Date.parse(now), 0);
  if (closed === undefined) return [];
  return [
    finding('rollback-not-held', 'advises', cluster.name, {
      detail: `${sentence(closed.because)} A rollback does not wait for that: it begins at once.`,
      remedy: 'Nothing, where it is as urgent as that. Where it is to wait, pause it; the freeze of the fleet (POST /v1/freeze) holds rollbacks too.',
      hop: hop.to,
    }),
  ];
}

/** What of the cluster's maintenance policy a planned rollback does not wait for, in words; undefined where nothing is in its way. */
export function notWaitedFor({ findings }: Pick<Plan, 'findings'>): string | undefined {
  return findings.find((found) => found.code === 'rollback-not-held')?.detail;
}
