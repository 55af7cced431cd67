import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRegistryCommand,
  PutReplicationConfigurationCommand,
  type ECRClient,
  type PullThroughCacheRule,
  type ReplicationRule as EcrRule,
} from '@aws-sdk/client-ecr';
import { mergedReplication, type ReplicationRule } from '../../domain/images/replication.ts';
import type { PullThrough, Repository } from '../../domain/images/repository.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { nameOf } from '../eks/errors.ts';

/** What a registry has once for everybody. Who calls holds the registry, so that of our own only one reads and writes it at a time. */
export async function setReplication(client: ECRClient, { name, made, wanted, state }: Repository): Promise<'set' | Refusal> {
  const { replicationConfiguration } = await client.send(new DescribeRegistryCommand({}));
  const merged = mergedReplication((replicationConfiguration?.rules ?? []).map(read), { name, before: made.replicateTo, wished: state === 'Deleting' ? [] : wanted.replicateTo });
  if (merged === 'same') return 'set';
  if ('tooMany' in merged) return refuse('ecr-refused', merged.tooMany, { remedy: 'Replicate where other repositories are replicated to, or take rules away that nobody needs.' });
  await client.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: merged.rules.map(written) } }));
  return 'set';
}

function read({ destinations = [], repositoryFilters }: EcrRule): ReplicationRule {
  return {
    destinations: destinations.map(({ region = '', registryId = '' }) => ({ region, registryId })),
    ...(repositoryFilters === undefined || repositoryFilters.length === 0 ? {} : { repositoryFilters: repositoryFilters.map(({ filter = '', filterType = '' }) => ({ filter, filterType })) }),
  };
}

function written({ destinations, repositoryFilters }: ReplicationRule): EcrRule {
  return { destinations: [...destinations], ...(repositoryFilters === undefined ? {} : { repositoryFilters: repositoryFilters.map(({ filter }) => ({ filter, filterType: 'PREFIX_MATCH' })) }) };
}

export async function putCacheRule(client: ECRClient, rule: PullThrough): Promise<{ ours: boolean } | Refusal> {
  const { prefix, upstreamRegistryUrl, credentialArn } = rule;
  const present = await ruleAt(client, prefix);
  if (present !== undefined) return isSame(present, rule) ? { ours: false } : taken(present);
  try {
    await client.send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix, upstreamRegistryUrl, ...(credentialArn === undefined ? {} : { credentialArn }) }));
    return { ours: true };
  } catch (error) {
    if (nameOf(error) !== 'PullThroughCacheRuleAlreadyExistsException') throw error;
    const first = await ruleAt(client, prefix);
    return first !== undefined && isSame(first, rule) ? { ours: false } : taken(first ?? { ecrRepositoryPrefix: prefix });
  }
}

export async function removeCacheRule(client: ECRClient, prefix: string): Promise<'gone'> {
  try {
    await client.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: prefix }));
  } catch (error) {
    if (nameOf(error) !== 'PullThroughCacheRuleNotFoundException') throw error;
  }
  return 'gone';
}

async function ruleAt(client: ECRClient, prefix: string): Promise<PullThroughCacheRule | undefined> {
  try {
    return (await client.send(new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: [prefix] }))).pullThroughCacheRules?.[0];
  } catch (error) {
    if (nameOf(error) === 'PullThroughCacheRuleNotFoundException') return undefined;
    throw error;
  }
}

function isSame(present: PullThroughCacheRule, { upstreamRegistryUrl, credentialArn }: PullThrough): boolean {
  return present.upstreamRegistryUrl === upstreamRegistryUrl && present.credentialArn === credentialArn;
}

function taken({ ecrRepositoryPrefix = '', upstreamRegistryUrl = 'another registry' }: PullThroughCacheRule): Refusal {
  return refuse('cache-rule-taken', `The registry has a cache rule for ${ecrRepositoryPrefix} already, which leads to ${upstreamRegistryUrl} with other settings.`, { remedy: 'Choose another prefix, or ask for what that rule says.' });
}
