import * as z from 'zod';
import { SecurityGroupId, SubnetId, ZoneId } from '../request-words.ts';

/** Targets of the VPC CNI; more addresses than an instance can hold make no sense of any. */
const TARGET_MAX = 1000;
/** EKS takes no more security groups for an interface (source: Amazon VPC quotas, security groups per network interface). */
const SECURITY_GROUPS_MAX = 5;
const ZONES_MAX = 32;

const Target = z.int().min(1).max(TARGET_MAX);

/** Settings of the VPC CNI add-on, in words (source: amazon-vpc-cni-k8s, README and docs/prefix-and-ip-target.md). */
const Cni = z.strictObject({
  prefixDelegation: z.boolean().optional().meta({ description: 'Interfaces get prefixes of sixteen addresses each, so that a node has room for more pods. Nitro instances alone.' }),
  warmPrefixTarget: Target.optional().meta({ description: 'Prefixes kept free on each node.' }),
  warmEniTarget: z.int().min(0).max(TARGET_MAX).optional().meta({ description: 'Interfaces kept free on each node, with all their addresses; 1 when not given.' }),
  warmIpTarget: Target.optional().meta({ description: 'Addresses kept free on each node.' }),
  minimumIpTarget: Target.optional().meta({ description: 'Addresses that each node has at least.' }),
  customNetworking: z
    .strictObject({
      subnets: z
        .array(z.strictObject({ zoneId: ZoneId, subnetId: SubnetId, securityGroupIds: z.array(SecurityGroupId).max(SECURITY_GROUPS_MAX).default([]) }))
        .min(1)
        .max(ZONES_MAX),
    })
    .optional()
    .meta({ description: 'Pods get their addresses from these subnets, one for each zone that has nodes, and not from those of the nodes.' }),
  networkPolicy: z.boolean().optional().meta({ description: 'NetworkPolicy objects are enforced.' }),
  externalSnat: z.boolean().optional().meta({ description: 'Pods keep their addresses on the way out of the VPC; a NAT gateway must stand there.' }),
  podSecurityGroups: z.strictObject({ enforcingMode: z.enum(['strict', 'standard']).default('standard') }).optional().meta({ description: 'Pods may have security groups of their own.' }),
  ownRole: z.boolean().optional().meta({ description: 'The CNI works with a role of its own, made for it, in place of the nodes\'. Always with IPv6.' }),
});

export const NetworkWish = z.strictObject({ cni: Cni.optional() });
export type NetworkWish = z.output<typeof NetworkWish>;
export type CniWish = z.output<typeof Cni>;
