import type { CreateAutoScalingGroupCommandInput, InstanceRefreshStatus, LaunchTemplateSpecification, MixedInstancesPolicy, RefreshPreferences, WarmPoolConfiguration } from '@aws-sdk/client-auto-scaling';
import type { Collection } from '../../disk.ts';
import type { Disk } from '../../disk.ts';

/** What a group's instances are made from: one of the two. */
export interface Configuration {
  readonly LaunchTemplate?: LaunchTemplateSpecification;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy;
}

export interface MemberRecord {
  readonly instanceId: string;
  readonly template: { readonly id: string; readonly name: string; readonly version: number };
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly zoneName: string;
  readonly zoneId: string;
  readonly state: 'Pending' | 'InService' | 'Terminating';
  readonly healthy: boolean;
  readonly isProtected: boolean;
  readonly launchedAt: number;
}

export interface TagRecord {
  readonly Key: string;
  readonly Value: string;
  readonly PropagateAtLaunch: boolean;
}

/** Settings that are kept and told as they were given. */
export type Settings = Pick<
  CreateAutoScalingGroupCommandInput,
  'DefaultCooldown' | 'HealthCheckType' | 'HealthCheckGracePeriod' | 'TerminationPolicies' | 'CapacityRebalance' | 'DefaultInstanceWarmup' | 'InstanceMaintenancePolicy' | 'MaxInstanceLifetime' | 'Context' | 'ServiceLinkedRoleARN' | 'NewInstancesProtectedFromScaleIn'
>;

export interface GroupRecord {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly configuration: Configuration;
  readonly settings: Settings;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** As VPCZoneIdentifier named them; none when zones were named. */
  readonly subnetIds: readonly string[];
  readonly zoneNames: readonly string[];
  readonly tags: readonly TagRecord[];
  readonly members: readonly MemberRecord[];
  readonly warmPool?: WarmPoolConfiguration;
  /** Processes that stand still, and since when. */
  readonly suspended?: readonly { readonly name: string; readonly at: number }[];
  /** It is gone when its last instance is. */
  readonly isDeleting?: boolean;
}

export interface Batch {
  /** Those to be replaced. */
  readonly leaving: readonly string[];
  /** New ones come before old ones go. */
  readonly launchFirst: boolean;
  readonly phase: 'launch' | 'warm';
  readonly launched: readonly string[];
}

export interface RefreshRecord {
  readonly id: string;
  readonly group: string;
  readonly number: number;
  readonly status: InstanceRefreshStatus;
  readonly statusReason?: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly preferences: RefreshPreferences;
  /** As it was asked for; told again. */
  readonly desiredConfiguration?: Configuration;
  /** What new instances are made from: none means the group's own at the moment. */
  readonly target?: Configuration;
  /** What a rollback goes back to. */
  readonly before: Configuration;
  /** Instances still to be replaced, and how many there were in all. */
  readonly remaining: readonly string[];
  readonly total: number;
  readonly replacements: readonly string[];
  readonly batch?: Batch;
  /** Since when no replacement went on. */
  readonly stuckAt?: number;
  readonly failure?: { readonly code?: string; readonly message?: string };
  readonly rollback?: { readonly reason: string; readonly startedAt: number; readonly percentage: number; readonly left: number };
  readonly bakedAt?: number;
  /** The step that is awaited: another one in the timetable is an old one. */
  readonly awaitedAt: number;
}

export interface ActivityRecord {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: 'Successful' | 'Failed';
  readonly description: string;
  readonly cause: string;
  readonly message?: string;
}

export interface Where {
  readonly accountId: string;
  readonly region: string;
}

/** A group's activities, and its refreshes, are kept for six weeks. Source: DescribeScalingActivities, DescribeInstanceRefreshes. */
const KEPT_DAYS = 42;
const DAY_MS = 24 * 3600 * 1000;
const ACTIVITIES_MAX = 200;
const REFRESHES_MAX = 100;

/** Groups, their refreshes and activities, on the disk, by `<account>/<region>/<group>`. */
export class Book {
  readonly #groups: Collection<GroupRecord>;
  readonly #refreshes: Collection<readonly RefreshRecord[]>;
  readonly #activities: Collection<readonly ActivityRecord[]>;

  constructor(disk: Disk) {
    this.#groups = disk.collection('autoscaling-groups');
    this.#refreshes = disk.collection('autoscaling-refreshes');
    this.#activities = disk.collection('autoscaling-activities');
  }

  static key({ accountId, region, name }: Where & { readonly name: string }): string {
    return `${accountId}/${region}/${name}`;
  }

  group(key: string): GroupRecord | undefined {
    return this.#groups.get(key);
  }

  groups({ accountId, region }: Where): GroupRecord[] {
    return this.#groups.list(`${accountId}/${region}/`);
  }

  putGroup(group: GroupRecord): void {
    this.#groups.put(Book.key(group), group);
  }

  removeGroup(group: GroupRecord): void {
    const key = Book.key(group);
    for (const shelf of [this.#groups, this.#refreshes, this.#activities]) shelf.delete(key);
  }

  /** Newest first. */
  refreshes(key: string, now: number): RefreshRecord[] {
    return (this.#refreshes.get(key) ?? []).filter(({ createdAt }) => createdAt >= now - KEPT_DAYS * DAY_MS);
  }

  refresh(key: string, id: string | undefined): RefreshRecord | undefined {
    return this.#refreshes.get(key)?.find((refresh) => refresh.id === id);
  }

  putRefresh(refresh: RefreshRecord): void {
    const others = (this.#refreshes.get(refresh.group) ?? []).filter(({ id }) => id !== refresh.id);
    this.#refreshes.put(refresh.group, [refresh, ...others].sort((a, b) => b.number - a.number).slice(0, REFRESHES_MAX));
  }

  /** Newest first. */
  activities(key: string, now: number): ActivityRecord[] {
    return (this.#activities.get(key) ?? []).filter(({ startedAt }) => startedAt >= now - KEPT_DAYS * DAY_MS);
  }

  note(key: string, activity: ActivityRecord): void {
    this.#activities.put(key, [activity, ...(this.#activities.get(key) ?? [])].slice(0, ACTIVITIES_MAX));
  }
}

/** Whether a refresh is still under way. */
export function isActive({ status }: RefreshRecord): boolean {
  return status === 'Pending' || status === 'InProgress' || status === 'Cancelling' || status === 'RollbackInProgress' || status === 'Baking';
}
