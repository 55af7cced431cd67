import type { ClusterFacts } from './facts.ts';
import { insightsRefreshedAt } from './insights-age.ts';
import type { NextHop } from './next-hop.ts';
import type { Step } from './operation.ts';
import type { Plan } from './plan.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** What was seen of a cluster's readiness counts for as long, and only while nothing of ours has moved since. */
const READINESS_MINUTES_MAX = 10;
/** EKS is not asked to look again at what it has looked at within this time, while nothing has moved. */
const INSIGHTS_MINUTES_MAX = 60;
const MINUTE_MS = 60_000;

/** What has to be looked at before `next` is taken for true: nothing, what the readiness checks judge, or that after EKS has looked at the cluster anew. */
export type LookNeeded = 'none' | 'readiness' | 'insights';

/**
 * A control plane moves only on insights that EKS has made since the hop before; whatever else is left is judged with the account's own
 * groups of nodes, where the plan of record has any. `next` was planned on these facts, without what is too old.
 */
export function lookNeeded(next: NextHop, facts: ClusterFacts, plan: Plan): LookNeeded {
  if (facts.readiness !== undefined || next.kind === 'stop') return 'none';
  if (next.kind === 'hop' && next.hop.steps.some(movesControlPlane)) return 'insights';
  return plan.nodes?.some((line) => line.kind === 'self-managed') === true ? 'readiness' : 'none';
}

export function movesControlPlane(step: Pick<Step, 'kind'>): boolean {
  return step.kind === 'upgrade-control-plane' || step.kind === 'rollback-control-plane';
}

/** Since when what was seen counts, epoch ms: nothing of ours has moved since `movedAt`, and what was seen since `enteredAt` was looked at for the very hop that comes. */
export interface Since {
  readonly movedAt: number;
  readonly enteredAt: number;
}

/** The facts without a readiness that is too old, or rests on a look of EKS's that is: nothing is judged on it then. */
export function withoutOldReadiness(facts: ClusterFacts, { movedAt, enteredAt }: Since, now: number): ClusterFacts {
  const { readiness, ...rest } = facts;
  const seenAt = Date.parse(readiness?.observedAt ?? '');
  const fresh = seenAt >= movedAt && now - seenAt <= READINESS_MINUTES_MAX * MINUTE_MS;
  return readiness !== undefined && fresh && (seenAt >= enteredAt || refreshedAt(readiness) >= Math.max(movedAt, now - INSIGHTS_MINUTES_MAX * MINUTE_MS)) ? facts : rest;
}

/** Where it is not known when EKS has looked at the cluster, that was never. */
function refreshedAt({ insights }: ReadinessFacts): number {
  return Date.parse(insightsRefreshedAt(insights) ?? '1970-01-01T00:00:00Z');
}
