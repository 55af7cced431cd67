import { createHash } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { AssociateSubnetCidrBlockCommandInput, AssociateVpcCidrBlockCommandInput, SubnetIpv6CidrBlockAssociation, VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { notFound } from './records.ts';
import type { Ec2Place, SubnetRecord, VpcRecord } from './records.ts';
import { steadyId } from './zones.ts';

/** A VPC gets a block of Amazon's of this size, and each of its subnets one of the other (source: EC2 user guide, VPC CIDR blocks). */
const VPC_BITS = 56;
const SUBNET_BITS = 64;

export function ipv6Operations(placeOf: (call: Call) => Ec2Place): Record<string, OperationHandler> {
  return {
    AssociateVpcCidrBlock(input: AssociateVpcCidrBlockCommandInput, call: Call) {
      const place = placeOf(call);
      const vpc = place.vpcs.get(input.VpcId ?? '');
      if (vpc === undefined) throw notFound('InvalidVpcID.NotFound', 'vpc', input.VpcId ?? '');
      if (input.AmazonProvidedIpv6CidrBlock !== true) throw notSimulated('further IPv4 blocks of a VPC, and IPv6 blocks that are not Amazon\'s');
      if (vpc.ipv6Cidr !== undefined) throw new AwsError('CidrLimitExceeded', `This network '${vpc.id}' has met its maximum number of allowed CIDRs: 1`, 400);
      const given = { ...vpc, ipv6Cidr: amazonBlock(vpc.id) };
      place.vpcs.put(given);
      return { VpcId: vpc.id, Ipv6CidrBlockAssociation: ofVpc(given)[0] };
    },

    AssociateSubnetCidrBlock(input: AssociateSubnetCidrBlockCommandInput, call: Call) {
      const place = placeOf(call);
      const subnet = place.subnets.get(input.SubnetId ?? '');
      if (subnet === undefined) throw notFound('InvalidSubnetID.NotFound', 'subnet', input.SubnetId ?? '');
      if (subnet.ipv6Cidr !== undefined) throw new AwsError('SubnetCidrLimitExceeded', `This subnet '${subnet.id}' has met its maximum number of allowed CIDRs: 1`, 400);
      const given = { ...subnet, ipv6Cidr: subnetBlock(place, place.vpcs.get(subnet.vpcId), input.Ipv6CidrBlock ?? '') };
      place.subnets.put(given);
      return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: ofSubnet(given)[0] };
    },
  };
}

/** The block that Amazon gives a VPC: always the same for the same VPC. */
export function amazonBlock(vpcId: string): string {
  const digest = createHash('sha256').update(vpcId).digest('hex');
  return `${canonical(`2600:1f18:${digest.slice(0, 4)}:${digest.slice(4, 6)}00::`)}/${VPC_BITS}`;
}

/** A block that is asked for a subnet, if it is one: a /64 of its VPC's own that no other subnet has. Throws what EC2 answers otherwise. */
export function subnetBlock(place: Ec2Place, vpc: VpcRecord | undefined, text: string): string {
  const [address = '', bits = ''] = text.split('/');
  if (!isIPv6(address) || bits === '') throw new AwsError('InvalidParameterValue', `Value (${text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block.`, 400);
  const block = `${canonical(address)}/${bits}`;
  if (Number(bits) !== SUBNET_BITS || vpc?.ipv6Cidr === undefined || !covers(vpc.ipv6Cidr, address)) throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`, 400);
  if (place.subnets.list().some((other) => other.vpcId === vpc.id && other.ipv6Cidr !== undefined && covers(other.ipv6Cidr, address))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`, 400);
  }
  return block;
}

export function ofVpc({ id, region, ipv6Cidr }: VpcRecord): VpcIpv6CidrBlockAssociation[] {
  if (ipv6Cidr === undefined) return [];
  return [{ AssociationId: steadyId('vpc-cidr-assoc', id, 'ipv6'), Ipv6CidrBlock: ipv6Cidr, Ipv6CidrBlockState: { State: 'associated' }, NetworkBorderGroup: region, Ipv6Pool: 'Amazon' }];
}

export function ofSubnet({ id, ipv6Cidr }: SubnetRecord): SubnetIpv6CidrBlockAssociation[] {
  if (ipv6Cidr === undefined) return [];
  return [{ AssociationId: steadyId('subnet-cidr-assoc', id, 'ipv6'), Ipv6CidrBlock: ipv6Cidr, Ipv6CidrBlockState: { State: 'associated' } }];
}

function covers(block: string, address: string): boolean {
  const [first = '', bits = ''] = block.split('/');
  const list = new BlockList();
  list.addSubnet(first, Number(bits), 'ipv6');
  return list.check(address, 'ipv6');
}

/** The one way to write an address (RFC 5952), as EC2 does. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function notSimulated(what: string): AwsError {
  return new AwsError('NotImplemented', `The simulated AWS does not have ${what}.`, 501);
}
