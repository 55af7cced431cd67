import type { LifecycleRules } from './repository.ts';

/** A rule as ECR takes it. Source: ECR user guide, "Lifecycle policy properties in Amazon ECR". */
export interface LifecyclePolicyRule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged' | 'any';
    readonly tagPrefixList?: readonly string[];
    readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
    readonly countUnit?: 'days';
    readonly countNumber: number;
  };
  readonly action: { readonly type: 'expire' };
}

export interface LifecyclePolicy {
  readonly rules: readonly LifecyclePolicyRule[];
}

/** Source: ECR service quotas. */
const RULES_MAX = 50;

/**
 * ECR's own rules for what is wished, in the order of their priority: what is untagged, then each prefix, then all. One rule a prefix, since
 * ECR selects by a list of prefixes only what bears all of them; the rule for any image comes last, as ECR asks, and does not expire what a
 * rule before it selects.
 */
export function lifecyclePolicy({ untaggedDays, keepTagged = [], keepLast }: LifecycleRules): LifecyclePolicy {
  const wished: Omit<LifecyclePolicyRule, 'rulePriority' | 'action'>[] = [
    ...(untaggedDays === undefined ? [] : [{ description: `Untagged images go after ${untaggedDays} days.`, selection: { tagStatus: 'untagged' as const, ...older(untaggedDays) } }]),
    ...keepTagged.flatMap(({ prefixes, keepLast: count, days }) =>
      prefixes.map((prefix) => ({
        description: count === undefined ? `Of images tagged ${prefix}* those of the last ${days ?? 0} days stay.` : `Of images tagged ${prefix}* the last ${count} stay.`,
        selection: { tagStatus: 'tagged' as const, tagPrefixList: [prefix], ...(count === undefined ? older(days ?? 0) : more(count)) },
      })),
    ),
    ...(keepLast === undefined ? [] : [{ description: `Of all images the last ${keepLast} stay.`, selection: { tagStatus: 'any' as const, ...more(keepLast) } }]),
  ];
  return { rules: wished.map((rule, index) => ({ rulePriority: index + 1, ...rule, action: { type: 'expire' } })) };
}

const older = (days: number) => ({ countType: 'sinceImagePushed' as const, countUnit: 'days' as const, countNumber: days });
const more = (count: number) => ({ countType: 'imageCountMoreThan' as const, countNumber: count });

/** What ECR would refuse of well-formed rules, with the path in the request. */
export function lifecycleFaults({ untaggedDays, keepTagged = [], keepLast }: LifecycleRules): { path: string; message: string }[] {
  const seen = new Set<string>();
  const twice = keepTagged.flatMap(({ prefixes }, entry) =>
    prefixes.flatMap((prefix, place) => {
      if (seen.has(prefix)) return [{ path: `lifecycle.keepTagged.${entry}.prefixes.${place}`, message: `The prefix ${prefix} is there already: ECR takes each once` }];
      seen.add(prefix);
      return [];
    }),
  );
  const count = seen.size + (untaggedDays === undefined ? 0 : 1) + (keepLast === undefined ? 0 : 1);
  return [...twice, ...(count > RULES_MAX ? [{ path: 'lifecycle.keepTagged', message: `They come to ${count} rules; ECR takes ${RULES_MAX}` }] : [])];
}
