import type { ClusterFacts } from './facts.ts';
import { insightsRefreshedAt } from './insights-age.ts';
import type { NextHop } from './next-hop.ts';
import type { Step } from './operation.ts';
import type { Plan } from './plan.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** What was seen of a cluster's readiness counts for as long, and only while nothing of ours has moved since. */
const READINESS_MINUTES_MAX = 10;
/** A control plane moves on what EKS saw by a look of its own that began at most so long before: on none from before a wait of hours or days. */
export const EKS_LOOK_MINUTES_MAX = 15;
const MINUTE_MS = 60_000;

/** What has to be looked at before `next` is taken for true: nothing, what the readiness checks judge, or that after EKS has looked at the cluster anew. */
export type LookNeeded = 'none' | 'readiness' | 'insights';

/**
 * A control plane moves only on insights that EKS has made right before; whatever else is left is judged with the account's own
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

/** Whose look it is, and when work of ours ended last, epoch ms: EKS has to have begun to look after that. */
export interface Since {
  readonly operationId: string;
  readonly movedAt: number;
}

/** The facts without a readiness that was seen too long ago, or before our own work ended: nothing is judged on it then. */
export function withoutOldReadiness(facts: ClusterFacts, { movedAt }: Since, now: number): ClusterFacts {
  const seenAt = Date.parse(facts.readiness?.observedAt ?? '');
  return seenAt >= movedAt && now - seenAt <= READINESS_MINUTES_MAX * MINUTE_MS ? facts : withoutReadiness(facts);
}

/** The facts without a readiness that EKS has not looked for anew: what it says may be from before a wait, whoever read it since. */
export function withoutOldLook(facts: ClusterFacts, since: Since, now: number): ClusterFacts {
  return lookedAnew(facts.readiness, since, now) ? facts : withoutReadiness(facts);
}

/**
 * Whether EKS has looked at the cluster anew for the control-plane move that comes. EKS's own times tell, never when we read what it
 * says: a plan that somebody asks for reads it too, and EKS does not look for that. Where EKS was asked for this operation and it came
 * to nothing that has a time, what there is must do.
 */
export function lookedAnew(readiness: ReadinessFacts | undefined, { operationId, movedAt }: Since, now: number): boolean {
  if (readiness === undefined) return false;
  return readiness.asItIsFor === operationId || beganToLook(readiness) >= Math.max(movedAt, now - EKS_LOOK_MINUTES_MAX * MINUTE_MS);
}

/** Whether a look that EKS was asked for has come to what has no time of EKS's: its insights may not be read, or it looks still, after all the minutes that are waited for it. */
export function hasNoTime({ insights }: ReadinessFacts): boolean {
  return insights.kind === 'unknown' || insights.value.refresh.status === 'IN_PROGRESS' || (insights.value.refresh.startedAt === undefined && oldestInsight(insights) === 0);
}

/** When EKS's last look that has ended, well or not, had begun; or when it made its oldest insight, which it does each day by itself too. Epoch ms, 0 where neither is known. */
function beganToLook({ insights }: ReadinessFacts): number {
  if (insights.kind === 'unknown') return 0;
  const { refresh } = insights.value;
  const began = refresh.status === 'IN_PROGRESS' ? Number.NaN : Date.parse(refresh.startedAt ?? '');
  return Math.max(Number.isNaN(began) ? 0 : began, oldestInsight(insights));
}

function oldestInsight(insights: ReadinessFacts['insights']): number {
  return Date.parse(insightsRefreshedAt(insights) ?? '1970-01-01T00:00:00Z');
}

function withoutReadiness({ readiness: _old, ...rest }: ClusterFacts): ClusterFacts {
  return rest;
}
