import type { ClusterFacts, NodegroupFacts } from './facts.ts';
import { newestOf, oldestOf, selfManagedAt } from './instance-refreshes.ts';
import { compareMinors, type Minor } from './minor.ts';
import { AL2_LAST_MINOR } from './nodegroup-rolls.ts';
import type { Hop, NodesLine, PlannedStep, StepKind } from './plan.ts';
import { poolName } from './other-nodes-findings.ts';
import type { PooledNodesFacts, SelfManagedGroupFacts } from './readiness-facts.ts';

interface Way {
  readonly facts: ClusterFacts;
  readonly hops: readonly Hop[];
  /** Where the control plane ends. */
  readonly goal: Minor;
  /** A rollback: what is older than the goal may stay as it is. */
  readonly back: boolean;
}

/** Every kind of node that AWS tells of, and what becomes of it: what the plan's steps replace, what follows by itself, what is left to people. */
export function nodesLedger(facts: ClusterFacts, hops: readonly Hop[], goal: Minor): readonly NodesLine[] {
  const way: Way = { facts, hops, goal, back: compareMinors(goal, facts.cluster.version) < 0 };
  return [
    ...facts.nodegroups.map((group) => managedLine(group, way)),
    ...seen(facts.readiness?.selfManagedGroups).map((group) => selfManagedLine(group, way)),
    ...seen(facts.readiness?.fargateProfiles).map((profile): NodesLine => ({ kind: 'fargate', name: profile.profileName, ...fargate(way) })),
    ...autoModeLines(way),
    ...pooled(facts, 'karpenter').map((pool) => karpenterLine(pool, way)),
    ...hybridLines(way),
  ];
}

function managedLine(group: NodegroupFacts, way: Way): NodesLine {
  const { nodegroupName: name, version, scalingConfig } = group;
  const { goal } = way;
  const line = { kind: 'managed' as const, name, ...(version === undefined ? {} : { version }), count: scalingConfig.desiredSize };
  const rolls = stepsOf(way, 'upgrade-nodegroup', name);
  if (rolls.length > 0) return { ...line, action: 'roll', because: `It rolls to ${rolls.map((step) => step.to).join(', then to ')}.` };
  if (group.status === 'DELETING') return { ...line, action: 'none', because: 'It is being deleted.' };
  if (version === undefined) return { ...line, action: 'by-hand', because: 'Its image is its team\'s own, and EKS does not know which kubelet it brings: see that it fits.' };
  if (fits(version, way)) return { ...line, action: 'none', because: standing(version, goal) };
  if (group.customAmi) return { ...line, action: 'by-hand', because: `Its launch template names its own image: put one for ${goal} into a new version of it, and update the group to that.` };
  if (group.amiType.startsWith('AL2_')) return { ...line, action: 'by-hand', because: `EKS has no ${group.amiType} images after ${AL2_LAST_MINOR}: move its work to a group with another image type.` };
  return { ...line, action: 'by-hand', because: `It stays at ${version}, and the plan has no step for it.` };
}

function selfManagedLine(group: SelfManagedGroupFacts, way: Way): NodesLine {
  const { groupName: name, desiredCapacity, kubelets, launchTemplate, images } = group;
  const version = oldestOf(known(kubelets));
  const line = { kind: 'self-managed' as const, name, ...(version === undefined ? {} : { version }), count: desiredCapacity };
  const refreshes = stepsOf(way, 'refresh-instances', name);
  if (refreshes.length > 0) {
    return { ...line, action: 'refresh', because: `Its instances are refreshed to ${refreshes.map((step) => `${step.to} (${step.parameters?.['launchTemplateVersion'] === undefined ? 'a new version of its template' : `launch template version ${String(step.parameters['launchTemplateVersion'])}`})`).join(', then to ')}.` };
  }
  if (kubelets.length === 0) {
    const coming = images.find((image) => image.version === launchTemplate?.version)?.minor;
    const fine = coming !== undefined && fits(coming, way);
    return { ...line, action: fine ? 'none' : 'by-hand', because: `No instance runs. A new one would bring ${coming === undefined ? 'a kubelet that its image\'s name does not tell' : `a kubelet of ${coming}`}.` };
  }
  if (selfManagedAt(group).unknown) return { ...line, action: 'by-hand', because: 'The names of some images do not tell which kubelets they bring: see that they fit.' };
  const newest = newestOf(known(kubelets));
  const last = way.back ? newest : version;
  if (last !== undefined && fits(last, way)) return { ...line, action: 'none', because: standing(last, way.goal) };
  const lack = launchTemplate === undefined ? 'It has no launch template to refresh it to' : `No version of its launch template has an image that fits ${way.goal}`;
  return { ...line, action: 'by-hand', because: `${lack}: make one and plan again, or replace its instances by hand.` };
}

function fargate({ goal, back, hops }: Way): Pick<NodesLine, 'action' | 'because'> {
  if (back) return { action: 'redeploy', because: `EKS takes no Fargate pod back: delete pods that are newer than ${goal} before the control plane goes back, and they start at ${goal} after it.` };
  if (!hops.some((hop) => hop.from !== hop.to)) return { action: 'none', because: 'The control plane stays where it is. Which kubelets its pods have, only the cluster tells.' };
  return { action: 'redeploy', because: `A pod keeps its kubelet until it is started anew: restart its deployments after the hop to ${goal}, and before any is more than three minors behind.` };
}

function autoModeLines({ facts, goal, back }: Way): NodesLine[] {
  const pools = pooled(facts, 'auto-mode');
  const { name, autoMode } = facts.cluster;
  if (!autoMode) return pools.map((pool) => ({ ...pooledLine(pool), action: 'by-hand', because: 'Auto Mode is off, and nobody replaces this node any more: move its work and delete it.' }));
  const because = back ? `EKS brings its own nodes back to ${goal} before the control plane, within disruption budgets; that may take from minutes to days.` : 'EKS replaces its own nodes after each hop by itself, within disruption budgets.';
  // No instance with its tags is not no node: what runs in the cluster, its own API alone tells.
  return pools.length === 0 ? [{ kind: 'auto-mode', name, action: 'follows', because: `${because} How many there are, only the cluster tells.` }] : pools.map((pool) => ({ ...pooledLine(pool), action: 'follows', because }));
}

function karpenterLine(pool: PooledNodesFacts, way: Way): NodesLine {
  const { facts, goal, back } = way;
  const minors = known(pool.kubelets);
  const [oldest, newest] = [oldestOf(minors), newestOf(minors)];
  const line = pooledLine(pool);
  if (back) {
    if (newest === undefined || minors.length < pool.kubelets.length) return { ...line, action: 'by-hand', because: `Its images do not tell their kubelets: none may be newer than ${goal} when the control plane goes back.` };
    return compareMinors(newest, goal) > 0
      ? { ...line, action: 'by-hand', because: `Nodes at ${newest} are newer than ${goal}: have the node class name an image of ${goal}, and wait until drift has replaced them.` }
      : { ...line, action: 'none', because: standing(newest, goal) };
  }
  if (oldest !== undefined && compareMinors(oldest, facts.cluster.version) < 0) {
    return { ...line, action: 'by-hand', because: `Nodes are still at ${oldest} under a control plane at ${facts.cluster.version}, so they do not follow by themselves: see whether their node class names a fixed image, or a budget holds drift up.` };
  }
  return { ...line, action: 'follows', because: 'They follow by drift when the node class takes its image by an alias, and within the node pool\'s budgets; one that names a fixed image is changed by hand.' };
}

function hybridLines({ facts, goal, back }: Way): NodesLine[] {
  if (facts.cluster.hybridNodes !== true && facts.readiness?.hybridNodes !== true) return [];
  const because = back ? `None may be newer than ${goal} when the control plane goes back.` : `Upgrade them with nodeadm, each kubelet at most three minors behind the control plane on its way to ${goal}.`;
  return [{ kind: 'hybrid', name: facts.cluster.name, action: 'by-hand', because: `The cluster admits hybrid nodes, and AWS does not tell which there are. ${because}` }];
}

function pooledLine(pool: PooledNodesFacts): Pick<NodesLine, 'kind' | 'name' | 'version' | 'count'> {
  const version = oldestOf(known(pool.kubelets));
  return { kind: pool.kind, name: poolName(pool), ...(version === undefined ? {} : { version }), count: pool.count };
}

function pooled(facts: ClusterFacts, kind: PooledNodesFacts['kind']): readonly PooledNodesFacts[] {
  return seen(facts.readiness?.pooledNodes).filter((pool) => pool.kind === kind);
}

/** Whether nodes of a minor may stay: on the way up at the goal or beyond it, on the way back no newer than it. */
function fits(version: Minor, { goal, back }: Way): boolean {
  return back ? compareMinors(version, goal) <= 0 : compareMinors(version, goal) >= 0;
}

function standing(version: Minor, goal: Minor): string {
  return version === goal ? `It is at ${goal} already.` : `It is at ${version}.`;
}

function stepsOf({ hops }: Way, kind: StepKind, subject: string): readonly PlannedStep[] {
  return hops.flatMap((hop) => hop.steps.filter((step) => step.kind === kind && step.subject === subject));
}

function known(minors: readonly (Minor | null)[]): Minor[] {
  return minors.filter((minor) => minor !== null);
}

function seen<T>(looked: { readonly kind: 'seen'; readonly value: readonly T[] } | { readonly kind: 'unknown' } | undefined): readonly T[] {
  return looked?.kind === 'seen' ? looked.value : [];
}
