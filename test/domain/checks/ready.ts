import type { Minor } from '../../../domain/minor.ts';
import type { InsightFacts, Looked, ReadinessFacts } from '../../../domain/readiness-facts.ts';
import { NOW } from '../worlds.ts';

/** What the readiness checks judge, healthy for a cluster that is to leave `1.33`; a case spoils one part of it. */
export const EARLIER_TODAY = '2026-09-01T09:30:00.000Z';

export const seen = <T>(value: T): Looked<T> => ({ kind: 'seen', value });
export const unseen = { kind: 'unknown', because: 'AccessDeniedException: not authorized.' } as const;

export function insight(more: Partial<InsightFacts> = {}): InsightFacts {
  return {
    id: 'i-1',
    name: 'Cluster health issues',
    category: 'UPGRADE_READINESS',
    kubernetesVersion: '1.34',
    status: 'PASSING',
    reason: 'No cluster health issues detected.',
    lastRefreshTime: EARLIER_TODAY,
    lastTransitionTime: EARLIER_TODAY,
    deprecations: [],
    addons: [],
    resources: [],
    ...more,
  };
}

/** An insight for each minor that is named, then those given. */
export function insights(found: readonly InsightFacts[] = [], minors: readonly Minor[] = ['1.34']): ReadinessFacts['insights'] {
  return seen({ refresh: { status: 'COMPLETED', startedAt: EARLIER_TODAY, endedAt: EARLIER_TODAY }, insights: [...minors.map((kubernetesVersion) => insight({ id: `i-${kubernetesVersion}`, kubernetesVersion })), ...found] });
}

export function ready(more: Partial<ReadinessFacts> = {}): ReadinessFacts {
  return {
    observedAt: NOW,
    insights: insights(),
    roles: seen([]),
    kmsKey: seen('none'),
    quotas: seen([]),
    launchTemplates: seen([]),
    selfManagedGroups: seen([]),
    fargateProfiles: seen([]),
    pooledNodes: seen([]),
    hybridNodes: false,
    kubeProxyMode: seen('iptables'),
    ...more,
  };
}

export const DEPRECATED = insight({
  id: 'i-apis',
  name: 'Deprecated APIs removed in Kubernetes v1.34',
  status: 'ERROR',
  reason: 'Deprecated API usage detected within last 30 days and your cluster is on Kubernetes v1.33.',
  recommendation: 'Update manifests and API clients to use newer Kubernetes APIs.',
  deprecations: [
    {
      usage: '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas',
      replacedWith: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
      stopServingVersion: '1.34',
      clients: [
        { userAgent: 'old-operator/v0.3', requestsLast30Days: 412, lastRequestTime: '2026-08-20T10:00:00.000Z' },
        { userAgent: 'kubectl/v1.20', requestsLast30Days: 1, lastRequestTime: '2026-08-11T08:00:00.000Z' },
      ],
    },
  ],
});
