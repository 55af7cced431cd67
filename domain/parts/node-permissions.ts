import type { StepKind } from '../plan.ts';

/** What steps on nodes that are no managed groups need in the account, for the table in domain/permissions.ts. */

interface NodePermission {
  readonly action: string;
  readonly on: readonly ('cluster' | 'fargate-profile' | 'fargate-role' | 'passed-role' | 'read-role' | 'service-linked-role')[];
  readonly for: readonly StepKind[];
  readonly parts: true;
}

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
];
