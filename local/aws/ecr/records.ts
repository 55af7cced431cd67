import type { EncryptionConfiguration, ImageTagMutability, ImageTagMutabilityExclusionFilter, PullThroughCacheRule, ReplicationConfiguration, Repository, Tag } from '@aws-sdk/client-ecr';
import type { Collection, Disk } from '../../disk.ts';
import { AwsError } from '../service.ts';

/** A registry: an account in a region. */
export interface Registry {
  readonly accountId: string;
  readonly region: string;
}

export interface RepositoryRecord extends Registry {
  readonly name: string;
  /** Virtual epoch ms. */
  readonly createdAt: number;
  readonly mutability: ImageTagMutability;
  readonly exclusions: readonly ImageTagMutabilityExclusionFilter[];
  readonly scanOnPush: boolean;
  readonly encryption: EncryptionConfiguration;
  readonly tags: readonly Tag[];
  readonly policy?: string;
  readonly lifecycle?: string;
  /** When the lifecycle policy was last applied, or put; virtual epoch ms. */
  readonly evaluatedAt?: number;
  readonly preview?: { readonly text: string; readonly results: readonly PreviewedImage[]; /** It was looked at once while it was in progress. */ readonly seen: boolean };
}

export interface PreviewedImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: number;
  readonly rulePriority: number;
}

export interface ImageRecord {
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  readonly artifactMediaType?: string;
  readonly bytes: number;
  readonly pushedAt: number;
  readonly tags: readonly string[];
  /** Digests of the images that a list of manifests names. */
  readonly lists: readonly string[];
}

export type CacheRuleRecord = Omit<PullThroughCacheRule, 'createdAt' | 'updatedAt'> & { readonly createdAt: number };

/** What a registry has beside its repositories. */
export interface RegistrySettings {
  readonly replication?: ReplicationConfiguration;
  readonly policy?: string;
}

/** Repositories, their images and the settings of registries, on the disk. */
export class EcrRecords {
  readonly #repositories: Collection<RepositoryRecord>;
  readonly #images: Collection<ImageRecord>;
  readonly #rules: Collection<CacheRuleRecord>;
  readonly #settings: Collection<RegistrySettings>;

  constructor(disk: Disk) {
    this.#repositories = disk.collection('ecr-repositories');
    this.#images = disk.collection('ecr-images');
    this.#rules = disk.collection('ecr-cache-rules');
    this.#settings = disk.collection('ecr-registries');
  }

  find({ accountId, region }: Registry, name: string | undefined): RepositoryRecord | undefined {
    return this.#repositories.get(`${accountId}/${region}/${name ?? ''}`);
  }

  at(registry: Registry, name: string | undefined): RepositoryRecord {
    const found = this.find(registry, name);
    if (found === undefined) throw new AwsError('RepositoryNotFoundException', `The repository with name '${name ?? ''}' does not exist in the registry with id '${registry.accountId}'`);
    return found;
  }

  list({ accountId, region }: Registry): RepositoryRecord[] {
    return this.#repositories.list(`${accountId}/${region}/`);
  }

  put(repository: RepositoryRecord): RepositoryRecord {
    this.#repositories.put(keyOf(repository), repository);
    return repository;
  }

  delete(repository: RepositoryRecord): void {
    for (const image of this.images(repository)) this.deleteImage(repository, image.digest);
    this.#repositories.delete(keyOf(repository));
  }

  images(repository: RepositoryRecord): ImageRecord[] {
    return this.#images.list(`${keyOf(repository)}:`);
  }

  image(repository: RepositoryRecord, digest: string): ImageRecord | undefined {
    return this.#images.get(`${keyOf(repository)}:${digest}`);
  }

  putImage(repository: RepositoryRecord, image: ImageRecord): void {
    this.#images.put(`${keyOf(repository)}:${image.digest}`, image);
  }

  deleteImage(repository: RepositoryRecord, digest: string): void {
    this.#images.delete(`${keyOf(repository)}:${digest}`);
  }

  rules({ accountId, region }: Registry): CacheRuleRecord[] {
    return this.#rules.list(`${accountId}/${region}/`);
  }

  putRule({ accountId, region }: Registry, rule: CacheRuleRecord): void {
    this.#rules.put(`${accountId}/${region}/${rule.ecrRepositoryPrefix ?? ''}`, rule);
  }

  deleteRule({ accountId, region }: Registry, prefix: string): void {
    this.#rules.delete(`${accountId}/${region}/${prefix}`);
  }

  settings({ accountId, region }: Registry): RegistrySettings {
    return this.#settings.get(`${accountId}/${region}`) ?? {};
  }

  putSettings({ accountId, region }: Registry, settings: RegistrySettings): void {
    this.#settings.put(`${accountId}/${region}`, settings);
  }

  /** Whether replication was ever set up in the account: then its service-linked role is there. */
  hasReplicated(accountId: string): boolean {
    return this.#settings.list(`${accountId}/`).some(({ replication }) => replication !== undefined);
  }
}

/** No name holds a colon, so that `a` is no beginning of `a/b`'s images. */
const keyOf = ({ accountId, region, name }: Pick<RepositoryRecord, 'accountId' | 'region' | 'name'>): string => `${accountId}/${region}/${name}`;

export const arnOf = ({ accountId, region }: Registry, name: string): string => `arn:aws:ecr:${region}:${accountId}:repository/${name}`;

export function repositoryView(record: RepositoryRecord): Repository {
  return {
    repositoryArn: arnOf(record, record.name),
    registryId: record.accountId,
    repositoryName: record.name,
    repositoryUri: `${record.accountId}.dkr.ecr.${record.region}.amazonaws.com/${record.name}`,
    createdAt: new Date(record.createdAt),
    imageTagMutability: record.mutability,
    ...(record.exclusions.length === 0 ? {} : { imageTagMutabilityExclusionFilters: [...record.exclusions] }),
    imageScanningConfiguration: { scanOnPush: record.scanOnPush },
    encryptionConfiguration: record.encryption,
  };
}
