import type { Cluster } from './cluster.ts';
import { estimateWork } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { nodegroupDeletionStep } from './nodegroup-steps.ts';
import { notLookedAtForDeletion } from './not-looked-at.ts';
import { capabilityLeavings } from './parts/capability-leavings.ts';
import { karpenterLeavings, karpenterUnseen, loadBalancerLeavings } from './parts/controller-leavings.ts';
import { standingOf } from './parts/made-after.ts';
import { deletionStage, planParts } from './parts/plan-parts.ts';
import { keyOf, roleArnIn, type FargateProfileResource } from './parts/resource.ts';
import { removingStep } from './parts/steps-of-resource.ts';
import type { Finding, Plan, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { updateInProgress } from './update-in-progress.ts';

/**
 * Plans a cluster's end: its node groups, then its control plane. What outlives it is told. `absent`: EKS has no such cluster (any
 * more), so nothing is left to do there.
 */
export function planDeletion({ cluster, facts }: { readonly cluster: Cluster; readonly facts: ClusterFacts | 'absent'; readonly now: string }): Plan | Refusal {
  const seen = facts === 'absent' ? undefined : facts;
  const protectedAt = [...(cluster.deletionProtection ? ['its record'] : []), ...(seen?.cluster.deletionProtection === true ? ['EKS'] : [])];
  if (protectedAt.length > 0) {
    return refuse('deletion-protected', `Deletion protection of ${cluster.name} is on, in ${protectedAt.join(' and at ')}.`, {
      remedy: `Turn it off first: PATCH /v1/clusters/${cluster.clusterId} {"deletionProtection": false}.`,
    });
  }
  const version = seen?.cluster.version ?? cluster.version;
  // Of a control plane that is gone the roles are left, and the rest answers that it is gone too.
  const parts = planParts({ ...standingOf(cluster), wanted: [], version, stageOf: deletionStage });
  const steps = [
    // Auto Mode goes with the control plane, and its nodes with it.
    ...parts.filter((step) => step.stage === 'RemoveParts' && step.kind !== 'remove-auto-mode'),
    ...(seen === undefined ? [] : foreignProfiles(seen, cluster, version)),
    ...(seen === undefined ? [] : [...seen.nodegroups.map((group) => nodegroupDeletionStep(group.nodegroupName, version, 'DeleteNodegroups')), controlPlaneStep(seen)]),
    ...parts.filter((step) => step.stage === 'RemoveIdentities'),
  ];
  return {
    from: version,
    to: version,
    hops: [{ from: version, to: version, steps }],
    findings: seen === undefined ? [] : [...updateInProgress(seen), ...whatStays(seen, cluster), ...capabilityLeavings(cluster.made ?? [], []), ...karpenterLeavings(seen.pooledNodes, 'cluster'), ...loadBalancerLeavings(cluster.made ?? [], [])],
    notLookedAt: seen === undefined ? [] : [...notLookedAtForDeletion(seen), ...karpenterUnseen(seen.pooledNodes)],
    estimate: estimateWork(steps),
  };
}

/** Fargate profiles that Slipway has not made: EKS deletes no cluster that has one (source: EKS user guide, Delete a cluster). */
function foreignProfiles({ fargateProfiles }: ClusterFacts, { made = [] }: Cluster, version: string): PlannedStep[] {
  const ours = new Set(made.map(keyOf));
  const seen = fargateProfiles?.kind === 'seen' ? fargateProfiles.value : [];
  return seen.flatMap(({ profileName, podExecutionRoleArn = '', subnetIds, namespaces }) => {
    const resource: FargateProfileResource = { kind: 'fargate-profile', name: profileName, part: 'fargate-profile', partName: profileName, podExecutionRoleArn, subnets: subnetIds, selectors: namespaces.map((namespace) => ({ namespace })) };
    if (ours.has(keyOf(resource))) return [];
    return [{ ...removingStep(resource, { version, stage: 'RemoveParts', reason: 'Slipway has not made it, and EKS deletes no cluster that has a Fargate profile.' }), parameters: { withCluster: true } }];
  });
}

function controlPlaneStep(facts: ClusterFacts): PlannedStep {
  const { name, version } = facts.cluster;
  return {
    id: `${version}/control-plane`,
    title: `Deleting the control plane of ${name}`,
    kind: 'delete-control-plane',
    stage: 'DeleteControlPlane',
    subject: name,
    reason: 'Asked for. EKS deletes its add-ons, access entries and network interfaces with it.',
  };
}

/** What a deletion leaves behind in the account, because it was not EKS that made it or not EKS's to delete. */
function whatStays(facts: ClusterFacts, { made = [], accountId }: Pick<Cluster, 'made' | 'accountId'>): Finding[] {
  const { cluster, nodegroups } = facts;
  const ours = new Set(made.filter(({ kind }) => kind === 'role').map(({ name }) => roleArnIn(accountId, name)));
  const roles = [...new Set([cluster.roleArn, ...nodegroups.flatMap((group) => group.nodeRole ?? [])])].filter((roleArn) => !ours.has(roleArn));
  const templates = [...new Set(nodegroups.flatMap((group) => group.launchTemplate?.name ?? group.launchTemplate?.id ?? []))];
  const log = `/aws/eks/${cluster.name}/cluster`;
  return [
    finding('iam-roles-stay', 'advises', cluster.name, { detail: `The IAM roles stay: ${roles.join(', ')}.`, remedy: 'Delete them when nothing else uses them.' }),
    ...(templates.length === 0 ? [] : [finding('launch-templates-stay', 'advises', cluster.name, { detail: `The launch templates stay: ${templates.join(', ')}.`, remedy: 'Delete them when nothing else uses them.' })]),
    finding('log-group-stays', 'advises', log, { detail: 'The log group of the control plane stays, if logging was ever on, and costs for what it holds.', remedy: 'Delete it, or give it a retention, when its logs are no longer needed.' }),
  ];
}
