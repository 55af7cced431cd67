import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import { poolName } from '../other-nodes-findings.ts';
import type { Finding, Plan } from '../plan.ts';
import type { Looked, PooledNodesFacts } from '../readiness-facts.ts';
import { keyOf, type Resource } from './resource.ts';

/** Instances that Karpenter or Auto Mode has launched; absent where nobody looked. */
type PooledNodes = Looked<readonly PooledNodesFacts[]> | undefined;

/** Whether Karpenter was made for the cluster, in part at least, and is asked for no more: the instances that it launched must be known before that is planned. */
export function karpenterGoes({ made = [], wanted }: Pick<Cluster, 'made' | 'wanted'>): boolean {
  return wanted?.autoscaling?.kind !== 'karpenter' && made.some((resource) => keyOf(resource) === 'hand-over/karpenter' || keyOf(resource) === 'pod-identity/kube-system/karpenter');
}

/**
 * Instances of Karpenter run on when it goes, or its cluster: it alone ends them, as their NodePools are deleted (source: karpenter.sh, Disruption, Manual Methods).
 * Those of Auto Mode are ended by EKS.
 */
export function karpenterLeavings(pooledNodes: PooledNodes, goes: 'karpenter' | 'cluster'): readonly Finding[] {
  const pools = pooledNodes?.kind === 'seen' ? pooledNodes.value.filter(({ kind }) => kind === 'karpenter') : [];
  const meaning =
    goes === 'cluster'
      ? 'They are of no node group, so EKS does not end them with the cluster: they stay in the account, and cost.'
      : 'Nothing replaces or ends them any more; where Slipway made the access entry of their role, that goes, and with it their way into the cluster. They stay in the account, and cost.';
  return pools.map((pool) =>
    finding('karpenter-nodes-stay', 'advises', poolName(pool), {
      detail: `Karpenter runs ${pool.count} ${pool.count === 1 ? 'instance' : 'instances'} of this pool. ${meaning}`,
      remedy: 'Delete the NodePools first, while Karpenter runs, and wait until it has ended its instances (kubectl get nodeclaims). What is left is found by the tag karpenter.sh/nodepool.',
    }),
  );
}

/** Where the instances could not be counted, silence is no pass. */
export function karpenterUnseen(pooledNodes: PooledNodes): Plan['notLookedAt'] {
  if (pooledNodes?.kind === 'seen') return [];
  return [{ code: 'karpenter-nodes', because: `Unknown: which instances of Karpenter run, and stay, was not seen.${pooledNodes === undefined ? '' : ` ${pooledNodes.because}`}` }];
}

/**
 * The AWS Load Balancer Controller deletes what it made when the Service or Ingress is deleted, and only while it is there (source: EKS user guide, Delete a
 * cluster: delete the Services first, or there are orphaned resources in the VPC). `made` has its role, by which it does so.
 */
export function loadBalancerLeavings(made: readonly Resource[], wanted: readonly Resource[]): readonly Finding[] {
  const kept = new Set(wanted.map(keyOf));
  const gone = made.filter((resource) => resource.kind === 'role' && resource.part === 'traffic' && !kept.has(keyOf(resource)));
  return gone.slice(0, 1).map(() =>
    finding('load-balancers-stay', 'advises', 'aws-load-balancer-controller', {
      detail: 'The controller loses its role, and load balancers, target groups and security groups that it made stay in the account, unkept and at their cost. Which there are only the cluster\'s own API tells.',
      remedy: 'Delete the Services and Ingresses that it serves first, and wait until their load balancers are gone.',
    }),
  );
}
