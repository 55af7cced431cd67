import type { Cluster } from './cluster.ts';
import { conditionOf } from './condition.ts';

export const CLUSTER_STATUSES = ['Creating', 'Active', 'Changing', 'Deleting', 'Failed', 'Unknown'] as const;

/** One word for eyes and lists, computed from facts and never stored as one; no rule branches on it. */
export type ClusterStatus = (typeof CLUSTER_STATUSES)[number];

/** What a cluster's record comes to in a word. */
export function clusterStatus(cluster: Pick<Cluster, 'exists' | 'origin' | 'activeOperation' | 'deletingSince' | 'conditions'>): ClusterStatus {
  const worked = cluster.activeOperation !== undefined;
  if (cluster.deletingSince !== undefined) return worked ? 'Deleting' : 'Failed';
  if (!cluster.exists) {
    if (!worked) return 'Failed';
    // An import makes nothing: until it has read the cluster, nothing is known of it.
    return cluster.origin === 'imported' ? 'Unknown' : 'Creating';
  }
  if (worked) return 'Changing';
  return conditionOf(cluster.conditions, 'Healthy')?.status === 'Unknown' ? 'Unknown' : 'Active';
}
