import { DescribeSubnetsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { SubnetFacts } from '../../domain/facts.ts';
import { nameOf } from './errors.ts';

/** The ends of the tags by which load balancers find their subnets; their value is `1` or nothing (source: AWS Load Balancer Controller, Subnet auto-discovery). */
const ELB_ROLES = ['elb', 'internal-elb'] as const;

/** The subnets that exist among those named, in that order, with zones by id and free addresses. One that EC2 does not know is left out. */
export async function readSubnets(client: EC2Client, subnetIds: readonly string[]): Promise<SubnetFacts[]> {
  if (subnetIds.length === 0) return [];
  const found = await readFound(client, subnetIds);
  return subnetIds.flatMap((subnetId) => found.find((subnet) => subnet.subnetId === subnetId) ?? []);
}

async function readFound(client: EC2Client, subnetIds: readonly string[]): Promise<SubnetFacts[]> {
  try {
    return await describe(client, { SubnetIds: [...subnetIds] });
  } catch (error) {
    // One unknown id fails the whole call; asked for as a filter, EC2 answers with those that it knows.
    if (nameOf(error) !== 'InvalidSubnetID.NotFound' && nameOf(error) !== 'InvalidSubnetID.Malformed') throw error;
    return describe(client, { Filters: [{ Name: 'subnet-id', Values: [...subnetIds] }] });
  }
}

async function describe(client: EC2Client, which: { SubnetIds?: string[]; Filters?: { Name: string; Values: string[] }[] }): Promise<SubnetFacts[]> {
  const { Subnets } = await client.send(new DescribeSubnetsCommand(which));
  return (Subnets ?? []).map((subnet) => ({
    subnetId: subnet.SubnetId ?? '',
    vpcId: subnet.VpcId ?? '',
    zoneId: subnet.AvailabilityZoneId ?? '',
    zoneName: subnet.AvailabilityZone ?? '',
    availableIpAddressCount: subnet.AvailableIpAddressCount ?? 0,
    ...(subnet.CidrBlock === undefined ? {} : { cidrBlock: subnet.CidrBlock }),
    ipv6: (subnet.Ipv6CidrBlockAssociationSet ?? []).some(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === 'associated'),
    ...(subnet.MapPublicIpOnLaunch === undefined ? {} : { publicAddresses: subnet.MapPublicIpOnLaunch }),
    ...(subnet.OwnerId === undefined ? {} : { ownerAccountId: subnet.OwnerId }),
    elbRoles: ELB_ROLES.filter((role) => (subnet.Tags ?? []).some(({ Key, Value }) => Key === `kubernetes.io/role/${role}` && (Value === '1' || Value === ''))),
  }));
}
