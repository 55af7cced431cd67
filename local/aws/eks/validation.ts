import { isIPv6 } from 'node:net';
import type { EncryptionConfig } from '@aws-sdk/client-eks';
import { parseCidr } from '../ec2/cidr.ts';
import { AwsError } from '../service.ts';
import type { SeenSubnet } from './around.ts';
import { invalidParameter, limitExceeded } from './errors.ts';
import type { About } from './errors.ts';
import { DISALLOWED_ZONE_IDS, QUOTAS } from './limits.ts';
import type { Place } from './place.ts';

const CLUSTER_NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
const NODEGROUP_NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/;
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

export function requireClusterName(name: string): void {
  if (!CLUSTER_NAME.test(name)) throw invalidParameter(`The cluster name ${name} must match ^[0-9A-Za-z][A-Za-z0-9\\-_]* and have at most 100 characters.`, { clusterName: name });
}

export function requireNodegroupName(name: string, about: About): void {
  if (!NODEGROUP_NAME.test(name)) throw invalidParameter(`The node group name ${name} must match ^[0-9A-Za-z][A-Za-z0-9\\-_]* and have at most 63 characters.`, about);
}

/** The role that an ARN names must exist in the caller's account and let the service do the actions. `refusal` is the text that EKS answers with. */
export function requireRole(place: Place, roleArn: string, service: string, refusal: (roleName: string) => string, about: About, actions: readonly string[] = ['sts:AssumeRole']): void {
  const parts = ROLE_ARN.exec(roleArn);
  if (parts === null) throw invalidParameter(`The role ARN ${roleArn} is invalid.`, about);
  const [, accountId = '', roleName = ''] = parts;
  if (accountId !== place.accountId) throw new AwsError('AccessDeniedException', 'Cross-account pass role is not allowed.', 403);
  const role = place.around.iam.role(accountId, roleName);
  const named = role?.trustedServices === undefined || role.trustedServices.includes(service);
  const trusted = named && actions.every((action) => role?.trusts?.(service, action) ?? true);
  if (role === undefined || role.arn !== roleArn || !trusted) throw invalidParameter(refusal(roleName), about);
}

/** What EKS says of a cluster role that is missing or does not trust it. */
export function clusterRoleRefusal(roleArn: string): string {
  return `Role with arn: ${roleArn}, could not be assumed because it does not exist or the trusted entity is not correct`;
}

/** The subnets behind ids, all of one VPC. */
export function requireSubnets(place: Place, subnetIds: readonly string[], about: About): SeenSubnet[] {
  const subnets = subnetIds.map((subnetId) => {
    const subnet = place.around.ec2.subnet(place.accountId, place.region, subnetId);
    if (subnet === undefined) throw invalidParameter(`The subnet ID '${subnetId}' does not exist`, about);
    return subnet;
  });
  if (new Set(subnets.map((subnet) => subnet.vpcId)).size > 1) throw invalidParameter('Subnets specified belong to different VPCs', about);
  return subnets;
}

/** The rules for the subnets that a control plane puts its network interfaces in. Source: EKS user guide, network requirements. */
export function requireClusterSubnets(place: Place, subnetIds: readonly string[], about: About): SeenSubnet[] {
  const subnets = requireSubnets(place, subnetIds, about);
  if (new Set(subnets.map((subnet) => subnet.availabilityZoneId)).size < 2) throw invalidParameter('Subnets specified must be in at least two different AZs', about);
  const refused = subnets.find((subnet) => DISALLOWED_ZONE_IDS.includes(subnet.availabilityZoneId));
  if (refused !== undefined) throw unsupportedZone(place, refused, subnets, about);
  return subnets;
}

function unsupportedZone(place: Place, refused: SeenSubnet, subnets: readonly SeenSubnet[], about: About): AwsError {
  const zones = place.around.ec2.zones?.(place.accountId, place.region) ?? subnets.map((subnet) => ({ name: subnet.availabilityZone, id: subnet.availabilityZoneId }));
  const validZones = [...new Set(zones.filter((zone) => !DISALLOWED_ZONE_IDS.includes(zone.id)).map((zone) => zone.name))].sort();
  const message =
    `Cannot create cluster '${about.clusterName}' because ${refused.availabilityZone}, the targeted availability zone, does not currently have sufficient capacity ` +
    `to support the cluster. Retry and choose from these availability zones: ${validZones.join(', ')}`;
  return new AwsError('UnsupportedAvailabilityZoneException', message, 400, { ...about, validZones });
}

/** A block of IPv4 or IPv6 addresses; of IPv4 one that begins where blocks of its size begin. */
export function isPublicAccessCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (isIPv6(address)) return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128;
  return parseCidr(text) !== undefined;
}

export function requireSecurityGroups(place: Place, groupIds: readonly string[], about: About): void {
  if (groupIds.length > QUOTAS.securityGroupsPerCluster) throw invalidParameter(`Cannot specify more than ${QUOTAS.securityGroupsPerCluster} security groups`, about);
  const missing = groupIds.find((groupId) => place.around.ec2.hasSecurityGroup?.(place.accountId, place.region, groupId) === false);
  if (missing !== undefined) throw invalidParameter(`The security group '${missing}' does not exist`, about);
}

/** The keys that a cluster's secrets are to be encrypted with must be there and usable, where the account's keys are known. */
export function requireKeys(place: Place, asked: readonly EncryptionConfig[], about: About): void {
  const { kms } = place.around;
  const unusable = kms !== undefined && asked.some(({ provider }) => kms.keyState(place.accountId, place.region, provider?.keyArn ?? '') !== 'Enabled');
  if (unusable) throw invalidParameter('The keyArn in encryptionConfig provider is invalid', about);
}

export function requireTags(tags: Readonly<Record<string, string>>, about: About = {}): void {
  if (Object.keys(tags).length > QUOTAS.tagsPerResource) throw limitExceeded(`A resource can have at most ${QUOTAS.tagsPerResource} tags.`, about);
  const reserved = Object.keys(tags).find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) throw invalidParameter(`Tag keys starting with 'aws:' are reserved for system use: ${reserved}`, about);
}
