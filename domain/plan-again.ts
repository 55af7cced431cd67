import { absentCluster } from './absent-cluster.ts';
import { accessAsked } from './access-after.ts';
import type { Account } from './account.ts';
import type { Cluster, Nodegroup } from './cluster.ts';
import { changedCluster, changedNodegroup, draftNodegroup } from './draft-cluster.ts';
import type { ClusterFacts, CreationFacts } from './facts.ts';
import { askersOf } from './next-hop.ts';
import type { Operation } from './operation.ts';
import type { AddonOfRoute } from './addons/plan-addons.ts';
import { planClusterChange, type ClusterChange } from './plan-cluster-change.ts';
import { planCreation } from './plan-creation.ts';
import { planDeletion } from './plan-deletion.ts';
import { planImport } from './plan-import.ts';
import { planNodegroupChange } from './plan-nodegroup-change.ts';
import { planNodegroupCreation } from './plan-nodegroup-creation.ts';
import { planNodegroupDeletion } from './plan-nodegroup-deletion.ts';
import { planRollback } from './plan-rollback.ts';
import { planUpgradeAgain } from './plan-upgrade.ts';
import type { Plan } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { ChangeCluster, ChangeNodegroup, CreateNodegroup, RequestUpgrade } from './requests.ts';
import type { Waiver } from './waiver.ts';

interface Again {
  readonly operation: Operation;
  readonly cluster: Cluster;
  readonly facts: ClusterFacts | 'absent';
  /** RFC 3339. */
  readonly now: string;
  /** Those of the cluster. */
  readonly waivers?: readonly Waiver[];
  /** Who asks for the retry. */
  readonly askedBy?: string;
}

/** The tag by which a cluster in EKS is known to be the one of a record, and not a namesake. */
const CLUSTER_ID_TAG = 'slipway:cluster-id';

/** Plans a failed or cancelled operation afresh: the same request, from what is true now. A creation is planned by `planCreationAgain`. */
export function planAgain({ operation, cluster, facts, now, waivers, askedBy }: Again): Plan | Refusal {
  const { kind, request } = operation;
  if (kind === 'delete-cluster') return planDeletion({ cluster, facts, now });
  if (facts === 'absent') return absentCluster(cluster);
  const nodegroupName = String(request['nodegroupName'] ?? '');
  const asking = [...askersOf(operation), ...(askedBy === undefined ? [] : [askedBy])];
  switch (kind) {
    case 'upgrade-cluster':
      return planUpgradeAgain({ cluster, to: RequestUpgrade.parse(request).to, facts, now, terms: operation.terms, waivers, askedBy: asking });
    case 'rollback-cluster':
      return planRollback({ cluster, facts, now, terms: operation.terms, waivers, askedBy: asking });
    case 'import-cluster':
      return planImport({ cluster, facts, now });
    case 'create-nodegroup':
      return planNodegroupCreation({ cluster, nodegroup: draftNodegroup(CreateNodegroup.parse(request)), facts, now });
    case 'delete-nodegroup':
      return planNodegroupDeletion({ cluster, nodegroupName, facts, now });
    case 'change-nodegroup':
      return planGroupChangeAgain({ operation, cluster, facts, now }, nodegroupName);
    case 'change-cluster':
      return planChangeAgain({ operation, cluster, facts, now });
    case 'create-cluster':
      throw new Error('A creation is planned again from the facts for creations.');
  }
}

/**
 * Plans what is left of a creation. Steps whose subject is there already are kept: each looks before it begins, and finds
 * itself done. A cluster of that name which we did not make is never taken for ours.
 */
export function planCreationAgain({ operation, cluster, facts, account, creation, now }: Again & { readonly account: Account; readonly creation: CreationFacts }): Plan | Refusal {
  if (facts !== 'absent') {
    if (facts.cluster.tags[CLUSTER_ID_TAG] !== cluster.clusterId) return refuse('cluster-exists', `The cluster ${cluster.name} in EKS was not made by this operation.`, { remedy: 'Delete this record, and create the cluster under another name.' });
    if (facts.cluster.status === 'FAILED') return refuse('cluster-not-active', `The control plane of ${cluster.name} is FAILED, which EKS never mends.`, { remedy: 'Delete the cluster, and create it anew.' });
  }
  return planCreation({ cluster: { ...cluster, access: accessAsked(operation) }, account, facts: facts === 'absent' ? creation : { ...creation, nameTaken: false }, now });
}

/** What a change of a cluster was made from, kept with its request: the record has the new values already. */
export function wasBefore(before: Cluster): Readonly<Record<string, unknown>> {
  const { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs, subnetIds, securityGroupIds, addonsAsked = [] } = before;
  return { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs, subnetIds, securityGroupIds, addonsAsked };
}

function planChangeAgain({ operation, cluster, facts, now }: Again & { facts: ClusterFacts }): Plan | Refusal {
  const { was, addon, ...change } = operation.request;
  const { deletionProtection, supportType = cluster.supportType } = facts.cluster;
  const { authenticationMode: _asked, ...known } = cluster;
  const mode = facts.cluster.authenticationMode;
  const before: Cluster = { ...known, ...(was as Partial<Cluster>), deletionProtection, supportType, ...(mode === undefined ? {} : { authenticationMode: mode }) };
  const asked = ChangeCluster.parse(change);
  const plan = planClusterChange({ before, after: changedCluster(before, asked), facts, now, addons: addonsOf(asked, addon as AddonOfRoute | undefined) });
  const nothing = 'hops' in plan && plan.hops.every((hop) => hop.steps.length === 0);
  return nothing ? refuse('nothing-to-change', `Cluster ${cluster.name} is as asked already.`) : plan;
}

/** What a change says of add-ons. */
export function addonsOf(change: ChangeCluster, only?: AddonOfRoute): NonNullable<ClusterChange['addons']> {
  return { listed: change.addons !== undefined, ...(only === undefined ? {} : { only }) };
}

function planGroupChangeAgain({ operation, cluster, facts, now }: Again & { facts: ClusterFacts }, nodegroupName: string): Plan | Refusal {
  const { nodegroupName: _name, ...change } = operation.request;
  const seen = facts.nodegroups.find((group) => group.nodegroupName === nodegroupName);
  const known = cluster.nodegroups.find((group) => group.nodegroupName === nodegroupName);
  if (seen === undefined || known === undefined) return refuse('not-found', `Cluster ${cluster.name} has no node group ${nodegroupName}.`);
  const { scalingConfig, labels, version, releaseVersion, launchTemplate } = seen;
  const before: Nodegroup = {
    ...known,
    scalingConfig,
    labels,
    taints: seen.taints as NonNullable<Nodegroup['taints']>,
    updateConfig: seen.updateConfig as NonNullable<Nodegroup['updateConfig']>,
    ...(version === undefined ? {} : { version }),
    ...(releaseVersion === undefined ? {} : { releaseVersion }),
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
  };
  return planNodegroupChange({ cluster, before, after: changedNodegroup(before, ChangeNodegroup.parse(change)), facts, now });
}
