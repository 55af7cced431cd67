import type { Category, InsightStatusValue } from '@aws-sdk/client-eks';
import { compareMinors, minorOf, minorsBetween, nextMinor } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { addonVersionsFor } from './addon-catalogue.ts';
import { DAYS_OF_AUDIT, minorsWithRemovals, usageOfRemoved } from './api-usage.ts';
import { versionEntry } from './catalogue.ts';
import { clusterIssues } from './health.ts';
import type { Place } from './place.ts';
import type { ClusterDoc, InsightDoc } from './state.ts';

/** How far a kubelet or kube-proxy may be behind the control plane. Source: EKS user guide, cluster insights; Kubernetes version skew policy. */
const SKEW_MAX_MINORS = 3;

export interface Judgement {
  readonly category: Category;
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
export function judgeUpgrade(place: Place, cluster: ClusterDoc): Judgement[] {
  const next = nextMinor(cluster.version);
  return [kubeletSkew(place, cluster, next), kubeProxySkew(place, cluster, next), clusterHealth(place, cluster, next), addonCompatibility(place, cluster, next), ...removedApis(place, cluster, next)];
}

/** ERROR: the next minor is out of reach. WARNING: the one after it. */
function skewStatus(version: Minor | undefined, next: Minor): InsightStatusValue {
  if (version === undefined) return 'UNKNOWN';
  const behind = minorsBetween(version, next) ?? 0;
  return behind > SKEW_MAX_MINORS ? 'ERROR' : behind === SKEW_MAX_MINORS ? 'WARNING' : 'PASSING';
}

export function worst(statuses: readonly InsightStatusValue[]): InsightStatusValue {
  return (['ERROR', 'WARNING', 'UNKNOWN'] as const).find((status) => statuses.includes(status)) ?? 'PASSING';
}

function kubeletSkew(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const nodes = place.nodegroups.list(`${cluster.name}/`).flatMap((nodegroup) => nodegroup.nodes.filter((node) => node.ready));
  const others = (place.workloads.get(cluster.name)?.nodes ?? []).map(({ name, version }) => ({ id: name, kubelet: version }));
  const resources = [...nodes, ...(cluster.autoNodes ?? []), ...others]
    .map((node) => ({ status: skewStatus(node.kubelet, next), reason: `Node ${node.id} runs kubelet ${node.kubelet}.`, uri: `/api/v1/nodes/${node.id}` }))
    .filter((resource) => resource.status !== 'PASSING');
  const status = worst(resources.map((resource) => resource.status));
  return {
    category: 'UPGRADE_READINESS',
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
    category: 'UPGRADE_READINESS',
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

function clusterHealth(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const issues = clusterIssues(place, cluster);
  const ill = issues.length > 0;
  return {
    category: 'UPGRADE_READINESS',
    kind: 'cluster-health',
    name: 'Cluster health issues',
    kubernetesVersion: next,
    description: 'Checks for any cluster health issues that prevent successful upgrade to the next Kubernetes version on EKS.',
    recommendation: 'Review and resolve the health issues of the cluster.',
    status: ill ? 'ERROR' : 'PASSING',
    reason: ill ? issues.map((issue) => issue.message).join(' ') : 'No cluster health issues detected.',
    resources: [],
  };
}

function addonCompatibility(place: Place, cluster: ClusterDoc, next: Minor): Judgement {
  const known = versionEntry(next) !== undefined;
  const stuck = place.addons
    .list(`${cluster.name}/`)
    .filter((addon) => known && !addonVersionsFor(place, addon.addonName, next).some((version) => version.version === addon.addonVersion));
  return {
    category: 'UPGRADE_READINESS',
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
    addons: stuck.map((addon) => ({ name: addon.addonName, compatibleVersions: addonVersionsFor(place, addon.addonName, next).map((version) => version.version) })),
  };
}

/** One insight for each minor ahead that stops serving APIs: ERROR when it is the next, WARNING further ahead. */
function removedApis(place: Place, cluster: ClusterDoc, next: Minor): Judgement[] {
  const ahead = minorsWithRemovals(place, cluster.name).filter((minor) => compareMinors(minor, cluster.version) > 0);
  return ahead.map((minor) => {
    const apis = usageOfRemoved(place, cluster.name, minor);
    const used = apis.filter((api) => api.clients.length > 0);
    const status = used.length === 0 ? 'PASSING' : minor === next ? 'ERROR' : 'WARNING';
    return {
      category: 'UPGRADE_READINESS',
      kind: `removed-apis-${minor}`,
      name: `Deprecated APIs removed in Kubernetes v${minor}`,
      kubernetesVersion: minor,
      description: `Checks for usage of deprecated APIs that are scheduled for removal in Kubernetes v${minor}. Upgrading your cluster before migrating to the updated APIs supported by v${minor} could cause application impact.`,
      recommendation: `Update manifests and API clients to use newer Kubernetes APIs if applicable before upgrading to Kubernetes v${minor}.`,
      status,
      reason:
        status === 'PASSING'
          ? `No deprecated API usage detected within the last ${DAYS_OF_AUDIT} days.`
          : `Deprecated API usage detected within last ${DAYS_OF_AUDIT} days and your cluster is on Kubernetes v${cluster.version}.`,
      resources: [],
      removedApis: apis,
    };
  });
}
