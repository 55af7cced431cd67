import * as ec2 from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { instanceType } from './instance-types.ts';
import type { SeenInstanceType } from './instance-types.ts';
import { launchTemplateOperations, templateAt, versionAt } from './launch-templates.ts';
import { networkOperations } from './networks.ts';
import { Ec2Place } from './records.ts';
import { securityGroupOperations } from './security-groups.ts';
import { surroundingOperations } from './surroundings.ts';
import { zonesOf } from './zones.ts';
import type { Zone } from './zones.ts';

export interface SeenSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly availableIpAddressCount: number;
}

export interface SeenLaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly imageId?: string;
  readonly instanceType?: string;
}

export interface SimulatedEc2 extends SimulatedService {
  /** A subnet as other services see it. */
  subnet(accountId: string, region: string, subnetId: string): SeenSubnet | undefined;
  /** A launch template's version (a number, `$Latest`, or `$Default`, which is also meant by none), by id or name. */
  launchTemplate(accountId: string, region: string, template: { readonly id?: string; readonly name?: string; readonly version?: string }): SeenLaunchTemplate | undefined;
  zones(accountId: string, region: string): readonly Zone[];
  hasSecurityGroup(accountId: string, region: string, groupId: string): boolean;
  /** A kind of machine, or undefined when EC2 has none of that name. */
  instanceType(name: string): SeenInstanceType | undefined;
  /** Sets how many addresses of a subnet a holder (a cluster, a node group) has; 0 gives them back. */
  holdAddresses(accountId: string, region: string, subnetId: string, holder: string, addresses: number): void;
}

/** Networks, security groups, launch templates and what surrounds them. No instance runs here: nodes are the simulated EKS's own. */
export function createEc2(world: World): SimulatedEc2 {
  const places = new Map<string, Ec2Place>();
  function place(accountId: string, region: string): Ec2Place {
    const key = `${accountId}/${region}`;
    const found = places.get(key) ?? new Ec2Place(world.disk, accountId, region);
    places.set(key, found);
    return found;
  }
  const placeOf = ({ accountId, region }: Call): Ec2Place => place(accountId, region);

  return {
    name: 'ec2',
    protocol: 'ec2-query',
    schemas: { ...ec2 },
    operations: dryRunnable({ ...networkOperations(world, placeOf), ...securityGroupOperations(world, placeOf), ...launchTemplateOperations(world, placeOf), ...surroundingOperations(placeOf) }),
    needs: (operation, input, call) => needsOf(operation, input as Readonly<Record<string, unknown>>, call),

    subnet(accountId, region, subnetId) {
      const found = place(accountId, region).subnets.get(subnetId);
      if (found === undefined) return undefined;
      return { subnetId, vpcId: found.vpcId, availabilityZone: found.zoneName, availabilityZoneId: found.zoneId, availableIpAddressCount: place(accountId, region).freeAddresses(found) };
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

const RESOURCE_TYPES: Readonly<Record<string, string>> = { vpc: 'vpc', subnet: 'subnet', sg: 'security-group', lt: 'launch-template' };

/** Changes are checked against what they name; descriptions against everything. Source: Service Authorization Reference, Amazon EC2. */
function needsOf(operation: string, input: Readonly<Record<string, unknown>>, call: Call): readonly Needed[] | undefined {
  if (operation.startsWith('Describe')) return undefined;
  const { Resources, SubnetId, GroupId, LaunchTemplateId, VpcId } = input;
  const named = Array.isArray(Resources) ? (Resources as unknown[]) : [SubnetId ?? GroupId ?? LaunchTemplateId ?? VpcId];
  const arns = named.flatMap((id) => (typeof id === 'string' ? [`arn:aws:ec2:${call.region}:${call.accountId}:${RESOURCE_TYPES[id.split('-')[0] ?? ''] ?? '*'}/${id}`] : []));
  return arns.length === 0 ? undefined : arns.map((resource) => ({ action: `ec2:${operation}`, resource }));
}
