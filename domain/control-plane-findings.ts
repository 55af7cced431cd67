import type { ClusterFacts, HealthIssue } from './facts.ts';
import { finding, type FindingCode } from './finding-codes.ts';
import { MAKE_KEY_USABLE } from './key-findings.ts';
import type { Finding } from './plan.ts';
import { MAKE_CLUSTER_ROLE_AGAIN } from './role-findings.ts';
import { updateInProgress } from './update-in-progress.ts';

/** What a control plane is asked about before any work on it: is it up, is it free, are its role, its key and its subnets still there. */
export function controlPlaneFindings(facts: ClusterFacts): readonly Finding[] {
  return [...statusFindings(facts), ...healthFindings(facts), ...subnetFindings(facts)];
}

function statusFindings(facts: ClusterFacts): readonly Finding[] {
  const { cluster } = facts;
  if (cluster.status === 'ACTIVE' || cluster.status === 'UPDATING') return updateInProgress(facts);
  return [
    finding('control-plane-not-active', 'blocks', cluster.name, {
      detail: `The control plane is ${cluster.status}; EKS changes only an ACTIVE one.`,
      remedy: Object.hasOwn(NO_WAY_TO_ACTIVE, cluster.status) ? (NO_WAY_TO_ACTIVE[cluster.status] ?? '') : 'Wait until it is ACTIVE, then ask again.',
    }),
  ];
}

/** What to do about a control plane that will not be ACTIVE again. */
const NO_WAY_TO_ACTIVE: Readonly<Record<string, string>> = {
  FAILED: 'A FAILED control plane does not come back: make a new cluster.',
  DELETING: 'A control plane that is being deleted does not come back. Ask who deletes it; then take the cluster off the record here too (DELETE /v1/clusters/{clusterId}).',
};

/** Issues under which EKS cannot replace the control plane's machines, by what has to be mended. Every other issue is told and does not stop the work. */
const ISSUES_THAT_BLOCK: Readonly<Record<string, FindingCode>> = {
  IamRoleNotFound: 'cluster-role-missing',
  KmsGrantRevoked: 'kms-key-unusable',
  KmsKeyDisabled: 'kms-key-unusable',
  KmsKeyMarkedForDeletion: 'kms-key-unusable',
  KmsKeyNotFound: 'kms-key-unusable',
  Ec2SubnetNotFound: 'cluster-subnet-missing',
  InsufficientFreeAddresses: 'cluster-addresses-short',
  AccessDenied: 'control-plane-unhealthy',
  Ec2SecurityGroupNotFound: 'control-plane-unhealthy',
  Ec2ServiceNotSubscribed: 'control-plane-unhealthy',
  ResourceLimitExceeded: 'control-plane-unhealthy',
  ResourceNotFound: 'control-plane-unhealthy',
  StsRegionalEndpointDisabled: 'control-plane-unhealthy',
  VpcNotFound: 'control-plane-unhealthy',
};

function healthFindings(facts: ClusterFacts): Finding[] {
  return facts.cluster.healthIssues.map((issue) => {
    const code = Object.hasOwn(ISSUES_THAT_BLOCK, issue.code) ? ISSUES_THAT_BLOCK[issue.code] : undefined;
    return finding(code ?? 'control-plane-unhealthy', code === undefined ? 'advises' : 'blocks', issue.resourceIds[0] ?? facts.cluster.name, {
      detail: `EKS reports ${issueText(issue)}`,
      remedy: remedyFor(code),
    });
  });
}

function remedyFor(code: FindingCode | undefined): string {
  switch (code) {
    case 'cluster-role-missing':
      return MAKE_CLUSTER_ROLE_AGAIN;
    case 'kms-key-unusable':
      return MAKE_KEY_USABLE;
    case 'cluster-subnet-missing':
    case 'cluster-addresses-short':
      return 'Give the cluster other subnets in the same zones and VPC with UpdateClusterConfig.';
    default:
      return 'Mend what EKS names, wait until the issue is gone from DescribeCluster, then ask again.';
  }
}

/** The subnets that the cluster was given must still be there: EKS puts new network interfaces into any of them (source: EKS user guide, network requirements). */
function subnetFindings(facts: ClusterFacts): Finding[] {
  const found = new Set(facts.subnets.map((subnet) => subnet.subnetId));
  return facts.cluster.subnetIds
    .filter((subnetId) => !found.has(subnetId))
    .map((subnetId) =>
      finding('cluster-subnet-missing', 'blocks', subnetId, {
        detail: `The cluster's subnet ${subnetId} is not there any more.`,
        remedy: remedyFor('cluster-subnet-missing'),
      }),
    );
}

/** `Code: message`, with the resources that it concerns. */
export function issueText(issue: HealthIssue): string {
  const concerned = issue.resourceIds.length === 0 ? '' : ` (${issue.resourceIds.join(', ')})`;
  return `${issue.code}: ${issue.message}${concerned}`;
}
