import { DescribeImagesCommand, type ECRClient, type ImageDetail } from '@aws-sdk/client-ecr';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { RegistryLook, RepositoryUsage } from '../../domain/images/usage.ts';
import { nameOf } from '../eks/errors.ts';

/** ECR tells of so many images in a call (source: ECR API reference, DescribeImages). */
const PAGE_IMAGES = 1000;
/** Repositories that are looked at at the same time. */
const AT_ONCE_MAX = 8;
/** "Images per repository" (source: ECR user guide, Amazon ECR service quotas). */
const IMAGES_QUOTA = 'L-03A36CE1';

export async function look(client: ECRClient, quotas: ServiceQuotasClient, names: readonly string[], pagesMax: number): Promise<Omit<RegistryLook, 'observedAt'>> {
  const imagesMax = quotaOf(quotas);
  const repositories: Record<string, RepositoryUsage | 'absent'> = {};
  for (let start = 0; start < names.length; start += AT_ONCE_MAX) {
    const some = names.slice(start, start + AT_ONCE_MAX);
    for (const [name, usage] of await Promise.all(some.map(async (one) => [one, await usageOf(client, one, pagesMax)] as const))) repositories[name] = usage;
  }
  const max = await imagesMax;
  return { repositories, ...(max === undefined ? {} : { imagesMax: max }) };
}

async function usageOf(client: ECRClient, repositoryName: string, pagesMax: number): Promise<RepositoryUsage | 'absent'> {
  const seen: ImageDetail[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < pagesMax; page += 1) {
      const answer = await client.send(new DescribeImagesCommand({ repositoryName, maxResults: PAGE_IMAGES, ...(nextToken === undefined ? {} : { nextToken }) }));
      seen.push(...(answer.imageDetails ?? []));
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
  } catch (error) {
    if (nameOf(error) === 'RepositoryNotFoundException') return 'absent';
    throw error;
  }
  const last = seen.reduce((latest, { imagePushedAt }) => Math.max(latest, imagePushedAt?.getTime() ?? 0), 0);
  return {
    images: seen.length,
    bytes: seen.reduce((sum, { imageSizeInBytes }) => sum + (imageSizeInBytes ?? 0), 0),
    ...(last === 0 ? {} : { lastPushedAt: new Date(last).toISOString() }),
    complete: nextToken === undefined,
  };
}

/** Unknown when it cannot be looked at: a default would be a guess. */
async function quotaOf(quotas: ServiceQuotasClient): Promise<number | undefined> {
  try {
    return (await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ecr', QuotaCode: IMAGES_QUOTA }))).Quota?.Value;
  } catch {
    return undefined;
  }
}
