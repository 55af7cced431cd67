import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { AddonCatalogue, AddonFacts, ClusterFacts, NodegroupFacts, UpdateFacts } from '../../domain/facts.ts';
import type { KnownCatalogues } from '../ports.ts';
import { readAddonCatalogue, readVersions } from './catalogues.ts';
import { eachOf } from './each-of.ts';
import { listAddonNames, listNodegroupNames, readAddon, readControlPlane, readNodegroup } from './resources.ts';
import { readSubnets } from './subnets.ts';
import { recentUpdates } from './updates.ts';

/** Everything about a cluster that planning asks for, looked at now. `known` spares the catalogues that were read a short while ago. */
export async function readFacts(eks: EKSClient, ec2: EC2Client, clusterName: string, known: KnownCatalogues): Promise<ClusterFacts | 'absent'> {
  const cluster = known.cluster ?? (await readControlPlane(eks, clusterName));
  if (cluster === 'absent') return 'absent';
  const [nodegroupNames, addonNames] = await Promise.all([listNodegroupNames(eks, clusterName), listAddonNames(eks, clusterName)]);
  const nodegroups = present(await eachOf(nodegroupNames, (name) => readNodegroup(eks, clusterName, name)));
  const standing = new Map(known.addons?.map((addon) => [addon.addonName, addon]));
  const addons = present(await eachOf(addonNames, async (name) => standing.get(name) ?? readAddon(eks, clusterName, name, known.addonsCloser === undefined ? undefined : true)));
  const subnets = await readSubnets(ec2, [...new Set([...cluster.subnetIds, ...nodegroups.flatMap((group) => group.subnetIds), ...(known.subnetIds ?? [])])]);
  return {
    observedAt: known.now,
    cluster,
    nodegroups,
    addons,
    catalogue: known.catalogue ?? (await readVersions(eks)),
    addonCatalogue: await completeCatalogue(eks, [...new Set([...addonNames, ...(known.addonsCloser ?? [])])], known.addonCatalogue ?? {}),
    subnets,
    updatesInProgress: cluster.status === 'ACTIVE' ? [] : await updatesUnderWay(eks, clusterName, known.now),
  };
}

async function completeCatalogue(eks: EKSClient, addonNames: readonly string[], known: AddonCatalogue): Promise<AddonCatalogue> {
  const missing = addonNames.filter((name) => known[name] === undefined);
  return missing.length === 0 ? known : { ...known, ...(await readAddonCatalogue(eks, missing)) };
}

async function updatesUnderWay(eks: EKSClient, clusterName: string, now: string): Promise<UpdateFacts[]> {
  const updates = await recentUpdates(eks, { clusterName }, now);
  return updates.filter((update) => update.status === 'InProgress');
}

/** A group or add-on deleted between the list and the read is not there: EKS said so. */
function present<T extends NodegroupFacts | AddonFacts>(found: readonly (T | 'absent')[]): T[] {
  return found.filter((item): item is T => item !== 'absent');
}
