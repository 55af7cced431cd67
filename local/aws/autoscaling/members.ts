import { AwsError } from '../service.ts';
import type { World } from '../service.ts';
import type { SimulatedEc2 } from '../ec2/index.ts';
import type { Faults } from '../faults.ts';
import { isMadeAs, recipeOf } from './configuration.ts';
import { Book, isActive } from './records.ts';
import type { Configuration, GroupRecord, MemberRecord, Where } from './records.ts';
import type { Timetable } from './timetable.ts';

/** What Auto Scaling is built on. */
export interface Stage {
  readonly world: World;
  readonly ec2: SimulatedEc2;
  readonly faults: Faults;
  readonly book: Book;
  readonly timetable: Timetable;
  /** Whether a CloudWatch alarm is in ALARM. */
  isFiring(where: Where, alarmName: string): boolean;
}

/** From a launch to InService, and from the order to end an instance until it is gone: what one sees on AWS, which promises nothing. */
export const LAUNCH_SECONDS = 45;
export const TERMINATION_SECONDS = 60;
/** A failed launch is tried again after so long. */
export const RETRY_SECONDS = 600;

/** Launches instances one by one, each where the fewest are. Throws what EC2 answers to the first that fails; those before it stay. */
export function launchMembers(stage: Stage, key: string, configuration: Configuration, count: number, now: number, cause: string): string[] {
  const launched: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const group = stage.book.group(key);
    if (group === undefined) break;
    const member = launchOne(stage, group, configuration, now, cause);
    stage.book.putGroup({ ...group, members: [...group.members, member] });
    launched.push(member.instanceId);
  }
  if (launched.length > 0) stage.timetable.schedule({ kind: 'arrived', at: now + LAUNCH_SECONDS * 1000, group: key, instanceIds: launched });
  return launched;
}

function launchOne({ ec2, book, world }: Stage, group: GroupRecord, configuration: Configuration, now: number, cause: string): MemberRecord {
  const { accountId, region, name } = group;
  const recipe = recipeOf(configuration);
  const tags = group.tags.filter(({ PropagateAtLaunch }) => PropagateAtLaunch).map(({ Key, Value }) => ({ Key, Value }));
  const activity = { id: world.newId(), startedAt: now, endedAt: now + LAUNCH_SECONDS * 1000, cause };
  try {
    const launch = {
      launchTemplate: recipe.launchTemplate,
      data: { ...recipe.data, SubnetId: emptiestSubnet(ec2, group), TagSpecifications: [{ ResourceType: 'instance' as const, Tags: tags }] },
      awsTags: [{ Key: 'aws:autoscaling:groupName', Value: name }],
      count: 1,
    };
    const plan = ec2.planLaunch(accountId, region, launch, now);
    const [instance] = ec2.launch(accountId, region, launch, now);
    const template = ec2.launchTemplate(accountId, region, { id: plan.template?.id ?? '', version: String(plan.template?.version ?? '') });
    if (instance === undefined || plan.template === undefined) throw new Error(`A launch of group ${name} began nothing.`);
    book.note(Book.key(group), { ...activity, status: 'Successful', description: `Launching a new EC2 instance: ${instance.id}` });
    const { id: instanceId, imageId, instanceType, subnetId, zoneName, zoneId } = instance;
    return { instanceId, imageId, instanceType, subnetId, zoneName, zoneId, template: { ...plan.template, name: template?.name ?? '' }, state: 'Pending', healthy: true, isProtected: group.settings.NewInstancesProtectedFromScaleIn === true, launchedAt: now };
  } catch (error) {
    if (error instanceof AwsError) noteFailure(book, Book.key(group), { ...activity, endedAt: now }, error.message);
    throw error;
  }
}

export function noteFailure(book: Book, key: string, activity: { readonly id: string; readonly startedAt: number; readonly endedAt: number; readonly cause: string }, why: string): void {
  book.note(key, { ...activity, status: 'Failed', description: 'Launching a new EC2 instance.  Status Reason: ' + why, message: why });
}

/** Where the fewest live instances of the group are; of several, the first that was named. */
function emptiestSubnet(ec2: SimulatedEc2, group: GroupRecord): string {
  const { accountId, region } = group;
  const subnets = group.subnetIds.length > 0 ? group.subnetIds : group.zoneNames.flatMap((zone) => ec2.defaultSubnet(accountId, region, zone)?.subnetId ?? []);
  const counted = subnets.map((subnetId, index) => ({ subnetId, index, count: liveMembers(group).filter((member) => member.subnetId === subnetId).length }));
  const [first] = counted.sort((a, b) => a.count - b.count || a.index - b.index);
  if (first === undefined) throw new AwsError('ValidationError', 'At least one Availability Zone or VPC Subnet is required.', 400);
  return first.subnetId;
}

export function liveMembers(group: GroupRecord): MemberRecord[] {
  return group.members.filter(({ state }) => state !== 'Terminating');
}

/** Ends instances of a group; they are shown as Terminating until they are gone. */
export function endMembers({ ec2, book, timetable, world }: Stage, key: string, ids: readonly string[], now: number, cause: string): void {
  const group = book.group(key);
  const ending = group?.members.filter(({ instanceId, state }) => ids.includes(instanceId) && state !== 'Terminating').map(({ instanceId }) => instanceId) ?? [];
  if (group === undefined || ending.length === 0) return;
  ec2.terminate(group.accountId, group.region, ending, now, 'Service initiated');
  book.putGroup({ ...group, members: group.members.map((member) => (ending.includes(member.instanceId) ? { ...member, state: 'Terminating' } : member)) });
  for (const id of ending) book.note(key, { id: world.newId(), startedAt: now, endedAt: now + TERMINATION_SECONDS * 1000, status: 'Successful', description: `Terminating EC2 instance: ${id}`, cause });
  timetable.schedule({ kind: 'gone', at: now + TERMINATION_SECONDS * 1000, group: key, instanceIds: ending });
}

/** Brings the group to its desired size. While a refresh replaces instances, the refresh does it afterwards. */
export function scale(stage: Stage, key: string, now: number, why: string): void {
  const { book, timetable } = stage;
  const group = book.group(key);
  if (group === undefined || book.refreshes(key, now).some((refresh) => isActive(refresh) && refresh.batch !== undefined)) return;
  const live = liveMembers(group);
  const desired = group.isDeleting === true ? 0 : group.desired;
  const cause = `At ${new Date(now).toISOString().replace('.000Z', 'Z')} ${why}, changing the capacity from ${live.length} to ${desired}.`;
  if (live.length > desired) return endMembers(stage, key, surplus(stage, group, live.length - desired, now), now, cause);
  try {
    launchMembers(stage, key, group.configuration, desired - live.length, now, cause);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    timetable.schedule({ kind: 'scale', at: now + RETRY_SECONDS * 1000, group: key, background: true });
  }
}

/** Those not made as the configuration says go first, then the oldest; protected ones stay, unless the group goes. Source: "Default termination policy". */
function surplus({ ec2 }: Stage, group: GroupRecord, count: number, now: number): string[] {
  return liveMembers(group)
    .filter(({ isProtected }) => !isProtected || group.isDeleting === true)
    .map((member) => ({ ...member, rank: isMadeAs(ec2, group, group.configuration, member, now) ? 1 : 0 }))
    .sort((a, b) => a.rank - b.rank || a.launchedAt - b.launchedAt)
    .slice(0, count)
    .map(({ instanceId }) => instanceId);
}
