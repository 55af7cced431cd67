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
