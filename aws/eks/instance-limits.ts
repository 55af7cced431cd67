import { DescribeInstanceTypesCommand, type EC2Client, type _InstanceType } from '@aws-sdk/client-ec2';
import type { InstanceLimits } from '../../domain/instance-limits.ts';
import { nameOf } from './errors.ts';

/** EC2 describes this many types in a call (source: EC2 API reference, DescribeInstanceTypes). */
const TYPES_A_CALL_MAX = 100;
const TYPES_MAX = 1000;
/** Types that EC2 does not have here are no reason to know nothing of the others, and a role that may not ask leaves all unknown. */
const UNTOLD: ReadonlySet<string> = new Set(['InvalidInstanceType', 'UnauthorizedOperation']);

/** What each type holds at most. Types that EC2 does not tell of are left out. */
export async function readInstanceLimits(client: EC2Client, instanceTypes: readonly string[]): Promise<InstanceLimits[]> {
  const types = [...new Set(instanceTypes)].slice(0, TYPES_MAX);
  const found: InstanceLimits[] = [];
  for (let index = 0; index < types.length; index += TYPES_A_CALL_MAX) found.push(...(await describe(client, types.slice(index, index + TYPES_A_CALL_MAX))));
  return found;
}

async function describe(client: EC2Client, types: readonly string[]): Promise<InstanceLimits[]> {
  try {
    const { InstanceTypes = [] } = await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: types as _InstanceType[] }));
    return InstanceTypes.flatMap(({ InstanceType, VCpuInfo, NetworkInfo }) => {
      const [card] = NetworkInfo?.NetworkCards ?? [];
      const interfaces = card?.MaximumNetworkInterfaces ?? NetworkInfo?.MaximumNetworkInterfaces;
      const addressesPerInterface = NetworkInfo?.Ipv4AddressesPerInterface;
      return InstanceType === undefined || interfaces === undefined || addressesPerInterface === undefined ? [] : [{ instanceType: InstanceType, vcpus: VCpuInfo?.DefaultVCpus ?? 1, interfaces, addressesPerInterface }];
    });
  } catch (error) {
    if (!UNTOLD.has(nameOf(error))) throw error;
    // One unknown type fails the whole call, so each is asked for by itself.
    return nameOf(error) === 'InvalidInstanceType' && types.length > 1 ? (await Promise.all(types.map((type) => describe(client, [type])))).flat() : [];
  }
}
