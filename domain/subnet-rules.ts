import type { SubnetFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Finding } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { DISALLOWED_ZONE_IDS, zoneTold } from './zones.ts';

/** Free addresses that each subnet of a new cluster must have, and should have (source: EKS user guide, network requirements). */
const ADDRESSES_MIN = 6;
const ADDRESSES_ADVISED = 16;
const ZONES_MIN = 2;

/** The refusals for the subnets of a new cluster: there, in one VPC, in two zones at least, in none that EKS does not serve, with room. */
export function refuseClusterSubnets(subnetIds: readonly string[], found: readonly SubnetFacts[], path: string): Refusal | undefined {
  const missing = missingSubnets(subnetIds, found);
  if (missing.length > 0) return refuseMissing(missing, path);
  const own = found.filter((subnet) => subnetIds.includes(subnet.subnetId));
  const errors = (message: string) => [{ path, message }];
  const vpcs = new Set(own.map((subnet) => subnet.vpcId));
  if (vpcs.size > 1) {
    return refuse('subnets-in-two-vpcs', `The subnets lie in ${vpcs.size} VPCs: ${[...vpcs].sort().join(', ')}.`, { remedy: 'Name subnets of one VPC.', errors: errors('All in one VPC') });
  }
  const barred = own.filter((subnet) => DISALLOWED_ZONE_IDS.includes(subnet.zoneId));
  if (barred.length > 0) {
    return refuse('subnet-zone-not-supported', `EKS runs no control planes in ${listed(barred.map((subnet) => `${zoneTold(subnet)}: ${subnet.subnetId}`))}.`, {
      remedy: 'Name subnets in other zones; nodes may still use these.',
      errors: errors('Not in a zone that EKS does not serve'),
    });
  }
  const zones = new Set(own.map((subnet) => subnet.zoneId));
  if (zones.size < ZONES_MIN) {
    return refuse('subnets-in-one-zone', `The subnets lie in one zone, ${own[0] === undefined ? 'none' : zoneTold(own[0])}; EKS asks for ${ZONES_MIN} at least.`, { remedy: 'Add a subnet in another zone, by zone id.', errors: errors(`In ${ZONES_MIN} zones at least`) });
  }
  const short = own.filter((subnet) => subnet.availableIpAddressCount < ADDRESSES_MIN);
  if (short.length > 0) {
    return refuse('subnets-short-of-addresses', `EKS asks for ${ADDRESSES_MIN} free addresses in each subnet; ${listed(short.map((subnet) => `${subnet.subnetId} has ${subnet.availableIpAddressCount}`))}.`, {
      remedy: `Free addresses or name larger subnets; ${ADDRESSES_ADVISED} free ones each are advised.`,
      errors: errors(`${ADDRESSES_MIN} free addresses each`),
    });
  }
  return undefined;
}

/** The refusals for the subnets of a node group: there, and in the cluster's VPC. */
export function refuseNodegroupSubnets(subnetIds: readonly string[], found: readonly SubnetFacts[], vpcId: string | undefined, path: string): Refusal | undefined {
  const missing = missingSubnets(subnetIds, found);
  if (missing.length > 0) return refuseMissing(missing, path);
  const strangers = found.filter((subnet) => subnetIds.includes(subnet.subnetId) && vpcId !== undefined && subnet.vpcId !== vpcId);
  if (strangers.length === 0) return undefined;
  return refuse('subnets-in-two-vpcs', `The cluster is in ${vpcId ?? 'another VPC'}, and ${listed(strangers.map((subnet) => subnet.subnetId))} not.`, {
    remedy: 'Name subnets of the cluster\'s VPC.',
    errors: [{ path, message: 'In the cluster\'s VPC' }],
  });
}

/** Room that is enough today and tight tomorrow. */
export function subnetAdvice(subnetIds: readonly string[], found: readonly SubnetFacts[]): readonly Finding[] {
  return found
    .filter((subnet) => subnetIds.includes(subnet.subnetId) && subnet.availableIpAddressCount < ADDRESSES_ADVISED)
    .map((subnet) =>
      finding('subnet-addresses-low', 'advises', subnet.subnetId, {
        detail: `The subnet has ${subnet.availableIpAddressCount} free addresses; ${ADDRESSES_ADVISED} are advised, and pods and upgrades take from the same.`,
        remedy: 'Name larger subnets, or keep these for the cluster alone.',
      }),
    );
}

function missingSubnets(subnetIds: readonly string[], found: readonly SubnetFacts[]): string[] {
  return subnetIds.filter((subnetId) => !found.some((subnet) => subnet.subnetId === subnetId));
}

function refuseMissing(missing: readonly string[], path: string): Refusal {
  return refuse('subnets-not-found', `There is no subnet ${listed(missing)} in this account and region.`, { remedy: 'Name subnets that exist where the cluster is to be.', errors: [{ path, message: `Not found: ${listed(missing)}` }] });
}

function listed(names: readonly string[]): string {
  return names.join(', ');
}
