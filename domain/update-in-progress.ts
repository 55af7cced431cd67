import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Finding } from './plan.ts';

/** Updates of the control plane that somebody else began: told, waited for, never fought. */
export function updateInProgress(facts: ClusterFacts): readonly Finding[] {
  const { cluster, updatesInProgress } = facts;
  const remedy = 'Nothing: the operation waits for it, and takes it over when it is the very work that was planned.';
  if (updatesInProgress.length > 0) {
    return updatesInProgress.map((update) =>
      finding('update-in-progress', 'advises', cluster.name, { detail: `EKS is carrying out ${update.type} ${update.updateId}, begun ${update.createdAt}, which is not ours.`, remedy }),
    );
  }
  return cluster.status === 'UPDATING' ? [finding('update-in-progress', 'advises', cluster.name, { detail: 'The control plane is UPDATING by an update that is not ours.', remedy })] : [];
}
