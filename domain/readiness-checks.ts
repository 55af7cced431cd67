import type { ClusterFacts } from './facts.ts';
import { insightFindings } from './insight-findings.ts';
import type { Minor } from './minor.ts';
import type { Finding, Hop } from './plan.ts';

export interface ReadinessAsk {
  readonly facts: ClusterFacts;
  readonly hops: readonly Hop[];
  readonly to: Minor;
  /** RFC 3339. */
  readonly now: string;
  /** When the control plane last moved as far as it was seen, RFC 3339. */
  readonly movedAt?: string | undefined;
  /** Nobody looks again before the first hop of these: what is stale then blocks. */
  readonly lastLook?: boolean | undefined;
}

/**
 * The readiness checks over what was looked at for them. Where nobody looked they are silent, and the plan's `notLookedAt` says so;
 * a part that could not be seen is told as Unknown, here or there, never taken for a pass.
 */
export function readinessFindings({ facts, hops, now, movedAt, lastLook }: ReadinessAsk): readonly Finding[] {
  const { readiness, cluster } = facts;
  if (readiness === undefined) return [];
  return [...insightFindings(readiness.insights, { clusterName: cluster.name, controlPlane: cluster.version, hops, now, movedAt, lastLook })];
}
