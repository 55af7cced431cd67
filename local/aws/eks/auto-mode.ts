import type { CreateClusterRequest } from '@aws-sdk/client-eks';
import { addAutoModeEntry } from './access.ts';
import { invalidParameter } from './errors.ts';
import { noteNodes, readyNodes } from './nodes.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { AutoModeDoc, ClusterDoc, NodeDoc } from './state.ts';
import { updateDoc } from './updates.ts';
import { clusterRoleRefusal, requireRole } from './validation.ts';

// EKS Auto Mode: nodes that EKS manages itself. They follow the control plane after an upgrade, and go before it in a rollback.
// Sources: EKS user guide, automode, auto-upgrade and rollback-automode.

const NODE_POOLS = ['general-purpose', 'system'];
/** How many nodes the pods need, where no script says it. */
const NODES_USUALLY = 2;
const NOT_AS_ONE =
  'For EKS Auto Mode, please ensure that all required configs, including computeConfig, kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled.';

type Asked = Pick<CreateClusterRequest, 'computeConfig' | 'storageConfig' | 'kubernetesNetworkConfig'>;

/** What a request makes of Auto Mode: its three switches go together. Undefined when it says nothing of it. */
export function autoModeAsked(place: Place, input: Asked, cluster: Pick<ClusterDoc, 'name' | 'authenticationMode' | 'roleArn'>): AutoModeDoc | undefined {
  const about = { clusterName: cluster.name };
  const switches = [input.computeConfig?.enabled, input.storageConfig?.blockStorage?.enabled, input.kubernetesNetworkConfig?.elasticLoadBalancing?.enabled];
  if (!switches.includes(true)) return switches.includes(false) ? { enabled: false, nodePools: [] } : undefined;
  if (switches.some((on) => on !== true)) throw invalidParameter(NOT_AS_ONE, about);
  if (cluster.authenticationMode === 'CONFIG_MAP') throw invalidParameter('For EKS Auto Mode, the authentication mode must be set to one of [API, API_AND_CONFIG_MAP].', about);
  requireTaggingRole(place, cluster);
  const { nodePools = [], nodeRoleArn } = input.computeConfig ?? {};
  const unknown = nodePools.find((pool) => !NODE_POOLS.includes(pool));
  if (unknown !== undefined) throw invalidParameter(`The node pool ${unknown} is not supported. Supported node pools: ${NODE_POOLS.join(', ')}`, about);
  if (nodeRoleArn !== undefined && nodePools.length === 0) throw invalidParameter('When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.', about);
  if (nodeRoleArn === undefined && nodePools.length > 0) throw invalidParameter('When Compute Config nodePools are provided, nodeRoleArn must be provided.', about);
  if (nodeRoleArn !== undefined)
    requireRole(place, nodeRoleArn, 'ec2.amazonaws.com', (name) => `The role with name ${name} cannot be found, or its trust relationships do not name the required service principals [ec2.amazonaws.com].`, about);
  return { enabled: true, nodePools, nodeRoleArn };
}

/** The cluster role must let EKS tag its sessions. Source: EKS user guide, auto-cluster-iam-role. */
function requireTaggingRole(place: Place, { name, roleArn }: Pick<ClusterDoc, 'name' | 'roleArn'>): void {
  requireRole(place, roleArn, 'eks.amazonaws.com', () => clusterRoleRefusal(roleArn), { clusterName: name }, ['sts:AssumeRole', 'sts:TagSession']);
}

/** Lets the nodes begin to become what they are meant to be: as many, and of the version, as the cluster now wants. What was under way gives way. */
export function drift(place: Place, clusterName: string): void {
  const cluster = place.clusters.get(clusterName);
  if (cluster?.autoMode === undefined) return;
  if (cluster.autoMode.nodeRoleArn !== undefined) addAutoModeEntry(place, cluster, cluster.autoMode.nodeRoleArn);
  const token = String(place.nextSequence());
  place.clusters.put(clusterName, { ...cluster, drift: token });
  place.after('node', { kind: 'auto-nodes-drift', clusterName, subject: token });
}

/** One turn: as many nodes are replaced as the NodePools' budget lets go. Whatever comes after the last is `whenDone`'s. */
export function driftTurn(whenDone: (place: Place, clusterName: string) => void): Apply {
  return (place, { clusterName, subject = '' }) => {
    const cluster = place.clusters.get(clusterName);
    if (cluster?.drift === undefined || cluster.drift !== subject) return;
    const about = { kind: 'auto-nodes-drift', clusterName, subject };
    const script = place.workloads.get(clusterName)?.autoMode ?? {};
    const nodes = resized(place, cluster, script.nodes ?? NODES_USUALLY);
    const target = targetOf(place, cluster);
    const old = nodes.filter((node) => node.kubelet !== target);
    if (old.length === 0) {
      putAutoNodes(place, { ...cluster, drift: undefined }, nodes);
      whenDone(place, clusterName);
      return;
    }
    if (script.budget === 0 || script.doNotDisrupt === 'node') {
      putAutoNodes(place, cluster, nodes);
      place.after('troubleLook', about);
      return;
    }
    const leaving = old.slice(0, script.budget ?? 1);
    closeSpans(place, leaving);
    putAutoNodes(place, cluster, [...nodes.filter((node) => !leaving.includes(node)), ...arriving(place, clusterName, target, leaving.length)]);
    // Pods that may not be disrupted delay a node by its termination grace period, and no longer.
    place.after(script.podsHeld === true || script.doNotDisrupt === 'pod' ? 'autoModeGrace' : 'node', about);
  };
}

/** Nodes go to the version that the control plane is to be rolled back to, and else to its own. */
function targetOf(place: Place, cluster: ClusterDoc): ClusterDoc['version'] {
  const update = updateDoc(place, cluster.name, cluster.update);
  return (update?.status === 'InProgress' && update.phase === 'nodes' ? update.change.cluster?.version : undefined) ?? cluster.version;
}

function resized(place: Place, cluster: ClusterDoc, wanted: number): NodeDoc[] {
  const nodes = cluster.autoNodes ?? [];
  const size = cluster.autoMode?.enabled === true && cluster.autoMode.nodePools.length > 0 ? wanted : 0;
  closeSpans(place, nodes.slice(size));
  return [...nodes.slice(0, size), ...arriving(place, cluster.name, targetOf(place, cluster), Math.max(0, size - nodes.length))];
}

function arriving(place: Place, clusterName: string, kubelet: ClusterDoc['version'], count: number): NodeDoc[] {
  return Array.from({ length: count }, () => {
    const id = place.newInstanceId();
    return { id, build: kubelet, kubelet, ready: true, span: place.openSpan({ what: 'node', clusterName, nodegroupName: 'auto-mode', nodeId: id, version: kubelet }) };
  });
}

function putAutoNodes(place: Place, cluster: ClusterDoc, autoNodes: readonly NodeDoc[]): void {
  const before = readyNodes(place, cluster.name);
  place.clusters.put(cluster.name, { ...cluster, autoNodes });
  noteNodes(place, cluster.name, before);
}

export function closeSpans(place: Place, nodes: readonly NodeDoc[]): void {
  for (const node of nodes) place.closeSpan(node.span);
}
