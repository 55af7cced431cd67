import * as z from 'zod';
import { AccountId, Reason, Region, Team } from '../request-words.ts';

/** What clients may say of repositories. The forms are those of ECR's own model (service-2.json of ECR, 2015-09-21). */

const NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

export const RepositoryName = z
  .string()
  .min(2)
  .max(256)
  .regex(NAME, 'A repository name is made of lower-case letters and digits, joined by single dots, one or two underscores, or hyphens; slashes part its segments')
  .meta({ description: 'In a path the slashes of a name may be written as `%2F`, or as they are.' });

/** Source: ECR user guide, "Lifecycle policy properties"; a rule keeps one image at least. */
const Count = z.int().min(1).max(100_000);
const Days = z.int().min(1).max(36_500);
const TagPrefix = z.string().max(128).regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'Not the beginning of an image tag');

const KeepTagged = z
  .strictObject({ prefixes: z.array(TagPrefix).min(1).max(20), keepLast: Count.optional(), days: Days.optional() })
  .refine(({ keepLast, days }) => (keepLast === undefined) !== (days === undefined), { message: 'Say keepLast or days, one of the two' });

export const Lifecycle = z
  .strictObject({
    untaggedDays: Days.optional().meta({ description: 'Images without a tag go when they are older.' }),
    keepTagged: z.array(KeepTagged).min(1).max(20).optional().meta({ description: 'For each prefix by itself: of the images with a tag that begins so, the youngest `keepLast` stay, or those of the last `days`. `keepLast` of all images does not touch them.' }),
    keepLast: Count.optional().meta({ description: 'Of all images so many stay, the youngest. What `untaggedDays` and `keepTagged` select is counted, and left to them.' }),
  })
  .refine((rules) => Object.values(rules).some((rule) => rule !== undefined), { message: 'Say at least one rule; null for none' });

const Encryption = z
  .strictObject({
    type: z.enum(['AES256', 'KMS']),
    kmsKeyArn: z.string().max(200).regex(/^arn:aws[a-z-]{0,16}:kms:[a-z0-9-]{1,32}:\d{12}:key\/[A-Za-z0-9-]+$/, 'Not the ARN of a KMS key').optional(),
  })
  .refine(({ type, kmsKeyArn }) => type === 'KMS' || kmsKeyArn === undefined, { message: 'Only KMS takes a key', path: ['kmsKeyArn'] });

const ReplicateTo = z.strictObject({ region: Region, accountId: AccountId.optional().meta({ description: 'Default: the account of the repository. Another account must let it in by the policy of its registry.' }) });

const PullThroughRule = z.strictObject({
  prefix: z.string().min(2).max(30).regex(NAME, 'Not the beginning of repository names').meta({ description: 'The cache rule\'s prefix: segments that the repository\'s name begins with. The rest of the name is the repository upstream.' }),
  upstreamRegistryUrl: z.string().max(128).regex(/^(public\.ecr\.aws|registry\.k8s\.io|quay\.io|registry-1\.docker\.io|ghcr\.io|registry\.gitlab\.com|[a-z0-9]{5,50}\.azurecr\.io)$/, 'Not a registry that ECR caches'),
  credentialArn: z.string().min(50).max(612).regex(/^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/, 'Not the ARN of a secret whose name begins with ecr-pullthroughcache/').optional(),
});

const settings = {
  immutability: z.enum(['IMMUTABLE', 'MUTABLE']).optional().meta({ description: 'Default: IMMUTABLE; MUTABLE for a repository that caches another, which ECR brings up to date by its tags.' }),
  immutabilityExcept: z.array(z.string().regex(/^[0-9a-zA-Z._*-]{1,128}$/, 'A tag with wildcards').max(128)).max(5).optional().meta({ description: 'Tags, with `*`, to which the contrary applies.' }),
  scanOnPush: z.boolean().optional().meta({ description: 'Default: true.' }),
  lifecycle: Lifecycle.nullable().optional().meta({ description: 'Default: untagged images go after 14 days. null: images stay for ever.' }),
  pullAccounts: z.array(AccountId).max(50).optional().meta({ description: 'Other accounts that may pull.' }),
  replicateTo: z.array(ReplicateTo).max(25).optional(),
};

export const CreateRepository = z
  .strictObject({
    accountId: AccountId,
    region: Region,
    name: RepositoryName.meta({ description: 'A team\'s repositories begin with its name and a slash.' }),
    team: Team.nullable().optional(),
    encryption: Encryption.optional().meta({ description: 'Default: AES256. It cannot be changed later.' }),
    ...settings,
    pullThrough: PullThroughRule.optional().meta({ description: 'Makes the repository a cache of another registry\'s.' }),
    reason: Reason.optional(),
  })
  .meta({ id: 'CreateRepository' });
export type CreateRepository = z.output<typeof CreateRepository>;

export const ChangeRepository = z.strictObject({ ...settings, pullThrough: PullThroughRule.nullable().optional(), reason: Reason.optional() }).meta({ id: 'ChangeRepository' });
export type ChangeRepository = z.output<typeof ChangeRepository>;

export const PreviewLifecycle = z.strictObject({ lifecycle: Lifecycle.nullable().optional().meta({ description: 'Default: the rules that the repository is to have. With `null` there are none, and nothing to see.' }) }).meta({ id: 'PreviewLifecycle' });

const where = { accountId: AccountId.optional(), region: Region.optional() };
/** Which of several repositories of one name. */
export const WhichRepository = z.strictObject(where);
export const DeleteRepositoryQuery = z
  .strictObject({ ...where, force: z.enum(['true', 'false']).optional().meta({ description: 'With its images.' }), reason: Reason.optional() })
  .refine(({ force, reason }) => force !== 'true' || reason !== undefined, { message: 'Deleting images takes a reason', path: ['reason'] });
