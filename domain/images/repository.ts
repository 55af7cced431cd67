/** A repository of images, as asked for and as it was made. Everything in ECR's own terms stands in the files beside this one. */

export interface KeepTagged {
  /** Each prefix is kept by itself: so many, or for so long, of the images with a tag that begins so. */
  readonly prefixes: readonly string[];
  readonly keepLast?: number | undefined;
  readonly days?: number | undefined;
}

export interface LifecycleRules {
  readonly untaggedDays?: number | undefined;
  readonly keepTagged?: readonly KeepTagged[] | undefined;
  /** Of all images, the youngest. */
  readonly keepLast?: number | undefined;
}

export interface Destination {
  readonly region: string;
  readonly accountId: string;
}

export interface PullThrough {
  /** The cache rule's own prefix, which the repository's name begins with. */
  readonly prefix: string;
  readonly upstreamRegistryUrl: string;
  readonly credentialArn?: string | undefined;
}

export interface RepositoryWish {
  readonly immutability: 'IMMUTABLE' | 'MUTABLE';
  /** Wildcards of tags to which the contrary applies. */
  readonly immutabilityExcept: readonly string[];
  readonly scanOnPush: boolean;
  readonly encryption: { readonly type: 'AES256' | 'KMS'; readonly kmsKeyArn?: string | undefined };
  /** `null`: images stay for ever. */
  readonly lifecycle: LifecycleRules | null;
  readonly pullAccounts: readonly string[];
  readonly replicateTo: readonly Destination[];
  readonly pullThrough?: PullThrough | undefined;
}

/** What stands in the account because of us, as far as was seen to succeed. */
export interface RepositoryMade {
  readonly exists: boolean;
  /** Where the filter that we put into the registry's replication rules leads. */
  readonly replicateTo: readonly Destination[];
  /** `ours`: no one had made the cache rule before. */
  readonly cacheRule?: { readonly prefix: string; readonly ours: boolean } | undefined;
}

export const NOTHING_MADE: RepositoryMade = { exists: false, replicateTo: [] };

export const REPOSITORY_STATES = ['Changing', 'Active', 'Failed', 'Deleting'] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];

export interface Repository {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly team?: string;
  readonly wanted: RepositoryWish;
  readonly made: RepositoryMade;
  readonly state: RepositoryState;
  /** What stands in the way, when `Failed`. */
  readonly message?: string;
  /** Who asked for the change that is under way or was last, and why. */
  readonly asked: { readonly by: string; readonly at: string; readonly reason?: string | undefined; /** Delete it with its images. */ readonly force?: boolean | undefined };
  readonly createdAt: string;
  readonly createdBy: string;
  /** Rises with what a client changes. */
  readonly generation: number;
  /** Rises with every write. */
  readonly revision: number;
}

export interface RepositoryAddress {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

/** `payments/api#111122223333#eu-central-1`: sorts by name; `#` occurs in none of the three. */
export function repositoryId({ accountId, region, name }: RepositoryAddress): string {
  return `${name}#${accountId}#${region}`;
}

export function repositoryArn({ accountId, region, name }: RepositoryAddress): string {
  return `arn:aws:ecr:${region}:${accountId}:repository/${name}`;
}

/** What `docker pull` is given. */
export function repositoryUri({ accountId, region, name }: RepositoryAddress): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`;
}

/** The tag that tells a repository of ours from another's of the same name. */
export const OWNER_TAG = 'slipway:repository';

export function tagsOf(repository: Pick<Repository, 'accountId' | 'region' | 'name' | 'team'>): Readonly<Record<string, string>> {
  // A tag's value takes no `#` (source: ECR user guide, "Tag restrictions").
  return { [OWNER_TAG]: `${repository.accountId}/${repository.region}/${repository.name}`, ...(repository.team === undefined ? {} : { 'slipway:team': repository.team }) };
}
