import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { nodegroupDeletionStep } from './nodegroup-steps.ts';
import { noSuchGroup, refuseUnlessUp, workOn } from './nodegroup-work.ts';
import type { Plan } from './plan.ts';
import type { Refusal } from './refusal.ts';

export interface NodegroupDeletionAsk {
  readonly cluster: Cluster;
  readonly nodegroupName: string;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
}

/** Plans a group's end. A group that EKS no longer has needs no work. */
export function planNodegroupDeletion({ cluster, nodegroupName, facts }: NodegroupDeletionAsk): Plan | Refusal {
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  const seen = facts.nodegroups.find((group) => group.nodegroupName === nodegroupName);
  if (seen === undefined) return cluster.nodegroups.some((group) => group.nodegroupName === nodegroupName) ? workOn(facts, [], [], 0) : noSuchGroup(facts, nodegroupName);
  const last = facts.nodegroups.every((group) => group.nodegroupName === nodegroupName || group.scalingConfig.desiredSize === 0);
  const findings = last
    ? [finding('last-nodegroup', 'advises', nodegroupName, { detail: 'No other managed node group has nodes: pods without other nodes to run on stay Pending, CoreDNS among them.', remedy: 'Make another group first if the cluster is to go on.' })]
    : [];
  return workOn(facts, [nodegroupDeletionStep(nodegroupName, facts.cluster.version, 'CarryOut')], findings, 0);
}
