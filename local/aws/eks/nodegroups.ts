import type {
  AMITypes,
  CreateNodegroupRequest,
  CreateNodegroupResponse,
  DeleteNodegroupRequest,
  DeleteNodegroupResponse,
  DescribeNodegroupRequest,
  DescribeNodegroupResponse,
  ListNodegroupsRequest,
  ListNodegroupsResponse,
  Nodegroup,
  NodegroupIssueCode,
  Taint,
  UpdateNodegroupConfigRequest,
  UpdateNodegroupConfigResponse,
} from '@aws-sdk/client-eks';
import { addNodeEntry } from './access.ts';
import { holdForNodes, lackOfAddresses } from './addresses.ts';
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, limitExceeded, notFound } from './errors.ts';
import { QUOTAS } from './limits.ts';
import { defaultAmiType, requireAmiType, requireInstanceTypes, requireLabels, requireLaunchTemplate, requireRelease, requireRepair, requireScaling, requireTaints, requireUpdateConfig, requireWarmPool } from './nodegroup-rules.ts';
import { autoScalingGroupOf, nodegroupIssues, troubleOf, whyNoNodeJoins } from './health.ts';
import { launch, left, nodegroupKey, noteNodes, putNodes, readyNodes } from './nodes.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, NodegroupDoc } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, paramsOf, recordUpdate, scriptedError, updateAnswer, updateDoc } from './updates.ts';
import { requireNodegroupName, requireRole, requireSubnets, requireTags } from './validation.ts';

export function nodegroupOf(place: Place, clusterName: string, nodegroupName: string): NodegroupDoc {
  const cluster = clusterOf(place, clusterName);
  const nodegroup = place.nodegroups.get(`${cluster.name}/${nodegroupName}`);
  if (nodegroup === undefined) throw notFound(`No node group found for name: ${nodegroupName}.`, { clusterName, nodegroupName });
  return nodegroup;
}

/** A node group as DescribeNodegroup tells it; one that stands, but ails, is DEGRADED. */
export function describedNodegroup(place: Place, doc: NodegroupDoc): Nodegroup {
  const issues = nodegroupIssues(place, doc);
  return {
    nodegroupName: doc.nodegroupName,
    nodegroupArn: doc.arn,
    clusterName: doc.clusterName,
    ...(doc.amiType === 'CUSTOM' && troubleOf(place, doc)?.tellsVersion === false ? {} : { version: doc.version }),
    releaseVersion: doc.releaseVersion,
    createdAt: new Date(doc.createdAt),
    modifiedAt: new Date(doc.modifiedAt),
    status: doc.status === 'ACTIVE' && issues.length > 0 ? 'DEGRADED' : doc.status,
    capacityType: doc.capacityType,
    scalingConfig: doc.scalingConfig,
    ...(doc.instanceTypes === undefined ? {} : { instanceTypes: [...doc.instanceTypes] }),
    subnets: [...doc.subnets],
    ...(doc.remoteAccess === undefined ? {} : { remoteAccess: doc.remoteAccess }),
    amiType: doc.amiType,
    nodeRole: doc.nodeRole,
    labels: { ...doc.labels },
    ...(doc.taints.length === 0 ? {} : { taints: [...doc.taints] }),
    resources: doc.status === 'CREATING' ? {} : { autoScalingGroups: [{ name: autoScalingGroupOf(doc) }] },
    ...(doc.diskSize === undefined ? {} : { diskSize: doc.diskSize }),
    health: { issues: issues.map((issue) => ({ ...issue, resourceIds: [...issue.resourceIds] })) },
    updateConfig: doc.updateConfig,
    ...(doc.nodeRepairConfig === undefined ? {} : { nodeRepairConfig: doc.nodeRepairConfig }),
    ...(doc.warmPoolConfig === undefined ? {} : { warmPoolConfig: doc.warmPoolConfig }),
    ...(doc.launchTemplate === undefined ? {} : { launchTemplate: { id: doc.launchTemplate.id, name: doc.launchTemplate.name, version: doc.launchTemplate.version } }),
    tags: { ...doc.tags },
  };
}

export function createNodegroup(input: CreateNodegroupRequest, place: Place): CreateNodegroupResponse {
  const [clusterName, nodegroupName] = [input.clusterName ?? '', input.nodegroupName ?? ''];
  once(
    place,
    'CreateNodegroup',
    input,
    () => {
      const cluster = clusterOf(place, clusterName);
      const doc = newNodegroup(input, cluster, place);
      addNodeEntry(place, cluster, doc.nodeRole, doc.amiType);
      const scripted = place.around.faults?.takeFailUpdate('eks:CreateNodegroup', place.accountId, place.region, input);
      const desired = doc.scalingConfig.desiredSize ?? 0;
      const failure = scripted ?? (desired === 0 ? undefined : whyNoNodeJoins(place, doc)) ?? lackOfAddresses(place, doc, desired);
      const { nodes, joinedAt } = failure === undefined ? launch(place, doc, desired) : { nodes: [], joinedAt: place.now };
      place.nodegroups.put(nodegroupKey(doc), { ...doc, nodes });
      holdForNodes(place, doc, nodes.length);
      const about = { clusterName, subject: nodegroupName };
      if (failure === undefined) {
        place.schedule({ ...about, kind: 'nodegroup-created', at: joinedAt + place.draw('emptyNodegroup') });
      } else {
        const error = scriptedError(failure, { message: () => 'Instances failed to join the kubernetes cluster', resourceIds: [place.newInstanceId()] });
        place.nodegroups.put(nodegroupKey(doc), {
          ...doc,
          healthIssues: [{ code: error.errorCode as NodegroupIssueCode, message: error.errorMessage, resourceIds: error.resourceIds }],
        });
        place.after('nodeCreationGiveUp', { ...about, kind: 'nodegroup-creation-failed' });
      }
      return { nodegroupName };
    },
    () => place.nodegroups.get(`${clusterName}/${nodegroupName}`) !== undefined,
  );
  const nodegroup = nodegroupOf(place, clusterName, nodegroupName);
  return { nodegroup: describedNodegroup(place, nodegroup) };
}

/** Everything that CreateNodegroup checks, then the node group as it begins. */
function newNodegroup(input: CreateNodegroupRequest, cluster: ClusterDoc, place: Place): NodegroupDoc {
  const nodegroupName = input.nodegroupName ?? '';
  const about = { clusterName: cluster.name, nodegroupName };
  requireNodegroupName(nodegroupName, about);
  const existing = place.nodegroups.list(`${cluster.name}/`);
  if (existing.some((other) => other.nodegroupName === nodegroupName)) throw inUse(`NodeGroup already exists with name ${nodegroupName} and cluster name ${cluster.name}`, about);
  if (existing.length >= QUOTAS.nodegroupsPerCluster) throw limitExceeded(`Nodegroup limit exceeded for cluster. Max allowed ${QUOTAS.nodegroupsPerCluster}`, about);
  const updating = updateDoc(place, cluster.name, cluster.update)?.status === 'InProgress';
  if (cluster.status !== 'ACTIVE' || updating) throw invalidRequest(`Cluster '${cluster.name}' is not in ACTIVE status`, about);

  const nodeRole = input.nodeRole ?? '';
  requireRole(
    place,
    nodeRole,
    'ec2.amazonaws.com',
    (name) => `The role with name ${name} cannot be found, or its trust relationships do not name the required service principals [ec2.amazonaws.com].`,
    about,
  );
  const subnetIds = input.subnets ?? [];
  if (subnetIds.length === 0) throw invalidParameter('Subnets cannot be empty', about);
  const subnets = requireSubnets(place, subnetIds, about);
  if (subnets.some((subnet) => subnet.vpcId !== cluster.vpcId)) throw invalidParameter("Subnets are not tagged or do not belong to the cluster's VPC", about);
  requireLabels(input.labels ?? {}, about);
  requireTaints(input.taints ?? [], about);
  requireTags(input.tags ?? {}, about);

  const image = imageOf(input, cluster, place);
  const id = place.newUuid();
  return {
    id,
    clusterName: cluster.name,
    nodegroupName,
    arn: place.arn(`nodegroup/${cluster.name}/${nodegroupName}/${id}`),
    createdAt: place.now,
    modifiedAt: place.now,
    status: 'CREATING',
    ...image,
    capacityType: input.capacityType ?? 'ON_DEMAND',
    subnets: subnetIds,
    remoteAccess: input.remoteAccess,
    nodeRole,
    labels: input.labels ?? {},
    taints: input.taints ?? [],
    scalingConfig: requireScaling(input.scalingConfig, undefined, about),
    updateConfig: requireUpdateConfig(input.updateConfig, undefined, about),
    nodeRepairConfig: requireRepair(input.nodeRepairConfig, about),
    warmPoolConfig: requireWarmPool(input.warmPoolConfig, undefined, image.amiType, about),
    tags: input.tags ?? {},
    healthIssues: [],
    nodes: [],
  };
}

/** What the nodes run: from the AMI type and the cluster's version, or from a launch template that names its own image. */
function imageOf(
  input: CreateNodegroupRequest,
  cluster: ClusterDoc,
  place: Place,
): Pick<NodegroupDoc, 'version' | 'releaseVersion' | 'amiType' | 'instanceTypes' | 'diskSize' | 'launchTemplate'> {
  const about = { clusterName: cluster.name, nodegroupName: input.nodegroupName ?? '' };
  const template = input.launchTemplate === undefined ? undefined : requireLaunchTemplate(place, input.launchTemplate, about);
  if (template !== undefined && input.diskSize !== undefined) throw invalidParameter('Disk size must be specified within the launch template.', about);
  if (template !== undefined && input.remoteAccess !== undefined) throw invalidParameter('Remote access configuration cannot be specified with a launch template.', about);
  if (template?.instanceType !== undefined && input.instanceTypes !== undefined) throw invalidParameter('Cannot specify instance types in launch template and API request', about);
  const launchTemplate = template === undefined ? undefined : { id: template.id, name: template.name, version: template.version, imageId: template.imageId };
  const machine = {
    launchTemplate,
    instanceTypes: template?.instanceType === undefined ? (input.instanceTypes ?? [input.amiType?.includes('ARM_64') === true ? 't4g.medium' : 't3.medium']) : undefined,
    diskSize: template === undefined ? (input.diskSize ?? 20) : undefined,
  };
  if (template?.imageId !== undefined) {
    if (input.amiType !== undefined && input.amiType !== 'CUSTOM')
      throw invalidParameter('You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template.', about);
    if (input.version !== undefined) throw invalidParameter('You cannot specify a kubernetes version to use when specifying an image id to use within the launch template.', about);
    if (input.releaseVersion !== undefined)
      throw invalidParameter('You cannot specify a release version to use when specifying an image id to use within the launch template.', about);
    // What an own image carries is its maker's matter; here it is taken to be built for the cluster it joins.
    return { ...machine, amiType: 'CUSTOM', version: cluster.version, releaseVersion: template.imageId };
  }
  if (input.amiType === 'CUSTOM') throw invalidParameter('You must specify a launch template with an image id when the AMI type is CUSTOM.', about);
  if (input.version !== undefined && input.version !== cluster.version)
    throw invalidParameter(`Nodegroup Kubernetes version should be equal to Cluster kubernetes version ${cluster.version}`, about);
  const amiType: AMITypes = input.amiType ?? defaultAmiType(cluster.version);
  requireAmiType(amiType, cluster.version, about);
  requireInstanceTypes(place, machine.instanceTypes ?? [], amiType, about);
  return { ...machine, amiType, version: cluster.version, releaseVersion: requireRelease(place, input.releaseVersion, cluster.version, amiType, about) };
}

export function describeNodegroup(input: DescribeNodegroupRequest, place: Place): DescribeNodegroupResponse {
  const nodegroup = nodegroupOf(place, input.clusterName ?? '', input.nodegroupName ?? '');
  return { nodegroup: describedNodegroup(place, nodegroup) };
}

export function listNodegroups(input: ListNodegroupsRequest, place: Place): ListNodegroupsResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const names = place.nodegroups.list(`${cluster.name}/`).map((nodegroup) => nodegroup.nodegroupName);
  const { items, nextToken } = page(names, input, (name) => name);
  return { nodegroups: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

/** A node group takes one update at a time, and none while it comes or goes. */
export function requireUpdatable(place: Place, nodegroup: NodegroupDoc): void {
  const { clusterName, nodegroupName } = nodegroup;
  const running = updateDoc(place, clusterName, nodegroup.update)?.status === 'InProgress';
  if (running || !['ACTIVE', 'UPDATING', 'DEGRADED'].includes(nodegroup.status))
    throw inUse('Nodegroup cannot be updated as it is currently not in Active State', { clusterName, nodegroupName });
}

export function updateNodegroupConfig(input: UpdateNodegroupConfigRequest, place: Place): UpdateNodegroupConfigResponse {
  const { updateId } = once(place, 'UpdateNodegroupConfig', input, () => {
    const nodegroup = nodegroupOf(place, input.clusterName ?? '', input.nodegroupName ?? '');
    const { clusterName, nodegroupName } = nodegroup;
    const about = { clusterName, nodegroupName };
    requireUpdatable(place, nodegroup);
    requireLabels(input.labels?.addOrUpdateLabels ?? {}, about);
    const change: Partial<NodegroupDoc> = {
      ...(input.scalingConfig === undefined ? {} : { scalingConfig: requireScaling(input.scalingConfig, nodegroup.scalingConfig, about) }),
      ...(input.updateConfig === undefined ? {} : { updateConfig: requireUpdateConfig(input.updateConfig, nodegroup.updateConfig, about) }),
      ...(input.labels === undefined ? {} : { labels: labelsAfter(nodegroup.labels, input.labels) }),
      ...(input.taints === undefined ? {} : { taints: taintsAfter(nodegroup.taints, input.taints) }),
      ...(input.nodeRepairConfig === undefined ? {} : { nodeRepairConfig: requireRepair(input.nodeRepairConfig, about) }),
      ...(input.warmPoolConfig === undefined ? {} : { warmPoolConfig: requireWarmPool(input.warmPoolConfig, nodegroup.warmPoolConfig, nodegroup.amiType, about) }),
    };
    if (Object.keys(change).length === 0) throw invalidParameter('No changes needed for the specified node group configuration.', about);
    requireTaints(change.taints ?? [], about);
    const failure = place.around.faults?.takeFailUpdate('eks:UpdateNodegroupConfig', place.accountId, place.region, input);
    const update = recordUpdate(place, about, { type: 'ConfigUpdate', params: configParams(input), change: { nodegroup: change }, failure });
    place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, update: update.id });
    place.after('nodegroupShowsUpdatingAfter', { kind: 'nodegroup-shows-updating', clusterName, subject: nodegroupName, updateId: update.id });
    place.after('nodegroupConfigUpdate', { kind: 'nodegroup-config-ends', clusterName, subject: nodegroupName, updateId: update.id });
    return { updateId: update.id };
  });
  return updateAnswer(place, input.clusterName ?? '', updateId);
}

function configParams(input: UpdateNodegroupConfigRequest) {
  return paramsOf({
    MinSize: input.scalingConfig?.minSize,
    MaxSize: input.scalingConfig?.maxSize,
    DesiredSize: input.scalingConfig?.desiredSize,
    MaxUnavailable: input.updateConfig?.maxUnavailable,
    MaxUnavailablePercentage: input.updateConfig?.maxUnavailablePercentage,
    UpdateStrategy: input.updateConfig?.updateStrategy,
    LabelsToAdd: input.labels?.addOrUpdateLabels,
    LabelsToRemove: input.labels?.removeLabels,
    TaintsToAdd: input.taints?.addOrUpdateTaints,
    TaintsToRemove: input.taints?.removeTaints,
    NodeRepairEnabled: input.nodeRepairConfig?.enabled,
    NodeRepairConfig: input.nodeRepairConfig,
    WarmPoolEnabled: input.warmPoolConfig?.enabled,
    WarmPoolMinSize: input.warmPoolConfig?.minSize,
    WarmPoolMaxGroupPreparedCapacity: input.warmPoolConfig?.maxGroupPreparedCapacity,
    WarmPoolState: input.warmPoolConfig?.poolState,
    WarmPoolReuseOnScaleIn: input.warmPoolConfig?.reuseOnScaleIn,
  });
}

function labelsAfter(before: NodegroupDoc['labels'], change: NonNullable<UpdateNodegroupConfigRequest['labels']>): Record<string, string> {
  const kept = Object.entries({ ...before, ...change.addOrUpdateLabels }).filter(([key]) => change.removeLabels?.includes(key) !== true);
  return Object.fromEntries(kept);
}

function taintsAfter(before: readonly Taint[], change: NonNullable<UpdateNodegroupConfigRequest['taints']>): Taint[] {
  const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
  const added = change.addOrUpdateTaints ?? [];
  const gone = [...added, ...(change.removeTaints ?? [])];
  return [...before.filter((taint) => !gone.some((other) => same(taint, other))), ...added];
}

export function deleteNodegroup(input: DeleteNodegroupRequest, place: Place): DeleteNodegroupResponse {
  const nodegroup = nodegroupOf(place, input.clusterName ?? '', input.nodegroupName ?? '');
  const { clusterName, nodegroupName } = nodegroup;
  const about = { clusterName, nodegroupName };
  const busy = nodegroup.status === 'CREATING' || updateDoc(place, clusterName, nodegroup.update)?.status === 'InProgress';
  if (busy) throw inUse('Nodegroup cannot be deleted as it is currently not in Active State', about);
  if (nodegroup.status !== 'DELETING') {
    nodegroup.status = 'DELETING';
    nodegroup.modifiedAt = place.now;
    const failure = place.around.faults?.takeFailUpdate('eks:DeleteNodegroup', place.accountId, place.region, input);
    if (failure !== undefined) {
      const error = scriptedError(failure, { message: (code) => `The node group could not be deleted: ${code}`, resourceIds: nodegroup.nodes.map((node) => node.id) });
      nodegroup.healthIssues = [{ code: error.errorCode as NodegroupIssueCode, message: error.errorMessage, resourceIds: error.resourceIds }];
    }
    place.nodegroups.put(nodegroupKey(nodegroup), nodegroup);
    place.after('nodegroupDeletion', { kind: failure === undefined ? 'nodegroup-deleted' : 'nodegroup-deletion-failed', clusterName, subject: nodegroupName });
  }
  return { nodegroup: describedNodegroup(place, nodegroup) };
}

/** A transition of a node group that is still there. */
function ofNodegroup(apply: (place: Place, nodegroup: NodegroupDoc, updateId: string | undefined) => void): Apply {
  return (place, { clusterName, subject, updateId }) => {
    const nodegroup = place.nodegroups.get(`${clusterName}/${subject}`);
    if (nodegroup !== undefined) apply(place, nodegroup, updateId);
  };
}

const settled = (status: NodegroupDoc['status']) =>
  ofNodegroup((place, nodegroup) => place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, status, modifiedAt: place.now }));

const showsUpdating = ofNodegroup((place, nodegroup, updateId) => {
  if (nodegroup.update === updateId && nodegroup.status === 'ACTIVE') place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, status: 'UPDATING' });
});

const activeAgain = ofNodegroup((place, nodegroup, updateId) => {
  if (nodegroup.update !== updateId) return;
  place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, update: undefined, status: nodegroup.status === 'UPDATING' ? 'ACTIVE' : nodegroup.status });
});

const configEnds = ofNodegroup((place, nodegroup, updateId) => {
  const { clusterName, nodegroupName } = nodegroup;
  const update = updateDoc(place, clusterName, updateId);
  if (update === undefined) return;
  place.after('nodegroupActiveAgainAfter', { kind: 'nodegroup-active-again', clusterName, subject: nodegroupName, updateId: update.id });
  if (update.failure !== undefined) {
    endUpdate(place, update, [scriptedError(update.failure, { message: (code) => `The update of node group ${nodegroupName} failed: ${code}`, resourceIds: [nodegroupName] })]);
    return;
  }
  endUpdate(place, update);
  const after: NodegroupDoc = { ...nodegroup, ...update.change.nodegroup, modifiedAt: place.now };
  const missing = (after.scalingConfig.desiredSize ?? 0) - after.nodes.length;
  if (missing >= 0) {
    putNodes(place, after, [...after.nodes, ...launch(place, after, missing).nodes]);
    return;
  }
  left(place, after.nodes.slice(0, -missing));
  putNodes(place, after, after.nodes.slice(-missing));
});

const deleted = ofNodegroup((place, nodegroup) => {
  const before = readyNodes(place, nodegroup.clusterName);
  left(place, nodegroup.nodes);
  holdForNodes(place, nodegroup, 0);
  place.nodegroups.delete(nodegroupKey(nodegroup));
  noteNodes(place, nodegroup.clusterName, before);
});

export const nodegroupTransitions: Readonly<Record<string, Apply>> = {
  'nodegroup-created': settled('ACTIVE'),
  'nodegroup-creation-failed': settled('CREATE_FAILED'),
  'nodegroup-deletion-failed': settled('DELETE_FAILED'),
  'nodegroup-shows-updating': showsUpdating,
  'nodegroup-active-again': activeAgain,
  'nodegroup-config-ends': configEnds,
  'nodegroup-deleted': deleted,
};
