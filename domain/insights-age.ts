import type { InsightsFacts, Looked } from './readiness-facts.ts';

/** When EKS last looked at the cluster itself, RFC 3339, by the oldest of its insights, or of those of one category; undefined where that is not known. */
export function insightsRefreshedAt(insights: Looked<InsightsFacts> | undefined, category?: 'UPGRADE_READINESS' | 'ROLLBACK_READINESS'): string | undefined {
  const asked = insights?.kind === 'seen' ? insights.value.insights.filter((insight) => category === undefined || insight.category === category) : [];
  const times = asked.map(({ lastRefreshTime }) => Date.parse(lastRefreshTime ?? ''));
  return times.length === 0 || times.some(Number.isNaN) ? undefined : new Date(Math.min(...times)).toISOString();
}
