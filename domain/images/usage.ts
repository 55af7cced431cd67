import type { Repository } from './repository.ts';

/** What a look into ECR saw of a repository's images. */
export interface RepositoryUsage {
  readonly images: number;
  /** As ECR tells it: layers that images share count with each. */
  readonly bytes: number;
  /** Of the images that were looked at. RFC 3339. */
  readonly lastPushedAt?: string | undefined;
  /** False: there are more images than were looked at, and the numbers are of those that were. */
  readonly complete: boolean;
}

export interface RegistryLook {
  readonly observedAt: string;
  /** Images that a repository may have; undefined when the quota could not be looked at. */
  readonly imagesMax?: number | undefined;
  readonly repositories: Readonly<Record<string, RepositoryUsage | 'absent'>>;
}

export interface Warning {
  readonly code: 'near-image-limit' | 'no-lifecycle' | 'replicates-by-prefix' | 'cache-not-refreshed' | 'repository-missing';
  readonly message: string;
}

/** From this share of the quota on there is a warning. */
const NEAR_SHARE = 0.8;

export function warningsOf({ name, wanted, state }: Repository, usage: RepositoryUsage | 'absent' | undefined, imagesMax: number | undefined): Warning[] {
  const warnings: Warning[] = [];
  if (usage === 'absent' && state === 'Active') warnings.push({ code: 'repository-missing', message: 'ECR has no such repository any more. A PATCH makes it anew, without its images; a DELETE forgets it.' });
  if (usage !== undefined && usage !== 'absent' && imagesMax !== undefined && usage.images >= imagesMax * NEAR_SHARE) {
    const share = Math.floor((usage.images / imagesMax) * 100);
    warnings.push({ code: 'near-image-limit', message: `${usage.images} of ${imagesMax} images, ${share} %. At the limit ECR refuses every push: tighten the lifecycle rules, or have the quota "Images per repository" raised.` });
  }
  if (wanted.lifecycle === null) warnings.push({ code: 'no-lifecycle', message: 'There are no lifecycle rules: images stay for ever, and are paid for.' });
  if (wanted.replicateTo.length > 0) warnings.push({ code: 'replicates-by-prefix', message: `ECR replicates by the beginning of names: every repository of the registry whose name begins with ${name} is replicated too.` });
  if (wanted.pullThrough !== undefined && wanted.immutability === 'IMMUTABLE') warnings.push({ code: 'cache-not-refreshed', message: 'Tags are immutable: ECR cannot bring a cached image up to date under the tag that it has.' });
  return warnings;
}
