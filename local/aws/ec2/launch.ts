import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { World } from '../service.ts';
import { parseCidr, sizeOf } from './cidr.ts';
import { imageAt } from './images.ts';
import { instanceType } from './instance-types.ts';
import { templateAt, versionAt } from './launch-templates.ts';
import { mergedTags, notFound } from './records.ts';
import type { Ec2Place, InstanceRecord, SubnetRecord, Tag, TagSpecifications } from './records.ts';
import { isLive } from './instance-state.ts';
import { steadyId } from './zones.ts';

const INSTANCES_AT_ONCE_MAX = 1000;
/** Of a subnet's addresses the first four and the last one are AWS's own. Source: VPC user guide, "Subnet sizing". */
const FIRST_ADDRESS = 4;

/** Of a launch, whoever asks for it: RunInstances, or an Auto Scaling group. */
export interface Launch {
  readonly launchTemplate?: { readonly LaunchTemplateId?: string | undefined; readonly LaunchTemplateName?: string | undefined; readonly Version?: string | undefined } | undefined;
  /** What stands over the launch template. */
  readonly data: LaunchData;
  readonly count: number;
  /** Tags that only AWS's own services may give, besides. */
  readonly awsTags?: readonly Tag[];
}

export type LaunchData = Pick<
  RunInstancesCommandInput,
  'ImageId' | 'InstanceType' | 'SubnetId' | 'SecurityGroupIds' | 'KeyName' | 'TagSpecifications' | 'IamInstanceProfile' | 'InstanceMarketOptions' | 'Placement' | 'NetworkInterfaces'
>;

/** What a launch comes to, when nothing is in its way. */
export interface LaunchPlan {
  readonly template: { readonly id: string; readonly version: number } | undefined;
  readonly imageId: string;
  readonly instanceType: string;
  readonly architecture: string;
  readonly subnet: SubnetRecord;
  readonly groupIds: readonly string[];
  readonly tags: readonly Tag[];
  readonly spot: boolean;
  readonly keyName: string | undefined;
  readonly profileArn: string | undefined;
  readonly count: number;
}

/** Looks at everything that a launch needs. Throws what RunInstances would answer. */
export function planLaunch(place: Ec2Place, launch: Launch, now: number): LaunchPlan {
  const { version, data: below } = templateDataOf(place, launch.launchTemplate);
  const data: LaunchData = { ...below, ...Object.fromEntries(Object.entries(launch.data).filter(([, value]) => value !== undefined)) };
  const { ImageId, InstanceType = 'm1.small' } = data;
  if (ImageId === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId', 400);
  const image = imageAt(place, ImageId, now);
  const type = instanceType(InstanceType);
  if (type === undefined) throw new AwsError('InvalidParameterValue', `Invalid value '${InstanceType}' for InstanceType.`, 400);
  if (type.architecture !== image.architecture) {
    const advice = `Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`;
    throw new AwsError('InvalidParameterValue', `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. ${advice}`, 400);
  }
  const [network] = data.NetworkInterfaces ?? [];
  const subnet = subnetFor(place, data.SubnetId ?? network?.SubnetId, data.Placement?.AvailabilityZone);
  if (place.freeAddresses(subnet) < launch.count) throw new AwsError('InsufficientFreeAddressesInSubnet', `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`, 400);
  // Tags of the request stand over those of the template, kind by kind. Source: EC2 user guide, "Launch instances from a launch template".
  const specifications: TagSpecifications = [...(below.TagSpecifications ?? []), ...(launch.data.TagSpecifications ?? [])].filter(({ ResourceType }) => ResourceType === 'instance');
  const profile = data.IamInstanceProfile;
  return {
    template: version,
    imageId: ImageId,
    instanceType: InstanceType,
    architecture: image.architecture,
    subnet,
    groupIds: groupsFor(place, subnet, data.SecurityGroupIds ?? network?.Groups ?? []),
    tags: [...mergedTags([], specifications.flatMap(({ Tags }) => Tags ?? [])), ...(launch.awsTags ?? []), ...(version === undefined ? [] : templateTags(version))],
    spot: data.InstanceMarketOptions?.MarketType === 'spot',
    keyName: data.KeyName,
    profileArn: profile?.Arn ?? (profile?.Name === undefined ? undefined : `arn:aws:iam::${place.accountId}:instance-profile/${profile.Name}`),
    count: launch.count,
  };
}

/** Starts what was planned. */
export function startInstances(world: World, place: Ec2Place, plan: LaunchPlan, now: number): InstanceRecord[] {
  const reservationId = `r-0${world.newId().slice(0, 16)}`;
  const { accountId, region } = place;
  const { imageId, instanceType: type, architecture, subnet, groupIds, tags, spot, keyName, profileArn } = plan;
  return freeAddressesOf(place, subnet, plan.count).map((privateAddress, launchIndex) => {
    const instance: InstanceRecord = {
      accountId,
      region,
      id: `i-0${world.newId().slice(0, 16)}`,
      tags,
      imageId,
      instanceType: type,
      architecture,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      zoneName: subnet.zoneName,
      zoneId: subnet.zoneId,
      privateAddress,
      groupIds,
      spot,
      reservationId,
      launchIndex,
      launchedAt: now,
      ...(keyName === undefined ? {} : { keyName }),
      ...(profileArn === undefined ? {} : { profileArn }),
    };
    place.instances.put(instance);
    place.hold(subnet.id, instance.id, 1);
    return instance;
  });
}

export function checkCount(min: number | undefined, max: number | undefined): number {
  if (min === undefined || max === undefined || min < 1 || max < min || max > INSTANCES_AT_ONCE_MAX) throw new AwsError('InvalidParameterValue', `Value (${String(min)}) for parameter minCount is invalid, or (${String(max)}) for maxCount: 1 <= minCount <= maxCount <= ${INSTANCES_AT_ONCE_MAX}.`, 400);
  return max;
}

function templateDataOf(place: Ec2Place, named: Launch['launchTemplate']): { readonly version: { readonly id: string; readonly version: number } | undefined; readonly data: LaunchData } {
  if (named === undefined) return { version: undefined, data: {} };
  const template = templateAt(place, named);
  const { number, data } = versionAt(place, template, named.Version ?? '$Default');
  return { version: { id: template.id, version: number }, data: data as LaunchData };
}

/** EC2 tags what it launched from a launch template with its id and version. */
function templateTags({ id, version }: { readonly id: string; readonly version: number }): Tag[] {
  return [
    { Key: 'aws:ec2launchtemplate:id', Value: id },
    { Key: 'aws:ec2launchtemplate:version', Value: String(version) },
  ];
}

/** The subnet that was asked for, or else the default one of a zone. */
function subnetFor(place: Ec2Place, subnetId: string | undefined, zone: string | undefined): SubnetRecord {
  if (subnetId !== undefined) {
    const named = place.visibleSubnet(subnetId);
    if (named === undefined) throw notFound('InvalidSubnetID.NotFound', 'subnet', subnetId);
    return named;
  }
  const found = place.subnets.list().find((subnet) => subnet.isDefault && (zone ?? subnet.zoneName) === subnet.zoneName);
  if (found === undefined) throw new AwsError(zone === undefined ? 'VPCIdNotSpecified' : 'InvalidInput', zone === undefined ? 'No default VPC for this user' : `No default subnet for availability zone: '${zone}'.`, 400);
  return found;
}

function groupsFor(place: Ec2Place, subnet: SubnetRecord, asked: readonly string[]): readonly string[] {
  const absent = asked.find((id) => place.groups.get(id) === undefined);
  if (absent !== undefined) throw new AwsError('InvalidGroup.NotFound', `The security group '${absent}' does not exist`, 400);
  // The default group of a VPC belongs to its owner: who only shares a subnet of it must name groups of its own.
  if (asked.length === 0 && subnet.accountId !== place.accountId) throw new AwsError('InvalidParameterCombination', `A security group must be specified for the shared subnet '${subnet.id}'.`, 400);
  return asked.length > 0 ? asked : [steadyId('sg', place.accountId, place.region, subnet.vpcId, 'default')];
}

/** The lowest addresses of a subnet that no instance has. */
function freeAddressesOf(place: Ec2Place, subnet: SubnetRecord, count: number): string[] {
  const block = parseCidr(subnet.cidr);
  if (block === undefined) throw new Error(`The disk holds a subnet without a block: ${subnet.id}`);
  const taken = new Set(place.instances.list().filter((instance) => instance.subnetId === subnet.id && isLive(instance)).map(({ privateAddress }) => privateAddress));
  const free: string[] = [];
  for (let offset = FIRST_ADDRESS; free.length < count && offset < sizeOf(block.bits) - 1; offset += 1) {
    const address = [24, 16, 8, 0].map((shift) => Math.floor((block.base + offset) / 2 ** shift) % 256).join('.');
    if (!taken.has(address)) free.push(address);
  }
  return free;
}
