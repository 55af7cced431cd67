import type { Destination } from './repository.ts';

/** A registry's replication rules, in ECR's own terms. */
export interface ReplicationRule {
  readonly destinations: readonly { readonly region: string; readonly registryId: string }[];
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: string }[] | undefined;
}

/** Source: ECR service quotas; none of them can be raised. */
export const RULES_MAX = 10;
export const FILTERS_MAX = 100;
export const DESTINATIONS_MAX = 25;

/**
 * The registry's rules with the repository's filter where it is wished and nowhere else. All other rules and filters stay as they are, in
 * their order: a registry has one configuration for everybody. A rule with the same destinations takes the filter in, since ECR has room for
 * ten rules only. `same`: nothing is to be put. A text says which limit of ECR stands against it.
 */
export function mergedReplication(
  present: readonly ReplicationRule[],
  repository: { readonly name: string; /** Where we have led it before. */ readonly before: readonly Destination[]; readonly wished: readonly Destination[] },
): { readonly rules: readonly ReplicationRule[] } | 'same' | { readonly tooMany: string } {
  const { name, before, wished } = repository;
  if (sameDestinations(before, wished) && isThere(present, name, wished)) return 'same';
  const without = before.length === 0 ? [...present] : present.flatMap((rule) => withoutFilter(rule, name, before));
  const rules = wished.length === 0 || isThere(without, name, wished) ? without : withFilter(without, name, wished);
  if (JSON.stringify(rules) === JSON.stringify(present)) return 'same';
  if (rules.length > RULES_MAX) return { tooMany: `The registry would have ${rules.length} replication rules; ECR takes ${RULES_MAX}.` };
  const unique = new Set(rules.flatMap(({ destinations }) => destinations.map(({ region, registryId }) => `${registryId}/${region}`)));
  if (unique.size > DESTINATIONS_MAX) return { tooMany: `The registry would be replicated to ${unique.size} others; ECR takes ${DESTINATIONS_MAX}.` };
  return { rules };
}

/** Whether a rule leads the very repository there. A rule without filters replicates everything. */
function isThere(rules: readonly ReplicationRule[], name: string, wished: readonly Destination[]): boolean {
  if (wished.length === 0) return true;
  return rules.some((rule) => leadsTo(rule, wished) && (rule.repositoryFilters === undefined || rule.repositoryFilters.some(({ filter }) => filter === name)));
}

/** Only rules that lead where we have led are ours to take a filter from; a rule without any other filter goes with it. */
function withoutFilter(rule: ReplicationRule, name: string, before: readonly Destination[]): ReplicationRule[] {
  const { repositoryFilters: filters } = rule;
  if (filters === undefined || !leadsTo(rule, before)) return [rule];
  const left = filters.filter(({ filter }) => filter !== name);
  return left.length === 0 ? [] : left.length === filters.length ? [rule] : [{ ...rule, repositoryFilters: left }];
}

function withFilter(rules: readonly ReplicationRule[], name: string, wished: readonly Destination[]): ReplicationRule[] {
  const added = { filter: name, filterType: 'PREFIX_MATCH' };
  const at = rules.findIndex((rule) => leadsTo(rule, wished) && rule.repositoryFilters !== undefined && rule.repositoryFilters.length < FILTERS_MAX);
  if (at === -1) return [...rules, { destinations: wished.map(({ region, accountId }) => ({ region, registryId: accountId })), repositoryFilters: [added] }];
  return rules.map((rule, place) => (place === at ? { ...rule, repositoryFilters: [...(rule.repositoryFilters ?? []), added] } : rule));
}

function leadsTo({ destinations }: ReplicationRule, wished: readonly Destination[]): boolean {
  return sameDestinations(destinations.map(({ region, registryId }) => ({ region, accountId: registryId })), wished);
}

function sameDestinations(one: readonly Destination[], other: readonly Destination[]): boolean {
  const names = (all: readonly Destination[]): string => all.map(({ region, accountId }) => `${accountId}/${region}`).sort().join();
  return names(one) === names(other);
}
