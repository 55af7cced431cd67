import { compareMinors, minorOf, previousMinor } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { addonVersionsFor } from './addon-catalogue.ts';
import { usageOfNew } from './api-usage.ts';
import { clusterIssues } from './health.ts';
import type { Place } from './place.ts';
import type { ClusterDoc, InsightDoc } from './state.ts';
import { updateDoc } from './updates.ts';
import { worst } from './upgrade-checks.ts';
import type { Judgement } from './upgrade-checks.ts';

// What EKS looks at before a control plane goes back by one minor: API usage, cluster health, kubelet and kube-proxy skew, add-on versions.
// Sources: EKS user guide, rollback-cluster for the checks, view-cluster-insights for the names of three of them; that of kube-proxy follows theirs.

const DAY_MS = 86_400_000;
/** How long after an upgrade has ended a control plane may be rolled back. Source: EKS user guide, rollback-cluster. */
export const ROLLBACK_DAYS = 7;

/** The minor that the control plane may go back to at `now`, or undefined: never upgraded in place, or longer ago than the window. */
export function rollbackTarget(cluster: ClusterDoc, now: number): Minor | undefined {
  const open = cluster.upgradedAt !== undefined && now - cluster.upgradedAt <= ROLLBACK_DAYS * DAY_MS;
  return open ? previousMinor(cluster.version) : undefined;
}

/** The insights, as they were seen last, that refuse a rollback without force. Source: EKS user guide, rollback-cluster, of mid-2026. */
export function rollbackBlockers(cluster: ClusterDoc): InsightDoc[] {
  return cluster.insights.filter((insight) => insight.category === 'ROLLBACK_READINESS' && ['ERROR', 'UNKNOWN'].includes(insight.status));
}

/** What EKS would find now for the minor behind the cluster; nothing when it cannot go back. */
export function judgeRollback(place: Place, cluster: ClusterDoc): Judgement[] {
  const target = rollbackTarget(cluster, place.now);
  if (target === undefined) return [];
  return [
    apiUsage(place, cluster, target),
    kubeletSkew(place, cluster, target),
    kubeProxySkew(place, cluster, target),
    clusterHealth(place, cluster, target),
    addonCompatibility(place, cluster, target),
    ...(cluster.autoMode?.enabled === true ? disruptionControls(place, cluster, target) : []),
  ];
}

function apiUsage(place: Place, cluster: ClusterDoc, target: Minor): Judgement {
  const used = usageOfNew(place, cluster.name, cluster.version);
  const reason = used.length === 0 ? 'No incompatible API usage detected.' : 'Incompatible API usage detected.';
  return {
    category: 'ROLLBACK_READINESS',
    kind: 'api-usage',
    name: 'Incompatible API usage',
    kubernetesVersion: target,
    description:
      'Checks for usage of APIs that are not compatible with the previous Kubernetes version. Rolling back your cluster before removing incompatible API usage could cause data loss or application impact.',
    recommendation: 'Remove usage of the incompatible API from the resources where the usage is detected.',
    status: used.length === 0 ? 'PASSING' : 'ERROR',
    reason,
    resources: used.map(({ api }) => ({ status: 'ERROR', reason, uri: api })),
  };
}

function kubeletSkew(place: Place, cluster: ClusterDoc, target: Minor): Judgement {
  const newer = kubelets(place, cluster).filter(({ version }) => compareMinors(version, target) > 0);
  const resources = newer.map(({ name, version, uri }) => ({ status: 'ERROR' as const, reason: `${name} runs kubelet ${version}, which is newer than ${target}.`, uri }));
  const status = worst(resources.map((resource) => resource.status));
  return {
    category: 'ROLLBACK_READINESS',
    kind: 'kubelet-skew',
    name: 'Kubelet version rollback compatibility',
    kubernetesVersion: target,
    description: 'Checks for kubelet versions of worker nodes in the cluster to see if rollback would cause non compliance with supported Kubernetes kubelet version skew policy.',
    recommendation: 'Roll back your worker nodes to the previous Kubernetes version before you roll back the control plane.',
    status,
    reason: status === 'PASSING' ? 'Node kubelet versions are not newer than the previous Kubernetes version.' : 'At least one node kubelet version matches the cluster control plane version.',
    resources,
  };
}

/** Every node, and every node group: one that has no nodes yet, or is being rolled, brings nodes of its own version. */
function kubelets(place: Place, cluster: ClusterDoc): { readonly name: string; readonly version: Minor; readonly uri: string }[] {
  const others = (place.workloads.get(cluster.name)?.nodes ?? []).map(({ name, version }) => ({ name: `Node ${name}`, version, uri: `/api/v1/nodes/${name}` }));
  const managed = place.nodegroups.list(`${cluster.name}/`).flatMap((nodegroup) => {
    const coming = updateDoc(place, cluster.name, nodegroup.update);
    const versions = [nodegroup.version, ...(coming?.status === 'InProgress' ? [coming.change.nodegroup?.version ?? nodegroup.version] : [])];
    return [
      ...nodegroup.nodes.map((node) => ({ name: `Node ${node.id}`, version: node.kubelet, uri: `/api/v1/nodes/${node.id}` })),
      ...versions.map((version) => ({ name: `Node group ${nodegroup.nodegroupName}`, version, uri: nodegroup.arn })),
    ];
  });
  return [...managed, ...others];
}

function kubeProxySkew(place: Place, cluster: ClusterDoc, target: Minor): Judgement {
  const addon = place.addons.get(`${cluster.name}/kube-proxy`);
  const version = addon === undefined ? undefined : minorOf(addon.addonVersion);
  const newer = addon !== undefined && version !== undefined && compareMinors(version, target) > 0;
  return {
    category: 'ROLLBACK_READINESS',
    kind: 'kube-proxy-skew',
    name: 'kube-proxy version rollback compatibility',
    kubernetesVersion: target,
    description: 'Checks version of kube-proxy in cluster to see if rollback would cause non compliance with supported Kubernetes kube-proxy version skew policy.',
    recommendation: 'Roll back kube-proxy to the previous Kubernetes version before you roll back the control plane.',
    status: newer ? 'ERROR' : 'PASSING',
    reason: newer ? 'kube-proxy is newer than the previous Kubernetes version.' : 'kube-proxy is not newer than the previous Kubernetes version.',
    resources: newer ? [{ status: 'ERROR', reason: `kube-proxy has version ${addon.addonVersion}.`, arn: addon.arn }] : [],
  };
}

function clusterHealth(place: Place, cluster: ClusterDoc, target: Minor): Judgement {
  const issues = clusterIssues(place, cluster);
  const ill = issues.length > 0;
  return {
    category: 'ROLLBACK_READINESS',
    kind: 'cluster-health',
    name: 'Cluster health issues',
    kubernetesVersion: target,
    description: 'Checks for any cluster health issues that prevent successful rollback to the previous Kubernetes version on EKS.',
    recommendation: 'Review and resolve the health issues of the cluster.',
    status: ill ? 'ERROR' : 'PASSING',
    reason: ill ? issues.map((issue) => issue.message).join(' ') : 'No cluster health issues detected.',
    resources: [],
  };
}

/** Only the add-ons that EKS manages; the self-managed are their owner's to check. */
function addonCompatibility(place: Place, cluster: ClusterDoc, target: Minor): Judgement {
  const listed = (addonName: string): string[] => addonVersionsFor(place, addonName, target).map((version) => version.version);
  const stuck = place.addons.list(`${cluster.name}/`).filter((addon) => !listed(addon.addonName).includes(addon.addonVersion));
  return {
    category: 'ROLLBACK_READINESS',
    kind: 'addon-compatibility',
    name: 'EKS add-on version rollback compatibility',
    kubernetesVersion: target,
    description: 'Checks version of installed EKS add-ons to ensure they are compatible with the previous version of Kubernetes.',
    recommendation: 'Downgrade your EKS add-ons to a version that is compatible with the previous version of Kubernetes.',
    status: stuck.length > 0 ? 'ERROR' : 'PASSING',
    reason:
      stuck.length > 0
        ? 'One or more EKS add-on versions are incompatible with previous Kubernetes version.'
        : 'All installed EKS add-on versions are compatible with previous Kubernetes version.',
    resources: stuck.map((addon) => ({ status: 'ERROR', reason: `Add-on version ${addon.addonVersion} is incompatible with Kubernetes ${target}.`, arn: addon.arn })),
    addons: stuck.map((addon) => ({ name: addon.addonName, compatibleVersions: listed(addon.addonName) })),
  };
}

/** What keeps Auto Mode's nodes from going back: for good, an ERROR; for a while, a WARNING. EKS does not publish the names. Source: EKS user guide, rollback-automode. */
function disruptionControls(place: Place, cluster: ClusterDoc, target: Minor): Judgement[] {
  const { budget, doNotDisrupt, podsHeld } = place.workloads.get(cluster.name)?.autoMode ?? {};
  const controls: readonly (readonly [string, Judgement['status'], string])[] = [
    ['NodePool disruption budgets', budget === 0 ? 'ERROR' : 'PASSING', 'A NodePool disruption budget blocks the rollback of nodes.'],
    ['Do-not-disrupt annotations', doNotDisrupt === 'node' ? 'ERROR' : doNotDisrupt === 'pod' ? 'WARNING' : 'PASSING', `A ${doNotDisrupt} has the annotation karpenter.sh/do-not-disrupt.`],
    ['PodDisruptionBudget configurations', podsHeld === true ? 'WARNING' : 'PASSING', 'A PodDisruptionBudget has maxUnavailable 0.'],
  ];
  return controls.map(([name, status, reason]) => ({
    category: 'ROLLBACK_READINESS',
    kind: `auto-mode-${name}`,
    name,
    kubernetesVersion: target,
    description: `Checks the disruption controls that a rollback of EKS Auto Mode nodes honors: ${name}.`,
    recommendation: 'Adjust the disruption controls before or while the nodes are rolled back.',
    status,
    reason: status === 'PASSING' ? 'No disruption control holds the rollback of nodes up.' : reason,
    resources: [],
  }));
}
