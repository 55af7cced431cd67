import {
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  ListInsightsCommand,
  StartInsightsRefreshCommand,
  type EKSClient,
  type Insight,
  type InsightSummary,
} from '@aws-sdk/client-eks';
import { isMinor } from '../../domain/minor.ts';
import type { InsightFacts, InsightsFacts } from '../../domain/readiness-facts.ts';
import { orAbsent } from './errors.ts';

const PAGES_MAX = 5;
const PASSING = 'PASSING';

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

/** All insights; what does not pass is looked at closer, for its evidence. */
export async function readInsights(client: EKSClient, clusterName: string): Promise<InsightFacts[]> {
  const summaries: InsightSummary[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListInsightsCommand({ clusterName, ...(nextToken === undefined ? {} : { nextToken }) }));
    summaries.push(...(answer.insights ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  const found: InsightFacts[] = [];
  for (const summary of summaries) {
    const closer = summary.insightStatus?.status === PASSING ? undefined : (await client.send(new DescribeInsightCommand({ clusterName, id: summary.id ?? '' }))).insight;
    found.push(insightFacts(summary, closer));
  }
  return found;
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
