import * as z from 'zod';
import type { Disk } from '../../disk.ts';
import type { SubnetRecord } from './records.ts';

/** A subnet that its owner lets another account use, as Resource Access Manager does it. */
export interface SharedSubnet {
  readonly owner: string;
  readonly region: string;
  readonly subnetId: string;
  readonly with: string;
}

const account = z.string().regex(/^\d{12}$/, 'an account is 12 digits');
export const ShareRequest = z.strictObject({
  owner: account,
  region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
  subnetId: z.string().regex(/^subnet-[0-9a-f]{17}$/, 'a subnet is written like subnet-0123456789abcdef0'),
  with: account,
});

export const SHARED_SUBNETS_MAX = 1000;
export const sharesOf = (disk: Disk) => disk.collection<SharedSubnet>('ec2-shared-subnets');
export const shareKey = ({ with: participant, region, subnetId }: Pick<SharedSubnet, 'with' | 'region' | 'subnetId'>): string => `${participant}/${region}/${subnetId}`;

/** Shares a subnet; answers why it cannot be. Source: VPC user guide, "Share your VPC subnets with other accounts": default subnets cannot be shared. */
export function share(disk: Disk, asked: z.infer<typeof ShareRequest>): string | undefined {
  const subnet = disk.collection<SubnetRecord>('ec2-subnets').get(`${asked.owner}/${asked.region}/${asked.subnetId}`);
  if (subnet === undefined) return `There is no subnet ${asked.subnetId} of ${asked.owner} in ${asked.region}.`;
  if (subnet.isDefault) return 'Default subnets cannot be shared.';
  if (asked.with === asked.owner) return 'A subnet is not shared with its owner.';
  if (sharesOf(disk).list().length >= SHARED_SUBNETS_MAX) return `There are ${SHARED_SUBNETS_MAX} shared subnets already; DELETE /_sim/ec2/shared-subnets takes them back.`;
  sharesOf(disk).put(shareKey(asked), asked);
  return undefined;
}

export function unshareAll(disk: Disk): void {
  for (const shared of sharesOf(disk).list()) sharesOf(disk).delete(shareKey(shared));
}
