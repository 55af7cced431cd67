import type { DescribeInstancesCommandInput, Instance, InstanceStateName, RunInstancesCommandInput, TerminateInstancesCommandInput } from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { filtered, paged } from './filters.ts';
import type { Attributes } from './filters.ts';
import { isLive, PENDING_SECONDS, SHUTTING_DOWN_SECONDS, stateAt, stateView } from './instance-state.ts';
import { checkCount, planLaunch, startInstances } from './launch.ts';
import type { LaunchData } from './launch.ts';
import type { Ec2Place, InstanceRecord } from './records.ts';

/** What of a launch can be told from the outside, and what cannot and is taken as it is. */
const LAUNCH_MEMBERS = ['ImageId', 'InstanceType', 'SubnetId', 'SecurityGroupIds', 'KeyName', 'TagSpecifications', 'IamInstanceProfile', 'InstanceMarketOptions', 'Placement', 'NetworkInterfaces'] as const satisfies readonly (keyof LaunchData)[];
const UNSEEN_MEMBERS = ['MinCount', 'MaxCount', 'LaunchTemplate', 'ClientToken', 'DryRun', 'UserData', 'MetadataOptions', 'BlockDeviceMappings', 'EbsOptimized', 'Monitoring', 'CreditSpecification', 'InstanceInitiatedShutdownBehavior'];

export function instanceOperations(world: World, placeOf: (call: Call) => Ec2Place, terminate: (place: Ec2Place, ids: readonly string[], now: number, reason: string) => void): Record<string, OperationHandler> {
  const tokens = world.disk.collection<readonly string[]>('ec2-launch-tokens');
  return {
    RunInstances(input: RunInstancesCommandInput, call: Call) {
      const unsupported = Object.keys(input).find((name) => !UNSEEN_MEMBERS.includes(name) && !LAUNCH_MEMBERS.some((member) => member === name));
      if (unsupported !== undefined) throw new AwsError('NotImplemented', `The simulated AWS does not support ${unsupported} of RunInstances.`, 501);
      const place = placeOf(call);
      const token = `${call.accountId}/${call.region}/${input.ClientToken ?? ''}`;
      const earlier = (input.ClientToken === undefined ? undefined : tokens.get(token))?.flatMap((id) => place.instances.get(id) ?? []);
      if (earlier !== undefined) return reservation(place, earlier, call.now);
      const data = Object.fromEntries(LAUNCH_MEMBERS.map((name) => [name, input[name]])) as LaunchData;
      const plan = planLaunch(place, { launchTemplate: input.LaunchTemplate, data, count: checkCount(input.MinCount, input.MaxCount) }, call.now);
      const started = startInstances(world, place, plan, call.now);
      armStart(world, call.now);
      if (input.ClientToken !== undefined) tokens.put(token, started.map(({ id }) => id));
      return reservation(place, started, call.now);
    },

    DescribeInstances(input: DescribeInstancesCommandInput, call: Call) {
      const place = placeOf(call);
      const { InstanceIds: ids = [] } = input;
      if (ids.length > 0 && input.MaxResults !== undefined) throw new AwsError('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults', 400);
      for (const id of ids) instanceAt(place, id, call.now);
      const asked = seen(place, call.now).filter(({ id }) => ids.length === 0 || ids.includes(id));
      const fit = filtered(asked, input.Filters, filtersAt(call.now)).sort((a, b) => a.launchedAt - b.launchedAt || a.reservationId.localeCompare(b.reservationId) || a.launchIndex - b.launchIndex);
      const reservations = [...new Set(fit.map(({ reservationId }) => reservationId))];
      const { items, ...rest } = paged(reservations, input);
      return { Reservations: items.map((id) => reservation(place, fit.filter(({ reservationId }) => reservationId === id), call.now)), ...rest };
    },

    TerminateInstances(input: TerminateInstancesCommandInput, call: Call) {
      const place = placeOf(call);
      const ids = input.InstanceIds ?? [];
      const before = ids.map((id) => instanceAt(place, id, call.now));
      terminate(place, ids, call.now, `User initiated (${new Date(call.now).toISOString().replace('T', ' ').slice(0, 19)} GMT)`);
      return {
        TerminatingInstances: before.map((instance) => ({
          InstanceId: instance.id,
          PreviousState: stateView(stateAt(instance, call.now) as InstanceStateName),
          CurrentState: stateView(stateAt(instanceAt(place, instance.id, call.now), call.now) as InstanceStateName),
        })),
      };
    },
  };
}

/** So that time at full speed goes on until a new instance runs. */
export function armStart(world: World, launchedAt: number): void {
  world.clock.at(launchedAt + PENDING_SECONDS * 1000, () => undefined);
}

/** Ends instances: their addresses are free at once. Those that have ended stay as they were. */
export function endInstances(world: World, place: Ec2Place, ids: readonly string[], now: number, reason: string): InstanceRecord[] {
  const ending = ids.flatMap((id) => place.instances.get(id) ?? []).filter(isLive);
  for (const instance of ending) {
    place.instances.put({ ...instance, terminatedAt: now, terminationReason: reason });
    place.hold(instance.subnetId, instance.id, 0);
  }
  if (ending.length > 0) world.clock.at(now + SHUTTING_DOWN_SECONDS * 1000, () => undefined);
  return ending;
}

/** Those that EC2 still tells of. The others are forgotten for good. */
function seen(place: Ec2Place, now: number): InstanceRecord[] {
  const all = place.instances.list();
  for (const instance of all) if (stateAt(instance, now) === 'forgotten') place.instances.delete(instance.id);
  return all.filter((instance) => stateAt(instance, now) !== 'forgotten');
}

function instanceAt(place: Ec2Place, id: string, now: number): InstanceRecord {
  if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`, 400);
  const instance = place.instances.get(id);
  if (instance === undefined || stateAt(instance, now) === 'forgotten') throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`, 400);
  return instance;
}

function filtersAt(now: number): Attributes<InstanceRecord> {
  return {
    'instance-id': ({ id }) => id,
    'instance-state-name': (instance) => stateAt(instance, now),
    'instance-state-code': (instance) => String(stateView(stateAt(instance, now) as InstanceStateName).Code),
    'instance-type': ({ instanceType }) => instanceType,
    'image-id': ({ imageId }) => imageId,
    architecture: ({ architecture }) => architecture,
    'subnet-id': ({ subnetId }) => subnetId,
    'vpc-id': ({ vpcId }) => vpcId,
    'availability-zone': ({ zoneName }) => zoneName,
    'private-dns-name': (instance) => privateName(instance),
    'private-ip-address': ({ privateAddress }) => privateAddress,
    'instance.group-id': ({ groupIds }) => groupIds,
    'instance-lifecycle': ({ spot }) => (spot ? 'spot' : undefined),
    'iam-instance-profile.arn': ({ profileArn }) => profileArn,
    'key-name': ({ keyName }) => keyName,
    'launch-time': ({ launchedAt }) => new Date(launchedAt).toISOString(),
    'owner-id': ({ accountId }) => accountId,
    'reservation-id': ({ reservationId }) => reservationId,
    tenancy: () => 'default',
  };
}

/** Source: EC2 user guide, "EC2 instance hostname types": IP names, which us-east-1 writes in its own way. */
function privateName({ privateAddress, region }: InstanceRecord): string {
  return `ip-${privateAddress.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`}`;
}

function reservation(place: Ec2Place, instances: readonly InstanceRecord[], now: number) {
  const [first] = instances;
  return { ReservationId: first?.reservationId ?? '', OwnerId: place.accountId, Groups: [], Instances: instances.map((instance) => view(place, instance, now)) };
}

function view(place: Ec2Place, instance: InstanceRecord, now: number): Instance {
  const state = stateAt(instance, now) as InstanceStateName;
  const hasAddress = state === 'pending' || state === 'running';
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as NonNullable<Instance['InstanceType']>,
    Architecture: instance.architecture as NonNullable<Instance['Architecture']>,
    State: stateView(state),
    StateTransitionReason: instance.terminationReason ?? '',
    ...(instance.terminatedAt === undefined ? {} : { StateReason: { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' } }),
    LaunchTime: new Date(instance.launchedAt),
    AmiLaunchIndex: instance.launchIndex,
    Placement: { AvailabilityZone: instance.zoneName, AvailabilityZoneId: instance.zoneId, GroupName: '', Tenancy: 'default' },
    ...(hasAddress ? { SubnetId: instance.subnetId, VpcId: instance.vpcId, PrivateIpAddress: instance.privateAddress } : {}),
    PrivateDnsName: hasAddress ? privateName(instance) : '',
    PublicDnsName: '',
    SecurityGroups: instance.groupIds.map((id) => ({ GroupId: id, GroupName: place.groups.get(id)?.name ?? '' })),
    ...(instance.spot ? { InstanceLifecycle: 'spot' as const } : {}),
    ...(instance.keyName === undefined ? {} : { KeyName: instance.keyName }),
    ...(instance.profileArn === undefined ? {} : { IamInstanceProfile: { Arn: instance.profileArn } }),
    Monitoring: { State: 'disabled' },
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    EbsOptimized: false,
    SourceDestCheck: true,
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    BlockDeviceMappings: [],
    NetworkInterfaces: [],
    ProductCodes: [],
    MetadataOptions: { State: 'applied', HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 },
    Tags: [...instance.tags],
  };
}
