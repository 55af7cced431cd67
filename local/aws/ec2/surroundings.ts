import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeAccountAttributesCommandInput,
  DescribeAvailabilityZonesCommandInput,
  DescribeInstanceTypesCommandInput,
  DescribeNetworkAclsCommandInput,
  DescribeNetworkInterfacesCommandInput,
  DescribeRegionsCommandInput,
  DescribeRouteTablesCommandInput,
  DescribeTagsCommandInput,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { filtered, identified, paged } from './filters.ts';
import types from './instance-types.json' with { type: 'json' };
import { mergedTags } from './records.ts';
import type { Ec2Place, Shelf, Tag, VpcRecord } from './records.ts';
import { REGIONS, steadyId, zonesOf } from './zones.ts';

type InstanceType = (typeof types)[number];

/** What lies around networks: zones, regions, tags, instance types, and what a VPC is born with and nobody can change here. */
export function surroundingOperations(placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  return {
    DescribeAvailabilityZones(input: DescribeAvailabilityZonesCommandInput, call: Call) {
      const zones = zonesOf(call.accountId, call.region).map((zone) => ({ ...zone, tags: [] }));
      const missing = (zone: string): AwsError => new AwsError('InvalidParameterValue', `Invalid availability zone: [${zone}]`, 400);
      const asked = identified(identified(zones, input.ZoneNames, ({ name }) => name, missing), input.ZoneIds, ({ id }) => id, missing);
      const fit = filtered(asked, input.Filters, {
        'zone-name': ({ name }) => name,
        'zone-id': ({ id }) => id,
        'region-name': () => call.region,
        state: () => 'available',
        'zone-type': () => 'availability-zone',
        'opt-in-status': () => 'opt-in-not-required',
        'group-name': () => `${call.region}-zg-1`,
      });
      return {
        AvailabilityZones: fit.map(({ name, id }) => ({
          ZoneName: name,
          ZoneId: id,
          RegionName: call.region,
          State: 'available',
          OptInStatus: 'opt-in-not-required',
          ZoneType: 'availability-zone',
          GroupName: `${call.region}-zg-1`,
          NetworkBorderGroup: call.region,
          Messages: [],
        })),
      };
    },

    DescribeRegions(input: DescribeRegionsCommandInput) {
      const regions = REGIONS.map((name) => ({ name, tags: [] }));
      const asked = identified(regions, input.RegionNames, ({ name }) => name, (name) => new AwsError('InvalidParameterValue', `Invalid region: ${name}`, 400));
      const fit = filtered(asked, input.Filters, { 'region-name': ({ name }) => name, 'opt-in-status': () => 'opt-in-not-required', endpoint: ({ name }) => `ec2.${name}.amazonaws.com` });
      return { Regions: fit.map(({ name }) => ({ RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: 'opt-in-not-required' })) };
    },

    DescribeAccountAttributes(input: DescribeAccountAttributesCommandInput, call: Call) {
      const defaultVpc = placeOf(call).vpcs.list().find(({ isDefault }) => isDefault)?.id ?? 'none';
      const all: Readonly<Record<string, readonly string[]>> = { 'supported-platforms': ['VPC'], 'default-vpc': [defaultVpc] };
      const asked = input.AttributeNames ?? [];
      return { AccountAttributes: Object.entries(all).filter(([name]) => asked.length === 0 || asked.some((wanted) => wanted === name)).map(([name, values]) => ({ AttributeName: name, AttributeValues: values.map((value) => ({ AttributeValue: value })) })) };
    },

    DescribeInstanceTypes(input: DescribeInstanceTypesCommandInput) {
      const asked = identified(
        types.map((type) => ({ ...type, tags: [] })),
        input.InstanceTypes,
        ({ type }) => type,
        (type) => new AwsError('InvalidInstanceType', `The following supplied instance types do not exist: [${type}]`, 400),
      );
      const fit = filtered(asked, input.Filters, {
        'instance-type': ({ type }) => type,
        'processor-info.supported-architecture': ({ architecture }) => architecture,
        'vcpu-info.default-vcpus': ({ vcpus }) => String(vcpus),
        'memory-info.size-in-mib': ({ memoryMiB }) => String(memoryMiB),
        'current-generation': () => 'true',
      });
      const { items, ...rest } = paged(fit, input);
      return { InstanceTypes: items.map(instanceType), ...rest };
    },

    CreateTags(input: CreateTagsCommandInput, call: Call) {
      const place = placeOf(call);
      for (const id of input.Resources ?? []) retag(place, id, (tags) => mergedTags(tags, input.Tags ?? []));
    },

    DeleteTags(input: DeleteTagsCommandInput, call: Call) {
      const place = placeOf(call);
      const isAsked = (tag: Tag): boolean => input.Tags === undefined || input.Tags.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value));
      for (const id of input.Resources ?? []) retag(place, id, (tags) => tags.filter((tag) => !isAsked(tag)));
    },

    DescribeTags(input: DescribeTagsCommandInput, call: Call) {
      const all = taggable(placeOf(call)).flatMap(({ type, shelf }) => shelf.list().flatMap(({ id, tags }) => tags.map((tag) => ({ id, type, tag, tags: [tag] }))));
      const { items, ...rest } = paged(filtered(all, input.Filters, { 'resource-id': ({ id }) => id, 'resource-type': ({ type }) => type, key: ({ tag }) => tag.Key, value: ({ tag }) => tag.Value }), input);
      return { Tags: items.map(({ id, type, tag }) => ({ ResourceId: id, ResourceType: type, ...tag })), ...rest };
    },

    DescribeRouteTables(input: DescribeRouteTablesCommandInput, call: Call) {
      const tables = placeOf(call).vpcs.list().map((vpc) => ({ vpc, id: steadyId('rtb', vpc.id), association: steadyId('rtbassoc', vpc.id), tags: [] }));
      const asked = identified(tables, input.RouteTableIds, ({ id }) => id, (id) => new AwsError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`, 400));
      const fit = filtered(asked, input.Filters, {
        'route-table-id': ({ id }) => id,
        'vpc-id': ({ vpc }) => vpc.id,
        'association.main': () => 'true',
        'association.route-table-id': ({ id }) => id,
        'association.route-table-association-id': ({ association }) => association,
        // No subnet has a table of its own: all use their VPC's main table.
        'association.subnet-id': () => undefined,
      });
      const { items, ...rest } = paged(fit, input);
      return { RouteTables: items.map(({ vpc, id, association }) => mainTable(vpc, id, association)), ...rest };
    },

    DescribeNetworkAcls(input: DescribeNetworkAclsCommandInput, call: Call) {
      const place = placeOf(call);
      const lists = place.vpcs.list().map((vpc) => ({ vpc, id: steadyId('acl', vpc.id), tags: [] }));
      const subnets = (vpc: VpcRecord): string[] => place.subnets.list().filter(({ vpcId }) => vpcId === vpc.id).map(({ id }) => id);
      const asked = identified(lists, input.NetworkAclIds, ({ id }) => id, (id) => new AwsError('InvalidNetworkAclID.NotFound', `The networkAcl ID '${id}' does not exist`, 400));
      const fit = filtered(asked, input.Filters, { 'network-acl-id': ({ id }) => id, 'vpc-id': ({ vpc }) => vpc.id, default: () => 'true', 'association.subnet-id': ({ vpc }) => subnets(vpc) });
      const { items, ...rest } = paged(fit, input);
      return {
        NetworkAcls: items.map(({ vpc, id }) => ({
          NetworkAclId: id,
          VpcId: vpc.id,
          OwnerId: vpc.accountId,
          IsDefault: true,
          Associations: subnets(vpc).map((subnetId) => ({ NetworkAclAssociationId: steadyId('aclassoc', subnetId), NetworkAclId: id, SubnetId: subnetId })),
          Entries: [false, true].flatMap((Egress) => [
            { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'allow', RuleNumber: 100 },
            { CidrBlock: '0.0.0.0/0', Egress, Protocol: '-1', RuleAction: 'deny', RuleNumber: 32_767 },
          ]),
          Tags: [],
        })),
        ...rest,
      };
    },

    DescribeNetworkInterfaces(input: DescribeNetworkInterfacesCommandInput) {
      const [absent] = input.NetworkInterfaceIds ?? [];
      if (absent !== undefined) throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${absent}' does not exist`, 400);
      // Addresses that clusters and nodes hold are counted and have no interfaces of their own here.
      return { NetworkInterfaces: [] };
    },
  };
}

function taggable(place: Ec2Place) {
  return [
    { type: 'vpc', prefix: 'vpc-', code: 'InvalidVpcID.NotFound', shelf: place.vpcs },
    { type: 'subnet', prefix: 'subnet-', code: 'InvalidSubnetID.NotFound', shelf: place.subnets },
    { type: 'security-group', prefix: 'sg-', code: 'InvalidGroup.NotFound', shelf: place.groups },
    { type: 'launch-template', prefix: 'lt-', code: 'InvalidLaunchTemplateId.NotFound', shelf: place.templates },
    { type: 'instance', prefix: 'i-', code: 'InvalidInstanceID.NotFound', shelf: place.instances },
    { type: 'image', prefix: 'ami-', code: 'InvalidAMIID.NotFound', shelf: place.images },
  ] as const;
}

function retag(place: Ec2Place, id: string, change: (tags: readonly Tag[]) => Tag[]): void {
  const kind = taggable(place).find(({ prefix }) => id.startsWith(prefix));
  if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`, 400);
  // Each shelf takes back what it gave, which the union of them cannot say.
  const shelf = kind.shelf as Shelf<VpcRecord>;
  const record = shelf.get(id);
  if (record === undefined) throw new AwsError(kind.code, `The ${kind.type} ID '${id}' does not exist`, 400);
  shelf.put({ ...record, tags: change(record.tags) });
}

function mainTable(vpc: VpcRecord, id: string, association: string) {
  const internet = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: steadyId('igw', vpc.id), Origin: 'CreateRoute', State: 'active' };
  return {
    RouteTableId: id,
    VpcId: vpc.id,
    OwnerId: vpc.accountId,
    Associations: [{ Main: true, RouteTableAssociationId: association, RouteTableId: id, AssociationState: { State: 'associated' } }],
    Routes: [{ DestinationCidrBlock: vpc.cidr, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }, ...(vpc.isDefault ? [internet] : [])],
    PropagatingVgws: [],
    Tags: [],
  };
}

function instanceType(type: InstanceType): InstanceTypeInfo {
  return {
    InstanceType: type.type as NonNullable<InstanceTypeInfo['InstanceType']>,
    CurrentGeneration: true,
    FreeTierEligible: false,
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: 'nitro',
    ProcessorInfo: { SupportedArchitectures: [type.architecture as 'x86_64' | 'arm64'] },
    VCpuInfo: { DefaultVCpus: type.vcpus },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: false,
    NetworkInfo: { NetworkPerformance: type.network, MaximumNetworkInterfaces: type.interfaces, Ipv4AddressesPerInterface: type.addressesPerInterface, Ipv6AddressesPerInterface: type.addressesPerInterface, Ipv6Supported: true, EnaSupport: 'required' },
    BurstablePerformanceSupported: type.burstable,
    AutoRecoverySupported: true,
    SupportedBootModes: ['uefi'],
  };
}
