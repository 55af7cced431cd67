import * as z from 'zod';

/** Replicas beyond what leader election makes use of. */
const REPLICAS_MAX = 5;

const LoadBalancerController = z.strictObject({
  controller: z.literal('aws-load-balancer-controller'),
  replicaCount: z.int().min(1).max(REPLICAS_MAX).optional().meta({ description: 'Two when not given; one of them leads.' }),
  defaultForServices: z.boolean().optional().meta({ description: 'Whether Services of type LoadBalancer that name no class are its own. True when not given: no new Classic Load Balancer is made then.' }),
});

/** The controller within EKS Auto Mode: nothing of it runs on nodes. */
const AutoMode = z.strictObject({ controller: z.literal('auto-mode') });

const None = z.strictObject({ controller: z.literal('none') });

/** Who makes load balancers of Services and Ingresses. */
export const TrafficWish = z.discriminatedUnion('controller', [LoadBalancerController, AutoMode, None]);
export type TrafficWish = z.output<typeof TrafficWish>;
