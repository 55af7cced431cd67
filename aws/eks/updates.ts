import { DescribeUpdateCommand, ListUpdatesCommand, type EKSClient, type Update } from '@aws-sdk/client-eks';
import type { UpdateFacts } from '../../domain/facts.ts';
import type { UpdateOf } from '../ports.ts';
import { orAbsent } from './errors.ts';

/** ListUpdates answers ids only, so history costs one more read each. */
const UPDATES_LOOKED_AT_MAX = 10;

export function readUpdate(client: EKSClient, of: UpdateOf, updateId: string): Promise<UpdateFacts | 'absent'> {
  return orAbsent(async () => {
    const { update } = await client.send(new DescribeUpdateCommand({ ...target(of), updateId }));
    return updateFacts(updateId, update ?? {});
  });
}

/** Updates under way, or begun at or after `since`, newest first. */
export async function recentUpdates(client: EKSClient, of: UpdateOf, since: string): Promise<UpdateFacts[]> {
  const { updateIds } = await client.send(new ListUpdatesCommand({ ...target(of), maxResults: UPDATES_LOOKED_AT_MAX }));
  const found: UpdateFacts[] = [];
  for (const updateId of (updateIds ?? []).slice(0, UPDATES_LOOKED_AT_MAX)) {
    const update = await readUpdate(client, of, updateId);
    if (update !== 'absent' && (update.status === 'InProgress' || Date.parse(update.createdAt) >= Date.parse(since))) found.push(update);
  }
  return found.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

function target(of: UpdateOf): { name: string; nodegroupName?: string; addonName?: string } {
  return { name: of.clusterName, ...(of.nodegroupName === undefined ? {} : { nodegroupName: of.nodegroupName }), ...(of.addonName === undefined ? {} : { addonName: of.addonName }) };
}

function updateFacts(updateId: string, update: Update): UpdateFacts {
  return {
    updateId: update.id ?? updateId,
    status: update.status ?? 'UNKNOWN',
    type: update.type ?? 'UNKNOWN',
    params: Object.fromEntries((update.params ?? []).map((param) => [param.type ?? '', param.value ?? ''])),
    createdAt: (update.createdAt ?? new Date(0)).toISOString(),
    errors: (update.errors ?? []).map((error) => ({ code: error.errorCode ?? 'Unknown', message: error.errorMessage ?? '', resourceIds: error.resourceIds ?? [] })),
  };
}
