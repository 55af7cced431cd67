import type { Cluster, Nodegroup } from './cluster.ts';
import { bringsOwnImage } from './nodegroup-rules.ts';
import { defined } from './parameters.ts';
import type { PlannedStep, Stage } from './plan.ts';

/** The step that makes a node group, with everything that CreateNodegroup takes. */
export function nodegroupCreationStep(nodegroup: Nodegroup, cluster: Cluster, stage: Stage): PlannedStep {
  const { nodegroupName, scalingConfig } = nodegroup;
  const size = scalingConfig.desiredSize === 1 ? '1 node' : `${scalingConfig.desiredSize} nodes`;
  return {
    id: `${cluster.version}/nodegroup/${nodegroupName}`,
    title: `Creating node group ${nodegroupName} with ${size}`,
    kind: 'create-nodegroup',
    stage,
    subject: nodegroupName,
    to: cluster.version,
    reason: `A new node group is born at its cluster's version, ${cluster.version}.`,
    parameters: creationParameters(nodegroup, cluster),
  };
}

/** The step that deletes a group: EKS drains its nodes, within disruption budgets for a while, and ends them. */
export function nodegroupDeletionStep(nodegroupName: string, version: string, stage: Stage): PlannedStep {
  return {
    id: `${version}/nodegroup/${nodegroupName}`,
    title: `Deleting node group ${nodegroupName}`,
    kind: 'delete-nodegroup',
    stage,
    subject: nodegroupName,
    reason: stage === 'CarryOut' ? 'Asked for.' : 'EKS deletes a control plane only when its node groups are gone.',
  };
}

/** What CreateNodegroup takes beyond the two names, in EKS's own terms. */
function creationParameters(nodegroup: Nodegroup, cluster: Cluster): Record<string, unknown> {
  const ownImage = bringsOwnImage(nodegroup);
  const { nodeRole, subnets, scalingConfig, releaseVersion, amiType, capacityType, instanceTypes, diskSize, labels, taints, updateConfig, nodeRepairConfig, warmPoolConfig, launchTemplate } = nodegroup;
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
    nodeRepairConfig,
    warmPoolConfig,
    launchTemplate,
  });
}

