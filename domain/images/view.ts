import * as z from 'zod';
import type { LifecyclePolicy } from './lifecycle-policy.ts';
import type { LifecyclePreview } from './preview.ts';
import { repositoryArn, repositoryUri, REPOSITORY_STATES, type Repository } from './repository.ts';
import { warningsOf, type RegistryLook } from './usage.ts';

/** What clients are told of repositories. */

const Time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const LifecycleView = z.strictObject({
  untaggedDays: z.int().optional(),
  keepTagged: z.array(z.strictObject({ prefixes: z.array(z.string()), keepLast: z.int().optional(), days: z.int().optional() })).optional(),
  keepLast: z.int().optional(),
});

export const RepositoryView = z
  .strictObject({
    name: z.string(),
    accountId: z.string(),
    region: z.string(),
    arn: z.string(),
    uri: z.string().meta({ description: 'What `docker pull` and manifests are given, with a tag or a digest.' }),
    team: z.string().optional(),
    state: z.enum(REPOSITORY_STATES),
    message: z.string().optional().meta({ description: 'Why it is not as it was asked for, when `Failed`.' }),
    immutability: z.enum(['IMMUTABLE', 'MUTABLE']),
    immutabilityExcept: z.array(z.string()),
    scanOnPush: z.boolean(),
    encryption: z.strictObject({ type: z.enum(['AES256', 'KMS']), kmsKeyArn: z.string().optional() }),
    lifecycle: LifecycleView.nullable(),
    pullAccounts: z.array(z.string()),
    replicateTo: z.array(z.strictObject({ region: z.string(), accountId: z.string() })),
    pullThrough: z.strictObject({ prefix: z.string(), upstreamRegistryUrl: z.string(), credentialArn: z.string().optional() }).optional(),
    usage: z
      .strictObject({
        images: z.int(),
        bytes: z.int().meta({ description: 'As ECR tells it: a layer that images share counts with each.' }),
        lastPushedAt: Time.optional(),
        complete: z.boolean().meta({ description: 'false: there are more images than were looked at; the numbers are of those that were.' }),
        imagesMax: z.number().optional().meta({ description: 'The quota of images in a repository, where it could be looked at.' }),
        observedAt: Time,
      })
      .optional(),
    usageUnknown: z.string().optional().meta({ description: 'Why there is no `usage`, in answers that look for it.' }),
    warnings: z.array(z.strictObject({ code: z.enum(['near-image-limit', 'no-lifecycle', 'replicates-by-prefix', 'cache-not-refreshed', 'repository-missing']), message: z.string() })),
    createdAt: Time,
    createdBy: z.string(),
    generation: z.int(),
  })
  .meta({ id: 'Repository' });

export const LifecyclePreviewView = z
  .strictObject({
    policy: z.record(z.string(), z.unknown()).meta({ description: 'The lifecycle policy that was tried, as ECR takes it.' }),
    expiring: z.strictObject({ images: z.int(), bytes: z.int().meta({ description: 'Of the images that were looked at.' }), complete: z.boolean() }),
    items: z.array(z.strictObject({ digest: z.string(), tags: z.array(z.string()), pushedAt: Time, bytes: z.int(), because: z.string() })).meta({ description: 'Oldest first, 100 at most.' }),
    observedAt: Time,
  })
  .meta({ id: 'LifecyclePreview' });

/** `seen`: the look at its registry, or why there was none; absent where nobody looked. */
export function viewRepository(repository: Repository, seen?: RegistryLook | { readonly unknown: string }): z.input<typeof RepositoryView> {
  const { name, accountId, region, team, state, message, wanted, createdAt, createdBy, generation } = repository;
  const look = seen === undefined || 'unknown' in seen ? undefined : seen;
  const usage = look?.repositories[name];
  return {
    name,
    accountId,
    region,
    arn: repositoryArn(repository),
    uri: repositoryUri(repository),
    ...(team === undefined ? {} : { team }),
    state,
    ...(message === undefined ? {} : { message }),
    ...shownWish(wanted),
    ...(look === undefined || usage === undefined || usage === 'absent' ? {} : { usage: { ...usage, ...(look.imagesMax === undefined ? {} : { imagesMax: look.imagesMax }), observedAt: look.observedAt } }),
    ...(seen === undefined ? {} : 'unknown' in seen ? { usageUnknown: seen.unknown } : usage === 'absent' ? { usageUnknown: 'ECR has no such repository.' } : {}),
    warnings: warningsOf(repository, usage, look?.imagesMax),
    createdAt,
    createdBy,
    generation,
  };
}

function shownWish({ lifecycle, pullAccounts, replicateTo, immutabilityExcept, ...rest }: Repository['wanted']) {
  const keepTagged = lifecycle?.keepTagged?.map((kept) => ({ ...kept, prefixes: [...kept.prefixes] }));
  return {
    ...rest,
    immutabilityExcept: [...immutabilityExcept],
    lifecycle: lifecycle === null ? null : { ...lifecycle, keepTagged },
    pullAccounts: [...pullAccounts],
    replicateTo: replicateTo.map((to) => ({ ...to })),
  };
}

export function viewPreview(policy: LifecyclePolicy, { observedAt, images, bytes, complete, items }: LifecyclePreview): z.input<typeof LifecyclePreviewView> {
  const because = (priority: number): string => policy.rules.find(({ rulePriority }) => rulePriority === priority)?.description ?? `Rule ${priority}.`;
  return {
    policy: { ...policy },
    expiring: { images, bytes, complete },
    items: items.map(({ rulePriority, tags, ...item }) => ({ ...item, tags: [...tags], because: because(rulePriority) })),
    observedAt,
  };
}

