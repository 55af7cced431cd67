import type { Cluster } from './cluster.ts';
import type { Condition } from './condition.ts';

/** Whether somebody can get into a cluster as admin. One made without an admin among its access entries has nobody who can, ourselves included. */
export function accessCondition(cluster: Pick<Cluster, 'origin' | 'access'>): Omit<Condition, 'lastTransitionTime'> {
  const type = 'AdminAccess';
  const admins = cluster.access.filter((entry) => entry.role === 'admin' && (entry.namespaces ?? []).length === 0);
  if (admins.length > 0) return { type, status: 'True', reason: 'AdminGranted', message: `${admins.map((entry) => entry.principalArn).join(', ')} can get in as admin.` };
  if (cluster.origin === 'imported') return { type, status: 'Unknown', reason: 'NotLookedAt', message: 'The access entries of an imported cluster have not been looked at.' };
  return { type, status: 'False', reason: 'NobodyCanGetIn', message: 'No access entry has the role admin, so nobody can get in. PATCH the cluster with an access entry whose role is admin.' };
}
