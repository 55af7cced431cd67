import type {
  CreateSubnetCommandInput,
  CreateVpcCommandInput,
  DeleteSubnetCommandInput,
  DeleteVpcCommandInput,
  DescribeSubnetsCommandInput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcsCommandInput,
  ModifySubnetAttributeCommandInput,
  ModifyVpcAttributeCommandInput,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { contains, overlap, parseCidr } from './cidr.ts';
import type { Cidr } from './cidr.ts';
import { filtered, identified, paged } from './filters.ts';
import type { Attributes } from './filters.ts';
import { amazonBlock, ofSubnet, ofVpc, subnetBlock } from './ipv6.ts';
import { defaultGroup, notFound, tagsFor } from './records.ts';
import type { Ec2Place, SubnetRecord, VpcRecord } from './records.ts';
import { steadyId, zonesOf } from './zones.ts';

const VPCS_MAX = 5;
const SUBNETS_MAX = 200;
const DEFAULT_OPTIONS = 'dhcp options';

const VPC_FILTERS: Attributes<VpcRecord> = {
  'vpc-id': ({ id }) => id,
  'owner-id': ({ accountId }) => accountId,
  state: () => 'available',
  cidr: ({ cidr }) => cidr,
  'cidr-block-association.cidr-block': ({ cidr }) => cidr,
  isDefault: ({ isDefault }) => String(isDefault),
  'is-default': ({ isDefault }) => String(isDefault),
  'dhcp-options-id': ({ accountId, region }) => steadyId('dopt', accountId, region, DEFAULT_OPTIONS),
};

const SUBNET_FILTERS: Attributes<SubnetRecord> = {
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ vpcId }) => vpcId,
  'owner-id': ({ accountId }) => accountId,
  state: () => 'available',
  'cidr-block': ({ cidr }) => cidr,
  cidr: ({ cidr }) => cidr,
  cidrBlock: ({ cidr }) => cidr,
  'availability-zone': ({ zoneName }) => zoneName,
  availabilityZone: ({ zoneName }) => zoneName,
  'availability-zone-id': ({ zoneId }) => zoneId,
  availabilityZoneId: ({ zoneId }) => zoneId,
  'default-for-az': ({ isDefault }) => String(isDefault),
  defaultForAz: ({ isDefault }) => String(isDefault),
  'map-public-ip-on-launch': ({ publicAddresses }) => String(publicAddresses),
};

export function networkOperations(world: World, placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  const newId = (prefix: string): string => `${prefix}-0${world.newId().slice(0, 16)}`;
  return {
    CreateVpc(input: CreateVpcCommandInput, call: Call) {
      const place = placeOf(call);
      const block = checkedBlock(input.CidrBlock, 16, 28, 'VPC');
      if (place.vpcs.list().length >= VPCS_MAX) throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.', 400);
      const { accountId, region } = call;
      const id = newId('vpc');
      const ipv6 = input.AmazonProvidedIpv6CidrBlock === true ? { ipv6Cidr: amazonBlock(id) } : {};
      const vpc: VpcRecord = { ...ipv6, accountId, region, id, tags: tagsFor('vpc', input.TagSpecifications), cidr: block, isDefault: false, dnsHostnames: false, dnsSupport: true, networkAddressUsageMetrics: false };
      place.vpcs.put(vpc);
      place.groups.put(defaultGroup(accountId, region, vpc.id));
      return { Vpc: { ...vpcView(vpc), State: 'pending' } };
    },

    DescribeVpcs(input: DescribeVpcsCommandInput, call: Call) {
      const asked = identified(placeOf(call).visibleVpcs(), input.VpcIds, ({ id }) => id, (id) => notFound('InvalidVpcID.NotFound', 'vpc', id));
      const { items, ...rest } = paged(filtered(asked, input.Filters, VPC_FILTERS), input);
      return { Vpcs: items.map(vpcView), ...rest };
    },

    DeleteVpc(input: DeleteVpcCommandInput, call: Call) {
      const place = placeOf(call);
      const vpc = vpcAt(place, input.VpcId);
      const groups = place.groups.list().filter(({ vpcId }) => vpcId === vpc.id);
      if (place.subnets.list().some(({ vpcId }) => vpcId === vpc.id) || groups.some(({ name }) => name !== 'default')) {
        throw new AwsError('DependencyViolation', `The vpc '${vpc.id}' has dependencies and cannot be deleted.`, 400);
      }
      for (const { id } of groups) place.groups.delete(id);
      place.vpcs.delete(vpc.id);
    },

    DescribeVpcAttribute(input: DescribeVpcAttributeCommandInput, call: Call) {
      const vpc = vpcAt(placeOf(call), input.VpcId);
      switch (input.Attribute) {
        case 'enableDnsHostnames':
          return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
        case 'enableDnsSupport':
          return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: vpc.networkAddressUsageMetrics } };
        default:
          throw new AwsError('InvalidParameterValue', `Value (${String(input.Attribute)}) for parameter attribute is invalid.`, 400);
      }
    },

    ModifyVpcAttribute(input: ModifyVpcAttributeCommandInput, call: Call) {
      const place = placeOf(call);
      const vpc = vpcAt(place, input.VpcId);
      place.vpcs.put({
        ...vpc,
        dnsHostnames: input.EnableDnsHostnames?.Value ?? vpc.dnsHostnames,
        dnsSupport: input.EnableDnsSupport?.Value ?? vpc.dnsSupport,
        networkAddressUsageMetrics: input.EnableNetworkAddressUsageMetrics?.Value ?? vpc.networkAddressUsageMetrics,
      });
    },

    CreateSubnet(input: CreateSubnetCommandInput, call: Call) {
      const place = placeOf(call);
      const subnet = newSubnet(place, input, newId('subnet'));
      place.subnets.put(subnet);
      return { Subnet: subnetView(place, subnet) };
    },

    DescribeSubnets(input: DescribeSubnetsCommandInput, call: Call) {
      const place = placeOf(call);
      const asked = identified(place.visibleSubnets(), input.SubnetIds, ({ id }) => id, (id) => notFound('InvalidSubnetID.NotFound', 'subnet', id));
      const attributes = { ...SUBNET_FILTERS, 'available-ip-address-count': (subnet: SubnetRecord) => String(place.freeAddresses(subnet)) };
      const { items, ...rest } = paged(filtered(asked, input.Filters, attributes), input);
      return { Subnets: items.map((subnet) => subnetView(place, subnet)), ...rest };
    },

    ModifySubnetAttribute(input: ModifySubnetAttributeCommandInput, call: Call) {
      const place = placeOf(call);
      const subnet = subnetAt(place, input.SubnetId);
      const unsupported = Object.keys(input).find((name) => !['SubnetId', 'MapPublicIpOnLaunch', 'AssignIpv6AddressOnCreation'].includes(name));
      if (unsupported !== undefined) throw new AwsError('NotImplemented', `The simulated AWS does not support ${unsupported} of ModifySubnetAttribute.`, 501);
      const ipv6OnCreation = input.AssignIpv6AddressOnCreation?.Value ?? subnet.ipv6OnCreation ?? false;
      if (ipv6OnCreation && subnet.ipv6Cidr === undefined) throw new AwsError('InvalidParameterValue', `Subnet ${subnet.id} has no IPv6 CIDR block associated with it.`, 400);
      place.subnets.put({ ...subnet, ipv6OnCreation, publicAddresses: input.MapPublicIpOnLaunch?.Value ?? subnet.publicAddresses });
    },

    DeleteSubnet(input: DeleteSubnetCommandInput, call: Call) {
      const place = placeOf(call);
      const subnet = subnetAt(place, input.SubnetId);
      if (place.heldAddresses(subnet.id) > 0) throw new AwsError('DependencyViolation', `The subnet '${subnet.id}' has dependencies and cannot be deleted.`, 400);
      place.subnets.delete(subnet.id);
    },
  };
}

function newSubnet(place: Ec2Place, input: CreateSubnetCommandInput, id: string): SubnetRecord {
  const vpc = vpcAt(place, input.VpcId);
  const cidr = checkedBlock(input.CidrBlock, 16, 28, 'subnet');
  const block = blockOf(cidr);
  if (!contains(blockOf(vpc.cidr), block)) throw new AwsError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`, 400);
  const clash = place.subnets.list().find((other) => other.vpcId === vpc.id && overlap(blockOf(other.cidr), block));
  if (clash !== undefined) throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`, 400);
  if (place.subnets.list().filter(({ vpcId }) => vpcId === vpc.id).length >= SUBNETS_MAX) throw new AwsError('SubnetLimitExceeded', 'The maximum number of subnets has been reached.', 400);
  const zones = zonesOf(place.accountId, place.region);
  const named = input.AvailabilityZone ?? input.AvailabilityZoneId;
  const zone = named === undefined ? zones[0] : zones.find((candidate) => (input.AvailabilityZone === undefined ? candidate.id : candidate.name) === named);
  if (zone === undefined) {
    throw new AwsError('InvalidParameterValue', `Value (${named ?? ''}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map(({ name }) => name).join(', ')}.`, 400);
  }
  const ipv6 = input.Ipv6CidrBlock === undefined ? {} : { ipv6Cidr: subnetBlock(place, vpc, input.Ipv6CidrBlock) };
  return { ...ipv6, accountId: place.accountId, region: place.region, id, tags: tagsFor('subnet', input.TagSpecifications), vpcId: vpc.id, cidr, zoneName: zone.name, zoneId: zone.id, isDefault: false, publicAddresses: false };
}

export function vpcAt(place: Ec2Place, id: string | undefined): VpcRecord {
  const vpc = place.vpcs.get(id ?? '');
  if (vpc === undefined) throw notFound('InvalidVpcID.NotFound', 'vpc', id ?? '');
  return vpc;
}

function subnetAt(place: Ec2Place, id: string | undefined): SubnetRecord {
  const subnet = place.subnets.get(id ?? '');
  if (subnet === undefined) throw notFound('InvalidSubnetID.NotFound', 'subnet', id ?? '');
  return subnet;
}

function blockOf(text: string): Cidr {
  const block = parseCidr(text);
  if (block === undefined) throw new AwsError('InvalidParameterValue', `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`, 400);
  return block;
}

function checkedBlock(text: string | undefined, bitsMin: number, bitsMax: number, what: 'VPC' | 'subnet'): string {
  if (text === undefined) throw new AwsError('MissingParameter', 'The request must contain the parameter cidrBlock. Subnets of IPv6 alone and IPAM pools are not simulated.', 400);
  const { bits } = blockOf(text);
  if (bits < bitsMin || bits > bitsMax) throw new AwsError(what === 'VPC' ? 'InvalidVpc.Range' : 'InvalidSubnet.Range', `The CIDR '${text}' is invalid.`, 400);
  return text;
}

function vpcView(vpc: VpcRecord): Vpc {
  return {
    VpcId: vpc.id,
    OwnerId: vpc.accountId,
    State: 'available',
    CidrBlock: vpc.cidr,
    CidrBlockAssociationSet: [{ AssociationId: steadyId('vpc-cidr-assoc', vpc.id), CidrBlock: vpc.cidr, CidrBlockState: { State: 'associated' } }],
    Ipv6CidrBlockAssociationSet: ofVpc(vpc),
    DhcpOptionsId: steadyId('dopt', vpc.accountId, vpc.region, DEFAULT_OPTIONS),
    InstanceTenancy: 'default',
    IsDefault: vpc.isDefault,
    Tags: [...vpc.tags],
  };
}

function subnetView(place: Ec2Place, subnet: SubnetRecord): Subnet {
  return {
    SubnetId: subnet.id,
    SubnetArn: `arn:aws:ec2:${subnet.region}:${subnet.accountId}:subnet/${subnet.id}`,
    VpcId: subnet.vpcId,
    OwnerId: subnet.accountId,
    State: 'available',
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: place.freeAddresses(subnet),
    AvailabilityZone: subnet.zoneName,
    AvailabilityZoneId: subnet.zoneId,
    DefaultForAz: subnet.isDefault,
    MapPublicIpOnLaunch: subnet.publicAddresses,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.ipv6OnCreation ?? false,
    Ipv6CidrBlockAssociationSet: ofSubnet(subnet),
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: { HostnameType: 'ip-name', EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
    Tags: [...subnet.tags],
  };
}
