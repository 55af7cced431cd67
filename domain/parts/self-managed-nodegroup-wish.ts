import * as z from 'zod';
import { ScalingConfig, Taint, TAINTS_MAX, WarmPoolState } from '../node-words.ts';
import { InstanceType, KubernetesLabels, NodegroupName, RoleArn, SecurityGroupId, SubnetId, Tags } from '../request-words.ts';

/** EKS's own security group of the cluster is the first of five that an interface may have (source: VPC quotas). */
const SECURITY_GROUPS_MAX = 4;

const WarmPool = z.strictObject({
  minSize: z.int().min(0).max(450),
  maxGroupPreparedCapacity: z.int().min(0).max(900).optional().meta({ description: 'Instances of the pool and of the group together, at most.' }),
  poolState: WarmPoolState.default('STOPPED'),
});

/** Nodes in an Auto Scaling group of the account, made from a template of ours. */
export const SelfManagedNodegroupWish = z.strictObject({
  nodegroupName: NodegroupName,
  amiFamily: z.enum(['AL2023', 'BOTTLEROCKET']),
  architecture: z.enum(['x86_64', 'arm64']).optional().meta({ description: 'As the instance types have it, when it is not given.' }),
  instanceTypes: z.array(InstanceType).min(1).max(20),
  scalingConfig: ScalingConfig,
  subnets: z.array(SubnetId).min(1).max(32).optional().meta({ description: 'Default: the subnets of the cluster.' }),
  labels: KubernetesLabels.optional(),
  taints: z.array(Taint).max(TAINTS_MAX).optional(),
  spot: z.boolean().optional(),
  diskSize: z.int().min(1).max(16_384).optional().meta({ description: 'GiB.' }),
  warmPool: WarmPool.optional().meta({ description: 'Instances that are made ready beforehand.' }),
  nodeRoleArn: RoleArn.optional().meta({ description: 'A role with an instance profile; Slipway makes one when it is not given.' }),
  securityGroups: z.array(SecurityGroupId).max(SECURITY_GROUPS_MAX).optional().meta({ description: "Beside the cluster's own, which its nodes need." }),
  tags: Tags.optional(),
});
export type SelfManagedNodegroupWish = z.output<typeof SelfManagedNodegroupWish>;
