import type { Minor } from '../../../domain/minor.ts';
import { holdForNodes } from './addresses.ts';
import { whyNoNodeJoins } from './health.ts';
import { NODES_LAUNCHED_AT_ONCE } from './limits.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { NodeDoc, NodegroupDoc } from './state.ts';

export function nodegroupKey(nodegroup: { readonly clusterName: string; readonly nodegroupName: string }): string {
  return `${nodegroup.clusterName}/${nodegroup.nodegroupName}`;
}

/** What a node is made from. A node of another build than its group's is what a roll replaces. */
export function buildOf(of: { readonly releaseVersion: string; readonly launchTemplate?: { readonly version: string } | undefined }): string {
  return of.launchTemplate === undefined ? of.releaseVersion : `${of.releaseVersion} on launch template version ${of.launchTemplate.version}`;
}

export function readyNodes(place: Place, clusterName: string): number {
  const ownByEks = place.clusters.get(clusterName)?.autoNodes?.length ?? 0;
  return place.nodegroups.list(`${clusterName}/`).reduce((sum, nodegroup) => sum + nodegroup.nodes.filter((node) => node.ready).length, ownByEks);
}

/** Instances that the Auto Scaling group starts: some at once, the rest after them. Each joins the cluster in its own time. Answers when the last has joined. */
export function launch(place: Place, nodegroup: NodegroupDoc, count: number): { nodes: NodeDoc[]; joinedAt: number } {
  const nodes: NodeDoc[] = [];
  let wave = place.now;
  let joinedAt = place.now;
  for (let index = 0; index < count; index += 1) {
    if (index > 0 && index % NODES_LAUNCHED_AT_ONCE === 0) wave = joinedAt;
    const node: NodeDoc = { id: place.newInstanceId(), build: buildOf(nodegroup), kubelet: nodegroup.version, ready: false };
    const at = wave + place.draw('node');
    place.schedule({ kind: 'node-joins', at, clusterName: nodegroup.clusterName, subject: nodegroup.nodegroupName, nodeIds: [node.id] });
    joinedAt = Math.max(joinedAt, at);
    nodes.push(node);
  }
  return { nodes, joinedAt };
}

/** Nodes that are ready from now on. */
export function joined(place: Place, nodegroup: NodegroupDoc, count: number, build: string, kubelet: Minor): NodeDoc[] {
  return Array.from({ length: count }, () => withSpan(place, nodegroup, { id: place.newInstanceId(), build, kubelet, ready: true }));
}

function withSpan(place: Place, { clusterName, nodegroupName }: NodegroupDoc, node: NodeDoc): NodeDoc {
  return { ...node, ready: true, span: place.openSpan({ what: 'node', clusterName, nodegroupName, nodeId: node.id, version: node.kubelet }) };
}

/** Nodes that are gone, from `at` on. */
export function left(place: Place, nodes: readonly NodeDoc[], at = place.now): void {
  for (const node of nodes) place.closeSpan(node.span, at);
}

/** Writes a node group whose nodes have changed, and lets the add-ons that run on nodes see it in a little while. */
export function putNodes(place: Place, nodegroup: NodegroupDoc, nodes: readonly NodeDoc[]): void {
  const before = readyNodes(place, nodegroup.clusterName);
  place.nodegroups.put(nodegroupKey(nodegroup), { ...nodegroup, nodes });
  holdForNodes(place, nodegroup, nodes.length);
  noteNodes(place, nodegroup.clusterName, before);
}

/** Add-ons notice when the first node of a cluster comes and when the last one goes. */
export function noteNodes(place: Place, clusterName: string, before: number): void {
  const after = readyNodes(place, clusterName);
  if ((before === 0) !== (after === 0)) place.after('addonRecovery', { kind: 'addons-look-for-nodes', clusterName });
}

const joins: Apply = (place, transition) => {
  const { clusterName, subject, nodeIds } = transition;
  const nodegroup = place.nodegroups.get(`${clusterName}/${subject}`);
  if (nodegroup === undefined || nodegroup.status === 'DELETING') return;
  if (nodegroup.nodes.every((node) => nodeIds?.includes(node.id) !== true || node.ready)) return;
  // The Auto Scaling group goes on trying for as long as the node is wanted.
  if (whyNoNodeJoins(place, nodegroup) !== undefined) {
    place.after('troubleLook', transition);
    return;
  }
  const nodes = nodegroup.nodes.map((node) => (nodeIds?.includes(node.id) === true && !node.ready ? withSpan(place, nodegroup, node) : node));
  putNodes(place, nodegroup, nodes);
};

export const nodeTransitions: Readonly<Record<string, Apply>> = { 'node-joins': joins };
