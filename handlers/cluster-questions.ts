import type { Question } from '../aws/ports.ts';
import { addonsToLookAt } from '../domain/addons/addons-of-wishes.ts';
import type { Cluster } from '../domain/cluster.ts';
import { karpenterGoes } from '../domain/parts/controller-leavings.ts';
import { podSubnets } from './creation-question.ts';

/**
 * What must be known before a change of a cluster is planned, for the cluster as it is to be: the add-ons of its parts with their roles, and every subnet
 * that a part names; where Karpenter is to go, the instances that it launched. Whoever shows a change, begins it or retries it asks this, so that all of them plan the same.
 */
export function changeQuestion(after: Cluster): Question & { ask: 'cluster' } {
  const { accountId, region, clusterId, name, subnetIds, wanted } = after;
  return { ask: 'cluster', accountId, region, clusterName: name, clusterId, addonsCloser: addonsToLookAt(after), subnetIds: [...new Set([...subnetIds, ...podSubnets(wanted)])], ...(karpenterGoes(after) ? { pooledNodes: true } : {}) };
}

/** What must be known before a deletion is planned: what bars it, and what would stay. */
export function deletionQuestion({ accountId, region, clusterId, name }: Cluster): Question & { ask: 'cluster' } {
  return { ask: 'cluster', accountId, region, clusterName: name, clusterId, fargateProfiles: true, pooledNodes: true };
}
