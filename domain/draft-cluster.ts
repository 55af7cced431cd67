import { accessCondition } from './access-condition.ts';
import type { AskedAddon } from './addons/asked.ts';
import type { Addon, Cluster, Nodegroup } from './cluster.ts';
import { withCondition } from './condition.ts';
import { clusterAfter } from './cluster-after.ts';
import type { ClusterFacts } from './facts.ts';
import { wantedAfter } from './wanted.ts';
import type { ChangeCluster, ChangeNodegroup, CreateCluster, CreateNodegroup, ImportCluster } from './requests.ts';

interface Birth {
  readonly clusterId: string;
  readonly team: string | undefined;
  readonly by: string;
  /** RFC 3339. */
  readonly now: string;
}

/** The record of a cluster that is asked for. What the request leaves out is as EKS has it by default. */
export function draftCluster(request: CreateCluster, birth: Birth): Cluster {
  const network = request.resourcesVpcConfig;
  const wanted = wantedAfter(undefined, request);
  return {
    clusterId: birth.clusterId,
    name: request.name,
    accountId: request.accountId,
    region: request.region,
    ...(birth.team === undefined ? {} : { team: birth.team }),
    labels: request.labels,
    version: request.version,
    desiredVersion: request.version,
    roleArn: request.roleArn,
    subnetIds: network.subnetIds,
    securityGroupIds: network.securityGroupIds,
    endpointPublicAccess: network.endpointPublicAccess,
    endpointPrivateAccess: network.endpointPrivateAccess,
    publicAccessCidrs: network.publicAccessCidrs,
    ...(request.kubernetesNetworkConfig === undefined ? {} : present(request.kubernetesNetworkConfig)),
    supportType: request.upgradePolicy?.supportType ?? 'EXTENDED',
    deletionProtection: request.deletionProtection,
    ...(request.tags === undefined ? {} : { tags: request.tags }),
    access: request.access.map(present),
    nodegroups: request.nodegroups.map(draftNodegroup),
    addons: request.addons.map((addon): Addon => ({ ...askedAddon(addon), status: 'Planned' })),
    ...(request.addons.length === 0 ? {} : { addonsAsked: request.addons.map(askedAddon) }),
    ...(wanted === undefined ? {} : { wanted }),
    conditions: withCondition([], accessCondition({ origin: 'created', access: request.access.map(present) }), birth.now),
    origin: 'created',
    exists: false,
    createdAt: birth.now,
    createdBy: birth.by,
    generation: 1,
    revision: 1,
  };
}

/** The record of a node group that is asked for, before it exists. */
export function draftNodegroup(request: CreateNodegroup): Nodegroup {
  const { updateConfig, launchTemplate, taints, nodeRepairConfig, warmPoolConfig, ...rest } = request;
  return {
    ...present(rest),
    ...(updateConfig === undefined ? {} : { updateConfig: present(updateConfig) }),
    ...(nodeRepairConfig === undefined ? {} : { nodeRepairConfig: present(nodeRepairConfig) }),
    ...(warmPoolConfig === undefined ? {} : { warmPoolConfig: present(warmPoolConfig) }),
    ...(launchTemplate === undefined ? {} : { launchTemplate: present(launchTemplate) }),
    ...(taints === undefined ? {} : { taints: taints.map(present) }),
    ...(request.amiType === 'CUSTOM' ? { customAmi: true } : {}),
    status: 'Planned',
  };
}

/** The record of a cluster that was there before us, as it was seen. */
export function draftImport(request: ImportCluster, facts: ClusterFacts, birth: Birth): Cluster {
  const blank: Cluster = {
    clusterId: birth.clusterId,
    name: request.name,
    accountId: request.accountId,
    region: request.region,
    ...(birth.team === undefined ? {} : { team: birth.team }),
    labels: request.labels,
    version: facts.cluster.version,
    desiredVersion: facts.cluster.version,
    roleArn: facts.cluster.roleArn,
    subnetIds: facts.cluster.subnetIds,
    securityGroupIds: facts.cluster.securityGroupIds,
    // EKS's own defaults, for a look that did not tell.
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: [],
    supportType: facts.cluster.supportType ?? 'EXTENDED',
    deletionProtection: facts.cluster.deletionProtection,
    access: [],
    nodegroups: [],
    addons: [],
    conditions: [],
    origin: 'imported',
    exists: false,
    createdAt: birth.now,
    createdBy: birth.by,
    generation: 1,
    revision: 1,
  };
  return { ...clusterAfter(blank, facts), exists: false };
}

/** The record as a change asks for it; what the request does not name stays, what it says `null` of goes. The team is decided elsewhere. */
export function changedCluster(before: Cluster, change: ChangeCluster): Cluster {
  const { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs, subnetIds, securityGroupIds } = change.resourcesVpcConfig ?? {};
  const { maintenancePolicy, wanted: stood, ...rest } = before;
  const wanted = wantedAfter(stood, change);
  const policy = change.maintenancePolicy === undefined ? maintenancePolicy : (change.maintenancePolicy ?? undefined);
  return {
    ...rest,
    ...(policy === undefined ? {} : { maintenancePolicy: policy }),
    ...(wanted === undefined ? {} : { wanted }),
    ...present({ labels: change.labels === null ? {} : change.labels, deletionProtection: change.deletionProtection, endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs, subnetIds, securityGroupIds }),
    ...(change.upgradePolicy === undefined ? {} : { supportType: change.upgradePolicy.supportType }),
    ...(change.authenticationMode === undefined ? {} : { authenticationMode: change.authenticationMode }),
    ...(change.addons === undefined ? {} : { addonsAsked: change.addons.map(askedAddon) }),
    ...(change.access === undefined ? {} : { access: (change.access ?? []).map(present) }),
  };
}

/** The node group as a change asks for it. */
export function changedNodegroup(before: Nodegroup, change: ChangeNodegroup): Nodegroup {
  const { scalingConfig, updateConfig, labels, taints, launchTemplate, version, releaseVersion, nodeRepairConfig, warmPoolConfig } = change;
  return {
    ...before,
    ...present({ version, releaseVersion }),
    ...(launchTemplate === undefined ? {} : { launchTemplate: present(launchTemplate) }),
    ...(scalingConfig === undefined ? {} : { scalingConfig: { ...before.scalingConfig, ...present(scalingConfig) } }),
    ...(updateConfig === undefined ? {} : { updateConfig: present(updateConfig) }),
    ...(nodeRepairConfig === undefined ? {} : { nodeRepairConfig: present(nodeRepairConfig) }),
    ...(warmPoolConfig === undefined ? {} : { warmPoolConfig: { ...before.warmPoolConfig, ...present(warmPoolConfig) } }),
    ...(labels === undefined ? {} : { labels }),
    ...(taints === undefined ? {} : { taints: taints.map(present) }),
  };
}

/** An add-on as a request names it. */
export function askedAddon(addon: CreateCluster['addons'][number]): AskedAddon {
  return { ...present(addon), addonName: addon.addonName };
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The same without members that are undefined: absent and undefined are two things to a store. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}
