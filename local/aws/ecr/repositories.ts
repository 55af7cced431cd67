import type {
  CreateRepositoryCommandInput,
  DeleteRepositoryCommandInput,
  DescribeRepositoriesCommandInput,
  EncryptionConfiguration,
  ImageTagMutability,
  ImageTagMutabilityExclusionFilter,
  PutImageScanningConfigurationCommandInput,
  PutImageTagMutabilityCommandInput,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { paged } from './pages.ts';
import { repositoryView } from './records.ts';
import type { EcrRecords } from './records.ts';
import { checkedTags } from './tags.ts';
import { checkLength, checkName, checkPattern, invalid, ownRegistry } from './validation.ts';

const MUTABILITIES: readonly string[] = ['MUTABLE', 'IMMUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'];
const EXCLUSIONS_MAX = 5;
const NAMES_MAX = 100;

export interface Around {
  /** What a quota of ECR comes to for the registry. */
  quota(where: { readonly accountId: string; readonly region: string }, code: string): number;
  /** The state of a key as KMS has it. */
  keyState(accountId: string, region: string, keyArn: string): 'Enabled' | 'Disabled' | 'PendingDeletion' | undefined;
}

export function repositoryOperations(records: EcrRecords, around: Around): Record<string, OperationHandler> {
  return {
    CreateRepository(input: CreateRepositoryCommandInput, call: Call) {
      const { accountId, region, now } = ownRegistry(input, call);
      const name = checkName(input.repositoryName);
      const record = {
        accountId,
        region,
        name,
        createdAt: now,
        ...mutabilityOf(input.imageTagMutability ?? 'MUTABLE', input.imageTagMutabilityExclusionFilters),
        scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
        encryption: encryptionOf(input.encryptionConfiguration, call, around),
        tags: checkedTags(input.tags),
      };
      if (records.find(call, name) !== undefined) throw new AwsError('RepositoryAlreadyExistsException', `The repository with name '${name}' already exists in the registry with id '${accountId}'`);
      const max = around.quota(call, 'L-CFEB8E8D');
      if (records.list(call).length >= max) throw new AwsError('LimitExceededException', `The maximum number of repositories (${max}) has been reached in the registry with id '${accountId}'`);
      return { repository: repositoryView(records.put(record)) };
    },

    DescribeRepositories(input: DescribeRepositoriesCommandInput, call: Call) {
      ownRegistry(input, call);
      checkLength('repositoryNames', input.repositoryNames, 1, NAMES_MAX);
      if (input.repositoryNames !== undefined) return { repositories: input.repositoryNames.map((name) => repositoryView(records.at(call, checkName(name)))) };
      const { items, ...rest } = paged(records.list(call), input);
      return { repositories: items.map(repositoryView), ...rest };
    },

    DeleteRepository(input: DeleteRepositoryCommandInput, call: Call) {
      const repository = records.at(ownRegistry(input, call), checkName(input.repositoryName));
      if (input.force !== true && records.images(repository).length > 0)
        throw new AwsError('RepositoryNotEmptyException', `The repository with name '${repository.name}' in registry with id '${call.accountId}' cannot be deleted because it still contains images`);
      records.delete(repository);
      return { repository: repositoryView(repository) };
    },

    PutImageTagMutability(input: PutImageTagMutabilityCommandInput, call: Call) {
      const repository = records.at(ownRegistry(input, call), checkName(input.repositoryName));
      const { mutability, exclusions } = mutabilityOf(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
      records.put({ ...repository, mutability, exclusions });
      return { registryId: call.accountId, repositoryName: repository.name, imageTagMutability: mutability, ...(exclusions.length === 0 ? {} : { imageTagMutabilityExclusionFilters: exclusions }) };
    },

    PutImageScanningConfiguration(input: PutImageScanningConfigurationCommandInput, call: Call) {
      const repository = records.at(ownRegistry(input, call), checkName(input.repositoryName));
      const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
      records.put({ ...repository, scanOnPush });
      return { registryId: call.accountId, repositoryName: repository.name, imageScanningConfiguration: { scanOnPush } };
    },
  };
}

/** Filters belong to the forms with exclusions, and those take at least one. Source: ECR user guide, "Preventing image tags from being overwritten". */
function mutabilityOf(mutability: ImageTagMutability | undefined, filters: readonly ImageTagMutabilityExclusionFilter[] | undefined): { mutability: ImageTagMutability; exclusions: ImageTagMutabilityExclusionFilter[] } {
  if (mutability === undefined || !MUTABILITIES.includes(mutability)) throw invalid('imageTagMutability', `Member must satisfy enum value set: [${MUTABILITIES.join(', ')}]`);
  const withExclusion = mutability.endsWith('_WITH_EXCLUSION');
  checkLength('imageTagMutabilityExclusionFilters', filters, 1, EXCLUSIONS_MAX);
  if (withExclusion !== (filters !== undefined)) throw invalid('imageTagMutabilityExclusionFilters', `Exclusion filters go with IMMUTABLE_WITH_EXCLUSION and MUTABLE_WITH_EXCLUSION, and not with ${mutability} as given`);
  for (const { filterType, filter } of filters ?? []) {
    if (filterType !== 'WILDCARD') throw invalid('filterType', 'Member must satisfy enum value set: [WILDCARD]');
    checkPattern('filter', filter, /^[0-9a-zA-Z._*-]{1,128}$/);
  }
  return { mutability, exclusions: (filters ?? []).map(({ filterType, filter }) => ({ filterType, filter })) };
}

function encryptionOf(asked: EncryptionConfiguration | undefined, { accountId, region }: Call, around: Around): EncryptionConfiguration {
  const { encryptionType, kmsKey } = asked ?? { encryptionType: 'AES256' };
  if (encryptionType === 'AES256') {
    if (kmsKey !== undefined) throw invalid('encryptionConfiguration', 'A KMS key is only for the encryption types KMS and KMS_DSSE');
    return { encryptionType };
  }
  if (encryptionType !== 'KMS' && encryptionType !== 'KMS_DSSE') throw invalid('encryptionType', 'Member must satisfy enum value set: [AES256, KMS, KMS_DSSE]');
  // ECR's own key, aws/ecr, which KMS makes at the first use.
  if (kmsKey === undefined) return { encryptionType, kmsKey: `arn:aws:kms:${region}:${accountId}:alias/aws/ecr` };
  const owner = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):key\//.exec(kmsKey);
  if (owner === null) throw new AwsError('NotImplemented', 'The simulated AWS takes the KMS key of a repository by its ARN.', 501);
  const state = owner[1] === region ? around.keyState(owner[2] ?? '', region, kmsKey) : undefined;
  if (state !== 'Enabled') throw new AwsError('KmsException', state === undefined ? `Key '${kmsKey}' does not exist` : `${kmsKey} is ${state === 'Disabled' ? 'disabled' : 'pending deletion'}.`);
  return { encryptionType, kmsKey };
}
