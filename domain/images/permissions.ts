/** What each kind of work on repositories needs in the account, for the table in domain/permissions.ts. Resources are those of the Service Authorization Reference, Amazon ECR. */

export const IMAGE_PURPOSES = ['put-repository', 'delete-repository', 'look-at-repositories', 'preview-lifecycle', 'set-replication', 'set-cache-rules'] as const;
export type ImagePurpose = (typeof IMAGE_PURPOSES)[number];
export type ImageScope = 'repository' | 'repository-key' | 'replication-role';

interface ImagePermission {
  readonly action: string;
  readonly on: readonly (ImageScope | 'any')[];
  readonly for: readonly ImagePurpose[];
  readonly checksAlone?: true;
}

const PUT: readonly ImagePurpose[] = ['put-repository'];
const REGISTRY: readonly ImagePurpose[] = ['set-cache-rules'];

export const IMAGE_PERMISSIONS: readonly ImagePermission[] = [
  { action: 'ecr:DescribeRepositories', on: ['repository'], for: ['put-repository', 'delete-repository'] },
  { action: 'ecr:ListTagsForResource', on: ['repository'], for: ['put-repository', 'delete-repository'] },
  { action: 'ecr:CreateRepository', on: ['repository'], for: PUT },
  // Tags sent with a creation are checked as tagging.
  { action: 'ecr:TagResource', on: ['repository'], for: PUT },
  { action: 'ecr:PutImageTagMutability', on: ['repository'], for: PUT },
  { action: 'ecr:PutImageScanningConfiguration', on: ['repository'], for: PUT },
  { action: 'ecr:GetLifecyclePolicy', on: ['repository'], for: PUT },
  { action: 'ecr:PutLifecyclePolicy', on: ['repository'], for: PUT },
  { action: 'ecr:DeleteLifecyclePolicy', on: ['repository'], for: PUT },
  { action: 'ecr:GetRepositoryPolicy', on: ['repository'], for: PUT },
  { action: 'ecr:SetRepositoryPolicy', on: ['repository'], for: PUT },
  { action: 'ecr:DeleteRepositoryPolicy', on: ['repository'], for: PUT },
  { action: 'ecr:DeleteRepository', on: ['repository'], for: ['delete-repository'] },
  { action: 'ecr:DescribeImages', on: ['repository'], for: ['look-at-repositories', 'preview-lifecycle'] },
  { action: 'ecr:StartLifecyclePolicyPreview', on: ['repository'], for: ['preview-lifecycle'] },
  { action: 'ecr:GetLifecyclePolicyPreview', on: ['repository'], for: ['preview-lifecycle'] },
  { action: 'servicequotas:GetServiceQuota', on: ['any'], for: ['look-at-repositories'], checksAlone: true },
  // ECR takes grants on a key with its caller's rights, and gives them back (source: ECR user guide, "Encryption at rest").
  { action: 'kms:DescribeKey', on: ['repository-key'], for: PUT },
  { action: 'kms:CreateGrant', on: ['repository-key'], for: PUT },
  { action: 'kms:RetireGrant', on: ['repository-key'], for: ['delete-repository'] },
  { action: 'ecr:DescribeRegistry', on: ['any'], for: ['set-replication'] },
  { action: 'ecr:PutReplicationConfiguration', on: ['any'], for: ['set-replication'] },
  { action: 'iam:CreateServiceLinkedRole', on: ['replication-role'], for: ['set-replication'] },
  { action: 'ecr:DescribePullThroughCacheRules', on: ['any'], for: REGISTRY },
  { action: 'ecr:CreatePullThroughCacheRule', on: ['any'], for: REGISTRY },
  { action: 'ecr:DeletePullThroughCacheRule', on: ['any'], for: REGISTRY },
];

export function isForImages(purpose: string): purpose is ImagePurpose {
  return (IMAGE_PURPOSES as readonly string[]).includes(purpose);
}

/** Every action that work on repositories takes, sorted: what a role that lacks one is best given together. */
export const IMAGE_ACTIONS: readonly string[] = [...new Set(IMAGE_PERMISSIONS.map(({ action }) => action))].sort();
