import * as z from 'zod';
import { nextMinor } from '../../../domain/minor.ts';
import { offeredVersion } from './catalogue.ts';
import { clusterOf } from './cluster-view.ts';
import { begin, requireFree } from './cluster-updates.ts';
import { invalidRequest } from './errors.ts';
import type { Place } from './place.ts';
import { failureOfAccount, moveTo, requireAddresses } from './version-updates.ts';

export const ForcedUpgradeRequest = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
  cluster: z.string().min(1).max(100),
});

export interface ForcedUpgrade {
  readonly updateId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * For drills, what EKS does by itself to a cluster whose version's support has ended, at once: the control plane moves by one minor, whatever
 * its nodes and add-ons run, and they stay where they are. Under the upgrade policy EXTENDED it is the end of extended support, after
 * which there is no way back. Sources: EKS user guide, kubernetes-versions ("auto-upgraded"; nodes and add-ons are not) and rollback-cluster.
 */
export function forceUpgrade(place: Place, clusterName: string): ForcedUpgrade {
  const cluster = clusterOf(place, clusterName);
  const to = nextMinor(cluster.version);
  if (offeredVersion(to, place.now) === undefined) throw invalidRequest(`EKS offers no version after ${cluster.version} that it could move cluster ${clusterName} to.`, { clusterName });
  requireFree(place, cluster, 'VersionUpdate');
  requireAddresses(place, cluster);
  const change = { ...moveTo(to, 'VersionUpdate', place), closesWayBack: cluster.supportType === 'EXTENDED' };
  return { updateId: begin(place, cluster, change, 'clusterVersionUpdate', failureOfAccount(place, cluster)), from: cluster.version, to };
}
