import type {
  DescribeInsightRequest,
  DescribeInsightResponse,
  DescribeInsightsRefreshRequest,
  DescribeInsightsRefreshResponse,
  InsightStatusValue,
  InsightSummary,
  ListInsightsRequest,
  ListInsightsResponse,
  StartInsightsRefreshRequest,
  StartInsightsRefreshResponse,
} from '@aws-sdk/client-eks';
import { compareMinors, minorOf, minorsBetween, nextMinor } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { addonVersionsFor, apisRemovedIn, minorsThatRemoveApis, versionEntry } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { notFound } from './errors.ts';
import { longest } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, InsightDoc } from './state.ts';

/** How far a kubelet or kube-proxy may be behind the control plane. Source: EKS user guide, cluster insights; Kubernetes version skew policy. */
const SKEW_MAX_MINORS = 3;
const DAYS_OF_AUDIT = 30;

interface Judgement {
  readonly kind: string;
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly description: string;
  readonly recommendation: string;
  readonly status: InsightStatusValue;
  readonly reason: string;
  readonly resources: InsightDoc['resources'];
  readonly addons?: NonNullable<InsightDoc['addons']>;
  readonly removedApis?: NonNullable<InsightDoc['removedApis']>;
}

/** What EKS would find when it looks at the cluster now, for the minors ahead of it. */
function judge(place: Place, cluster: ClusterDoc): Judgement[] {
  const next = nextMinor(cluster.version);
  return [kubeletSkew(place, cluster, next), kubeProxySkew(place, cluster, next), clusterHealth(cluster, next), addonCompatibility(place, cluster, next), ...removedApis(cluster)];
}

/** ERROR: the next minor is out of reach. WARNING: the one after it. */
function skewStatus(version: Minor | undefined, next: Minor): InsightStatusValue {
  if (version === undefined) return 'UNKNOWN';
  const behind = minorsBetween(version, next) ?? 0;
  return behind > SKEW_MAX_MINORS ? 'ERROR' : behind === SKEW_MAX_MINORS ? 'WARNING' : 'PASSING';
}

function worst(statuses: readonly InsightStatusValue[]): InsightStatusValue {
  return (['ERROR', 'WARNING', 'UNKNOWN'] as const).find((status) => statuses.includes(status)) ?? 'PASSING';
}

function kubeletSkew(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const nodes = place.nodegroups.list(`${cluster.name}/`).flatMap((nodegroup) => nodegroup.nodes.filter((node) => node.ready));
  const resources = nodes
    .map((node) => ({ status: skewStatus(node.kubelet, next), reason: `Node ${node.id} runs kubelet ${node.kubelet}.`, uri: `/api/v1/nodes/${node.id}` }))
    .filter((resource) => resource.status !== 'PASSING');
  const status = worst(resources.map((resource) => resource.status));
  return {
    kind: 'kubelet-skew',
    name: 'Kubelet version skew',
    kubernetesVersion: next,
    description: 'Checks for kubelet versions of worker nodes in the cluster to see if upgrade would cause non compliance with supported Kubernetes kubelet version skew policy.',
    recommendation: 'Upgrade your worker nodes to match the Kubernetes version of the control plane.',
    status,
    reason: status === 'PASSING' ? 'Node kubelet versions match the cluster control plane version.' : 'Node kubelet versions are behind the cluster control plane version.',
    resources,
  };
}

function kubeProxySkew(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const addon = place.addons.get(`${cluster.name}/kube-proxy`);
  const status = addon === undefined ? 'PASSING' : skewStatus(minorOf(addon.addonVersion), next);
  return {
    kind: 'kube-proxy-skew',
    name: 'kube-proxy version skew',
    kubernetesVersion: next,
    description: 'Checks version of kube-proxy in cluster to see if upgrade would cause non compliance with supported Kubernetes kube-proxy version skew policy.',
    recommendation: 'Upgrade kube-proxy to match the Kubernetes version of the control plane.',
    status,
    reason: status === 'PASSING' ? 'kube-proxy versions match the cluster control plane version.' : 'kube-proxy is behind the cluster control plane version.',
    resources: addon === undefined || status === 'PASSING' ? [] : [{ status, reason: `kube-proxy has version ${addon.addonVersion}.`, arn: addon.arn }],
  };
}

function clusterHealth(cluster: ClusterDoc, next: Minor): Judgement {
  const ill = cluster.healthIssues.length > 0;
  return {
    kind: 'cluster-health',
    name: 'Cluster health issues',
    kubernetesVersion: next,
    description: 'Checks for any cluster health issues that prevent successful upgrade to the next Kubernetes version on EKS.',
    recommendation: 'Review and resolve the health issues of the cluster.',
    status: ill ? 'ERROR' : 'PASSING',
    reason: ill ? cluster.healthIssues.map((issue) => issue.message).join(' ') : 'No cluster health issues detected.',
    resources: [],
  };
}

function addonCompatibility(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const known = versionEntry(next) !== undefined;
  const stuck = place.addons
    .list(`${cluster.name}/`)
    .filter((addon) => known && !addonVersionsFor(addon.addonName, next).some((version) => version.version === addon.addonVersion));
  return {
    kind: 'addon-compatibility',
    name: 'EKS add-on version compatibility',
    kubernetesVersion: next,
    description: 'Checks version of installed EKS add-ons to ensure they are compatible with the next version of Kubernetes.',
    recommendation: 'Upgrade your EKS add-ons to a version that is compatible with the next version of Kubernetes.',
    status: stuck.length > 0 ? 'ERROR' : 'PASSING',
    reason:
      stuck.length > 0
        ? 'One or more EKS add-on versions are incompatible with the next Kubernetes version.'
        : 'All installed EKS add-on versions are compatible with next Kubernetes version.',
    resources: stuck.map((addon) => ({ status: 'ERROR', reason: `Add-on version ${addon.addonVersion} is incompatible with Kubernetes ${next}.`, arn: addon.arn })),
    addons: stuck.map((addon) => ({ name: addon.addonName, compatibleVersions: addonVersionsFor(addon.addonName, next).map((version) => version.version) })),
  };
}

/** Nobody calls the simulated control plane, so no use of a removed API is ever found. */
function removedApis(cluster: ClusterDoc): Judgement[] {
  const ahead = minorsThatRemoveApis().filter((minor) => compareMinors(minor, cluster.version) > 0);
  return ahead.map((minor) => ({
    kind: `removed-apis-${minor}`,
    name: `Deprecated APIs removed in Kubernetes v${minor}`,
    kubernetesVersion: minor,
    description: `Checks for usage of deprecated APIs that are scheduled for removal in Kubernetes v${minor}. Upgrading your cluster before migrating to the updated APIs supported by v${minor} could cause application impact.`,
    recommendation: `Update manifests and API clients to use newer Kubernetes APIs if applicable before upgrading to Kubernetes v${minor}.`,
    status: 'PASSING',
    reason: `No deprecated API usage detected within the last ${DAYS_OF_AUDIT} days.`,
    resources: [],
    removedApis: apisRemovedIn(minor),
  }));
}

/** The insights after a look, or before the first one: UNKNOWN. An insight keeps its id as long as it is about the same thing. */
export function insightsAfter(place: Place, cluster: ClusterDoc, looked: boolean): InsightDoc[] {
  return judge(place, cluster).map((judgement) => {
    const before = cluster.insights.find((insight) => insight.kind === judgement.kind && insight.kubernetesVersion === judgement.kubernetesVersion);
    const seen: Judgement = looked ? judgement : { ...judgement, status: 'UNKNOWN', reason: 'The insight has not been evaluated yet.', resources: [] };
    return { ...seen, id: before?.id ?? place.newUuid(), refreshedAt: place.now, changedAt: before?.status === seen.status ? before.changedAt : place.now };
  });
}

/** EKS looks again by itself once a day. */
function upToDate(place: Place, clusterName: string): ClusterDoc {
  const cluster = clusterOf(place, clusterName);
  if (cluster.insightsRefreshedAt === undefined || place.now - cluster.insightsRefreshedAt < longest('insightsStale')) return cluster;
  return look(place, cluster);
}

function look(place: Place, cluster: ClusterDoc): ClusterDoc {
  const after: ClusterDoc = { ...cluster, insights: insightsAfter(place, cluster, true), insightsRefreshedAt: place.now };
  place.clusters.put(cluster.name, after);
  return after;
}

export function listInsights(input: ListInsightsRequest, place: Place): ListInsightsResponse {
  const { insights } = upToDate(place, input.clusterName ?? '');
  const { categories, kubernetesVersions, statuses } = input.filter ?? {};
  const wanted = insights.filter(
    (insight) =>
      (categories === undefined || categories.length === 0 || categories.includes('UPGRADE_READINESS')) &&
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
    category: 'UPGRADE_READINESS',
    kubernetesVersion: insight.kubernetesVersion,
    lastRefreshTime: new Date(insight.refreshedAt),
    lastTransitionTime: new Date(insight.changedAt),
    description: insight.description,
    insightStatus: { status: insight.status, reason: insight.reason },
  };
}

export function describeInsight(input: DescribeInsightRequest, place: Place): DescribeInsightResponse {
  const insight = upToDate(place, input.clusterName ?? '').insights.find((other) => other.id === input.id);
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
        deprecationDetails: (insight.removedApis ?? []).map((api) => ({ ...api, stopServingVersion: insight.kubernetesVersion, clientStats: [] })),
        addonCompatibilityDetails: (insight.addons ?? []).map((addon) => ({ name: addon.name, compatibleVersions: [...addon.compatibleVersions] })),
      },
    },
  };
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
  return { message: 'Insights refresh completed successfully', status: 'COMPLETED', startedAt: new Date(refresh.startedAt), endedAt: new Date(refresh.endedAt) };
}

const judged: Apply = (place, { clusterName }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster === undefined) return;
  const refresh = cluster.insightsRefresh;
  const ended = refresh !== undefined && refresh.endedAt === undefined ? { ...refresh, endedAt: place.now } : refresh;
  look(place, { ...cluster, insightsRefresh: ended });
};

export const insightTransitions: Readonly<Record<string, Apply>> = { 'insights-judged': judged };
