import type {
  AssociateEncryptionConfigRequest,
  AssociateEncryptionConfigResponse,
  AuthenticationMode,
  UpdateClusterConfigRequest,
  UpdateClusterConfigResponse,
  UpdateParam,
  UpdateType,
} from '@aws-sdk/client-eks';
import { holdForControlPlane } from './addresses.ts';
import { autoModeAsked, drift } from './auto-mode.ts';
import { standingOf, versionEntry } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { logTypesAfter, requireEndpointAccess } from './clusters.ts';
import { inUse, invalidParameter, invalidRequest, notSimulated } from './errors.ts';
import type { Work } from './limits.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, ScriptedFailure } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, paramsOf, recordUpdate, scriptedError, updateAnswer, updateDoc } from './updates.ts';
import { requireClusterSubnets, requireKeys, requireSecurityGroups } from './validation.ts';

/** What a control-plane update makes true when it succeeds. */
export interface Change {
  readonly type: UpdateType;
  readonly params: UpdateParam[];
  readonly change: Partial<ClusterDoc>;
  readonly closesWayBack?: boolean;
}

export function scripted(place: Place, operation: string, input: unknown): ScriptedFailure | undefined {
  return place.around.faults?.takeFailUpdate(operation, place.accountId, place.region, input);
}

function isVersionMove(type: UpdateType): boolean {
  return type === 'VersionUpdate' || type === 'VersionRollback';
}

/** A control plane has one update at a time; a version update also waits until the cluster is ACTIVE again after the last. */
export function requireFree(place: Place, cluster: ClusterDoc, type: UpdateType): void {
  const about = { clusterName: cluster.name };
  const update = updateDoc(place, cluster.name, cluster.update);
  if (update !== undefined && (update.status === 'InProgress' || isVersionMove(type)))
    throw inUse(`Cannot ${type} because cluster ${cluster.name} currently has update ${update.id} in progress`, about);
  if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING') throw invalidRequest(`Cluster '${cluster.name}' is not in ACTIVE status`, about);
}

export function updateClusterConfig(input: UpdateClusterConfigRequest, place: Place): UpdateClusterConfigResponse {
  const { updateId } = once(place, 'UpdateClusterConfig', input, () => {
    const cluster = clusterOf(place, input.name ?? '');
    const changes = CONFIG_CHANGES.map((changeOf) => changeOf(input, cluster, place)).filter((change) => change !== undefined);
    const [change] = changes;
    if (change === undefined) throw invalidParameter('No changes needed for the specified cluster configuration.', { clusterName: cluster.name });
    if (changes.length > 1) throw invalidParameter('Only one type of update can be allowed.', { clusterName: cluster.name });
    requireFree(place, cluster, change.type);
    return { updateId: begin(place, cluster, change, 'clusterConfigUpdate', scripted(place, 'eks:UpdateClusterConfig', input)) };
  });
  return updateAnswer(place, input.name ?? '', updateId);
}

type ChangeOf = (input: UpdateClusterConfigRequest, cluster: ClusterDoc, place: Place) => Change | undefined;

const endpointAccess: ChangeOf = (input, cluster) => {
  const vpc = input.resourcesVpcConfig;
  if (vpc?.endpointPublicAccess === undefined && vpc?.endpointPrivateAccess === undefined && vpc?.publicAccessCidrs === undefined) return undefined;
  const after = requireEndpointAccess(vpc, cluster.name, cluster);
  const same =
    after.endpointPrivateAccess === cluster.endpointPrivateAccess &&
    after.endpointPublicAccess === cluster.endpointPublicAccess &&
    [...after.publicAccessCidrs].sort().join() === [...cluster.publicAccessCidrs].sort().join();
  if (same)
    throw invalidParameter(
      `Cluster is already at the desired configuration with endpointPrivateAccess: ${after.endpointPrivateAccess} , endpointPublicAccess: ${after.endpointPublicAccess}, and Public Endpoint Restrictions: [${after.publicAccessCidrs.join(', ')}]`,
      { clusterName: cluster.name },
    );
  return {
    type: 'EndpointAccessUpdate',
    params: paramsOf({ EndpointPublicAccess: after.endpointPublicAccess, EndpointPrivateAccess: after.endpointPrivateAccess, PublicAccessCidrs: after.publicAccessCidrs }),
    change: after,
  };
};

const vpcConfig: ChangeOf = (input, cluster, place) => {
  const vpc = input.resourcesVpcConfig;
  if (vpc?.controlPlaneEgressMode !== undefined) throw notSimulated('changing the control-plane egress mode');
  if (vpc?.subnetIds === undefined && vpc?.securityGroupIds === undefined) return undefined;
  const subnetIds = vpc.subnetIds ?? cluster.subnetIds;
  const securityGroupIds = vpc.securityGroupIds ?? cluster.securityGroupIds;
  const about = { clusterName: cluster.name };
  const subnets = requireClusterSubnets(place, subnetIds, about);
  if (subnets.some((subnet) => subnet.vpcId !== cluster.vpcId)) throw invalidParameter("Subnets specified must belong to the cluster's VPC", about);
  requireSecurityGroups(place, securityGroupIds, about);
  return { type: 'VpcConfigUpdate', params: paramsOf({ Subnets: vpc.subnetIds, SecurityGroups: vpc.securityGroupIds }), change: { subnetIds, securityGroupIds } };
};

const logging: ChangeOf = (input, cluster) => {
  if (input.logging === undefined) return undefined;
  const logTypes = logTypesAfter(cluster.logTypes, input.logging);
  if (logTypes.join() === [...cluster.logTypes].sort().join()) throw invalidParameter('No changes needed for the logging config provided', { clusterName: cluster.name });
  return { type: 'LoggingUpdate', params: paramsOf({ ClusterLogging: input.logging }), change: { logTypes } };
};

/** A cluster moves from CONFIG_MAP over both to API, and never back. */
const MODES: readonly AuthenticationMode[] = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

const accessConfig: ChangeOf = (input, cluster) => {
  const mode = input.accessConfig?.authenticationMode;
  if (mode === undefined) return undefined;
  const steps = MODES.indexOf(mode) - MODES.indexOf(cluster.authenticationMode);
  if (steps !== 1) throw invalidParameter(`Unsupported authentication mode update from ${cluster.authenticationMode} to ${mode}`, { clusterName: cluster.name });
  return { type: 'AccessConfigUpdate', params: paramsOf({ AuthenticationMode: mode }), change: { authenticationMode: mode } };
};

const upgradePolicy: ChangeOf = (input, cluster, place) => {
  const supportType = input.upgradePolicy?.supportType;
  if (supportType === undefined) return undefined;
  const entry = versionEntry(cluster.version);
  if (entry !== undefined && standingOf(entry, place.now) !== 'STANDARD_SUPPORT')
    throw invalidRequest('The upgrade policy can be changed only while the cluster runs a version in standard support.', { clusterName: cluster.name });
  return { type: 'UpgradePolicyUpdate', params: paramsOf({ UpgradePolicy: input.upgradePolicy }), change: { supportType } };
};

const zonalShift: ChangeOf = (input) =>
  input.zonalShiftConfig === undefined
    ? undefined
    : { type: 'ZonalShiftConfigUpdate', params: paramsOf({ ZonalShiftConfig: input.zonalShiftConfig }), change: { zonalShift: input.zonalShiftConfig.enabled ?? false } };

const autoMode: ChangeOf = (input, cluster, place) => {
  const asked = autoModeAsked(place, input, cluster);
  if (asked === undefined) return undefined;
  const before = cluster.autoMode?.nodeRoleArn;
  if (before !== undefined && asked.nodeRoleArn !== undefined && asked.nodeRoleArn !== before)
    throw invalidParameter('The nodeRoleArn of computeConfig cannot be changed after the compute capability is enabled.', { clusterName: cluster.name });
  return {
    type: 'AutoModeUpdate',
    params: paramsOf({ ComputeConfig: input.computeConfig, StorageConfig: input.storageConfig, KubernetesNetworkConfig: input.kubernetesNetworkConfig }),
    change: { autoMode: asked, network: { ...cluster.network, elasticLoadBalancing: { enabled: asked.enabled } } },
  };
};

const remoteNetwork: ChangeOf = (input) =>
  input.remoteNetworkConfig === undefined
    ? undefined
    : { type: 'RemoteNetworkConfigUpdate', params: paramsOf({ RemoteNetworkConfig: input.remoteNetworkConfig }), change: { remoteNetworkConfig: input.remoteNetworkConfig } };

const deletionProtection: ChangeOf = (input) =>
  input.deletionProtection === undefined
    ? undefined
    : { type: 'DeletionProtectionUpdate', params: paramsOf({ DeletionProtection: input.deletionProtection }), change: { deletionProtection: input.deletionProtection } };

const scalingTier: ChangeOf = (input, cluster) =>
  input.controlPlaneScalingConfig === undefined
    ? undefined
    : {
        type: 'ControlPlaneScalingConfigUpdate',
        params: paramsOf({ UpdatedTier: input.controlPlaneScalingConfig.tier, PreviousTier: cluster.controlPlaneScalingConfig?.tier ?? 'standard' }),
        change: { controlPlaneScalingConfig: input.controlPlaneScalingConfig },
      };

const components: ChangeOf = ({ kubeApiServerConfig, kubeSchedulerConfig, kubeControllerManagerConfig }) => {
  if (kubeApiServerConfig === undefined && kubeSchedulerConfig === undefined && kubeControllerManagerConfig === undefined) return undefined;
  return {
    type: 'ControlPlaneComponentConfigUpdate',
    params: paramsOf({ KubeApiServerConfig: kubeApiServerConfig, KubeSchedulerConfig: kubeSchedulerConfig, KubeControllerManagerConfig: kubeControllerManagerConfig }),
    change: {
      ...(kubeApiServerConfig === undefined ? {} : { kubeApiServerConfig }),
      ...(kubeSchedulerConfig === undefined ? {} : { kubeSchedulerConfig }),
      ...(kubeControllerManagerConfig === undefined ? {} : { kubeControllerManagerConfig }),
    },
  };
};

const CONFIG_CHANGES: readonly ChangeOf[] = [
  endpointAccess,
  vpcConfig,
  logging,
  accessConfig,
  upgradePolicy,
  zonalShift,
  autoMode,
  remoteNetwork,
  deletionProtection,
  scalingTier,
  components,
];

export function associateEncryptionConfig(input: AssociateEncryptionConfigRequest, place: Place): AssociateEncryptionConfigResponse {
  const { updateId } = once(place, 'AssociateEncryptionConfig', input, () => {
    const cluster = clusterOf(place, input.clusterName ?? '');
    if (cluster.encryptionConfig.length > 0) throw invalidParameter(`Encryption is already enabled for cluster ${cluster.name}`, { clusterName: cluster.name });
    requireFree(place, cluster, 'AssociateEncryptionConfig');
    const encryptionConfig = input.encryptionConfig ?? [];
    requireKeys(place, encryptionConfig, { clusterName: cluster.name });
    const change: Change = { type: 'AssociateEncryptionConfig', params: paramsOf({ EncryptionConfig: encryptionConfig }), change: { encryptionConfig } };
    return { updateId: begin(place, cluster, change, 'encryptionUpdate', scripted(place, 'eks:AssociateEncryptionConfig', input)) };
  });
  return updateAnswer(place, input.clusterName ?? '', updateId);
}

/** Begins an update of the control plane. DescribeCluster goes on to say ACTIVE and the old version for a while: it is eventually consistent. */
export function begin(place: Place, cluster: ClusterDoc, { type, params, change, closesWayBack = false }: Change, work: Work, failure: ScriptedFailure | undefined): string {
  const update = recordUpdate(place, { clusterName: cluster.name }, { type, params, change: { cluster: change, ...(closesWayBack ? { closesWayBack } : {}) }, failure });
  place.clusters.put(cluster.name, { ...cluster, update: update.id });
  if (isVersionMove(type)) holdForControlPlane(place, cluster, 2);
  place.after('clusterShowsUpdatingAfter', { kind: 'cluster-shows-updating', clusterName: cluster.name, updateId: update.id });
  place.after(failure === undefined ? work : 'clusterUpdateFailure', { kind: 'cluster-update-ends', clusterName: cluster.name, updateId: update.id });
  return update.id;
}

const showsUpdating: Apply = (place, { clusterName, updateId }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster?.update === updateId && cluster?.status === 'ACTIVE') place.clusters.put(clusterName, { ...cluster, status: 'UPDATING' });
};

const ends: Apply = (place, { clusterName, updateId }) => {
  const cluster = place.clusters.get(clusterName);
  const update = updateDoc(place, clusterName, updateId);
  if (cluster === undefined || update === undefined) return;
  holdForControlPlane(place, cluster, 0);
  holdForControlPlane(place, update.failure === undefined ? { ...cluster, ...update.change.cluster } : cluster, 1);
  place.after('clusterActiveAgainAfter', { kind: 'cluster-active-again', clusterName, updateId: update.id });
  if (update.failure !== undefined) {
    endUpdate(place, update, [scriptedError(update.failure, { message: (code) => `The update of cluster ${clusterName} failed: ${code}`, resourceIds: cluster.subnetIds })]);
    return;
  }
  endUpdate(place, update);
  const after: ClusterDoc = { ...cluster, ...update.change.cluster };
  if (isVersionMove(update.type)) {
    place.closeSpan(cluster.span);
    after.span = place.openSpan({ what: 'control-plane', clusterName, version: after.version });
    // Only an upgrade opens a way back: after a rollback there is none to the minor before.
    after.upgradedAt = update.type === 'VersionUpdate' && update.change.closesWayBack !== true ? place.now : undefined;
    place.after('insightsFirst', { kind: 'insights-judged', clusterName });
  }
  place.clusters.put(clusterName, after);
  if (isVersionMove(update.type) || update.type === 'AutoModeUpdate') drift(place, clusterName);
};

const activeAgain: Apply = (place, { clusterName, updateId }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster?.update !== updateId || cluster === undefined) return;
  place.clusters.put(clusterName, { ...cluster, update: undefined, status: cluster.status === 'UPDATING' ? 'ACTIVE' : cluster.status });
};

export const clusterUpdateTransitions: Readonly<Record<string, Apply>> = {
  'cluster-shows-updating': showsUpdating,
  'cluster-update-ends': ends,
  'cluster-active-again': activeAgain,
};
