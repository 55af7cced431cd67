import * as ec2 from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, SimulatedService, World } from '../service.ts';
import { imageOperations } from './images.ts';
import { isLive, PENDING_SECONDS } from './instance-state.ts';
import { ipv6Operations } from './ipv6.ts';
import { instanceType } from './instance-types.ts';
import type { SeenInstanceType } from './instance-types.ts';
import { armStart, endInstances, instanceOperations } from './instances.ts';
import { planLaunch, startInstances } from './launch.ts';
import type { Launch } from './launch.ts';
import { launchTemplateOperations, templateAt, versionAt } from './launch-templates.ts';
import { networkOperations } from './networks.ts';
import { Ec2Place } from './records.ts';
import type { InstanceRecord, SubnetRecord } from './records.ts';
import { securityGroupOperations } from './security-groups.ts';
import { needsOf } from './needs.ts';
import { surroundingOperations } from './surroundings.ts';
import { zonesOf } from './zones.ts';
import type { Zone } from './zones.ts';

export interface SeenSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly availableIpAddressCount: number;
  /** Whether what starts in it gets a public address. */
  readonly isPublic: boolean;
  readonly hasIpv6: boolean;
}

export interface SeenLaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly imageId?: string;
  readonly instanceType?: string;
}

/** An instance as other services see it. */
export interface SeenInstance {
  readonly id: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly zoneName: string;
  readonly zoneId: string;
  /** Nobody has asked for its end. */
  readonly isLive: boolean;
}

/** What a launch would come to. */
export interface SeenLaunch {
  readonly template: { readonly id: string; readonly version: number } | undefined;
  readonly imageId: string;
  readonly instanceType: string;
}

/** Told of instances whose end somebody asked for. */
export type OnTermination = (where: { readonly accountId: string; readonly region: string }, instanceIds: readonly string[], now: number) => void;

export interface SimulatedEc2 extends SimulatedService {
  /** Lets time at full speed go on until what was starting runs. */
  resume(): void;
  /** What a launch would come to. Throws what RunInstances would answer. */
  planLaunch(accountId: string, region: string, launch: Launch, now: number): SeenLaunch;
  /** Launches instances for another service. Throws what RunInstances would answer. */
  launch(accountId: string, region: string, launch: Launch, now: number): readonly SeenInstance[];
  /** Ends instances for another service; nobody is told. */
  terminate(accountId: string, region: string, instanceIds: readonly string[], now: number, reason: string): void;
  onTermination(listener: OnTermination): void;
  /** The default subnet of a zone. */
  defaultSubnet(accountId: string, region: string, zoneName: string): SeenSubnet | undefined;
  /** A subnet as other services see it. */
  subnet(accountId: string, region: string, subnetId: string): SeenSubnet | undefined;
  /** A launch template's version (a number, `$Latest`, or `$Default`, which is also meant by none), by id or name. */
  launchTemplate(accountId: string, region: string, template: { readonly id?: string; readonly name?: string; readonly version?: string }): SeenLaunchTemplate | undefined;
  zones(accountId: string, region: string): readonly Zone[];
  hasSecurityGroup(accountId: string, region: string, groupId: string): boolean;
  /** Makes a security group for another service, whose members reach one another. */
  makeSecurityGroup(accountId: string, region: string, group: { readonly id: string; readonly vpcId: string; readonly name: string; readonly description: string; readonly tags: Readonly<Record<string, string>> }): void;
  removeSecurityGroup(accountId: string, region: string, groupId: string): void;
  hasVpc(accountId: string, region: string, vpcId: string): boolean;
  /** A kind of machine, or undefined when EC2 has none of that name. */
  instanceType(name: string): SeenInstanceType | undefined;
  /** Sets how many addresses of a subnet a holder (a cluster, a node group) has; 0 gives them back. */
  holdAddresses(accountId: string, region: string, subnetId: string, holder: string, addresses: number): void;
}

/** Networks, security groups, launch templates, images, instances, and what surrounds them. Nodes of managed node groups are the simulated EKS's own and are no instances here. */
export function createEc2(world: World): SimulatedEc2 {
  const places = new Map<string, Ec2Place>();
  function place(accountId: string, region: string): Ec2Place {
    const key = `${accountId}/${region}`;
    const found = places.get(key) ?? new Ec2Place(world.disk, accountId, region);
    places.set(key, found);
    return found;
  }
  const placeOf = ({ accountId, region }: Call): Ec2Place => place(accountId, region);

  const listeners: OnTermination[] = [];
  function terminate(place: Ec2Place, ids: readonly string[], now: number, reason: string): void {
    const ended = endInstances(world, place, ids, now, reason).map(({ id }) => id);
    if (ended.length > 0) for (const listener of listeners) listener(place, ended, now);
  }
  function seenSubnet(accountId: string, region: string, found: SubnetRecord | undefined): SeenSubnet | undefined {
    if (found === undefined) return undefined;
    return { subnetId: found.id, vpcId: found.vpcId, availabilityZone: found.zoneName, availabilityZoneId: found.zoneId, availableIpAddressCount: place(accountId, region).freeAddresses(found), isPublic: found.publicAddresses, hasIpv6: found.ipv6Cidr !== undefined };
  }

  return {
    name: 'ec2',
    protocol: 'ec2-query',
    schemas: { ...ec2 },
    operations: dryRunnable({ ...networkOperations(world, placeOf), ...ipv6Operations(placeOf), ...securityGroupOperations(world, placeOf), ...launchTemplateOperations(world, placeOf), ...imageOperations(world, placeOf), ...instanceOperations(world, placeOf, terminate), ...surroundingOperations(placeOf) }),
    needs: (operation, input, call) => needsOf(operation, input as Readonly<Record<string, unknown>>, call, () => placeOf(call)),

    subnet: (accountId, region, subnetId) => seenSubnet(accountId, region, place(accountId, region).visibleSubnet(subnetId)),
    defaultSubnet: (accountId, region, zoneName) => seenSubnet(accountId, region, place(accountId, region).subnets.list().find((subnet) => subnet.isDefault && subnet.zoneName === zoneName)),

    planLaunch: (accountId, region, launch, now) => planLaunch(place(accountId, region), launch, now),
    launch(accountId, region, launch, now) {
      const where = place(accountId, region);
      const started = startInstances(world, where, planLaunch(where, launch, now), now);
      armStart(world, now);
      return started.map((instance) => ({ ...instance, isLive: isLive(instance) }));
    },
    terminate: (accountId, region, instanceIds, now, reason) => void endInstances(world, place(accountId, region), instanceIds, now, reason),
    onTermination: (listener) => void listeners.push(listener),
    resume() {
      for (const { launchedAt } of world.disk.collection<InstanceRecord>('ec2-instances').list()) if (launchedAt + PENDING_SECONDS * 1000 > world.clock.now()) armStart(world, launchedAt);
    },

    launchTemplate(accountId, region, { id, name, version }) {
      try {
        const template = templateAt(place(accountId, region), { LaunchTemplateId: id, LaunchTemplateName: id === undefined ? name : undefined });
        const found = versionAt(place(accountId, region), template, version ?? '$Default');
        const { ImageId, InstanceType } = found.data;
        return { id: template.id, name: template.name, version: String(found.number), ...(typeof ImageId === 'string' ? { imageId: ImageId } : {}), ...(typeof InstanceType === 'string' ? { instanceType: InstanceType } : {}) };
      } catch (error) {
        if (error instanceof AwsError) return undefined;
        throw error;
      }
    },

    zones: zonesOf,
    instanceType,
    hasVpc: (accountId, region, vpcId) => place(accountId, region).visibleVpcs().some(({ id }) => id === vpcId),
    makeSecurityGroup(accountId, region, { id, vpcId, name, description, tags }) {
      const rules = [
        { id: `${id.replace('sg-', 'sgr-')}`, egress: true, protocol: '-1', cidr: '0.0.0.0/0' },
        { id: `${id.replace('sg-', 'sgr-').slice(0, -1)}z`, egress: false, protocol: '-1', groupId: id },
      ];
      place(accountId, region).groups.put({ accountId, region, id, tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })), vpcId, name, description, rules });
    },
    removeSecurityGroup: (accountId, region, groupId) => place(accountId, region).groups.delete(groupId),
    hasSecurityGroup: (accountId, region, groupId) => place(accountId, region).groups.get(groupId) !== undefined,
    holdAddresses: (accountId, region, subnetId, holder, addresses) => place(accountId, region).hold(subnetId, holder, addresses),
  };
}

/** A dry run has been authorised when it gets here; it changes nothing, and says so by an error, as on AWS. */
function dryRunnable(operations: SimulatedService['operations']): SimulatedService['operations'] {
  return Object.fromEntries(
    Object.entries(operations).map(([name, handler]) => [
      name,
      (input: { readonly DryRun?: boolean }, call: Call): unknown => {
        if (input.DryRun === true) throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
        return handler(input, call);
      },
    ]),
  );
}
