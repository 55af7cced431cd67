import * as eks from '@aws-sdk/client-eks';
import type { Call, OperationHandler, SimulatedService, World } from '../service.ts';
import {
  associateAccessPolicy,
  createAccessEntry,
  deleteAccessEntry,
  describeAccessEntry,
  disassociateAccessPolicy,
  listAccessEntries,
  listAccessPolicies,
  listAssociatedAccessPolicies,
  updateAccessEntry,
} from './access.ts';
import { describeAddonConfiguration, describeAddonVersions } from './addon-versions.ts';
import { addonTransitions, createAddon, deleteAddon, describeAddon, listAddons, updateAddon } from './addons.ts';
import type { Around } from './around.ts';
import { autoModeTransitions, cancelUpdate } from './auto-rollback.ts';
import { associateEncryptionConfig, clusterUpdateTransitions, updateClusterConfig } from './cluster-updates.ts';
import { capabilityTransitions, createCapability, deleteCapability, describeCapability, listCapabilities, updateCapability } from './capabilities.ts';
import {
  activateCertificateAuthority,
  createCertificateAuthority,
  deleteCertificateAuthority,
  describeCertificateAuthority,
  listCertificateAuthorities,
} from './certificate-authorities.ts';
import { clusterOf } from './cluster-view.ts';
import { clusterTransitions, createCluster, deleteCluster, describeCluster, listClusters } from './clusters.ts';
import { createFargateProfile, deleteFargateProfile, describeFargateProfile, fargateTransitions, listFargateProfiles } from './fargate.ts';
import { forceUpgrade } from './forced-upgrade.ts';
import type { ForcedUpgrade } from './forced-upgrade.ts';
import { historyOf } from './history.ts';
import type { ClusterHistory } from './history.ts';
import { describeInsight, describeInsightsRefresh, insightTransitions, listInsights, startInsightsRefresh } from './insights.ts';
import { requireKnownValues } from './inputs.ts';
import { needsOf } from './needs.ts';
import { rollTransitions, updateNodegroupVersion } from './nodegroup-roll.ts';
import { createNodegroup, deleteNodegroup, describeNodegroup, listNodegroups, nodegroupTransitions, updateNodegroupConfig } from './nodegroups.ts';
import { nodeTransitions } from './nodes.ts';
import type { Place } from './place.ts';
import {
  createPodIdentityAssociation,
  deletePodIdentityAssociation,
  describePodIdentityAssociation,
  listPodIdentityAssociations,
  updatePodIdentityAssociation,
} from './pod-identity.ts';
import { createSettling } from './settle.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { createThrottle } from './throttle.ts';
import { describeUpdate, listUpdates } from './updates.ts';
import { lookBeforeRollback, updateClusterVersion } from './version-updates.ts';
import { describeClusterVersions } from './versions.ts';

export type { Around } from './around.ts';
export type { ClusterHistory } from './history.ts';

export interface SimulatedEks extends SimulatedService {
  /** Arms again, from the disk, the timers of everything that is pending. */
  resume(): void;
  /** What happened to the clusters of a name, with every node's kubelet over time: for checkers. */
  history(accountId: string, region: string, clusterName: string): ClusterHistory;
  /** EKS upgrades a cluster by itself, as it does when a version's support has ended. Throws what an operation would. */
  forceUpgrade(accountId: string, region: string, clusterName: string): ForcedUpgrade;
  /** Whether UpdateClusterVersion refuses on insights in ERROR. Off as in EKS since March 2025, when enforcement was withdrawn a day after its launch. */
  enforceInsights(on: boolean): void;
}

// The inputs are typed in each operation by the official client's own types; this table holds all of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Operation = (input: any, place: Place, call: Call) => unknown;

/** The simulated EKS, per account and region, durable on the world's disk. What is not in its table of operations is refused by name. */
export function createEks(world: World, around: Around): SimulatedEks {
  const enforcement = world.disk.collection<boolean>('eks/insights-enforced');
  const settling = createSettling(world, around, {
    ...clusterTransitions,
    ...clusterUpdateTransitions,
    ...autoModeTransitions,
    ...nodegroupTransitions,
    ...rollTransitions,
    ...nodeTransitions,
    ...addonTransitions,
    ...fargateTransitions,
    ...capabilityTransitions,
    ...insightTransitions,
  });
  const throttle = createThrottle();

  const supported: Readonly<Record<string, Operation>> = {
    CreateCluster: createCluster,
    DescribeCluster: describeCluster,
    ListClusters: listClusters,
    UpdateClusterVersion: (input, place) => updateClusterVersion(input, place, enforcement.get('on') ?? false),
    UpdateClusterConfig: updateClusterConfig,
    AssociateEncryptionConfig: associateEncryptionConfig,
    DeleteCluster: deleteCluster,
    DescribeClusterVersions: describeClusterVersions,
    ListUpdates: listUpdates,
    DescribeUpdate: describeUpdate,
    CancelUpdate: cancelUpdate,
    CreateNodegroup: createNodegroup,
    DescribeNodegroup: describeNodegroup,
    ListNodegroups: listNodegroups,
    UpdateNodegroupConfig: updateNodegroupConfig,
    UpdateNodegroupVersion: updateNodegroupVersion,
    DeleteNodegroup: deleteNodegroup,
    CreateAddon: createAddon,
    DescribeAddon: describeAddon,
    ListAddons: listAddons,
    UpdateAddon: updateAddon,
    DeleteAddon: deleteAddon,
    DescribeAddonVersions: describeAddonVersions,
    DescribeAddonConfiguration: describeAddonConfiguration,
    ListInsights: listInsights,
    DescribeInsight: describeInsight,
    StartInsightsRefresh: startInsightsRefresh,
    DescribeInsightsRefresh: describeInsightsRefresh,
    CreateAccessEntry: createAccessEntry,
    DescribeAccessEntry: describeAccessEntry,
    ListAccessEntries: listAccessEntries,
    UpdateAccessEntry: updateAccessEntry,
    DeleteAccessEntry: deleteAccessEntry,
    ListAccessPolicies: listAccessPolicies,
    AssociateAccessPolicy: associateAccessPolicy,
    DisassociateAccessPolicy: disassociateAccessPolicy,
    ListAssociatedAccessPolicies: listAssociatedAccessPolicies,
    CreatePodIdentityAssociation: createPodIdentityAssociation,
    DescribePodIdentityAssociation: describePodIdentityAssociation,
    ListPodIdentityAssociations: listPodIdentityAssociations,
    UpdatePodIdentityAssociation: updatePodIdentityAssociation,
    DeletePodIdentityAssociation: deletePodIdentityAssociation,
    CreateFargateProfile: createFargateProfile,
    DescribeFargateProfile: describeFargateProfile,
    ListFargateProfiles: listFargateProfiles,
    DeleteFargateProfile: deleteFargateProfile,
    CreateCapability: createCapability,
    DescribeCapability: describeCapability,
    ListCapabilities: listCapabilities,
    UpdateCapability: updateCapability,
    DeleteCapability: deleteCapability,
    CreateCertificateAuthority: createCertificateAuthority,
    DescribeCertificateAuthority: describeCertificateAuthority,
    ListCertificateAuthorities: listCertificateAuthorities,
    ActivateCertificateAuthority: activateCertificateAuthority,
    DeleteCertificateAuthority: deleteCertificateAuthority,
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsForResource: listTagsForResource,
    // None can be made here, so there are none.
    ListIdentityProviderConfigs: (input: { clusterName?: string }, place) => ({ identityProviderConfigs: clusterOf(place, input.clusterName ?? '') && [] }),
  };

  const handled =
    (name: string, operation: Operation): OperationHandler =>
    (input: { clusterName?: string; name?: string; nodegroupName?: string; addonName?: string }, call) => {
      throttle(call);
      const { clusterName, nodegroupName, addonName } = input;
      const about = { clusterName: clusterName ?? input.name, nodegroupName, addonName };
      requireKnownValues(name, input, about);
      const place = settling.settled(call, call.now, input.clusterName ?? input.name);
      return world.disk.transaction(() => operation(input, place, call));
    };

  return {
    name: 'eks',
    protocol: 'rest-json',
    schemas: { ...eks },
    operations: Object.fromEntries(Object.entries(supported).map(([name, operation]) => [name, handled(name, operation)])),
    needs: (operation, input: { clusterName?: string; name?: string }, call) => needsOf(operation, input, settling.settled(call, call.now, input.clusterName ?? input.name)),
    beforehand(operation, input: { name?: string }, call) {
      if (operation === 'UpdateClusterVersion') lookBeforeRollback(input, settling.settled(call, call.now, input.name));
    },
    resume: () => settling.resume(),
    history: (accountId, region, clusterName) => historyOf(settling.settled({ accountId, region }, world.clock.now()), clusterName),
    forceUpgrade(accountId, region, clusterName) {
      const place = settling.settled({ accountId, region }, world.clock.now(), clusterName);
      return world.disk.transaction(() => forceUpgrade(place, clusterName));
    },
    enforceInsights: (on) => enforcement.put('on', on),
  };
}
