import type {
  CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommandInput,
  DescribeScalingActivitiesCommandInput,
  Filter,
  SetDesiredCapacityCommandInput,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { checkedConfiguration, invalid } from './configuration.ts';
import { activityView, detailView, groupView } from './group-view.ts';
import { endMembers, liveMembers, scale } from './members.ts';
import type { Stage } from './members.ts';
import { paged } from './pages.ts';
import { Book, isActive } from './records.ts';
import type { Configuration, GroupRecord, Settings, Where } from './records.ts';
import { tagsOf } from './tags.ts';

const GROUPS_MAX = 500;
const SETTINGS = ['DefaultCooldown', 'HealthCheckType', 'HealthCheckGracePeriod', 'TerminationPolicies', 'CapacityRebalance', 'DefaultInstanceWarmup', 'InstanceMaintenancePolicy', 'MaxInstanceLifetime', 'Context', 'ServiceLinkedRoleARN', 'NewInstancesProtectedFromScaleIn'] as const satisfies readonly (keyof Settings)[];
const SUPPORTED: readonly string[] = [...SETTINGS, 'AutoScalingGroupName', 'LaunchTemplate', 'MixedInstancesPolicy', 'MinSize', 'MaxSize', 'DesiredCapacity', 'AvailabilityZones', 'VPCZoneIdentifier', 'Tags'];
const A_REFRESH = 'An active instance refresh with a desired configuration exists. All configuration options derived from the desired configuration are not available for update while the instance refresh is active.';

export function groupOperations(stage: Stage): Record<string, OperationHandler> {
  const { book } = stage;

  return {
    CreateAutoScalingGroup(input: CreateAutoScalingGroupCommandInput, call: Call) {
      requireSupported(input, call.operation);
      const name = input.AutoScalingGroupName ?? '';
      if (!/^[^\p{Cc}:]{1,255}$/u.test(name)) throw invalid('AutoScalingGroupName must have 1 to 255 characters, and no colon.');
      if (book.group(Book.key({ ...call, name })) !== undefined) throw new AwsError('AlreadyExistsFault', 'AutoScalingGroup by this name already exists - A group with the name ' + name + ' already exists', 400);
      if (book.groups(call).length >= GROUPS_MAX) throw new AwsError('LimitExceededFault', `You have reached the quota of groups: ${GROUPS_MAX}.`, 400);
      const sizes = checkedSizes(input.MinSize ?? 0, input.MaxSize ?? 0, input.DesiredCapacity ?? input.MinSize ?? 0);
      const network = networkOf(stage, call, input);
      const group: GroupRecord = {
        accountId: call.accountId,
        region: call.region,
        name,
        arn: `arn:aws:autoscaling:${call.region}:${call.accountId}:autoScalingGroup:${uuidOf(stage.world.newId())}:autoScalingGroupName/${name}`,
        createdAt: call.now,
        configuration: checkedConfiguration(stage.ec2, call, configurationOf(input), network.subnetIds[0], call.now),
        settings: settingsOf(input),
        ...sizes,
        ...network,
        tags: tagsOf([], input.Tags),
        members: [],
      };
      book.putGroup(group);
      scale(stage, Book.key(group), call.now, 'a user request created an AutoScalingGroup');
    },

    DescribeAutoScalingGroups(input: DescribeAutoScalingGroupsCommandInput, call: Call) {
      const { AutoScalingGroupNames: names = [] } = input;
      const fit = book.groups(call).filter((group) => (names.length === 0 || names.includes(group.name)) && (input.Filters ?? []).every((filter) => fits(group, filter)));
      const { items, ...rest } = paged(fit, input);
      return { AutoScalingGroups: items.map((group) => groupView(group, input.IncludeInstances !== false)), ...rest };
    },

    UpdateAutoScalingGroup(input: UpdateAutoScalingGroupCommandInput, call: Call) {
      requireSupported(input, call.operation);
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const key = Book.key(group);
      const asked = configurationOf(input);
      const changesConfiguration = asked.LaunchTemplate !== undefined || asked.MixedInstancesPolicy !== undefined;
      if (changesConfiguration && book.refreshes(key, call.now).some((refresh) => isActive(refresh) && refresh.desiredConfiguration !== undefined)) throw invalid(A_REFRESH);
      const min = input.MinSize ?? group.min;
      const max = input.MaxSize ?? group.max;
      // A size that was not named follows the limits that were.
      const sizes = checkedSizes(min, max, input.DesiredCapacity ?? Math.min(Math.max(group.desired, min), max));
      const network = input.VPCZoneIdentifier === undefined && input.AvailabilityZones === undefined ? { subnetIds: group.subnetIds, zoneNames: group.zoneNames } : networkOf(stage, call, input);
      const configuration = changesConfiguration ? checkedConfiguration(stage.ec2, call, asked, network.subnetIds[0], call.now) : group.configuration;
      book.putGroup({ ...group, ...sizes, ...network, configuration, settings: { ...group.settings, ...settingsOf(input) } });
      scale(stage, key, call.now, 'a user request update of AutoScalingGroup constraints');
    },

    SetDesiredCapacity(input: SetDesiredCapacityCommandInput, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const desired = input.DesiredCapacity ?? group.desired;
      if (desired > group.max) throw invalid(`New SetDesiredCapacity value ${desired} is above max value ${group.max} for the AutoScalingGroup.`);
      if (desired < group.min) throw invalid(`New SetDesiredCapacity value ${desired} is below min value ${group.min} for the AutoScalingGroup.`);
      book.putGroup({ ...group, desired });
      scale(stage, Book.key(group), call.now, `a user request explicitly set group desired capacity changing the desired capacity from ${group.desired} to ${desired}`);
    },

    DeleteAutoScalingGroup(input: DeleteAutoScalingGroupCommandInput, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const key = Book.key(group);
      const force = input.ForceDelete === true;
      if (!force && group.warmPool !== undefined) throw new AwsError('ResourceInUseFault', 'You cannot delete an AutoScalingGroup while it has a warm pool.', 400);
      if (!force && liveMembers(group).length > 0) throw new AwsError('ResourceInUseFault', 'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.', 400);
      if (!force && group.members.length > 0) throw new AwsError('ScalingActivityInProgressFault', 'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.', 400);
      if (group.members.length === 0) return book.removeGroup(group);
      book.putGroup({ ...group, min: 0, desired: 0, isDeleting: true });
      for (const refresh of book.refreshes(key, call.now).filter(isActive)) book.putRefresh({ ...refresh, status: 'Cancelled', endedAt: call.now });
      endMembers(stage, key, group.members.map(({ instanceId }) => instanceId), call.now, 'the group was deleted by force.');
    },

    DescribeAutoScalingInstances(input: DescribeAutoScalingInstancesCommandInput, call: Call) {
      const { InstanceIds: ids = [] } = input;
      const all = book.groups(call).flatMap((group) => group.members.map((member) => detailView(group, member)));
      const { items, ...rest } = paged(all.filter(({ InstanceId }) => ids.length === 0 || ids.includes(InstanceId ?? '')), input);
      return { AutoScalingInstances: items, ...rest };
    },

    DescribeScalingActivities(input: DescribeScalingActivitiesCommandInput, call: Call) {
      const groups = input.AutoScalingGroupName === undefined ? book.groups(call) : [groupAt(book, call, input.AutoScalingGroupName)];
      const all = groups.flatMap((group) => book.activities(Book.key(group), call.now).map((activity) => activityView(group, activity, call.now)));
      const { items, ...rest } = paged(all.filter(({ ActivityId = '' }) => input.ActivityIds === undefined || input.ActivityIds.includes(ActivityId)), input);
      return { Activities: items, ...rest };
    },
  };
}

export function groupAt(book: Book, where: Where, name: string | undefined): GroupRecord {
  const group = book.group(Book.key({ accountId: where.accountId, region: where.region, name: name ?? '' }));
  if (group === undefined) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup ${name ?? ''} not found`);
  if (group.isDeleting === true) throw new AwsError('ScalingActivityInProgressFault', `AutoScalingGroup ${group.name} is being deleted.`, 400);
  return group;
}

function requireSupported(input: object, operation: string): void {
  const unsupported = Object.keys(input).find((member) => !SUPPORTED.includes(member));
  if (unsupported !== undefined) throw new AwsError('NotImplemented', `The simulated AWS does not support ${unsupported} of ${operation}.`, 501);
}

function configurationOf({ LaunchTemplate, MixedInstancesPolicy }: Pick<CreateAutoScalingGroupCommandInput, 'LaunchTemplate' | 'MixedInstancesPolicy'>): Configuration {
  return { ...(LaunchTemplate === undefined ? {} : { LaunchTemplate }), ...(MixedInstancesPolicy === undefined ? {} : { MixedInstancesPolicy }) };
}

function settingsOf(input: Settings): Settings {
  return Object.fromEntries(SETTINGS.filter((name) => input[name] !== undefined).map((name) => [name, input[name]])) as Settings;
}

function checkedSizes(min: number, max: number, desired: number): { readonly min: number; readonly max: number; readonly desired: number } {
  if (min < 0 || max < min) throw invalid('Max bound, ' + max + ', must be greater than or equal to min bound, ' + min);
  if (desired < min) throw invalid(`Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
  if (desired > max) throw invalid(`Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
  return { min, max, desired };
}

/** Subnets, and the zones that they lie in; or zones, whose default subnets are meant. */
function networkOf({ ec2 }: Stage, { accountId, region }: Where, input: Pick<CreateAutoScalingGroupCommandInput, 'VPCZoneIdentifier' | 'AvailabilityZones'>): { readonly subnetIds: readonly string[]; readonly zoneNames: readonly string[] } {
  const subnetIds = (input.VPCZoneIdentifier ?? '').split(',').map((id) => id.trim()).filter((id) => id !== '');
  if (subnetIds.length === 0) {
    const zoneNames = input.AvailabilityZones ?? [];
    if (zoneNames.length === 0) throw invalid('At least one Availability Zone or VPC Subnet is required.');
    const strange = zoneNames.find((name) => !ec2.zones(accountId, region).some((zone) => zone.name === name));
    if (strange !== undefined) throw invalid(`The availability zones of the specified subnets and the Auto Scaling group do not match, or there is no zone ${strange}.`);
    return { subnetIds, zoneNames };
  }
  const zoneNames = subnetIds.map((id) => {
    const subnet = ec2.subnet(accountId, region, id);
    if (subnet === undefined) throw invalid(`The subnet ID '${id}' does not exist`);
    return subnet.availabilityZone;
  });
  return { subnetIds, zoneNames: [...new Set(zoneNames)] };
}

function fits({ tags }: GroupRecord, { Name = '', Values = [] }: Filter): boolean {
  if (Name === 'tag-key') return tags.some(({ Key }) => Values.includes(Key));
  if (Name === 'tag-value') return tags.some(({ Value }) => Values.includes(Value));
  if (Name.startsWith('tag:')) return tags.some(({ Key, Value }) => Key === Name.slice(4) && Values.includes(Value));
  throw invalid(`Filter type ${Name} is not correct. Allowed Filter types are: [tag-key, tag-value, tag:<key>]`);
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
