import { createHash } from 'node:crypto';
import type { BatchDeleteImageCommandInput, BatchGetImageCommandInput, DescribeImagesCommandInput, ImageDetail, ImageFailure, ImageIdentifier, ListImagesCommandInput, PutImageCommandInput } from '@aws-sdk/client-ecr';
import * as z from 'zod';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { wildcard } from './lifecycle-rules.ts';
import { paged } from './pages.ts';
import type { EcrRecords, ImageRecord, RepositoryRecord } from './records.ts';
import type { Around } from './repositories.ts';
import { checkLength, checkName, invalid, ownRegistry } from './validation.ts';

const IDS_MAX = 100;
const TAGS_MAX = 1000;

const Part = z.object({ digest: z.string().optional(), size: z.number().min(0).optional(), mediaType: z.string().optional() });
const Manifest = z.object({
  schemaVersion: z.number(),
  mediaType: z.string().optional(),
  config: Part.optional(),
  layers: z.array(Part).optional(),
  manifests: z.array(Part).optional(),
});

/** Images that are pushed by their manifests. Layers count as uploaded: nothing here holds their bytes. */
export function imageOperations(records: EcrRecords, around: Around): Record<string, OperationHandler> {
  const at = (input: { readonly registryId?: string | undefined; readonly repositoryName?: string | undefined }, call: Call): RepositoryRecord => records.at(ownRegistry(input, call), checkName(input.repositoryName));

  return {
    PutImage(input: PutImageCommandInput, call: Call) {
      const repository = at(input, call);
      const pushed = imageOf(input, call.now, records.images(repository));
      const before = records.image(repository, pushed.digest);
      const { imageTag } = input;
      checkPush(repository, records, pushed, before, imageTag);
      const max = around.quota(call, 'L-03A36CE1');
      if (before === undefined && records.images(repository).length >= max)
        throw new AwsError('LimitExceededException', `The repository with name '${repository.name}' in registry with id '${call.accountId}' already has the maximum number of images allowed, ${max}`);
      const former = imageTag === undefined ? undefined : records.images(repository).find(({ tags }) => tags.includes(imageTag));
      if (former !== undefined) records.putImage(repository, { ...former, tags: former.tags.filter((tag) => tag !== imageTag) });
      const tags = [...(before?.tags ?? []), ...(imageTag === undefined ? [] : [imageTag])];
      if (tags.length > TAGS_MAX) throw new AwsError('LimitExceededException', `An image has at most ${TAGS_MAX} tags.`);
      records.putImage(repository, { ...(before ?? pushed), tags });
      return { image: imageView(repository, pushed, { imageDigest: pushed.digest, ...(imageTag === undefined ? {} : { imageTag }) }) };
    },

    ListImages(input: ListImagesCommandInput, call: Call) {
      const repository = at(input, call);
      const ids = records.images(repository).flatMap(({ digest, tags }): ImageIdentifier[] => (tags.length === 0 ? [{ imageDigest: digest }] : tags.map((imageTag) => ({ imageDigest: digest, imageTag }))));
      const { items, ...rest } = paged(ids.filter(({ imageTag }) => fits(input.filter?.tagStatus, imageTag !== undefined)), input);
      return { imageIds: items, ...rest };
    },

    DescribeImages(input: DescribeImagesCommandInput, call: Call) {
      const repository = at(input, call);
      checkLength('imageIds', input.imageIds, 1, IDS_MAX);
      if (input.imageIds !== undefined) return { imageDetails: input.imageIds.map((id) => detail(repository, named(records, repository, id))) };
      const { items, ...rest } = paged(records.images(repository).filter(({ tags }) => fits(input.filter?.tagStatus, tags.length > 0)), input);
      return { imageDetails: items.map((image) => detail(repository, image)), ...rest };
    },

    BatchDeleteImage(input: BatchDeleteImageCommandInput, call: Call) {
      const repository = at(input, call);
      checkLength('imageIds', input.imageIds, 1, IDS_MAX);
      const answers = (input.imageIds ?? []).map((id) => deleteOne(records, repository, id));
      return { imageIds: answers.flatMap(({ deleted }) => deleted ?? []), failures: answers.flatMap(({ failure }) => (failure === undefined ? [] : [failure])) };
    },

    BatchGetImage(input: BatchGetImageCommandInput, call: Call) {
      // The one operation that reaches into another account's registry: see `beforehand`, where that account's policy was asked.
      const repository = records.at({ accountId: input.registryId ?? call.accountId, region: call.region }, checkName(input.repositoryName));
      checkLength('imageIds', input.imageIds, 1, IDS_MAX);
      const answers = (input.imageIds ?? []).map((id) => ({ id, image: find(records, repository, id) }));
      return {
        images: answers.flatMap(({ id, image }) => (image === undefined ? [] : [imageView(repository, image, { ...id, imageDigest: image.digest })])),
        failures: answers.flatMap(({ id, image }) => (image === undefined ? [failed(id, 'ImageNotFound', 'Requested image not found')] : [])),
      };
    },
  };
}

function imageOf(input: PutImageCommandInput, now: number, others: readonly ImageRecord[]): ImageRecord {
  const text = input.imageManifest ?? '';
  const manifest = Manifest.safeParse(json(text));
  if (!manifest.success) throw invalid('ImageManifest', 'Invalid JSON syntax');
  if (manifest.data.schemaVersion !== 2) throw new AwsError('NotImplemented', 'The simulated AWS takes image manifests of schema version 2 only.', 501);
  const mediaType = input.imageManifestMediaType ?? manifest.data.mediaType;
  if (mediaType === undefined) throw invalid('imageManifestMediaType', 'The media type is neither in the manifest nor in the request');
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (input.imageDigest !== undefined && input.imageDigest !== digest) throw new AwsError('ImageDigestDoesNotMatchException', `The specified image digest ${input.imageDigest} does not match the digest calculated from the manifest, ${digest}`);
  const { config, layers = [], manifests } = manifest.data;
  const lists = (manifests ?? []).map((one) => one.digest ?? '');
  const missing = lists.filter((one) => !others.some((other) => other.digest === one));
  if (missing.length > 0) throw new AwsError('ReferencedImagesNotFoundException', `The images with digests ${missing.join(', ')} that the manifest list refers to do not exist in the repository`);
  const own = [...(config === undefined ? [] : [config]), ...layers].reduce((sum, { size = 0 }) => sum + size, 0);
  // Of a list of manifests ECR tells the largest (source: ECR API reference, ImageDetail).
  const bytes = manifests === undefined ? own : Math.max(0, ...others.filter((other) => lists.includes(other.digest)).map((other) => other.bytes));
  return { digest, manifest: text, mediaType, ...(config?.mediaType === undefined ? {} : { artifactMediaType: config.mediaType }), bytes, pushedAt: now, tags: [], lists };
}

function checkPush(repository: RepositoryRecord, records: EcrRecords, pushed: ImageRecord, before: ImageRecord | undefined, tag: string | undefined): void {
  checkLength('imageTag', tag, 1, 300);
  if (before !== undefined && (tag === undefined || before.tags.includes(tag)))
    throw new AwsError('ImageAlreadyExistsException', `Image with digest '${pushed.digest}' and tag '${tag ?? ''}' already exists in the repository with name '${repository.name}' in registry with id '${repository.accountId}'`);
  if (tag === undefined || !isImmutable(repository, tag)) return;
  if (records.images(repository).some(({ tags }) => tags.includes(tag)))
    throw new AwsError('ImageTagAlreadyExistsException', `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`);
}

function isImmutable({ mutability, exclusions }: RepositoryRecord, tag: string): boolean {
  const excluded = exclusions.some(({ filter = '' }) => wildcard(filter).test(tag));
  return mutability.startsWith('IMMUTABLE') !== excluded;
}

function find(records: EcrRecords, repository: RepositoryRecord, { imageDigest, imageTag }: ImageIdentifier): ImageRecord | undefined {
  const image = imageDigest === undefined ? records.images(repository).find(({ tags }) => imageTag !== undefined && tags.includes(imageTag)) : records.image(repository, imageDigest);
  return image === undefined || (imageTag !== undefined && !image.tags.includes(imageTag)) ? undefined : image;
}

function named(records: EcrRecords, repository: RepositoryRecord, id: ImageIdentifier): ImageRecord {
  const image = find(records, repository, id);
  if (image !== undefined) return image;
  const written = `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
  throw new AwsError('ImageNotFoundException', `The image with imageId ${written} does not exist within the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`);
}

/** By its digest an image goes with all its tags; by a tag the tag goes, and the image with its last one. Source: ECR API reference, BatchDeleteImage. */
function deleteOne(records: EcrRecords, repository: RepositoryRecord, id: ImageIdentifier): { deleted?: ImageIdentifier[]; failure?: ImageFailure } {
  if (id.imageDigest === undefined && id.imageTag === undefined) return { failure: failed(id, 'MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null') };
  const image = find(records, repository, id);
  if (image === undefined) return { failure: failed(id, 'ImageNotFound', 'Requested image not found') };
  const left = id.imageTag === undefined ? [] : image.tags.filter((tag) => tag !== id.imageTag);
  if (left.length > 0) {
    records.putImage(repository, { ...image, tags: left });
    return { deleted: [{ imageDigest: image.digest, imageTag: id.imageTag }] };
  }
  if (records.images(repository).some(({ lists }) => lists.includes(image.digest))) return { failure: failed(id, 'ImageReferencedByManifestList', 'Requested image referenced by manifest list') };
  records.deleteImage(repository, image.digest);
  return { deleted: image.tags.length === 0 ? [{ imageDigest: image.digest }] : image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag })) };
}

function failed(imageId: ImageIdentifier, failureCode: NonNullable<ImageFailure['failureCode']>, failureReason: string): ImageFailure {
  return { imageId, failureCode, failureReason };
}

function fits(tagStatus: string | undefined, isTagged: boolean): boolean {
  return tagStatus === undefined || tagStatus === 'ANY' || (tagStatus === 'TAGGED') === isTagged;
}

function detail({ accountId, name }: RepositoryRecord, image: ImageRecord): ImageDetail {
  return {
    registryId: accountId,
    repositoryName: name,
    imageDigest: image.digest,
    ...(image.tags.length === 0 ? {} : { imageTags: [...image.tags] }),
    imageSizeInBytes: image.bytes,
    imagePushedAt: new Date(image.pushedAt),
    imageManifestMediaType: image.mediaType,
    ...(image.artifactMediaType === undefined ? {} : { artifactMediaType: image.artifactMediaType }),
    imageStatus: 'ACTIVE',
  };
}

function imageView({ accountId, name }: RepositoryRecord, { manifest, mediaType }: ImageRecord, imageId: ImageIdentifier): object {
  return { registryId: accountId, repositoryName: name, imageId, imageManifest: manifest, imageManifestMediaType: mediaType };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
