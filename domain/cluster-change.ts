import * as z from 'zod';
import type { Cluster } from './cluster.ts';
import { same } from './json-equal.ts';

/** What clients change of a cluster's record and EKS knows nothing of, or is told of in passing. Everything else is the work of an operation, which is its own record. */
const FIELDS = ['labels', 'team', 'maintenancePolicy', 'deletionProtection'] as const satisfies readonly (keyof Cluster)[];

/** That somebody changed a cluster's record: what, when and why. */
export interface ClusterChange {
  readonly changeId: string;
  readonly clusterId: string;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
  /** The operation that was begun with it, if one was. */
  readonly operation?: string;
  /** Each field that is another now; `null` where it was not there, or is no more. */
  readonly changed: readonly { readonly field: (typeof FIELDS)[number]; readonly before: unknown; readonly after: unknown }[];
}

export const ClusterChangeView = z
  .strictObject({
    changeId: z.string(),
    at: z.iso.datetime(),
    by: z.string(),
    reason: z.string().optional().meta({ description: 'Absent: none was given.' }),
    operation: z.string().optional().meta({ description: 'The operation that was begun with it.' }),
    changed: z.array(z.strictObject({ field: z.enum(FIELDS), before: z.unknown(), after: z.unknown() })).meta({ description: 'What it was and what it is; `null` for not there.' }),
  })
  .meta({ id: 'ClusterChange' });

/** The line of the record for a change from one to the other; undefined when nothing of it is kept there. */
export function changeBetween(before: Cluster, after: Cluster, who: Pick<ClusterChange, 'changeId' | 'at' | 'by'> & { readonly reason?: string | undefined; readonly operation?: string | undefined }): ClusterChange | undefined {
  const changed = FIELDS.map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null })).filter((one) => !same(one.before, one.after));
  if (changed.length === 0) return undefined;
  const { changeId, at, by, reason, operation } = who;
  return { changeId, clusterId: before.clusterId, at, by, ...(reason === undefined ? {} : { reason }), ...(operation === undefined ? {} : { operation }), changed };
}

/** Whether it is another maintenance policy that an operation at work has to keep to from now on. */
export function changesPolicy(change: ClusterChange | undefined): boolean {
  return change?.changed.some(({ field }) => field === 'maintenancePolicy') ?? false;
}
