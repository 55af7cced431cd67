import type {
  ClientStat,
  DescribeInsightRequest,
  DescribeInsightResponse,
  DescribeInsightsRefreshRequest,
  DescribeInsightsRefreshResponse,
  InsightSummary,
  ListInsightsRequest,
  ListInsightsResponse,
  StartInsightsRefreshRequest,
  StartInsightsRefreshResponse,
} from '@aws-sdk/client-eks';
import { nextMinor } from '../../../domain/minor.ts';
import { clusterOf } from './cluster-view.ts';
import { notFound } from './errors.ts';
import { longest } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import { judgeRollback, rollbackTarget } from './rollback-checks.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, InsightDoc } from './state.ts';
import { judgeUpgrade } from './upgrade-checks.ts';
import type { Judgement } from './upgrade-checks.ts';
import type { Workloads } from './workloads.ts';

/** The insights after a look, or before the first one: UNKNOWN. An insight keeps its id as long as it is about the same thing. */
export function insightsAfter(place: Place, cluster: ClusterDoc, looked: boolean): InsightDoc[] {
  return scripted(place, cluster, [...judgeUpgrade(place, cluster), ...judgeRollback(place, cluster)]).map((judgement) => {
    const { category, kind, kubernetesVersion } = judgement;
    const before = cluster.insights.find((insight) => insight.category === category && insight.kind === kind && insight.kubernetesVersion === kubernetesVersion);
    const seen: Judgement = looked ? judgement : { ...judgement, status: 'UNKNOWN', reason: 'The insight has not been evaluated yet.', resources: [] };
    return { ...seen, id: before?.id ?? place.newUuid(), refreshedAt: place.now, changedAt: before?.status === seen.status ? before.changedAt : place.now };
  });
}

/** What a script makes of the findings: other words for those that it names, and findings of its own. */
function scripted(place: Place, cluster: ClusterDoc, found: readonly Judgement[]): Judgement[] {
  const scripts = place.workloads.get(cluster.name)?.insights ?? [];
  const meant = (script: (typeof scripts)[number], { name, category }: Judgement): boolean => script.name === name && (script.category ?? category) === category;
  const kept = found.map((judgement) => {
    const script = scripts.find((other) => meant(other, judgement));
    return script === undefined ? judgement : { ...judgement, status: script.status, reason: script.reason };
  });
  const added = scripts.filter((script) => !found.some((judgement) => meant(script, judgement)));
  return [...kept, ...added.flatMap((script) => ownInsight(place, cluster, script))];
}

function ownInsight(place: Place, cluster: ClusterDoc, script: NonNullable<Workloads['insights']>[number]): Judgement[] {
  const { name, status, reason, category = 'UPGRADE_READINESS' } = script;
  const kubernetesVersion = category === 'ROLLBACK_READINESS' ? rollbackTarget(cluster, place.now) : category === 'MISCONFIGURATION' ? cluster.version : nextMinor(cluster.version);
  if (kubernetesVersion === undefined) return [];
  return [{ category, kind: `scripted-${name}`, name, kubernetesVersion, description: `Checks: ${name}.`, recommendation: 'Review the resources that the insight names.', status, reason, resources: [] }];
}

/** EKS looks again by itself once a day, unless refreshes fail. */
function upToDate(place: Place, clusterName: string): ClusterDoc {
  const cluster = clusterOf(place, clusterName);
  if (cluster.insightsRefreshedAt === undefined || place.now - cluster.insightsRefreshedAt < longest('insightsStale') || refreshesFail(place, clusterName)) return cluster;
  return look(place, cluster);
}

function refreshesFail(place: Place, clusterName: string): boolean {
  return place.workloads.get(clusterName)?.refresh === 'fails';
}

/** The insights there are now: those about a rollback only as long as one is possible. */
function standing(cluster: ClusterDoc, place: Place): readonly InsightDoc[] {
  const target = rollbackTarget(cluster, place.now);
  return cluster.insights.filter((insight) => insight.category !== 'ROLLBACK_READINESS' || insight.kubernetesVersion === target);
}

/** Looks at the cluster at once, and writes down what was seen: where refreshes fail, nothing. */
export function look(place: Place, cluster: ClusterDoc): ClusterDoc {
  if (refreshesFail(place, cluster.name)) return cluster;
  const after: ClusterDoc = { ...cluster, insights: insightsAfter(place, cluster, true), insightsRefreshedAt: place.now };
  place.clusters.put(cluster.name, after);
  return after;
}

export function listInsights(input: ListInsightsRequest, place: Place): ListInsightsResponse {
  const insights = standing(upToDate(place, input.clusterName ?? ''), place);
  const { categories, kubernetesVersions, statuses } = input.filter ?? {};
  const wanted = insights.filter(
    (insight) =>
      (categories === undefined || categories.length === 0 || categories.includes(insight.category)) &&
      (kubernetesVersions === undefined || kubernetesVersions.length === 0 || kubernetesVersions.includes(insight.kubernetesVersion)) &&
      (statuses === undefined || statuses.length === 0 || statuses.includes(insight.status)),
  );
  const { items, nextToken } = page(wanted, input, (insight) => insight.id);
  return { insights: items.map(summary), ...(nextToken === undefined ? {} : { nextToken }) };
}

function summary(insight: InsightDoc): InsightSummary {
  return {
    id: insight.id,
    name: insight.name,
    category: insight.category,
    kubernetesVersion: insight.kubernetesVersion,
    lastRefreshTime: new Date(insight.refreshedAt),
    lastTransitionTime: new Date(insight.changedAt),
    description: insight.description,
    insightStatus: { status: insight.status, reason: insight.reason },
  };
}

export function describeInsight(input: DescribeInsightRequest, place: Place): DescribeInsightResponse {
  const insight = standing(upToDate(place, input.clusterName ?? ''), place).find((other) => other.id === input.id);
  if (insight === undefined) throw notFound(`No insight found for ID: ${input.id}`, { clusterName: input.clusterName ?? '' });
  return {
    insight: {
      ...summary(insight),
      recommendation: insight.recommendation,
      additionalInfo: { 'EKS update cluster documentation': 'https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html' },
      resources: insight.resources.map((resource) => ({
        insightStatus: { status: resource.status, reason: resource.reason },
        ...(resource.arn === undefined ? {} : { arn: resource.arn }),
        ...(resource.uri === undefined ? {} : { kubernetesResourceUri: resource.uri }),
      })),
      categorySpecificSummary: {
        deprecationDetails: (insight.removedApis ?? []).map(({ clients, ...api }) => ({ ...api, stopServingVersion: insight.kubernetesVersion, clientStats: clients.map(described) })),
        addonCompatibilityDetails: (insight.addons ?? []).map((addon) => ({ name: addon.name, compatibleVersions: [...addon.compatibleVersions] })),
      },
    },
  };
}

function described({ userAgent, requests, lastRequestAt }: NonNullable<InsightDoc['removedApis']>[number]['clients'][number]): ClientStat {
  return { userAgent, numberOfRequestsLast30Days: requests, lastRequestTime: new Date(lastRequestAt) };
}

/** Begins a look; one that is under way is joined. */
export function startInsightsRefresh(input: StartInsightsRefreshRequest, place: Place): StartInsightsRefreshResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  if (cluster.insightsRefresh === undefined || cluster.insightsRefresh.endedAt !== undefined) {
    place.clusters.put(cluster.name, { ...cluster, insightsRefresh: { startedAt: place.now } });
    place.after('insightsRefresh', { kind: 'insights-judged', clusterName: cluster.name });
  }
  return { message: 'Insights refresh is in progress', status: 'IN_PROGRESS' };
}

export function describeInsightsRefresh(input: DescribeInsightsRefreshRequest, place: Place): DescribeInsightsRefreshResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const refresh = cluster.insightsRefresh;
  if (refresh === undefined) throw notFound('No insights refresh operation found for the cluster.', { clusterName: cluster.name });
  if (refresh.endedAt === undefined) return { message: 'Insights refresh is in progress', status: 'IN_PROGRESS', startedAt: new Date(refresh.startedAt) };
  if (refresh.failed === true) return { message: 'Insights refresh failed', status: 'FAILED', startedAt: new Date(refresh.startedAt), endedAt: new Date(refresh.endedAt) };
  return { message: 'Insights refresh completed successfully', status: 'COMPLETED', startedAt: new Date(refresh.startedAt), endedAt: new Date(refresh.endedAt) };
}

const judged: Apply = (place, { clusterName }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster === undefined) return;
  const refresh = cluster.insightsRefresh;
  const failed = refreshesFail(place, clusterName);
  const asked = refresh !== undefined && refresh.endedAt === undefined;
  const after = asked ? { ...cluster, insightsRefresh: { ...refresh, endedAt: place.now, failed } } : cluster;
  place.clusters.put(clusterName, after);
  look(place, after);
};

export const insightTransitions: Readonly<Record<string, Apply>> = { 'insights-judged': judged };
