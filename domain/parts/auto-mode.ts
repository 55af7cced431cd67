import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import { refuseRole } from '../passable-role.ts';
import type { Finding } from '../plan.ts';
import { BUILT_IN_NODE_POOLS, type AutoscalingOf } from './autoscaling-wish.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { arnOf, nodeRole } from './node-role.ts';
import { keyOf, type AutoModeResource, type RoleResource } from './resource.ts';

const PART = 'autoscaling';
/** Source: EKS user guide, EKS Auto Mode node IAM role. */
const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];
/** Source: EKS user guide, EKS Auto Mode cluster IAM role. */
const CLUSTER_POLICIES = ['AmazonEKSClusterPolicy', 'AmazonEKSComputePolicy', 'AmazonEKSBlockStoragePolicy', 'AmazonEKSLoadBalancingPolicy', 'AmazonEKSNetworkingPolicy'];
/** What Auto Mode's nodes bring along (source: EKS user guide, EKS Auto Mode, Automated components). */
const BUILT_IN_ADDONS: readonly string[] = ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent', 'aws-ebs-csi-driver'];

/** EKS Auto Mode with the role of its nodes: the one that was named, or one of ours. Without node pools of EKS's own it takes no role. */
export function autoMode({ cluster }: PartsAsk): Compiled {
  const wish = autoModeWish(cluster);
  if (wish === undefined) return { resources: [] };
  const nodePools = wish.nodePools ?? BUILT_IN_NODE_POOLS;
  const role = nodePools.length > 0 && wish.nodeRoleArn === undefined ? roleOf(cluster) : undefined;
  const nodeRoleArn = role === undefined ? wish.nodeRoleArn : arnOf(role, cluster);
  const resource: AutoModeResource = {
    kind: 'auto-mode',
    name: 'auto-mode',
    part: PART,
    partName: PART,
    nodePools,
    ...(nodeRoleArn === undefined ? {} : { nodeRoleArn }),
    ...(role === undefined ? {} : { needs: [keyOf(role)] }),
  };
  return {
    resources: [...(role === undefined ? [] : [role]), resource],
    errors: errorsOf(wish, resource, cluster),
    findings: [...(isOn(cluster) ? [] : [clusterRoleAdvice(cluster)]), ...builtInAddons(cluster)],
  };
}

export function autoModeWish({ wanted }: Pick<Cluster, 'wanted'>): AutoscalingOf<'auto-mode'> | undefined {
  return wanted?.autoscaling?.kind === 'auto-mode' ? wanted.autoscaling : undefined;
}

/** Whether all nodes that are asked for are Auto Mode's: what other nodes need as add-ons is then built in. */
export function isAutoModeAlone(cluster: Pick<Cluster, 'nodegroups' | 'wanted'>): boolean {
  return autoModeWish(cluster) !== undefined && cluster.nodegroups.length === 0 && (cluster.wanted?.selfManagedNodegroups ?? []).length === 0;
}

/** What a call to EKS says of Auto Mode: its three switches go on and off together (source: EKS API reference, CreateCluster and UpdateClusterConfig). */
export function autoModeSwitches(resource: AutoModeResource | undefined): { readonly computeConfig: object; readonly storageConfig: object; readonly kubernetesNetworkConfig: { readonly elasticLoadBalancing: object } } {
  const enabled = resource !== undefined;
  return {
    computeConfig: enabled ? { enabled, nodePools: resource.nodePools, ...(resource.nodeRoleArn === undefined ? {} : { nodeRoleArn: resource.nodeRoleArn }) } : { enabled },
    storageConfig: { blockStorage: { enabled } },
    kubernetesNetworkConfig: { elasticLoadBalancing: { enabled } },
  };
}

function roleOf(cluster: Cluster): RoleResource {
  return nodeRole(cluster, { part: PART, partName: PART, description: `Nodes that EKS Auto Mode brings to ${cluster.name}.`, words: ['auto-mode-nodes'], policies: NODE_POLICIES });
}

function errorsOf({ nodeRoleArn }: AutoscalingOf<'auto-mode'>, resource: AutoModeResource, cluster: Cluster): readonly RuleError[] {
  const at = (field: string, message: string): RuleError => ({ path: `autoscaling.${field}`, message });
  const before = (cluster.made ?? []).find((made) => made.kind === 'auto-mode');
  const role = nodeRoleArn;
  return [
    ...(role === undefined ? [] : (refuseRole(role, cluster.accountId, '', ['*'])?.errors ?? []).map(({ message }) => at('nodeRoleArn', message))),
    ...(role !== undefined && resource.nodePools.length === 0 ? [at('nodeRoleArn', 'Only with node pools: EKS takes the role for its own pools alone')] : []),
    ...(role !== undefined && role === cluster.roleArn ? [at('nodeRoleArn', 'Another role than the one of the cluster')] : []),
    ...(before?.nodeRoleArn !== undefined && resource.nodeRoleArn !== undefined && before.nodeRoleArn !== resource.nodeRoleArn ? [at('nodeRoleArn', `EKS changes no node role of Auto Mode: it has ${before.nodeRoleArn}. Turn Auto Mode off first`)] : []),
  ];
}

/** EKS has taken the role then. A retry of what did not come on tells of it again. */
function isOn({ made = [] }: Cluster): boolean {
  return made.some(({ kind }) => kind === 'auto-mode');
}

/** The policies of a role that is not Slipway's are not read, and its trust is judged for what every cluster needs. */
function clusterRoleAdvice({ roleArn }: Cluster): Finding {
  return finding('auto-mode-cluster-role', 'advises', roleArn, {
    detail: `For Auto Mode the role of the cluster needs ${CLUSTER_POLICIES.join(', ')}, or policies that allow the same, and its trust must allow eks.amazonaws.com sts:TagSession beside sts:AssumeRole. Slipway has judged neither: it does not read the policies of this role, and looks in its trust for sts:AssumeRole at most.`,
    remedy: 'See that the role has them: EKS refuses Auto Mode without the trust, and brings no nodes without the policies.',
  });
}

function builtInAddons(cluster: Cluster): readonly Finding[] {
  if (!isAutoModeAlone(cluster)) return [];
  return cluster.addons
    .filter(({ addonName }) => BUILT_IN_ADDONS.includes(addonName))
    .map(({ addonName }) =>
      finding('auto-mode-brings-addon', 'advises', addonName, {
        detail: `Nodes of Auto Mode bring what ${addonName} does along, and the cluster is asked for no others: the add-on would have nothing to do there.`,
        remedy: `Leave ${addonName} out, unless nodes of your own are to come.`,
      }),
    );
}
