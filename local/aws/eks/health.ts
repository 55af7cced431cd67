import type { ClusterIssueCode, NodegroupIssueCode } from '@aws-sdk/client-eks';
import { standingOf, versionEntry } from './catalogue.ts';
import texts from './issues.json' with { type: 'json' };
import { ADDRESSES } from './limits.ts';
import type { Place } from './place.ts';
import type { ClusterDoc, NodegroupDoc, ScriptedFailure } from './state.ts';

// What ails clusters and node groups: what the rest of the account shows by itself, and what is scripted. The codes are the service's model's;
// the texts for node groups are the API reference's (Issue), those for clusters are in its manner, since EKS publishes none.

export interface Issue<Code extends string> {
  readonly code: Code;
  readonly message: string;
  readonly resourceIds: readonly string[];
}

const CLUSTER_TEXTS: Readonly<Record<string, string>> = texts.cluster;
const NODEGROUP_TEXTS: Readonly<Record<string, string>> = texts.nodegroup;
/** What EC2 answers to an Auto Scaling group that it has no machine for; the words are those that node groups show in public reports. */
const LAUNCH_REFUSALS = {
  InsufficientInstanceCapacity: (type: string, zone: string) =>
    `Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.`,
  VcpuLimitExceeded: () =>
    'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.',
};

/** The health issues of a cluster as they are now. One that is not there yet, or no more, has only those that it was given. */
export function clusterIssues(place: Place, cluster: ClusterDoc): Issue<ClusterIssueCode>[] {
  const given = cluster.healthIssues.map((issue) => ({ ...issue, code: issue.code as ClusterIssueCode }));
  if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING') return given;
  const scripted = (place.workloads.get(cluster.name)?.health ?? []).map(({ code, message, resourceIds }) =>
    clusterIssue(code, resourceIds ?? [cluster.name], message),
  );
  return [...given, ...scripted, ...networkIssues(place, cluster), ...roleIssues(place, cluster), ...keyIssues(place, cluster), ...versionIssues(place, cluster)];
}

function clusterIssue(code: ClusterIssueCode, resourceIds: readonly string[], message = CLUSTER_TEXTS[code] ?? ''): Issue<ClusterIssueCode> {
  return { code, message, resourceIds };
}

function networkIssues(place: Place, cluster: ClusterDoc): Issue<ClusterIssueCode>[] {
  const { ec2 } = place.around;
  const subnets = cluster.subnetIds.map((subnetId) => ec2.subnet(place.accountId, place.region, subnetId));
  const missing = cluster.subnetIds.filter((_, index) => subnets[index] === undefined);
  const missingGroups = cluster.securityGroupIds.filter((groupId) => ec2.hasSecurityGroup?.(place.accountId, place.region, groupId) === false);
  const free = subnets.reduce((sum, subnet) => sum + (subnet?.availableIpAddressCount ?? 0), 0);
  return [
    ...(missing.length === 0 ? [] : [clusterIssue('Ec2SubnetNotFound', missing)]),
    ...(missingGroups.length === 0 ? [] : [clusterIssue('Ec2SecurityGroupNotFound', missingGroups)]),
    ...(missing.length > 0 || free >= ADDRESSES.freeToUpgrade ? [] : [clusterIssue('InsufficientFreeAddresses', cluster.subnetIds)]),
  ];
}

function roleIssues(place: Place, cluster: ClusterDoc): Issue<ClusterIssueCode>[] {
  return hasRole(place, cluster.roleArn) ? [] : [clusterIssue('IamRoleNotFound', [cluster.roleArn])];
}

function keyIssues(place: Place, cluster: ClusterDoc): Issue<ClusterIssueCode>[] {
  const { kms } = place.around;
  if (kms === undefined) return [];
  return cluster.encryptionConfig.flatMap(({ provider }) => {
    const keyArn = provider?.keyArn ?? '';
    const state = kms.keyState(place.accountId, place.region, keyArn);
    if (state === 'Enabled') return [];
    return [clusterIssue(state === 'PendingDeletion' ? 'KmsKeyMarkedForDeletion' : state === 'Disabled' ? 'KmsKeyDisabled' : 'KmsKeyNotFound', [keyArn])];
  });
}

function versionIssues(place: Place, cluster: ClusterDoc): Issue<ClusterIssueCode>[] {
  const entry = versionEntry(cluster.version);
  return entry === undefined || standingOf(entry, place.now) !== 'UNSUPPORTED' ? [] : [clusterIssue('UnsupportedVersion', [cluster.arn])];
}

/** The health issues of a node group as they are now. */
export function nodegroupIssues(place: Place, nodegroup: NodegroupDoc): Issue<NodegroupIssueCode>[] {
  if (nodegroup.status === 'CREATING') return [];
  if (nodegroup.status !== 'ACTIVE' && nodegroup.status !== 'UPDATING' && nodegroup.status !== 'DEGRADED') return [...nodegroup.healthIssues];
  const scripted = (troubleOf(place, nodegroup)?.health ?? []).map(({ code, message, resourceIds }) => nodegroupIssue(code, resourceIds ?? [nodegroup.nodegroupName], message));
  const missing = nodegroup.subnets.filter((subnetId) => place.around.ec2.subnet(place.accountId, place.region, subnetId) === undefined);
  return [
    ...nodegroup.healthIssues,
    ...scripted,
    ...(missing.length === 0 ? [] : [nodegroupIssue('Ec2SubnetNotFound', missing)]),
    ...(hasRole(place, nodegroup.nodeRole) ? [] : [nodegroupIssue('IamNodeRoleNotFound', [nodegroup.nodeRole])]),
    ...(hasTemplate(place, nodegroup) ? [] : [nodegroupIssue('Ec2LaunchTemplateNotFound', [nodegroup.launchTemplate?.id ?? ''])]),
    ...launchIssues(place, nodegroup),
  ];
}

function nodegroupIssue(code: NodegroupIssueCode, resourceIds: readonly string[], message = NODEGROUP_TEXTS[code] ?? ''): Issue<NodegroupIssueCode> {
  return { code, message, resourceIds };
}

function launchIssues(place: Place, nodegroup: NodegroupDoc): Issue<NodegroupIssueCode>[] {
  const refused = troubleOf(place, nodegroup)?.launches;
  if (refused === undefined) return [];
  const zone = place.around.ec2.subnet(place.accountId, place.region, nodegroup.subnets[0] ?? '')?.availabilityZone ?? '';
  return [nodegroupIssue('AsgInstanceLaunchFailures', [autoScalingGroupOf(nodegroup)], LAUNCH_REFUSALS[refused](nodegroup.instanceTypes?.[0] ?? '', zone))];
}

export function autoScalingGroupOf(nodegroup: Pick<NodegroupDoc, 'nodegroupName' | 'id'>): string {
  return `eks-${nodegroup.nodegroupName}-${nodegroup.id}`;
}

/** Why no new node can join the group now; undefined when nothing keeps it from doing so. It may be mended while EKS is still waiting. */
export function whyNoNodeJoins(place: Place, nodegroup: NodegroupDoc): (ScriptedFailure & { readonly code: NodegroupIssueCode }) | undefined {
  if (troubleOf(place, nodegroup)?.nodesJoin === false) return { code: 'NodeCreationFailure' };
  return nodegroupIssues(place, { ...nodegroup, status: 'ACTIVE', healthIssues: [] }).find(({ code }) => STOPS_NODES.includes(code));
}

const STOPS_NODES: readonly string[] = ['AsgInstanceLaunchFailures', 'InstanceLimitExceeded', 'IamNodeRoleNotFound', 'IamInstanceProfileNotFound', 'Ec2LaunchTemplateNotFound', 'Ec2SubnetNotFound', 'NodeCreationFailure', 'AutoScalingGroupNotFound'];

export function troubleOf(place: Place, { clusterName, nodegroupName }: Pick<NodegroupDoc, 'clusterName' | 'nodegroupName'>) {
  return place.workloads.get(clusterName)?.nodegroups?.[nodegroupName];
}

function hasRole(place: Place, roleArn: string): boolean {
  return place.around.iam.role(place.accountId, roleArn.split('/').at(-1) ?? '') !== undefined;
}

function hasTemplate(place: Place, { launchTemplate }: NodegroupDoc): boolean {
  const look = place.around.ec2.launchTemplate;
  return launchTemplate === undefined || look === undefined || look(place.accountId, place.region, { id: launchTemplate.id, version: launchTemplate.version }) !== undefined;
}
