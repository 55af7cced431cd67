import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { issueText } from './control-plane-findings.ts';
import { compareMinors, isMinor, type Minor } from './minor.ts';
import type { Finding, Hop } from './plan.ts';
import type { FargateProfileFacts, PooledNodesFacts, SelfManagedGroupFacts } from './readiness-facts.ts';
import { kubeletFits } from './skew.ts';

/** Fargate: a pod keeps its kubelet until it is started anew, and which it has, the AWS APIs do not tell (source: EKS user guide, update-cluster). */
export function fargateFindings(profiles: readonly FargateProfileFacts[], hops: readonly Hop[]): readonly Finding[] {
  const goal = goalOf(hops);
  return profiles.flatMap((profile) => [...(goal === undefined ? [] : [podsStay(profile, goal)]), ...unhealthyProfile(profile)]);
}

function podsStay({ profileName, namespaces }: FargateProfileFacts, goal: Minor): Finding {
  return finding('fargate-pods-stay', 'advises', profileName, {
    detail: `Pods of this profile${namespaces.length === 0 ? '' : ` (${namespaces.join(', ')})`} keep their kubelet when the control plane moves. Which kubelets they have now is Unknown: the AWS APIs do not tell.`,
    remedy: `Start them anew after the hop to ${goal} (kubectl rollout restart), and before any falls more than three minors behind.`,
    hop: goal,
  });
}

function unhealthyProfile({ profileName, status, healthIssues }: FargateProfileFacts): Finding[] {
  if (status === 'ACTIVE' && healthIssues.length === 0) return [];
  return [
    finding('fargate-profile-unhealthy', 'advises', profileName, {
      detail: `The profile is ${status}${healthIssues.length === 0 ? '; EKS names no issue.' : `: ${healthIssues.map(issueText).join(' ')}`}`,
      remedy: 'Mend what EKS names before pods are started anew: they would meet the same fault.',
    }),
  ];
}

/** Self-managed Auto Scaling groups, apart from what a refresh of them needs. */
export function selfManagedFindings(groups: readonly SelfManagedGroupFacts[]): readonly Finding[] {
  return groups.flatMap(({ groupName, unhealthyInstances, desiredCapacity, refreshInProgress }) => [
    ...(unhealthyInstances === 0
      ? []
      : [
          finding('self-managed-unhealthy', 'advises', groupName, {
            detail: `Auto Scaling says of instances of the group that they are unhealthy: ${unhealthyInstances} of ${desiredCapacity}.`,
            remedy: 'See why before they are replaced: new ones may meet the same fault.',
          }),
        ]),
    ...(refreshInProgress === undefined
      ? []
      : [finding('self-managed-busy', 'advises', groupName, { detail: `Instance refresh ${refreshInProgress} of the group is under way, which is not ours.`, remedy: 'Nothing: Auto Scaling runs one refresh of a group at a time, and the operation waits for it.' })]),
  ]);
}

/**
 * Nodes that Karpenter or Auto Mode makes. They follow a control plane after its hop, so that only the first hop can be judged by what
 * runs now: one that is too old for it holds the hop, as the skew of every node does.
 */
export function pooledNodesFindings(pools: readonly PooledNodesFacts[], hops: readonly Hop[]): readonly Finding[] {
  const next = hops.find((hop) => hop.from !== hop.to);
  return pools.flatMap((pool) => [...(pool.kind === 'karpenter' && next !== undefined ? [karpenter(pool, next.to)] : []), ...tooOld(pool, next)]);
}

function karpenter(pool: PooledNodesFacts, hop: string): Finding {
  return finding('karpenter-nodes', 'advises', poolName(pool), {
    detail: `Karpenter runs ${pool.count} ${pool.count === 1 ? 'node' : 'nodes'} of this pool, with ${kubeletsText(pool)}. They are replaced by drift only where the node class takes its image by an alias.`,
    remedy: 'See that the pool\'s budgets let drift go on, and that a node class with a fixed image gets another one.',
    hop,
  });
}

function tooOld(pool: PooledNodesFacts, next: Hop | undefined): Finding[] {
  if (next === undefined || !isMinor(next.to)) return [];
  const { to } = next;
  const old = pool.kubelets.flatMap((minor) => (minor !== null && compareMinors(minor, to) < 0 && !kubeletFits(minor, to) ? [minor] : []));
  if (old.length === 0) return [];
  return [
    finding('pooled-nodes-skew', 'blocks', poolName(pool), {
      detail: `Nodes of this pool run a kubelet of ${[...new Set(old)].join(', ')}, too far behind a control plane at ${to}.`,
      remedy: 'Have them replaced first: let drift go on, change the node class\'s image, or delete those nodes.',
      hop: to,
    }),
  ];
}

/** How many nodes of each pool of Auto Mode run, in lines. */
export function autoModeEvidence({ readiness }: ClusterFacts): readonly string[] {
  const pools = readiness?.pooledNodes.kind === 'seen' ? readiness.pooledNodes.value : [];
  return pools.filter((pool) => pool.kind === 'auto-mode').map((pool) => `${poolName(pool)}: ${pool.count} ${pool.count === 1 ? 'node' : 'nodes'}, ${kubeletsText(pool)}`);
}

export function hybridFindings(facts: ClusterFacts, hops: readonly Hop[]): readonly Finding[] {
  const goal = goalOf(hops);
  if (goal === undefined || facts.readiness?.hybridNodes !== true) return [];
  return [
    finding('hybrid-nodes', 'advises', facts.cluster.name, {
      detail: 'The cluster admits hybrid nodes. How many there are and which kubelets they run is Unknown: the AWS APIs do not tell.',
      remedy: `Upgrade them by hand (nodeadm upgrade), each within three minors of the control plane on its way to ${goal}.`,
      hop: goal,
    }),
  ];
}

function goalOf(hops: readonly Hop[]): Minor | undefined {
  const goal = hops.filter((hop) => hop.from !== hop.to).at(-1)?.to;
  return goal !== undefined && isMinor(goal) ? goal : undefined;
}

/** How a node pool is called where no tag tells its name. */
export function poolName({ kind, pool }: Pick<PooledNodesFacts, 'kind' | 'pool'>): string {
  return pool === '' ? `${kind}, no pool named` : pool;
}

function kubeletsText({ kubelets }: PooledNodesFacts): string {
  const known = [...new Set(kubelets.flatMap((minor) => minor ?? []))];
  const unknown = kubelets.includes(null) || kubelets.length === 0;
  if (known.length === 0) return 'kubelets that their images do not tell';
  return `kubelets of ${known.join(', ')}${unknown ? ' and others that their images do not tell' : ''}`;
}
