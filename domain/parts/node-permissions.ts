import type { StepKind } from '../plan.ts';

/** What steps on nodes that are no managed groups need in the account, for the table in domain/permissions.ts. */

/** Places that nothing else needs. */
export type NodeScope = 'fargate-role' | 'made-profile' | 'profile-role' | 'new-template' | 'own-template' | 'template-tags' | 'scaling-role';

interface NodePermission {
  readonly action: string;
  readonly on: readonly (NodeScope | 'any' | 'auto-scaling-group' | 'cluster' | 'fargate-profile' | 'instance-role' | 'launch' | 'passed-role' | 'read-role' | 'service-linked-role')[];
  readonly for: readonly (StepKind | 'look')[];
  readonly parts: true;
}

const PUTS_GROUP: readonly StepKind[] = ['create-self-managed-group', 'update-self-managed-group'];
const GROUPS: readonly StepKind[] = [...PUTS_GROUP, 'delete-self-managed-group'];
const ROLES: readonly StepKind[] = ['put-role', 'delete-role'];

const FARGATE: readonly StepKind[] = ['create-fargate-profile', 'delete-fargate-profile'];

export const NODE_PERMISSIONS: readonly NodePermission[] = [
  { action: 'eks:CreateFargateProfile', on: ['cluster'], for: ['create-fargate-profile'], parts: true },
  { action: 'eks:DescribeFargateProfile', on: ['fargate-profile'], for: FARGATE, parts: true },
  // A profile that was not made whole goes before it is made anew.
  { action: 'eks:DeleteFargateProfile', on: ['fargate-profile'], for: FARGATE, parts: true },
  { action: 'eks:TagResource', on: ['fargate-profile'], for: ['create-fargate-profile'], parts: true },
  { action: 'iam:PassRole', on: ['fargate-role'], for: ['create-fargate-profile'], parts: true },
  // EKS reads the role's trust with its caller's rights (source: CloudFormation schema of AWS::EKS::FargateProfile), and makes its own role for Fargate with the first profile.
  { action: 'iam:GetRole', on: ['read-role'], for: ['create-fargate-profile'], parts: true },
  { action: 'iam:CreateServiceLinkedRole', on: ['service-linked-role'], for: ['create-fargate-profile'], parts: true },

  { action: 'eks:UpdateClusterConfig', on: ['cluster'], for: ['put-auto-mode', 'remove-auto-mode'], parts: true },
  { action: 'iam:PassRole', on: ['passed-role'], for: ['put-auto-mode'], parts: true },

  // What hands a role of ours to instances. Who puts a role into a profile passes it to EC2 (source: IAM API reference, AddRoleToInstanceProfile).
  { action: 'iam:GetInstanceProfile', on: ['made-profile'], for: ROLES, parts: true },
  { action: 'iam:CreateInstanceProfile', on: ['made-profile'], for: ['put-role'], parts: true },
  { action: 'iam:TagInstanceProfile', on: ['made-profile'], for: ['put-role'], parts: true },
  { action: 'iam:AddRoleToInstanceProfile', on: ['made-profile'], for: ['put-role'], parts: true },
  { action: 'iam:PassRole', on: ['profile-role'], for: ['put-role'], parts: true },
  { action: 'iam:RemoveRoleFromInstanceProfile', on: ['made-profile'], for: ['delete-role'], parts: true },
  { action: 'iam:DeleteInstanceProfile', on: ['made-profile'], for: ['delete-role'], parts: true },

  { action: 'ec2:DescribeImages', on: ['any'], for: PUTS_GROUP, parts: true },
  { action: 'ec2:DescribeLaunchTemplates', on: ['any'], for: ['look', ...GROUPS], parts: true },
  { action: 'ec2:DescribeLaunchTemplateVersions', on: ['any'], for: GROUPS, parts: true },
  { action: 'ec2:CreateLaunchTemplate', on: ['new-template'], for: PUTS_GROUP, parts: true },
  { action: 'ec2:CreateTags', on: ['template-tags'], for: PUTS_GROUP, parts: true },
  { action: 'ec2:CreateLaunchTemplateVersion', on: ['own-template'], for: PUTS_GROUP, parts: true },
  { action: 'ec2:DeleteLaunchTemplate', on: ['own-template'], for: ['delete-self-managed-group'], parts: true },
  { action: 'autoscaling:DescribeAutoScalingGroups', on: ['any'], for: GROUPS, parts: true },
  { action: 'autoscaling:DescribeScalingActivities', on: ['any'], for: ['look', ...PUTS_GROUP], parts: true },
  { action: 'autoscaling:CreateAutoScalingGroup', on: ['auto-scaling-group'], for: PUTS_GROUP, parts: true },
  { action: 'autoscaling:UpdateAutoScalingGroup', on: ['auto-scaling-group'], for: PUTS_GROUP, parts: true },
  { action: 'autoscaling:CreateOrUpdateTags', on: ['auto-scaling-group'], for: PUTS_GROUP, parts: true },
  { action: 'autoscaling:PutWarmPool', on: ['auto-scaling-group'], for: PUTS_GROUP, parts: true },
  { action: 'autoscaling:DeleteWarmPool', on: ['auto-scaling-group'], for: PUTS_GROUP, parts: true },
  { action: 'autoscaling:DeleteAutoScalingGroup', on: ['auto-scaling-group'], for: ['delete-self-managed-group'], parts: true },
  // A group tries a launch with its caller's rights (source: Auto Scaling user guide, Control launch template usage).
  { action: 'ec2:RunInstances', on: ['launch'], for: PUTS_GROUP, parts: true },
  { action: 'iam:PassRole', on: ['instance-role'], for: PUTS_GROUP, parts: true },
  { action: 'iam:ListInstanceProfilesForRole', on: ['read-role'], for: PUTS_GROUP, parts: true },
  // Auto Scaling's own role comes with the first group of an account.
  { action: 'iam:CreateServiceLinkedRole', on: ['scaling-role'], for: ['create-self-managed-group'], parts: true },
];
