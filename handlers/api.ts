import { addAccessEntry } from './add-access-entry.ts';
import { applyProfile } from './apply-profile.ts';
import { approveOperation } from './approve-operation.ts';
import { cancelOperation } from './cancel-operation.ts';
import { changeAccessEntry } from './change-access-entry.ts';
import { changeAddon } from './change-addon.ts';
import { capabilityRoutes } from './capabilities.ts';
import { changeAccount } from './change-account.ts';
import { changeCluster } from './change-cluster.ts';
import { changeNodegroup } from './change-nodegroup.ts';
import { changeRepository } from './change-repository.ts';
import { convertAwsAuth } from './convert-aws-auth.ts';
import { convertStack } from './convert-stack.ts';
import { createAddon } from './create-addon.ts';
import { convertKube2iam } from './convert-kube2iam.ts';
import { createCluster } from './create-cluster.ts';
import { createNodegroup } from './create-nodegroup.ts';
import { createRepository } from './create-repository.ts';
import { deleteAddon } from './delete-addon.ts';
import { deleteCluster } from './delete-cluster.ts';
import { deleteNodegroup } from './delete-nodegroup.ts';
import { deleteRepository } from './delete-repository.ts';
import { explainAnnotations } from './explain-annotations.ts';
import { fargateProfileRoutes } from './fargate-profiles.ts';
import { freeze } from './freeze.ts';
import { getAccessEntry } from './get-access-entry.ts';
import { getAccount } from './get-account.ts';
import { getAddon } from './get-addon.ts';
import { getCluster } from './get-cluster.ts';
import { getFreeze } from './get-freeze.ts';
import { getHandedOver } from './get-handed-over.ts';
import { getHealth } from './get-health.ts';
import { getKubeconfig } from './get-kubeconfig.ts';
import { getNodegroup } from './get-nodegroup.ts';
import { getOpenApi } from './get-openapi.ts';
import { getOperation } from './get-operation.ts';
import { getRepository } from './get-repository.ts';
import { getProfile } from './get-profile.ts';
import { getRollbackPlan } from './get-rollback-plan.ts';
import { getUpgradePlan } from './get-upgrade-plan.ts';
import { getWaiver } from './get-waiver.ts';
import { giveWaiver } from './give-waiver.ts';
import { importCluster } from './import-cluster.ts';
import { issueToken } from './issue-token.ts';
import { listAccessEntries } from './list-access-entries.ts';
import { listAccounts } from './list-accounts.ts';
import { listAddons } from './list-addons.ts';
import { listClusters } from './list-clusters.ts';
import { listEvents } from './list-events.ts';
import { listNodegroups } from './list-nodegroups.ts';
import { listOperations } from './list-operations.ts';
import { listRepositories } from './list-repositories.ts';
import { listRepositoryEvents } from './list-repository-events.ts';
import { listClusterChanges } from './list-cluster-changes.ts';
import { listTokenIssues } from './list-token-issues.ts';
import { listSubnets } from './list-subnets.ts';
import { listVersions } from './list-versions.ts';
import { listWaivers } from './list-waivers.ts';
import { listZones } from './list-zones.ts';
import { pauseOperation } from './pause-operation.ts';
import { podIdentityRoutes } from './pod-identities.ts';
import { previewLifecycle } from './preview-lifecycle.ts';
import { listParts } from './list-parts.ts';
import { listProfiles } from './list-profiles.ts';
import { profileDifference } from './profile-difference.ts';
import { registerAccount } from './register-account.ts';
import { removeAccessEntry } from './remove-access-entry.ts';
import { removeAccount } from './remove-account.ts';
import { renderExposure } from './render-exposure.ts';
import { requestRollback } from './request-rollback.ts';
import { requestUpgrade } from './request-upgrade.ts';
import { resumeOperation } from './resume-operation.ts';
import { retryOperation } from './retry-operation.ts';
import { rotateExternalId } from './rotate-external-id.ts';
import type { AnyRoute } from './route.ts';
import { takeWaiverBack } from './take-waiver-back.ts';
import { unfreeze } from './unfreeze.ts';
import { verifyAccount } from './verify-account.ts';
import { writeProfile } from './write-profile.ts';

/** What is only read, by the function that may only read the table. */
export const QUERIES: readonly AnyRoute[] = [
  listAccounts,
  getAccount,
  listZones,
  listClusters,
  getCluster,
  getKubeconfig,
  getHandedOver,
  listAccessEntries,
  getAccessEntry,
  listSubnets,
  listAddons,
  getAddon,
  listClusterChanges,
  listTokenIssues,
  listNodegroups,
  getNodegroup,
  getUpgradePlan,
  getRollbackPlan,
  listWaivers,
  getWaiver,
  listOperations,
  getOperation,
  listEvents,
  listVersions,
  listRepositories,
  getRepository,
  listRepositoryEvents,
  podIdentityRoutes.list,
  podIdentityRoutes.get,
  listParts,
  capabilityRoutes.list,
  capabilityRoutes.get,
  fargateProfileRoutes.list,
  fargateProfileRoutes.get,
  listProfiles,
  getProfile,
  profileDifference,
  getFreeze,
  getOpenApi,
  getHealth,
];

/** What is changed, by the function that may also write the table and start executions. */
export const COMMANDS: readonly AnyRoute[] = [
  registerAccount,
  removeAccount,
  verifyAccount,
  rotateExternalId,
  changeAccount,
  createCluster,
  importCluster,
  changeCluster,
  deleteCluster,
  addAccessEntry,
  changeAccessEntry,
  removeAccessEntry,
  createAddon,
  changeAddon,
  deleteAddon,
  issueToken,
  createNodegroup,
  changeNodegroup,
  deleteNodegroup,
  podIdentityRoutes.add,
  podIdentityRoutes.remove,
  capabilityRoutes.add,
  capabilityRoutes.remove,
  fargateProfileRoutes.add,
  fargateProfileRoutes.remove,
  writeProfile,
  applyProfile,
  requestUpgrade,
  requestRollback,
  giveWaiver,
  takeWaiverBack,
  approveOperation,
  cancelOperation,
  pauseOperation,
  resumeOperation,
  retryOperation,
  createRepository,
  changeRepository,
  deleteRepository,
  previewLifecycle,
  freeze,
  unfreeze,
  renderExposure,
  explainAnnotations,
  convertAwsAuth,
  convertKube2iam,
  convertStack,
];

/** The whole API. */
export const API: readonly AnyRoute[] = [...QUERIES, ...COMMANDS];
