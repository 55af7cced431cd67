import type { Activity, AutoScalingGroup, AutoScalingInstanceDetails, Instance } from '@aws-sdk/client-auto-scaling';
import type { ActivityRecord, GroupRecord, MemberRecord } from './records.ts';

const COOLDOWN_SECONDS = 300;

export function groupView(group: GroupRecord, withInstances: boolean): AutoScalingGroup {
  const { settings } = group;
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...group.configuration,
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    DefaultCooldown: settings.DefaultCooldown ?? COOLDOWN_SECONDS,
    AvailabilityZones: [...group.zoneNames],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    HealthCheckType: settings.HealthCheckType ?? 'EC2',
    HealthCheckGracePeriod: settings.HealthCheckGracePeriod ?? 0,
    Instances: withInstances ? group.members.map(memberView) : [],
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: (group.suspended ?? []).map(({ name, at }) => ({ ProcessName: name, SuspensionReason: `User suspended at ${new Date(at).toISOString().replace('.000Z', 'Z')}` })),
    ...(group.subnetIds.length === 0 ? {} : { VPCZoneIdentifier: group.subnetIds.join(',') }),
    EnabledMetrics: [],
    ...(group.isDeleting === true ? { Status: 'Delete in progress' } : {}),
    Tags: group.tags.map((tag) => ({ ...tag, ResourceId: group.name, ResourceType: 'auto-scaling-group' })),
    TerminationPolicies: settings.TerminationPolicies ?? ['Default'],
    NewInstancesProtectedFromScaleIn: settings.NewInstancesProtectedFromScaleIn ?? false,
    ServiceLinkedRoleARN: settings.ServiceLinkedRoleARN ?? `arn:aws:iam::${group.accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    ...(settings.MaxInstanceLifetime === undefined ? {} : { MaxInstanceLifetime: settings.MaxInstanceLifetime }),
    ...(settings.CapacityRebalance === undefined ? {} : { CapacityRebalance: settings.CapacityRebalance }),
    ...(settings.Context === undefined ? {} : { Context: settings.Context }),
    ...(settings.DefaultInstanceWarmup === undefined ? {} : { DefaultInstanceWarmup: settings.DefaultInstanceWarmup }),
    ...(settings.InstanceMaintenancePolicy === undefined ? {} : { InstanceMaintenancePolicy: settings.InstanceMaintenancePolicy }),
    ...(group.warmPool === undefined ? {} : { WarmPoolConfiguration: group.warmPool, WarmPoolSize: 0 }),
    TrafficSources: [],
  };
}

function memberView(member: MemberRecord): Instance {
  return {
    InstanceId: member.instanceId,
    InstanceType: member.instanceType,
    ImageId: member.imageId,
    AvailabilityZone: member.zoneName,
    AvailabilityZoneId: member.zoneId,
    LifecycleState: member.state,
    HealthStatus: member.healthy ? 'Healthy' : 'Unhealthy',
    LaunchTemplate: { LaunchTemplateId: member.template.id, LaunchTemplateName: member.template.name, Version: String(member.template.version) },
    ProtectedFromScaleIn: member.isProtected,
  };
}

export function detailView(group: GroupRecord, member: MemberRecord): AutoScalingInstanceDetails {
  const { InstanceId, AvailabilityZone, HealthStatus, LifecycleState, ProtectedFromScaleIn, ...rest } = memberView(member);
  return {
    ...rest,
    InstanceId: InstanceId ?? '',
    AutoScalingGroupName: group.name,
    AvailabilityZone: AvailabilityZone ?? '',
    LifecycleState: LifecycleState ?? '',
    // Here, and only here, it is written in capitals, as on AWS.
    HealthStatus: (HealthStatus ?? '').toUpperCase(),
    ProtectedFromScaleIn: ProtectedFromScaleIn ?? false,
  };
}

/** Text of an activity, which is under way until its end. */
export function activityView(group: GroupRecord, { id, startedAt, endedAt, status, description, cause, message }: ActivityRecord, now: number): Activity {
  const isOver = endedAt <= now;
  return {
    ActivityId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: description,
    Cause: cause,
    StartTime: new Date(startedAt),
    ...(isOver ? { EndTime: new Date(endedAt) } : {}),
    StatusCode: isOver ? status : 'InProgress',
    ...(message === undefined ? {} : { StatusMessage: message }),
    Progress: isOver ? 100 : 50,
    Details: '{}',
  };
}
