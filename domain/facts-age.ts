import type { ClusterFacts } from './facts.ts';
import { insightsRefreshedAt } from './insights-age.ts';
import { oldestSeenAt } from './left-alone.ts';
import type { Plan } from './plan.ts';

/** How old what a plan was made from is: our own look, and EKS's, which it makes on its own or when it is asked to. */
export function factsAge(facts: ClusterFacts, category: 'UPGRADE_READINESS' | 'ROLLBACK_READINESS'): Pick<Plan, 'lookedAt' | 'insightsRefreshedAt'> {
  const refreshedAt = insightsRefreshedAt(facts.readiness?.insights, category);
  return { lookedAt: oldestSeenAt(facts), ...(refreshedAt === undefined ? {} : { insightsRefreshedAt: refreshedAt }) };
}
