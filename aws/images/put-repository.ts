import {
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  type ECRClient,
  type ImageTagMutability,
  type ImageTagMutabilityExclusionFilter,
  type Repository as FoundRepository,
} from '@aws-sdk/client-ecr';
import { lifecyclePolicy } from '../../domain/images/lifecycle-policy.ts';
import { withPullAccounts } from '../../domain/images/pull-policy.ts';
import { OWNER_TAG, repositoryArn, tagsOf, type Repository, type RepositoryMade } from '../../domain/images/repository.ts';
import { same } from '../../domain/json-equal.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { nameOf } from '../eks/errors.ts';
import { refusalOf } from './refused.ts';

/** Brings a repository to what is wished of it, setting by setting, each only where it differs: harmless to repeat, and it mends what others changed. */
export async function putRepository(client: ECRClient, repository: Repository): Promise<{ made: RepositoryMade; refusal?: Refusal }> {
  let made = repository.made;
  try {
    const found = await madeOrFound(client, repository);
    if ('kind' in found) return { made, refusal: found };
    made = { ...made, exists: true };
    await putMutability(client, repository, found);
    if (found.imageScanningConfiguration?.scanOnPush !== repository.wanted.scanOnPush)
      await client.send(new PutImageScanningConfigurationCommand({ repositoryName: repository.name, imageScanningConfiguration: { scanOnPush: repository.wanted.scanOnPush } }));
    await putLifecycle(client, repository);
    const refusal = await putPolicy(client, repository);
    return { made, ...(refusal === undefined ? {} : { refusal }) };
  } catch (error) {
    const refusal = refusalOf(repository.accountId, error);
    if (refusal === undefined) throw error;
    return { made, refusal };
  }
}

/** Deletes a repository of ours. One that is not there, or is another's by now, counts as gone. */
export async function removeRepository(client: ECRClient, repository: Repository): Promise<'gone' | Refusal> {
  const { name: repositoryName, asked } = repository;
  const found = await find(client, repositoryName);
  if (found === undefined || !(await isOurs(client, repository))) return 'gone';
  try {
    await client.send(new DeleteRepositoryCommand({ repositoryName, force: asked.force === true }));
    return 'gone';
  } catch (error) {
    if (nameOf(error) === 'RepositoryNotFoundException') return 'gone';
    if (nameOf(error) !== 'RepositoryNotEmptyException') throw error;
    return refuse('repository-not-empty', `The repository ${repositoryName} has images.`, { remedy: 'Ask again with ?force=true&reason= to delete it with its images.' });
  }
}

async function find(client: ECRClient, name: string): Promise<FoundRepository | undefined> {
  return unless('RepositoryNotFoundException', async () => (await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))).repositories?.[0]);
}

async function madeOrFound(client: ECRClient, repository: Repository): Promise<FoundRepository | Refusal> {
  const found = (await find(client, repository.name)) ?? (await create(client, repository)) ?? (await find(client, repository.name));
  if (found === undefined) return refuse('repository-not-in-account', `The repository ${repository.name} was deleted by another while it was made.`, { remedy: 'Ask again.' });
  const asWished = found.encryptionConfiguration?.encryptionType === repository.wanted.encryption.type;
  if (asWished && (await isOurs(client, repository))) return found;
  return refuse('repository-exists', `There is a repository ${repository.name} in ${repository.accountId}, ${repository.region} that Slipway did not make.`, {
    remedy: 'Choose another name. What others made is never taken over.',
  });
}

/** Undefined when another was first. */
async function create(client: ECRClient, repository: Repository): Promise<FoundRepository | undefined> {
  const { name, wanted } = repository;
  const { mutability, filters } = mutabilityOf(repository);
  const { type, kmsKeyArn } = wanted.encryption;
  return unless('RepositoryAlreadyExistsException', async () => {
    const answer = await client.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: mutability,
        ...(filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters }),
        imageScanningConfiguration: { scanOnPush: wanted.scanOnPush },
        encryptionConfiguration: { encryptionType: type, ...(kmsKeyArn === undefined ? {} : { kmsKey: kmsKeyArn }) },
        tags: Object.entries(tagsOf(repository)).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return answer.repository;
  });
}

/** By the tag that only we set. */
async function isOurs(client: ECRClient, repository: Repository): Promise<boolean> {
  const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn(repository) }));
  return tags.some(({ Key, Value }) => Key === OWNER_TAG && Value === tagsOf(repository)[OWNER_TAG]);
}

function mutabilityOf({ wanted }: Repository): { mutability: ImageTagMutability; filters: ImageTagMutabilityExclusionFilter[] } {
  const filters = wanted.immutabilityExcept.map((filter) => ({ filterType: 'WILDCARD' as const, filter }));
  return { mutability: filters.length === 0 ? wanted.immutability : `${wanted.immutability}_WITH_EXCLUSION`, filters };
}

async function putMutability(client: ECRClient, repository: Repository, found: FoundRepository): Promise<void> {
  const { mutability, filters } = mutabilityOf(repository);
  const present = (found.imageTagMutabilityExclusionFilters ?? []).map(({ filter }) => filter);
  if (found.imageTagMutability === mutability && same(present, filters.map(({ filter }) => filter))) return;
  await client.send(new PutImageTagMutabilityCommand({ repositoryName: repository.name, imageTagMutability: mutability, ...(filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters }) }));
}

async function putLifecycle(client: ECRClient, { name: repositoryName, wanted }: Repository): Promise<void> {
  const text = (await unless('LifecyclePolicyNotFoundException', () => client.send(new GetLifecyclePolicyCommand({ repositoryName }))))?.lifecyclePolicyText;
  if (wanted.lifecycle === null) {
    if (text !== undefined) await client.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
    return;
  }
  const policy = lifecyclePolicy(wanted.lifecycle);
  if (text !== undefined && same(JSON.parse(text), policy)) return;
  await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: JSON.stringify(policy) }));
}

async function putPolicy(client: ECRClient, { name: repositoryName, wanted }: Repository): Promise<Refusal | undefined> {
  const present = (await unless('RepositoryPolicyNotFoundException', () => client.send(new GetRepositoryPolicyCommand({ repositoryName }))))?.policyText;
  const policy = withPullAccounts(present, wanted.pullAccounts);
  if (policy === 'unreadable') return refuse('ecr-refused', `The policy of the repository ${repositoryName} is no policy document that can be added to.`);
  if (policy === 'none') await client.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
  else if (policy !== 'same') await client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText: policy.set }));
  return undefined;
}

/** What the call answers; undefined when ECR says that name. */
async function unless<T>(name: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (nameOf(error) === name) return undefined;
    throw error;
  }
}
