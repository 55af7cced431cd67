import * as z from 'zod';
import { isMinor } from '../../../domain/minor.ts';
import type { Collection, Disk } from '../../disk.ts';
import { addonEntry } from './catalogue.ts';

// Add-on versions that EKS lists no more, as tests and drills have it: AWS takes versions out of a region's list, for some minors or for all.

const LIST_MAX = 100;

export const WithdrawalRequest = z.strictObject({
  region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
  addonName: z.string().min(1).max(100),
  /** All of them, when none is named. */
  addonVersions: z.array(z.string().min(1).max(100)).min(1).max(LIST_MAX).optional(),
  /** The minors that they are listed for no more: all, when none is named. */
  kubernetesVersions: z.array(z.string().refine(isMinor, 'a minor is written like 1.36')).min(1).max(LIST_MAX).optional(),
});

export type Withdrawal = z.infer<typeof WithdrawalRequest>;

export const WITHDRAWN_SHELF = 'eks/withdrawn-addons';

export function withdrawalsOf(disk: Disk): Collection<Withdrawal> {
  return disk.collection(WITHDRAWN_SHELF);
}

/** Takes the place of what was withdrawn of the add-on in the region before. Answers why not, when there is no such add-on or version. */
export function withdraw(disk: Disk, asked: Withdrawal): string | undefined {
  const entry = addonEntry(asked.addonName);
  if (entry === undefined) return `addonName: the catalogue has no add-on ${asked.addonName}, so nothing would change.`;
  const unknown = asked.addonVersions?.find((version) => !entry.versions.some((known) => known.version === version));
  if (unknown !== undefined) return `addonVersions: the catalogue has no version ${unknown} of ${asked.addonName}, so nothing would change.`;
  withdrawalsOf(disk).put(`${asked.region}/${asked.addonName}`, asked);
  return undefined;
}

/** Lists again whatever was withdrawn, in all regions. */
export function listAnew(disk: Disk): void {
  const withdrawals = withdrawalsOf(disk);
  for (const { region, addonName } of withdrawals.list()) withdrawals.delete(`${region}/${addonName}`);
}
