import type { UpdateClusterVersionRequest, UpdateClusterVersionResponse } from '@aws-sdk/client-eks';
import { isMinor, minorsBetween } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { beginWithNodes } from './auto-rollback.ts';
import { offeredVersion, platformVersion, standingOf, versionEntry } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { begin, requireFree, scripted } from './cluster-updates.ts';
import type { Change } from './cluster-updates.ts';
import { invalidParameter, invalidRequest, invalidState } from './errors.ts';
import { clusterIssues } from './health.ts';
import { look } from './insights.ts';
import { ADDRESSES } from './limits.ts';
import type { Place } from './place.ts';
import { ROLLBACK_DAYS, rollbackBlockers, rollbackTarget } from './rollback-checks.ts';
import type { ClusterDoc, ScriptedFailure } from './state.ts';
import { once } from './tokens.ts';
import { paramsOf, updateAnswer } from './updates.ts';

/** How many minors a kubelet may be behind its control plane. Source: EKS best practices; Kubernetes version skew policy. */
const SKEW_MAX_MINORS = 3;
const SKEW_MAX_MINORS_TO_1_24 = 2;
/** How long an Auto Mode cluster's nodes may take to go back. Source: the service's model, RollbackConfig. */
const TIMEOUT_MINUTES = { least: 120, most: 10_080, standard: 720 };

/** Moves the control plane by one minor: up, or, within seven days of the upgrade, back down. */
export function updateClusterVersion(input: UpdateClusterVersionRequest, place: Place, insightsEnforced: boolean): UpdateClusterVersionResponse {
  const { updateId } = once(place, 'UpdateClusterVersion', input, () => {
    const cluster = clusterOf(place, input.name ?? '');
    const asked = input.version ?? '';
    if (!isMinor(asked) || versionEntry(asked) === undefined) throw invalidParameter('unsupported Kubernetes version', { clusterName: cluster.name });
    const hops = minorsBetween(cluster.version, asked);
    if (hops === -1) return { updateId: rollBack(place, cluster, asked, input) };
    if (hops !== 1) throw invalidParameter(`Unsupported Kubernetes minor version update from ${cluster.version} to ${asked}`, { clusterName: cluster.name });
    return { updateId: upgrade(place, cluster, asked, input, insightsEnforced) };
  });
  return updateAnswer(place, input.name ?? '', updateId);
}

function upgrade(place: Place, cluster: ClusterDoc, version: Minor, input: UpdateClusterVersionRequest, insightsEnforced: boolean): string {
  if (offeredVersion(version, place.now) === undefined) throw invalidParameter('unsupported Kubernetes version', { clusterName: cluster.name });
  requireFree(place, cluster, 'VersionUpdate');
  requireSkew(place, cluster, version);
  requireAddresses(place, cluster);
  if (insightsEnforced && input.force !== true && cluster.insights.some((insight) => insight.category === 'UPGRADE_READINESS' && insight.status === 'ERROR'))
    throw invalidState(
      'Upgrade readiness issues detected. Call the EKS ListInsights API to view upgrade blocking issues detected by EKS. Pass the force flag to override upgrade readiness errors and proceed with upgrade.',
      { clusterName: cluster.name },
    );
  return begin(place, cluster, moveTo(version, 'VersionUpdate', place), 'clusterVersionUpdate', failureOf(place, cluster, input));
}

/**
 * Rolls the control plane back to the minor before. The prerequisites hold with `force` too; `force` passes over the insights only, of which ERROR and
 * UNKNOWN refuse. Source: EKS user guide, rollback-cluster. The texts of its refusals are not published.
 */
function rollBack(place: Place, cluster: ClusterDoc, version: Minor, input: UpdateClusterVersionRequest): string {
  const about = { clusterName: cluster.name };
  requireFree(place, cluster, 'VersionRollback');
  requireWayBack(place, cluster, version);
  const timeoutMinutes = requireTimeout(input, cluster.name);
  requireAddresses(place, cluster);
  const forced = input.force === true;
  if (!forced && rollbackBlockers(cluster).length > 0)
    throw invalidState(
      'Rollback readiness issues detected. Call the EKS ListInsights API to view rollback blocking issues detected by EKS. Pass the force flag to override rollback readiness errors and proceed with rollback.',
      about,
    );
  const change = moveTo(version, 'VersionRollback', place);
  const failure = failureOf(place, cluster, input);
  if (cluster.autoMode?.enabled === true) return beginWithNodes(place, cluster, change, { timeoutMinutes, forced, failure });
  return begin(place, cluster, change, 'clusterVersionUpdate', failure);
}

/** EKS looks at the cluster afresh when a rollback is asked for; what it saw stays seen when it then refuses. Source: EKS user guide, rollback-cluster. */
export function lookBeforeRollback(input: Partial<UpdateClusterVersionRequest>, place: Place): void {
  const cluster = place.clusters.get(input.name ?? '');
  if (cluster !== undefined && input.force !== true && rollbackTarget(cluster, place.now) === input.version) look(place, cluster);
}

function requireWayBack(place: Place, cluster: ClusterDoc, version: Minor): void {
  const about = { clusterName: cluster.name };
  const { name, upgradedAt } = cluster;
  if (upgradedAt === undefined) throw invalidRequest(`Cluster ${name} cannot be rolled back to ${version} because it was not upgraded to version ${cluster.version} from it.`, about);
  if (rollbackTarget(cluster, place.now) !== version)
    throw invalidRequest(`Cluster ${name} cannot be rolled back to ${version} because more than ${ROLLBACK_DAYS} days have passed since its upgrade to ${cluster.version}.`, about);
  const entry = offeredVersion(version, place.now);
  if (entry === undefined) throw invalidParameter('unsupported Kubernetes version', about);
  if (standingOf(entry, place.now) === 'EXTENDED_SUPPORT' && cluster.supportType !== 'EXTENDED')
    throw invalidRequest(`Cluster ${name} cannot be rolled back to ${version}, which is in extended support. Change the upgrade policy of the cluster to EXTENDED first.`, about);
}

function requireTimeout(input: UpdateClusterVersionRequest, clusterName: string): number {
  const minutes = input.rollbackConfig?.timeoutMinutes ?? TIMEOUT_MINUTES.standard;
  const { least, most } = TIMEOUT_MINUTES;
  if (!Number.isInteger(minutes) || minutes < least || minutes > most) throw invalidParameter(`rollbackConfig.timeoutMinutes must be between ${least} and ${most}`, { clusterName });
  return minutes;
}

/** The platform version is the newest that the other minor has, in both directions. */
export function moveTo(version: Minor, type: 'VersionUpdate' | 'VersionRollback', place: Place): Change {
  const platform = platformVersion(version, place.now);
  return { type, params: paramsOf({ Version: version, PlatformVersion: platform }), change: { version, platformVersion: platform } };
}

/** What the rest of the account makes fail, or else what is scripted. */
function failureOf(place: Place, cluster: ClusterDoc, input: UpdateClusterVersionRequest): ScriptedFailure | undefined {
  return failureOfAccount(place, cluster) ?? scripted(place, 'eks:UpdateClusterVersion', input);
}

/** The role must be there, and must be able to use the key. Source: EKS best practices, cluster upgrades. */
export function failureOfAccount(place: Place, cluster: ClusterDoc): ScriptedFailure | undefined {
  const issues = clusterIssues(place, cluster);
  if (issues.some(({ code }) => code === 'IamRoleNotFound'))
    return { code: 'AccessDenied', message: `The cluster role ${cluster.roleArn} cannot be assumed.`, resourceIds: [cluster.roleArn] };
  const key = issues.find(({ code }) => code.startsWith('Kms'));
  return key === undefined ? undefined : { code: 'OperationNotPermitted', message: key.message, resourceIds: key.resourceIds };
}

function requireSkew(place: Place, cluster: ClusterDoc, version: Minor): void {
  for (const nodegroup of place.nodegroups.list(`${cluster.name}/`)) {
    for (const kubelet of [nodegroup.version, ...nodegroup.nodes.map((node) => node.kubelet)]) {
      const behind = minorsBetween(kubelet, version) ?? 0;
      const most = (minorsBetween('1.24', kubelet) ?? 1) <= 0 ? SKEW_MAX_MINORS_TO_1_24 : SKEW_MAX_MINORS;
      if (behind > most)
        throw invalidRequest(`Nodegroups ${nodegroup.nodegroupName} must be updated to match cluster version ${cluster.version} before updating cluster version`, {
          clusterName: cluster.name,
          nodegroupName: nodegroup.nodegroupName,
        });
    }
  }
}

export function requireAddresses(place: Place, cluster: ClusterDoc): void {
  const about = { clusterName: cluster.name };
  const subnets = cluster.subnetIds.map((subnetId) => place.around.ec2.subnet(place.accountId, place.region, subnetId));
  const missing = cluster.subnetIds.find((_, index) => subnets[index] === undefined);
  if (missing !== undefined) throw invalidRequest(`The subnet ID '${missing}' does not exist`, about);
  const free = subnets.reduce((sum, subnet) => sum + (subnet?.availableIpAddressCount ?? 0), 0);
  if (free < ADDRESSES.freeToUpgrade)
    throw invalidRequest(`Provided subnets ${cluster.subnetIds.join(', ')} Free IPs: ${free} , need at least ${ADDRESSES.freeToUpgrade} IPs to be free for this operation`, about);
}
