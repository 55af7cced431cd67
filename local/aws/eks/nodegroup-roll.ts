import type { UpdateNodegroupVersionRequest, UpdateNodegroupVersionResponse } from '@aws-sdk/client-eks';
import { compareMinors, previousMinor } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { lackOfAddresses } from './addresses.ts';
import { offeredVersion } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { invalidParameter, invalidRequest } from './errors.ts';
import type { About } from './errors.ts';
import { troubleOf, whyNoNodeJoins } from './health.ts';
import { longest } from './limits.ts';
import { paceOf, requireAmiType, requireLaunchTemplate, requireRelease } from './nodegroup-rules.ts';
import { nodegroupOf, requireUpdatable } from './nodegroups.ts';
import { buildOf, joined, left, nodegroupKey, putNodes } from './nodes.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, LaunchTemplateDoc, NodegroupDoc, ScriptedFailure, UpdateDoc } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, paramsOf, recordUpdate, scriptedError, updateAnswer, updateDoc } from './updates.ts';

// A managed node group is rolled in four phases: set up, scale up, upgrade, scale down.
// Source: EKS user guide, managed-node-update-behavior.

/** Failures in which no new node ever came. */
const NO_NEW_NODES = ['NodeCreationFailure', 'InsufficientFreeAddresses'];

interface Target {
  readonly version: Minor;
  readonly releaseVersion: string;
  readonly launchTemplate: LaunchTemplateDoc | undefined;
}

export function updateNodegroupVersion(input: UpdateNodegroupVersionRequest, place: Place): UpdateNodegroupVersionResponse {
  const { updateId } = once(place, 'UpdateNodegroupVersion', input, () => {
    const cluster = clusterOf(place, input.clusterName ?? '');
    const nodegroup = nodegroupOf(place, cluster.name, input.nodegroupName ?? '');
    requireUpdatable(place, nodegroup);
    const target = targetOf(input, cluster, nodegroup, place);
    return { updateId: begin(place, nodegroup, target, input) };
  });
  return updateAnswer(place, input.clusterName ?? '', updateId);
}

/** What the nodes are to run afterwards, by the API's rules for versions, releases and launch templates. */
function targetOf(input: UpdateNodegroupVersionRequest, cluster: ClusterDoc, nodegroup: NodegroupDoc, place: Place): Target {
  const about = { clusterName: cluster.name, nodegroupName: nodegroup.nodegroupName };
  const launchTemplate = templateOf(input, nodegroup, place);
  if (nodegroup.amiType === 'CUSTOM') {
    if (input.version !== undefined) throw invalidParameter('You cannot specify the field kubernetesVersion when using custom AMIs.', about);
    if (input.releaseVersion !== undefined) throw invalidParameter('You cannot specify the field releaseVersion when using custom AMIs.', about);
    if (launchTemplate === undefined || input.launchTemplate === undefined) throw invalidParameter("Launch template details can't be null for Custom ami type node group", about);
    if (launchTemplate.imageId === undefined) throw invalidParameter('The launch template version must specify an image id, as the node group was created with one.', about);
    const version = nodegroup.images?.[launchTemplate.imageId] ?? cluster.version;
    requireNotNewerThanRollback(place, cluster, version, about);
    return { launchTemplate, version, releaseVersion: launchTemplate.imageId };
  }
  if (launchTemplate?.imageId !== undefined) throw invalidParameter('The launch template version must not specify an image id, as the node group was created without one.', about);
  const version = input.version ?? (input.releaseVersion === undefined ? cluster.version : nodegroup.version);
  const minor = [cluster.version, nodegroup.version, minorBehind(cluster, nodegroup, place)].find((allowed) => allowed === version);
  if (minor === undefined)
    throw invalidParameter(
      `Nodegroup Kubernetes version should be equal to Cluster kubernetes version ${cluster.version} or NodeGroup kubernetes version ${nodegroup.version}`,
      about,
    );
  requireNotNewerThanRollback(place, cluster, minor, about);
  requireAmiType(nodegroup.amiType, minor, about);
  return { launchTemplate, version: minor, releaseVersion: requireRelease(place, input.releaseVersion, minor, nodegroup.amiType, about) };
}

/**
 * The minor that a group at its cluster's version may be taken back to, so that the control plane can follow. The user guide
 * documents it (rollback-cluster, step 2), though the API reference still says that a group cannot go back.
 */
function minorBehind(cluster: ClusterDoc, nodegroup: NodegroupDoc, place: Place): Minor | undefined {
  const behind = previousMinor(cluster.version);
  return behind !== undefined && nodegroup.version === cluster.version && offeredVersion(behind, place.now) !== undefined ? behind : undefined;
}

/** While the control plane goes back, no node may be brought to the version that it leaves. */
function requireNotNewerThanRollback(place: Place, cluster: ClusterDoc, version: Minor, about: About): void {
  const update = updateDoc(place, cluster.name, cluster.update);
  const target = update?.type === 'VersionRollback' && update.status === 'InProgress' ? update.change.cluster?.version : undefined;
  if (target !== undefined && compareMinors(version, target) > 0) throw invalidRequest(`Cluster '${cluster.name}' is being rolled back to version ${target}`, about);
}

/** Only a group that was created with a launch template has one to update, and only to another version of the same one. */
function templateOf(input: UpdateNodegroupVersionRequest, nodegroup: NodegroupDoc, place: Place): LaunchTemplateDoc | undefined {
  const about = { clusterName: nodegroup.clusterName, nodegroupName: nodegroup.nodegroupName };
  if (input.launchTemplate === undefined) return nodegroup.launchTemplate;
  if (nodegroup.launchTemplate === undefined) throw invalidParameter('Cannot update with launch template, as the node group was not created with a launch template.', about);
  const seen = requireLaunchTemplate(place, input.launchTemplate, about);
  if (seen.id !== nodegroup.launchTemplate.id) throw invalidParameter('Only the version of the launch template can be updated, not the launch template itself.', about);
  return { id: seen.id, name: seen.name, version: seen.version, imageId: seen.imageId };
}

function begin(place: Place, nodegroup: NodegroupDoc, target: Target, input: UpdateNodegroupVersionRequest): string {
  const { clusterName, nodegroupName, nodes, updateConfig } = nodegroup;
  const scripted = place.around.faults?.takeFailUpdate('eks:UpdateNodegroupVersion', place.accountId, place.region, input);
  const zones = new Set(nodegroup.subnets.map((subnetId) => place.around.ec2.subnet(place.accountId, place.region, subnetId)?.availabilityZoneId)).size;
  const surge = updateConfig.updateStrategy === 'MINIMAL' || nodes.length === 0 ? 0 : Math.max(zones, paceOf(updateConfig, nodes.length));
  // Forced, a roll deletes pods that their disruption budgets protect.
  const failure =
    (input.force === true && scripted?.code === 'PodEvictionFailure' ? undefined : scripted) ??
    (nodes.length === 0 ? undefined : noNewNodes(place, nodegroup)) ??
    lackOfAddresses(place, nodegroup, surge);
  const update = recordUpdate(
    place,
    { clusterName, nodegroupName },
    {
      type: 'VersionUpdate',
      params: paramsOf({
        Version: nodegroup.amiType === 'CUSTOM' ? undefined : target.version,
        ReleaseVersion: nodegroup.amiType === 'CUSTOM' ? undefined : target.releaseVersion,
        LaunchTemplateName: input.launchTemplate === undefined ? undefined : target.launchTemplate?.name,
        LaunchTemplateVersion: input.launchTemplate === undefined ? undefined : target.launchTemplate?.version,
      }),
      change: { nodegroup: { ...target }, build: buildOf(target), surge, forced: input.force === true },
      failure,
    },
  );
  place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, update: update.id });
  const about = { clusterName, subject: nodegroupName, updateId: update.id };
  place.after('nodegroupShowsUpdatingAfter', { ...about, kind: 'nodegroup-shows-updating' });
  const setUpAt = place.now + place.draw('nodegroupSetup');
  if (failure !== undefined && NO_NEW_NODES.includes(failure.code ?? '')) place.schedule({ ...about, kind: 'roll-fails', at: setUpAt + place.draw('nodeCreationGiveUp') });
  else if (nodes.length === 0) place.schedule({ ...about, kind: failure === undefined ? 'roll-ends' : 'roll-fails', at: setUpAt });
  else place.schedule({ ...about, kind: 'roll-scaled-up', at: surge === 0 ? setUpAt : setUpAt + place.draw('node') });
  return update.id;
}

/** How a roll fails whose new nodes cannot join, whatever keeps them from it: that is told by the group's health. */
function noNewNodes(place: Place, nodegroup: NodegroupDoc): ScriptedFailure | undefined {
  return whyNoNodeJoins(place, nodegroup) === undefined ? undefined : { code: 'NodeCreationFailure', mendable: true };
}

interface AboutRoll {
  readonly clusterName: string;
  readonly subject: string;
  readonly updateId: string;
  readonly heldSince?: number | undefined;
}

/** A step of a roll whose group and update are still there. */
function ofRoll(apply: (place: Place, nodegroup: NodegroupDoc, update: UpdateDoc, about: AboutRoll) => void): Apply {
  return (place, { clusterName, subject = '', updateId, heldSince }) => {
    const nodegroup = place.nodegroups.get(`${clusterName}/${subject}`);
    const update = updateDoc(place, clusterName, updateId);
    if (nodegroup !== undefined && update?.status === 'InProgress') apply(place, nodegroup, update, { clusterName, subject, updateId: update.id, heldSince });
  };
}

/** New nodes are ready beside the old ones. Now the old ones are drained. */
const scaledUp = ofRoll((place, nodegroup, update, { clusterName, subject, updateId }) => {
  const about = { clusterName, subject, updateId };
  const nodes = [...nodegroup.nodes, ...arriving(place, nodegroup, update, update.change.surge ?? 0)];
  putNodes(place, nodegroup, nodes);
  if (update.failure?.code === 'PodEvictionFailure') place.after('podEvictionGiveUp', { ...about, kind: 'roll-fails' });
  else if (update.failure !== undefined) place.after('node', { ...about, kind: 'roll-fails' });
  else if (outdated(nodes, update).length === 0) place.after('nodegroupScaleDown', { ...about, kind: 'roll-ends' });
  else place.after('node', { ...about, kind: 'roll-batch' });
});

/** As many nodes as may be unavailable have been drained, terminated and replaced. With the MINIMAL strategy they are gone before their successors come. */
const batch = ofRoll((place, nodegroup, update, { heldSince, ...about }) => {
  if (isHeld(place, nodegroup, update)) {
    waitForPods(place, update, about, heldSince ?? place.now);
    return;
  }
  const desired = nodegroup.nodes.length - (update.change.surge ?? 0);
  const old = outdated(nodegroup.nodes, update);
  const leaving = old.slice(0, paceOf(nodegroup.updateConfig, desired));
  left(place, leaving, nodegroup.updateConfig.updateStrategy === 'MINIMAL' ? place.now - place.draw('nodeReplacementGap') : place.now);
  const nodes = [...nodegroup.nodes.filter((node) => !leaving.includes(node)), ...arriving(place, nodegroup, update, leaving.length)];
  putNodes(place, nodegroup, nodes);
  if (old.length > leaving.length) place.after('node', { ...about, kind: 'roll-batch' });
  else place.after('nodegroupScaleDown', { ...about, kind: 'roll-ends' });
});

/** A pod that may not be evicted is on one of the next nodes. Forced, EKS deletes it. */
function isHeld(place: Place, nodegroup: NodegroupDoc, update: UpdateDoc): boolean {
  const held = troubleOf(place, nodegroup)?.heldBy;
  const drained = nodegroup.nodes.length - outdated(nodegroup.nodes, update).length - (update.change.surge ?? 0);
  return held !== undefined && update.change.forced !== true && drained >= held.afterNodes;
}

/** EKS tries to evict for fifteen minutes, then gives the update up. Source: EKS user guide, managed-node-update-behavior. */
function waitForPods(place: Place, update: UpdateDoc, about: Omit<AboutRoll, 'heldSince'>, heldSince: number): void {
  if (place.now - heldSince < longest('podEvictionGiveUp')) {
    place.after('troubleLook', { ...about, heldSince, kind: 'roll-batch' });
    return;
  }
  place.updates.put(`${about.clusterName}/${update.id}`, { ...update, failure: { code: 'PodEvictionFailure' } });
  place.schedule({ ...about, kind: 'roll-fails', at: place.now });
}

const rollEnds = ofRoll((place, nodegroup, update, about) => {
  endUpdate(place, update);
  const nodes = withoutSurge(place, nodegroup, update);
  putNodes(place, { ...nodegroup, ...update.change.nodegroup, images: imagesAfter(nodegroup, update), modifiedAt: place.now }, nodes);
  place.after('nodegroupActiveAgainAfter', { ...about, kind: 'nodegroup-active-again' });
});

/** An own image carries the kubelet that it was first rolled out with: who goes back to it gets that one again. */
function imagesAfter(nodegroup: NodegroupDoc, update: UpdateDoc): NodegroupDoc['images'] {
  const after = { ...nodegroup, ...update.change.nodegroup };
  return nodegroup.amiType === 'CUSTOM' ? { [nodegroup.releaseVersion]: nodegroup.version, [after.releaseVersion]: after.version, ...nodegroup.images } : nodegroup.images;
}

/** The group keeps its old version. Nodes that were replaced before the failure stay replaced. */
const rollFails = ofRoll((place, nodegroup, update, about) => {
  if (update.failure?.mendable === true && whyNoNodeJoins(place, nodegroup) === undefined) {
    place.updates.put(`${about.clusterName}/${update.id}`, { ...update, failure: undefined });
    place.after('node', { ...about, kind: 'roll-scaled-up' });
    return;
  }
  const failure: ScriptedFailure = update.failure ?? {};
  const old = outdated(nodegroup.nodes, update).map((node) => node.id);
  const [first] = old;
  const resourceIds = failure.code === 'PodEvictionFailure' && first !== undefined ? [nodeName(first, place.region)] : failure.code === 'NodeCreationFailure' ? [place.newInstanceId()] : old;
  endUpdate(place, update, [scriptedError(failure, { message: (code) => messageOf(code, nodegroup.nodegroupName), resourceIds })]);
  putNodes(place, { ...nodegroup, modifiedAt: place.now }, withoutSurge(place, nodegroup, update));
  place.after('nodegroupActiveAgainAfter', { ...about, kind: 'nodegroup-active-again' });
});

/** A node as Kubernetes has it, which is how EKS names the one whose pods do not go (source: aws/containers-roadmap#1282, projectcalico/calico#4850). */
function nodeName(instanceId: string, region: string): string {
  const address = [0, 2, 4].map((place) => Number.parseInt(instanceId.slice(-6).slice(place, place + 2), 16));
  return `ip-10-${address.join('-')}.${region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`}`;
}

function messageOf(code: string, nodegroupName: string): string {
  if (code === 'PodEvictionFailure') return `Reached max retries while trying to evict pods from nodes in node group ${nodegroupName}`;
  if (code === 'NodeCreationFailure') return `Couldn't proceed with upgrade process as new nodes are not joining node group ${nodegroupName}`;
  return `The update of node group ${nodegroupName} failed: ${code}`;
}

function outdated(nodes: NodegroupDoc['nodes'], update: UpdateDoc): NodegroupDoc['nodes'] {
  return nodes.filter((node) => node.build !== update.change.build);
}

function arriving(place: Place, nodegroup: NodegroupDoc, update: UpdateDoc, count: number): NodegroupDoc['nodes'] {
  return joined(place, nodegroup, count, update.change.build ?? '', update.change.nodegroup?.version ?? nodegroup.version);
}

/** Back to the size the group is meant to have: the newest of the new nodes go. Before scale-up there is nothing to take away. */
function withoutSurge(place: Place, nodegroup: NodegroupDoc, update: UpdateDoc): NodegroupDoc['nodes'] {
  const surplus = Math.max(0, nodegroup.nodes.length - (nodegroup.scalingConfig.desiredSize ?? 0));
  const fresh = nodegroup.nodes.filter((node) => node.build === update.change.build);
  const leaving = surplus === 0 ? [] : fresh.slice(-surplus);
  left(place, leaving);
  return nodegroup.nodes.filter((node) => !leaving.includes(node));
}

export const rollTransitions: Readonly<Record<string, Apply>> = { 'roll-scaled-up': scaledUp, 'roll-batch': batch, 'roll-ends': rollEnds, 'roll-fails': rollFails };
