import {
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  ListInsightsCommand,
  StartInsightsRefreshCommand,
  type Category,
  type EKSClient,
  type Insight,
  type InsightSummary,
} from '@aws-sdk/client-eks';
import { insightsRefreshedAt } from '../../domain/insights-age.ts';
import { isMinor } from '../../domain/minor.ts';
import type { InsightFacts, InsightsFacts } from '../../domain/readiness-facts.ts';
import { eachOf } from './each-of.ts';
import type { CloserLooks } from '../ports.ts';
import { orAbsent } from './errors.ts';

const PAGE_SIZE = 100;
const PAGES_MAX = 5;
/** Insights that do not pass and are looked at closer; EKS has about ten kinds. */
const LOOKED_AT_CLOSER_MAX = 25;
/** What an upgrade or a rollback is judged by, and what is told beside it: misconfigurations, at present of hybrid nodes. */
const CATEGORIES: Category[] = ['UPGRADE_READINESS', 'ROLLBACK_READINESS', 'MISCONFIGURATION'];
const PASSING = 'PASSING';
const WARNING = 'WARNING';

export async function startInsightsRefresh(client: EKSClient, clusterName: string): Promise<void> {
  await client.send(new StartInsightsRefreshCommand({ clusterName }));
}

/** EKS knows the latest refresh alone, and none before the first was asked for. */
export async function readInsightsRefresh(client: EKSClient, clusterName: string): Promise<InsightsFacts['refresh']> {
  const answer = await orAbsent(() => client.send(new DescribeInsightsRefreshCommand({ clusterName })));
  if (answer === 'absent' || answer.status === undefined) return { status: 'never' };
  return {
    status: answer.status,
    ...(answer.message === undefined ? {} : { message: answer.message }),
    ...(answer.startedAt === undefined ? {} : { startedAt: answer.startedAt.toISOString() }),
    ...(answer.endedAt === undefined ? {} : { endedAt: answer.endedAt.toISOString() }),
  };
}

export const INSIGHT_ACTIONS = ['eks:ListInsights', 'eks:DescribeInsight', 'eks:DescribeInsightsRefresh'];

/** The insights on a cluster's readiness, and how fresh they are. Where all of them were made since `refreshAskedAt`, that refresh is done, and is not asked after. */
export async function readInsightsFacts(client: EKSClient, clusterName: string, closer: CloserLooks, refreshAskedAt?: string): Promise<InsightsFacts> {
  if (refreshAskedAt === undefined) {
    const [refresh, insights] = await Promise.all([readInsightsRefresh(client, clusterName), readInsights(client, clusterName, closer)]);
    return { refresh, insights };
  }
  const insights = await readInsights(client, clusterName, closer);
  const madeAt = insightsRefreshedAt({ kind: 'seen', value: { refresh: { status: 'never' }, insights } });
  const isDone = madeAt !== undefined && Date.parse(madeAt) >= Date.parse(refreshAskedAt);
  return { refresh: isDone ? { status: 'COMPLETED', endedAt: madeAt } : await readInsightsRefresh(client, clusterName), insights };
}

/** All insights; what does not pass is looked at closer, for its evidence, or what is worse than a warning alone. */
async function readInsights(client: EKSClient, clusterName: string, looks: CloserLooks): Promise<InsightFacts[]> {
  const summaries = await listInsights(client, clusterName);
  const failing = summaries.filter(({ insightStatus }) => insightStatus?.status !== PASSING && (looks === 'all' || insightStatus?.status !== WARNING));
  if (failing.length > LOOKED_AT_CLOSER_MAX) throw new Error(`EKS has more than ${LOOKED_AT_CLOSER_MAX} insights that do not pass.`);
  const closer = new Map(await eachOf(failing, async ({ id = '' }): Promise<[string, Insight | undefined]> => [id, await readInsight(client, clusterName, id)]));
  return summaries.map((summary) => insightFacts(summary, closer.get(summary.id ?? '')));
}

async function listInsights(client: EKSClient, clusterName: string): Promise<InsightSummary[]> {
  const summaries: InsightSummary[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListInsightsCommand({ clusterName, filter: { categories: CATEGORIES }, maxResults: PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) }));
    summaries.push(...(answer.insights ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return summaries;
  }
  throw new Error(`EKS lists more than ${PAGES_MAX} pages of insights on ${clusterName}.`);
}

/** One that a refresh has replaced since the list is told as the list told it. */
async function readInsight(client: EKSClient, clusterName: string, id: string): Promise<Insight | undefined> {
  const answer = await orAbsent(() => client.send(new DescribeInsightCommand({ clusterName, id })));
  return answer === 'absent' ? undefined : answer.insight;
}

function insightFacts(summary: InsightSummary, closer: Insight | undefined): InsightFacts {
  const { kubernetesVersion } = summary;
  return {
    id: summary.id ?? '',
    name: summary.name ?? '',
    category: summary.category ?? 'UNKNOWN',
    ...(kubernetesVersion !== undefined && isMinor(kubernetesVersion) ? { kubernetesVersion } : {}),
    status: summary.insightStatus?.status ?? 'UNKNOWN',
    ...(summary.insightStatus?.reason === undefined ? {} : { reason: summary.insightStatus.reason }),
    ...(summary.lastRefreshTime === undefined ? {} : { lastRefreshTime: summary.lastRefreshTime.toISOString() }),
    ...(summary.lastTransitionTime === undefined ? {} : { lastTransitionTime: summary.lastTransitionTime.toISOString() }),
    ...(summary.description === undefined ? {} : { description: summary.description }),
    ...(closer?.recommendation === undefined ? {} : { recommendation: closer.recommendation }),
    deprecations: (closer?.categorySpecificSummary?.deprecationDetails ?? []).map((detail) => ({
      usage: detail.usage ?? '',
      ...(detail.replacedWith === undefined ? {} : { replacedWith: detail.replacedWith }),
      ...(detail.stopServingVersion === undefined ? {} : { stopServingVersion: detail.stopServingVersion }),
      clients: (detail.clientStats ?? []).map((client) => ({
        userAgent: client.userAgent ?? '',
        requestsLast30Days: client.numberOfRequestsLast30Days ?? 0,
        ...(client.lastRequestTime === undefined ? {} : { lastRequestTime: client.lastRequestTime.toISOString() }),
      })),
    })),
    addons: (closer?.categorySpecificSummary?.addonCompatibilityDetails ?? []).map((addon) => ({ name: addon.name ?? '', compatibleVersions: addon.compatibleVersions ?? [] })),
    resources: (closer?.resources ?? []).map((resource) => ({
      ...(resource.kubernetesResourceUri === undefined ? {} : { uri: resource.kubernetesResourceUri }),
      ...(resource.arn === undefined ? {} : { arn: resource.arn }),
      ...(resource.insightStatus?.status === undefined ? {} : { status: resource.insightStatus.status }),
      ...(resource.insightStatus?.reason === undefined ? {} : { reason: resource.insightStatus.reason }),
    })),
  };
}
