import type { EKSClient } from '@aws-sdk/client-eks';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { ReadinessFacts } from '../../domain/readiness-facts.ts';
import { readInsights, readInsightsRefresh } from '../eks/insights.ts';
import { FARGATE_ACTIONS, readFargateProfiles } from './fargate-profiles.ts';
import { looked } from './look.ts';

/** What the readiness checks judge. Each look fails by itself: what could not be seen is told as unknown, with its reason. */
export async function readReadiness(accountId: string, eks: EKSClient, facts: ClusterFacts, now: string): Promise<ReadinessFacts> {
  const { name } = facts.cluster;
  return {
    observedAt: now,
    insights: await looked(accountId, ['eks:ListInsights', 'eks:DescribeInsight', 'eks:DescribeInsightsRefresh'], async () => ({ refresh: await readInsightsRefresh(eks, name), insights: await readInsights(eks, name) })),
    roles: NOT_YET,
    kmsKey: NOT_YET,
    quotas: NOT_YET,
    launchTemplates: NOT_YET,
    selfManagedGroups: NOT_YET,
    fargateProfiles: await looked(accountId, FARGATE_ACTIONS, () => readFargateProfiles(eks, name, undefined)),
    pooledNodes: NOT_YET,
    hybridNodes: facts.cluster.hybridNodes ?? false,
    kubeProxyMode: NOT_YET,
  };
}

const NOT_YET = { kind: 'unknown', because: 'Slipway does not look at it yet.' } as const;
