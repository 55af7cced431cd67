import { DescribeImagesCommand, GetLifecyclePolicyPreviewCommand, StartLifecyclePolicyPreviewCommand, type ECRClient, type GetLifecyclePolicyPreviewCommandOutput, type LifecyclePolicyPreviewResult } from '@aws-sdk/client-ecr';
import type { LifecyclePolicy } from '../../domain/images/lifecycle-policy.ts';
import type { LifecyclePreview } from '../../domain/images/preview.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { nameOf } from '../eks/errors.ts';

/** A preview takes some seconds: looks at it, and the waits between them, which together stay under what the API waits. */
const LOOKS_MAX = 8;
const STARTS_MAX = 3;
const FIRST_WAIT_MS = 200;
const WAIT_MS_MAX = 2_500;
/** ECR tells of so many images in a page of a preview, and takes so many by name (source: ECR API reference). */
const PAGE_IMAGES = 100;
const PAGES_MAX = 20;
const ITEMS_MAX = 100;

/** ECR's own dry run of a policy: what it would expire, and how large that is. Nothing is expired by it. */
export async function previewLifecycle(client: ECRClient, repositoryName: string, policy: LifecyclePolicy): Promise<Omit<LifecyclePreview, 'observedAt'> | Refusal> {
  const started = await start(client, repositoryName, JSON.stringify(policy));
  if (started !== undefined) return started;
  const first = await complete(client, repositoryName);
  if (first === undefined) return refuse('account-unreachable', `ECR has not ended the preview of ${repositoryName} in time.`, { remedy: 'Ask again in a minute.' });
  if (first.status === 'FAILED') return refuse('ecr-refused', `ECR could not make the preview of ${repositoryName}.`, { remedy: 'Ask again.' });
  const { results, all } = await allResults(client, repositoryName, first);
  const sizes = await sizesOf(client, repositoryName, results);
  const items = results.map(({ imageDigest = '', imageTags = [], imagePushedAt, appliedRulePriority = 0 }) => ({
    digest: imageDigest,
    tags: imageTags,
    pushedAt: imagePushedAt?.toISOString() ?? '',
    bytes: sizes.get(imageDigest) ?? 0,
    rulePriority: appliedRulePriority,
  }));
  items.sort((a, b) => (a.pushedAt < b.pushedAt ? -1 : a.pushedAt > b.pushedAt ? 1 : 0));
  return { images: first.summary?.expiringImageTotalCount ?? items.length, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0), complete: all, items: items.slice(0, ITEMS_MAX) };
}

/** Another preview that runs is waited for: this one is asked for afterwards. */
async function start(client: ECRClient, repositoryName: string, lifecyclePolicyText: string): Promise<Refusal | undefined> {
  for (let look = 0; look < STARTS_MAX; look += 1) {
    try {
      await client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName, lifecyclePolicyText }));
      return undefined;
    } catch (error) {
      if (nameOf(error) === 'RepositoryNotFoundException') return refuse('repository-not-in-account', `ECR has no repository ${repositoryName}.`, { remedy: 'PATCH the repository to have it made anew.' });
      if (nameOf(error) !== 'LifecyclePolicyPreviewInProgressException') throw error;
      // The other's end is not ours to see but by asking; the answer is not used.
      await client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, maxResults: 1 }));
    }
    await wait(look);
  }
  return refuse('account-unreachable', `Another preview of ${repositoryName} is still running.`, { remedy: 'Ask again in a minute.' });
}

async function complete(client: ECRClient, repositoryName: string): Promise<GetLifecyclePolicyPreviewCommandOutput | undefined> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const answer = await client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, maxResults: PAGE_IMAGES }));
    if (answer.status !== 'IN_PROGRESS') return answer;
    await wait(look);
  }
  return undefined;
}

async function allResults(client: ECRClient, repositoryName: string, first: GetLifecyclePolicyPreviewCommandOutput): Promise<{ results: LifecyclePolicyPreviewResult[]; all: boolean }> {
  const results = [...(first.previewResults ?? [])];
  let { nextToken } = first;
  for (let page = 1; page < PAGES_MAX && nextToken !== undefined; page += 1) {
    const answer: GetLifecyclePolicyPreviewCommandOutput = await client.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, maxResults: PAGE_IMAGES, nextToken }));
    results.push(...(answer.previewResults ?? []));
    nextToken = answer.nextToken;
  }
  return { results: results.filter(({ action }) => action?.type !== 'TRANSITION'), all: nextToken === undefined };
}

async function sizesOf(client: ECRClient, repositoryName: string, results: readonly LifecyclePolicyPreviewResult[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const digests = results.flatMap(({ imageDigest }) => (imageDigest === undefined ? [] : [{ imageDigest }]));
  for (let place = 0; place < digests.length; place += PAGE_IMAGES) {
    const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds: digests.slice(place, place + PAGE_IMAGES) }));
    for (const { imageDigest = '', imageSizeInBytes = 0 } of imageDetails) sizes.set(imageDigest, imageSizeInBytes);
  }
  return sizes;
}

/** Real time also on the rehearsal stage: it is an answer that is waited for. */
function wait(look: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** look)));
}
