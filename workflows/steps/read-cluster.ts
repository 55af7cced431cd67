import type { Ports, StepEnd } from '../../aws/ports.ts';
import type { Operation } from '../../domain/operation.ts';
import { lookAtCluster } from './facts-of.ts';

/** Reads an imported cluster as it is. `Finish` writes what was seen into the cluster's record. */
export async function readCluster(ports: Ports, operation: Operation): Promise<StepEnd> {
  const facts = await lookAtCluster(ports, operation);
  if (facts === 'absent') {
    const message = `EKS knows no cluster ${operation.clusterName} in ${operation.accountId} ${operation.region}.`;
    return { state: 'Failed', outcome: message, error: { code: 'ClusterNotFound', message } };
  }
  return { state: 'Succeeded', outcome: `Version ${facts.cluster.version}, ${facts.nodegroups.length} node groups, ${facts.addons.length} add-ons.` };
}
