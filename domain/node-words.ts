import * as z from 'zod';

/** Words that every kind of node group is asked with. */

export const ScalingConfig = z.strictObject({
  minSize: z.int().min(0).max(450),
  maxSize: z.int().min(1).max(450),
  desiredSize: z.int().min(0).max(450),
});

export const Taint = z.strictObject({
  key: z.string().min(1).max(317).regex(/^([0-9a-z.-]{1,253}\/)?[0-9A-Za-z]([0-9A-Za-z_.-]*[0-9A-Za-z])?$/, 'Not a taint key'),
  value: z.string().max(63).regex(/^([0-9A-Za-z]([0-9A-Za-z_.-]*[0-9A-Za-z])?)?$/, 'Not a taint value').optional(),
  effect: z.enum(['NO_SCHEDULE', 'NO_EXECUTE', 'PREFER_NO_SCHEDULE']),
});

/** Most taints on one group's nodes. */
export const TAINTS_MAX = 50;

/** In EKS's words; Auto Scaling writes them with one capital. */
export const WarmPoolState = z.enum(['STOPPED', 'RUNNING', 'HIBERNATED']);
export type WarmPoolState = z.output<typeof WarmPoolState>;

const REPAIR_OVERRIDES_MAX = 50;

/** Node auto repair, as EKS has it: counts or percentages, one of the two of each (source: EKS API reference, NodeRepairConfig). */
export const NodeRepairConfig = z.strictObject({
  enabled: z.boolean().optional(),
  maxUnhealthyNodeThresholdCount: z.int().min(1).max(450).optional().meta({ description: 'With more unhealthy nodes than this nothing is repaired.' }),
  maxUnhealthyNodeThresholdPercentage: z.int().min(1).max(100).optional(),
  maxParallelNodesRepairedCount: z.int().min(1).max(450).optional(),
  maxParallelNodesRepairedPercentage: z.int().min(1).max(100).optional(),
  nodeRepairConfigOverrides: z
    .array(
      z.strictObject({
        nodeMonitoringCondition: z.string().min(1).max(128).regex(/^[A-Za-z0-9]+$/, 'Not a condition of the node monitoring agent'),
        nodeUnhealthyReason: z.string().min(1).max(128).regex(/^[A-Za-z0-9]+$/, 'Not a reason of the node monitoring agent'),
        minRepairWaitTimeMins: z.int().min(1).max(10_080),
        repairAction: z.enum(['Replace', 'Reboot', 'NoAction']),
      }),
    )
    .max(REPAIR_OVERRIDES_MAX)
    .optional(),
});
export type NodeRepairConfig = z.output<typeof NodeRepairConfig>;

/** Instances of a managed group that are made ready beforehand (source: EKS API reference, WarmPoolConfig). */
export const WarmPoolConfig = z.strictObject({
  enabled: z.boolean().optional().meta({ description: '`false` takes the pool away.' }),
  minSize: z.int().min(0).max(450).optional(),
  maxGroupPreparedCapacity: z.int().min(0).max(900).optional().meta({ description: 'Instances of the pool and of the group together, at most.' }),
  poolState: WarmPoolState.optional(),
  reuseOnScaleIn: z.boolean().optional(),
});
export type WarmPoolConfig = z.output<typeof WarmPoolConfig>;
