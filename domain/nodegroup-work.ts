import { estimateWork } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import type { Finding, Plan, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { updateInProgress } from './update-in-progress.ts';

/** What the plans for node groups of a living cluster share. */

/** EKS works on node groups while the control plane is up; one that is UPDATING is waited for. */
export function refuseUnlessUp(facts: ClusterFacts): Refusal | undefined {
  if (facts.cluster.status === 'ACTIVE' || facts.cluster.status === 'UPDATING') return undefined;
  return refuse('cluster-not-active', `The control plane of ${facts.cluster.name} is ${facts.cluster.status}; EKS works on node groups of an ACTIVE one.`, { remedy: 'Wait until it is ACTIVE, then ask again.' });
}

export function noSuchGroup(facts: ClusterFacts, nodegroupName: string): Refusal {
  return refuse('not-found', `Cluster ${facts.cluster.name} has no node group ${nodegroupName}.`);
}

/** A plan of one hop in place: the control plane stays at its minor. */
export function workOn(facts: ClusterFacts, steps: readonly PlannedStep[], findings: readonly Finding[], addresses: number): Plan {
  const { version } = facts.cluster;
  return { from: version, to: version, hops: [{ from: version, to: version, steps }], findings: [...updateInProgress(facts), ...findings], notLookedAt: [], estimate: estimateWork(steps, addresses) };
}
