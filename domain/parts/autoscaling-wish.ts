import * as z from 'zod';
import { RoleArn } from '../request-words.ts';

/** The node pools that EKS brings along with Auto Mode (source: EKS API reference, ComputeConfigRequest). */
export const BUILT_IN_NODE_POOLS = ['general-purpose', 'system'] as const;

/** Nodes are EKS's own to bring and to replace. */
const AutoMode = z.strictObject({
  kind: z.literal('auto-mode'),
  nodePools: z
    .array(z.enum(BUILT_IN_NODE_POOLS))
    .max(BUILT_IN_NODE_POOLS.length)
    .refine((pools) => new Set(pools).size === pools.length, { message: 'Each node pool once' })
    .optional()
    .meta({ description: "EKS's own node pools; both when not given, none for an empty list." }),
  nodeRoleArn: RoleArn.optional().meta({ description: 'The role of the nodes; Slipway makes one when it is not given.' }),
});

const Karpenter = z.strictObject({
  kind: z.literal('karpenter'),
  nodeRoleArn: RoleArn.optional().meta({ description: 'The role of the nodes that Karpenter brings; Slipway makes one when it is not given.' }),
  interruptionQueue: z
    .string()
    .max(80)
    .regex(/^[\w-]+$/, 'Not the name of a queue')
    .optional()
    .meta({ description: "The queue that tells Karpenter of interruptions, once its owner has made it in the cluster's account and region." }),
});

const ClusterAutoscaler = z.strictObject({ kind: z.literal('cluster-autoscaler') });

const None = z.strictObject({ kind: z.literal('none') });

/** Who brings nodes when pods find no room, and takes them away again. */
export const AutoscalingWish = z.discriminatedUnion('kind', [AutoMode, Karpenter, ClusterAutoscaler, None]);
export type AutoscalingWish = z.output<typeof AutoscalingWish>;

/** A wish of one kind with its own fields. */
export type AutoscalingOf<Kind extends AutoscalingWish['kind']> = Extract<AutoscalingWish, { readonly kind: Kind }>;
