import type { Cluster, Nodegroup } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { nodegroupErrors, refuseBroken, refuseNodegroup } from './nodegroup-rules.ts';
import { nodegroupCreationStep } from './nodegroup-steps.ts';
import { refuseUnlessUp, workOn } from './nodegroup-work.ts';
import { refuseRole } from './passable-role.ts';
import type { Plan } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { refuseNodegroupSubnets } from './subnet-rules.ts';

export interface NodegroupCreationAsk {
  readonly cluster: Cluster;
  readonly nodegroup: Nodegroup;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
}

/** Plans a new node group for a cluster that is there. */
export function planNodegroupCreation({ cluster, nodegroup, facts }: NodegroupCreationAsk): Plan | Refusal {
  const { nodegroupName, subnets } = nodegroup;
  const { version, vpcId, subnetIds } = facts.cluster;
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  if (facts.nodegroups.some((group) => group.nodegroupName === nodegroupName)) {
    return refuse('nodegroup-exists', `Cluster ${facts.cluster.name} has a node group ${nodegroupName} already.`, { remedy: 'Choose another name, or change that group.' });
  }
  // Facts hold the cluster's own subnets; others are judged by EKS when it makes the group.
  const known = subnets?.filter((subnetId) => facts.subnets.some((subnet) => subnet.subnetId === subnetId)) ?? [];
  const refusal = refuseNodegroup(nodegroup, version, '') ?? refuseNodegroupSubnets(known, facts.subnets, vpcId, 'subnets') ?? refuseBroken(nodegroupErrors(nodegroup, '')) ?? refuseForeignRole(nodegroup, cluster);
  if (refusal !== undefined) return refusal;
  return workOn(facts, [nodegroupCreationStep(nodegroup, { ...cluster, version, subnetIds }, 'CarryOut')], [], nodegroup.scalingConfig.desiredSize);
}

/** Which names may be handed to EKS is known with the account, not here; the account itself is. */
function refuseForeignRole({ nodeRole = '' }: Nodegroup, { accountId }: Cluster): Refusal | undefined {
  return refuseRole(nodeRole, accountId, 'nodeRole', ['*']);
}
