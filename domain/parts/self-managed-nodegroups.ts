import { architectureOfInstance } from '../ami-types.ts';
import type { Cluster } from '../cluster.ts';
import { changeableErrors, type RuleError } from '../nodegroup-rules.ts';
import { refuseRole } from '../passable-role.ts';
import { repeated } from '../repeated.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { arnOf, nodeRole } from './node-role.ts';
import { keyOf, type AccessEntryResource, type Resource, type RoleResource, type SelfManagedGroupResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';
import type { SelfManagedNodegroupWish } from './self-managed-nodegroup-wish.ts';

const PART = 'self-managed-nodegroup';
/** Source: EKS user guide, Amazon EKS node IAM role; the VPC CNI works with the node's role unless it has one of its own. */
const NODE_POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'];

/** Groups of nodes from a template of ours: each a launch template with its Auto Scaling group, a role and its way into the cluster. */
export function selfManagedNodegroups(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  const wishes = cluster.wanted?.selfManagedNodegroups ?? [];
  if (wishes.length === 0) return { resources: [] };
  const groups = wishes.map((wish) => groupOf(wish, cluster));
  return {
    resources: unique(groups.flatMap(({ role, entry, group }) => [...(role === undefined ? [] : [role]), ...(entry === undefined ? [] : [entry]), group])),
    errors: [...repeated(wishes.map(({ nodegroupName }) => nodegroupName), 'selfManagedNodegroups', 'nodegroupName'), ...wishes.flatMap((wish, index) => errorsOf(wish, index, ask))],
  };
}

/** The name of the template and of the group: unlike a node group's it must be the account's and the region's only one. */
export function selfManagedGroupName(cluster: Pick<Cluster, 'name' | 'clusterId'>, nodegroupName: string): string {
  return roleNameFor(cluster, 'nodes', nodegroupName);
}

interface Made {
  readonly role: RoleResource | undefined;
  readonly entry: AccessEntryResource | undefined;
  readonly group: SelfManagedGroupResource;
}

function groupOf(wish: SelfManagedNodegroupWish, cluster: Cluster): Made {
  const { nodegroupName, nodeRoleArn, amiFamily, instanceTypes, scalingConfig, warmPool } = wish;
  const name = selfManagedGroupName(cluster, nodegroupName);
  const of = { part: PART, partName: nodegroupName } as const;
  const role = nodeRoleArn === undefined ? nodeRole(cluster, { ...of, description: `Nodes of ${cluster.name} in ${nodegroupName}.`, words: ['nodes', nodegroupName], policies: NODE_POLICIES, instanceProfile: true }) : undefined;
  const principalArn = role === undefined ? (nodeRoleArn ?? '') : arnOf(role, cluster);
  // EKS makes the entry of a role that a managed group has too.
  const isManagedToo = cluster.nodegroups.some((group) => group.nodeRole === principalArn);
  const entry: AccessEntryResource | undefined = isManagedToo
    ? undefined
    : { kind: 'access-entry', name: principalArn, ...of, principalArn, type: 'EC2_LINUX', policies: [], ...(role === undefined ? {} : { needs: [keyOf(role)] }) };
  const before = (cluster.made ?? []).find((made) => made.kind === 'self-managed-group' && made.name === name);
  const group: SelfManagedGroupResource = {
    kind: 'self-managed-group',
    name,
    ...of,
    // Its nodes go to another minor with an upgrade, and not because something else of the cluster is changed.
    version: before?.kind === 'self-managed-group' ? before.version : cluster.version,
    amiFamily,
    architecture: wish.architecture ?? architectureOfInstance(instanceTypes[0] ?? ''),
    instanceTypes,
    spot: wish.spot ?? false,
    ...(wish.diskSize === undefined ? {} : { diskSize: wish.diskSize }),
    labels: wish.labels ?? {},
    taints: (wish.taints ?? []).map(({ key, value, effect }) => ({ key, ...(value === undefined ? {} : { value }), effect })),
    nodeRoleArn: principalArn,
    ...(role === undefined ? {} : { instanceProfile: role.name }),
    securityGroups: wish.securityGroups ?? [],
    subnets: wish.subnets ?? cluster.subnetIds,
    scalingConfig,
    ...(warmPool === undefined ? {} : { warmPool: { minSize: warmPool.minSize, poolState: warmPool.poolState, ...(warmPool.maxGroupPreparedCapacity === undefined ? {} : { maxGroupPreparedCapacity: warmPool.maxGroupPreparedCapacity }) } }),
    tags: { ...wish.tags, ...ownTags(wish, cluster) },
    needs: [...(role === undefined ? [] : [keyOf(role)]), ...(entry === undefined ? [] : [keyOf(entry)])],
  };
  return { role, entry, group };
}

/** What EKS knows a cluster's instances by, and Cluster Autoscaler a group that it may scale, also from zero (sources: EKS user guide, Self-managed nodes; cluster-autoscaler, AWS). */
function ownTags({ nodegroupName, labels = {}, taints = [] }: SelfManagedNodegroupWish, { name, wanted }: Cluster): Record<string, string> {
  const tags: Record<string, string> = { Name: `${name}-${nodegroupName}`, [`kubernetes.io/cluster/${name}`]: 'owned' };
  if (wanted?.autoscaling?.kind !== 'cluster-autoscaler') return tags;
  return {
    ...tags,
    'k8s.io/cluster-autoscaler/enabled': 'true',
    [`k8s.io/cluster-autoscaler/${name}`]: 'owned',
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s.io/cluster-autoscaler/node-template/label/${key}`, value])),
    ...Object.fromEntries(taints.map(({ key, value = '', effect }) => [`k8s.io/cluster-autoscaler/node-template/taint/${key}`, `${value}:${TAINT_WORDS[effect]}`])),
  };
}

const TAINT_WORDS = { NO_SCHEDULE: 'NoSchedule', NO_EXECUTE: 'NoExecute', PREFER_NO_SCHEDULE: 'PreferNoSchedule' } as const;

function errorsOf(wish: SelfManagedNodegroupWish, index: number, { cluster, subnets }: PartsAsk): readonly RuleError[] {
  const path = `selfManagedNodegroups.${index}.`;
  const at = (field: string, message: string): RuleError => ({ path: `${path}${field}`, message });
  const { nodegroupName, scalingConfig, labels, taints, instanceTypes, nodeRoleArn, warmPool } = wish;
  const architecture = wish.architecture ?? architectureOfInstance(instanceTypes[0] ?? '');
  const vpcId = subnets.find((subnet) => cluster.subnetIds.includes(subnet.subnetId))?.vpcId;
  const plain = { nodegroupName, status: 'Planned', scalingConfig, ...(labels === undefined ? {} : { labels }), ...(taints === undefined ? {} : { taints: taints.map(({ key, value, effect }) => ({ key, ...(value === undefined ? {} : { value }), effect })) }) };
  return [
    ...changeableErrors(plain, path),
    ...instanceTypes.flatMap((type, place) => (architectureOfInstance(type) === architecture ? [] : [at(`instanceTypes.${place}`, `${type} is ${architectureOfInstance(type)}, and the image is for ${architecture}`)])),
    ...instanceTypes.flatMap((type, place) => (instanceTypes.indexOf(type) < place ? [at(`instanceTypes.${place}`, `${type} stands there twice`)] : [])),
    ...(nodeRoleArn === undefined ? [] : (refuseRole(nodeRoleArn, cluster.accountId, '', ['*'])?.errors ?? []).map(({ message }) => at('nodeRoleArn', message))),
    ...(wish.subnets ?? []).flatMap((subnetId, place) => {
      const found = subnets.find((subnet) => subnet.subnetId === subnetId);
      if (found === undefined) return cluster.exists ? [] : [at(`subnets.${place}`, `There is no subnet ${subnetId} in this account and region`)];
      return vpcId === undefined || found.vpcId === vpcId ? [] : [at(`subnets.${place}`, `${subnetId} is not in the VPC of the cluster`)];
    }),
    ...(warmPool === undefined ? [] : warmPoolErrors(wish, warmPool).map(([field, message]) => at(field, message))),
  ];
}

/** Sources: Auto Scaling user guide, Warm pools, limitations; EKS API reference, WarmPoolConfig, for Bottlerocket. */
function warmPoolErrors({ spot, instanceTypes, amiFamily, scalingConfig }: SelfManagedNodegroupWish, { poolState, maxGroupPreparedCapacity }: NonNullable<SelfManagedNodegroupWish['warmPool']>): (readonly [field: string, message: string])[] {
  return [
    ...(spot === true ? [['warmPool', 'Not with Spot instances'] as const] : []),
    ...(instanceTypes.length > 1 ? [['warmPool', 'Only with one instance type: a mixed instances policy has no warm pool'] as const] : []),
    ...(amiFamily === 'BOTTLEROCKET' && poolState === 'HIBERNATED' ? [['warmPool.poolState', 'Bottlerocket does not hibernate'] as const] : []),
    ...(maxGroupPreparedCapacity !== undefined && maxGroupPreparedCapacity < scalingConfig.desiredSize ? [['warmPool.maxGroupPreparedCapacity', `At least the desired size ${scalingConfig.desiredSize}`] as const] : []),
  ];
}

/** Groups that share a role share its entry. */
function unique(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter((resource, index) => resources.findIndex((other) => keyOf(other) === keyOf(resource)) === index);
}
