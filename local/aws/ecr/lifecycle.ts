import type { DeleteLifecyclePolicyCommandInput, GetLifecyclePolicyCommandInput, GetLifecyclePolicyPreviewCommandInput, PutLifecyclePolicyCommandInput, StartLifecyclePolicyPreviewCommandInput } from '@aws-sdk/client-ecr';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { expiring, parseLifecycle } from './lifecycle-rules.ts';
import { paged } from './pages.ts';
import type { EcrRecords, PreviewedImage, RepositoryRecord } from './records.ts';
import { checkLength, checkName, ownRegistry } from './validation.ts';

/** ECR applies a policy within so long after an image has met it (source: ECR user guide, lifecycle policies); here once in that time. */
export const APPLIED_EVERY_HOURS = 24;
const HOUR_MS = 3_600_000;
const TEXT_MIN = 100;
const TEXT_MAX = 30_720;
const PREVIEW_PAGE_MAX = 100;

/** What the policy has expired by now goes, before anybody sees the repository again. */
export function applyLifecycle(records: EcrRecords, repository: RepositoryRecord, now: number): void {
  const { lifecycle, evaluatedAt } = repository;
  if (lifecycle === undefined || evaluatedAt === undefined || now - evaluatedAt < APPLIED_EVERY_HOURS * HOUR_MS) return;
  for (const { digest } of expiring(parseLifecycle(lifecycle), records.images(repository), now)) records.deleteImage(repository, digest);
  records.put({ ...repository, evaluatedAt: now });
}

export function lifecycleOperations(records: EcrRecords): Record<string, OperationHandler> {
  const at = (input: { readonly registryId?: string | undefined; readonly repositoryName?: string | undefined }, call: Call): RepositoryRecord => records.at(ownRegistry(input, call), checkName(input.repositoryName));

  function policyOf(repository: RepositoryRecord): string {
    if (repository.lifecycle !== undefined) return repository.lifecycle;
    throw new AwsError('LifecyclePolicyNotFoundException', `Lifecycle policy does not exist for the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`);
  }

  return {
    PutLifecyclePolicy(input: PutLifecyclePolicyCommandInput, call: Call) {
      const repository = at(input, call);
      const text = checkedText(input.lifecyclePolicyText);
      records.put({ ...repository, lifecycle: text, evaluatedAt: call.now });
      return { ...named(repository), lifecyclePolicyText: text };
    },
    GetLifecyclePolicy(input: GetLifecyclePolicyCommandInput, call: Call) {
      const repository = at(input, call);
      return { ...named(repository), lifecyclePolicyText: policyOf(repository), lastEvaluatedAt: new Date(repository.evaluatedAt ?? repository.createdAt) };
    },
    DeleteLifecyclePolicy(input: DeleteLifecyclePolicyCommandInput, call: Call) {
      const { lifecycle: _lifecycle, evaluatedAt, ...repository } = at(input, call);
      const text = policyOf({ ...repository, ...(_lifecycle === undefined ? {} : { lifecycle: _lifecycle }) });
      records.put(repository);
      return { ...named(repository), lifecyclePolicyText: text, lastEvaluatedAt: new Date(evaluatedAt ?? repository.createdAt) };
    },
    StartLifecyclePolicyPreview(input: StartLifecyclePolicyPreviewCommandInput, call: Call) {
      const repository = at(input, call);
      const text = input.lifecyclePolicyText === undefined ? policyOf(repository) : checkedText(input.lifecyclePolicyText);
      if (repository.preview?.seen === false) {
        throw new AwsError('LifecyclePolicyPreviewInProgressException', `The previous lifecycle policy preview request of the repository with name '${repository.name}' has not completed. Wait and try again.`);
      }
      records.put({ ...repository, preview: { text, results: expiring(parseLifecycle(text), records.images(repository), call.now), seen: false } });
      return { ...named(repository), lifecyclePolicyText: text, status: 'IN_PROGRESS' };
    },
    GetLifecyclePolicyPreview(input: GetLifecyclePolicyPreviewCommandInput, call: Call) {
      const repository = at(input, call);
      const { preview } = repository;
      if (preview === undefined) {
        throw new AwsError('LifecyclePolicyPreviewNotFoundException', `There is no dry run for the repository with name '${repository.name}' in the registry with id '${call.accountId}'`);
      }
      const about = { ...named(repository), lifecyclePolicyText: preview.text };
      // A preview takes some seconds on AWS. Here it is in progress until it has been looked at once: nobody can skip the wait, whatever the speed of time.
      if (!preview.seen) {
        records.put({ ...repository, preview: { ...preview, seen: true } });
        return { ...about, status: 'IN_PROGRESS' };
      }
      const { items, ...rest } = paged(preview.results.filter((result) => fits(result, input)), input, PREVIEW_PAGE_MAX);
      return { ...about, status: 'COMPLETE', previewResults: items.map(resultView), summary: { expiringImageTotalCount: preview.results.length }, ...rest };
    },
  };
}

function checkedText(text: string | undefined): string {
  checkLength('lifecyclePolicyText', text ?? '', TEXT_MIN, TEXT_MAX);
  parseLifecycle(text ?? '');
  return text ?? '';
}

function fits({ digest, tags }: PreviewedImage, { imageIds, filter }: GetLifecyclePolicyPreviewCommandInput): boolean {
  const wanted = imageIds === undefined || imageIds.some(({ imageDigest, imageTag }) => imageDigest === digest || (imageTag !== undefined && tags.includes(imageTag)));
  return wanted && (filter?.tagStatus === undefined || filter.tagStatus === 'ANY' || (filter.tagStatus === 'TAGGED') === tags.length > 0);
}

function resultView({ digest, tags, pushedAt, rulePriority }: PreviewedImage): object {
  return { imageDigest: digest, ...(tags.length === 0 ? {} : { imageTags: [...tags] }), imagePushedAt: new Date(pushedAt), action: { type: 'EXPIRE' }, appliedRulePriority: rulePriority };
}

const named = ({ accountId, name }: RepositoryRecord): { registryId: string; repositoryName: string } => ({ registryId: accountId, repositoryName: name });
