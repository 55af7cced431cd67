import type { Cluster } from './cluster.ts';
import { refuse, type Refusal } from './refusal.ts';

/** A cluster of the record that EKS says is not there: it is still being made, or its making failed, or somebody deleted it by other means. */
export function absentCluster(cluster: Pick<Cluster, 'name' | 'accountId' | 'region' | 'clusterId' | 'exists' | 'activeOperation'>): Refusal {
  const { name, accountId, region, clusterId, exists, activeOperation } = cluster;
  if (exists) {
    return refuse('cluster-not-in-account', `EKS knows no cluster ${name} in ${accountId}, ${region}.`, { remedy: `If it was deleted there, take it off the record here too: DELETE /v1/clusters/${clusterId}.` });
  }
  return refuse('cluster-not-active', `The control plane of ${name} is not there yet.`, {
    remedy: activeOperation === undefined ? 'Retry the operation that was to make it, or delete the cluster.' : 'Wait until the operation that makes it has ended.',
    ...(activeOperation === undefined ? {} : { operation: activeOperation }),
  });
}
