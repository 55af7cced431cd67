import * as z from 'zod';
import { AwsError } from '../service.ts';
import type { ImageRecord, PreviewedImage } from './records.ts';

/**
 * Lifecycle policies as ECR reads and applies them. Sources: ECR user guide, "Lifecycle policy properties in Amazon ECR" and
 * "Lifecycle policy evaluation rules"; ECR service quotas (50 rules).
 */

const RULES_MAX = 50;
const WILDCARDS_MAX = 4;
const DAY_MS = 86_400_000;

const Tags = z.array(z.string().min(1)).min(1);
const Rule = z.strictObject({
  rulePriority: z.int().min(1),
  description: z.string().max(256).optional(),
  selection: z.strictObject({
    tagStatus: z.enum(['tagged', 'untagged', 'any']),
    tagPrefixList: Tags.optional(),
    tagPatternList: Tags.optional(),
    countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
    countUnit: z.literal('days').optional(),
    countNumber: z.int().min(1),
  }),
  action: z.strictObject({ type: z.literal('expire') }),
});
const Policy = z.strictObject({ rules: z.array(Rule).min(1).max(RULES_MAX) });

export type LifecycleRule = z.infer<typeof Rule>;

/** The rules of a policy's text, lowest priority number first. Throws as ECR does when it breaks a rule for rules. */
export function parseLifecycle(text: string): LifecycleRule[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw failure('Could not map policyString into LifecyclePolicy.');
  }
  refuseNewer(text);
  const read = Policy.safeParse(parsed);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw failure(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  const rules = read.data.rules.sort((a, b) => a.rulePriority - b.rulePriority);
  checkTogether(rules);
  return rules;
}

/** What ECR's archive storage class brought is not simulated, and said so. */
function refuseNewer(text: string): void {
  const newer = /"(sinceImagePulled|sinceImageTransitioned|transition|storageClass)"/.exec(text);
  if (newer !== null) throw new AwsError('NotImplemented', `The simulated AWS does not support ${newer[1]} in lifecycle policies.`, 501);
}

function checkTogether(rules: readonly LifecycleRule[]): void {
  if (new Set(rules.map(({ rulePriority }) => rulePriority)).size !== rules.length) throw failure('All rules must have a unique priority.');
  for (const { selection } of rules) checkSelection(selection);
  if (rules.filter(({ selection }) => selection.tagStatus === 'untagged').length > 1) throw failure('Only one rule can select Untagged images per storage class.');
  const any = rules.filter(({ selection }) => selection.tagStatus === 'any');
  if (any.length > 1) throw failure('Only one rule can have tagStatus Any.');
  if (any.length === 1 && rules.at(-1) !== any[0]) throw failure('tagStatus=Any rule must have the lowest priority.');
  const lists = rules.flatMap(({ selection }) => [...(selection.tagPrefixList === undefined ? [] : [JSON.stringify([...selection.tagPrefixList].sort())]), ...(selection.tagPatternList === undefined ? [] : [JSON.stringify([...selection.tagPatternList].sort())])]);
  if (new Set(lists).size !== lists.length) throw failure('Tag prefixes and patterns must be unique among the rules.');
}

function checkSelection({ tagStatus, tagPrefixList, tagPatternList, countType, countUnit }: LifecycleRule['selection']): void {
  const named = [tagPrefixList, tagPatternList].filter((list) => list !== undefined);
  if (tagStatus === 'tagged' && named.length !== 1) throw failure('tagPrefixList or tagPatternList, one of the two, is required for tagStatus tagged.');
  if (tagStatus !== 'tagged' && named.length > 0) throw failure(`tagPrefixList and tagPatternList must not be given for tagStatus ${tagStatus}.`);
  if ((tagPatternList ?? []).some((pattern) => pattern.split('*').length - 1 > WILDCARDS_MAX)) throw failure(`A tag pattern has at most ${WILDCARDS_MAX} wildcards.`);
  if ((countType === 'sinceImagePushed') !== (countUnit !== undefined)) throw failure(countUnit === undefined ? 'countUnit is required for sinceImagePushed.' : 'countUnit must not be given for imageCountMoreThan.');
}

function failure(why: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${why}'`);
}

/**
 * The images that the rules would expire, oldest first. All rules are evaluated over all images; an image that a rule's tags select
 * is out of reach of every rule of lower priority, whether it is expired or not; one that a list of manifests names stays.
 */
export function expiring(rules: readonly LifecycleRule[], images: readonly ImageRecord[], now: number): PreviewedImage[] {
  const listed = new Set(images.flatMap(({ lists }) => lists));
  const taken = new Set<string>();
  const expired: PreviewedImage[] = [];
  for (const rule of rules) {
    const selected = images.filter((image) => selects(rule, image)).sort((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1));
    for (const [place, { digest, tags, pushedAt }] of selected.entries()) {
      if (!taken.has(digest) && !listed.has(digest) && beyond(rule, place, pushedAt, now)) expired.push({ digest, tags, pushedAt, rulePriority: rule.rulePriority });
    }
    for (const { digest } of selected) taken.add(digest);
  }
  return expired.sort((a, b) => a.pushedAt - b.pushedAt);
}

function beyond({ selection }: LifecycleRule, place: number, pushedAt: number, now: number): boolean {
  return selection.countType === 'imageCountMoreThan' ? place >= selection.countNumber : now - pushedAt > selection.countNumber * DAY_MS;
}

/** Every prefix or pattern of the list must match one of the image's tags. */
function selects({ selection: { tagStatus, tagPrefixList, tagPatternList } }: LifecycleRule, { tags }: ImageRecord): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  if (tags.length === 0) return false;
  if (tagPrefixList !== undefined) return tagPrefixList.every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
  return (tagPatternList ?? []).every((pattern) => tags.some((tag) => wildcard(pattern).test(tag)));
}

export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}
