import type { Nodegroup } from './cluster.ts';
import type { Minor } from './minor.ts';
import { bringsOwnImage } from './nodegroup-rules.ts';

/** What CreateNodegroup takes beyond the two names, in EKS's own terms. */
export function creationParameters(nodegroup: Nodegroup, cluster: { readonly version: Minor; readonly subnetIds: readonly string[] }): Record<string, unknown> {
  const ownImage = bringsOwnImage(nodegroup);
  const { nodeRole, subnets, scalingConfig, releaseVersion, amiType, capacityType, instanceTypes, diskSize, labels, taints, updateConfig, launchTemplate } = nodegroup;
  return defined({
    nodeRole,
    subnets: subnets ?? cluster.subnetIds,
    scalingConfig,
    // The cluster's version is the only one that a new group may have, so it is said and not left to be guessed.
    version: ownImage ? undefined : cluster.version,
    releaseVersion: ownImage ? undefined : releaseVersion,
    amiType: ownImage ? undefined : amiType,
    capacityType,
    instanceTypes: instanceTypes?.length === 0 ? undefined : instanceTypes,
    diskSize,
    labels,
    taints,
    updateConfig,
    launchTemplate,
  });
}

/** Without the members that were not said: EKS reads an absent member as "as it is" or "your default". */
export function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
