import type {
  CreatePullThroughCacheRuleCommandInput,
  DeletePullThroughCacheRuleCommandInput,
  DeleteRepositoryPolicyCommandInput,
  DescribePullThroughCacheRulesCommandInput,
  GetAuthorizationTokenCommandInput,
  GetRepositoryPolicyCommandInput,
  PullThroughCacheRule,
  PutRegistryPolicyCommandInput,
  PutReplicationConfigurationCommandInput,
  SetRepositoryPolicyCommandInput,
  ValidatePullThroughCacheRuleCommandInput,
} from '@aws-sdk/client-ecr';
import { MalformedPolicy, parsePolicy } from '../policy-document.ts';
import type { PolicyKind } from '../policy-document.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { paged } from './pages.ts';
import type { CacheRuleRecord, EcrRecords, RepositoryRecord } from './records.ts';
import { checkLength, checkName, checkPattern, invalid, ownRegistry } from './validation.ts';

/** Source: ECR service quotas; none of these can be raised. */
const RULES_MAX = 10;
const DESTINATIONS_MAX = 25;
const FILTERS_MAX = 100;
const CACHE_RULES_MAX = 50;
const POLICY_CHARACTERS_MAX = 10_240;
const TOKEN_HOURS = 12;

const PREFIX_FILTER = /^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/;
const CACHE_PREFIX = /^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$/;
const CREDENTIAL = /^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/;

/** Upstream registries by their addresses, and whether they ask for credentials. Source: ECR user guide, "Sync an upstream registry with an Amazon ECR private registry". */
const UPSTREAMS: readonly { readonly name: string; readonly url: RegExp; readonly needsSecret: boolean }[] = [
  { name: 'ecr-public', url: /^public\.ecr\.aws$/, needsSecret: false },
  { name: 'k8s', url: /^registry\.k8s\.io$/, needsSecret: false },
  { name: 'quay', url: /^quay\.io$/, needsSecret: false },
  { name: 'docker-hub', url: /^registry-1\.docker\.io$/, needsSecret: true },
  { name: 'github-container-registry', url: /^ghcr\.io$/, needsSecret: true },
  { name: 'gitlab-container-registry', url: /^registry\.gitlab\.com$/, needsSecret: true },
  { name: 'azure-container-registry', url: /^[a-z0-9]+\.azurecr\.io$/, needsSecret: true },
];

/** What a registry has for all its repositories, and the policies of both. Nothing is replicated or fetched from upstream here. */
export function registryOperations(records: EcrRecords): Record<string, OperationHandler> {
  return { ...replicationOperations(records), ...cacheOperations(records), ...policyOperations(records) };
}

function replicationOperations(records: EcrRecords): Record<string, OperationHandler> {
  return {
    DescribeRegistry: (_input: unknown, call: Call) => ({ registryId: call.accountId, replicationConfiguration: records.settings(call).replication ?? { rules: [] } }),

    PutReplicationConfiguration(input: PutReplicationConfigurationCommandInput, call: Call) {
      const rules = input.replicationConfiguration?.rules ?? [];
      checkLength('rules', rules, 0, RULES_MAX);
      for (const { destinations, repositoryFilters } of rules) {
        checkLength('destinations', destinations, 0, 100);
        checkLength('repositoryFilters', repositoryFilters, 1, FILTERS_MAX);
        for (const { filter, filterType } of repositoryFilters ?? []) {
          if (filterType !== 'PREFIX_MATCH') throw invalid('filterType', 'Member must satisfy enum value set: [PREFIX_MATCH]');
          checkLength('filter', filter, 2, 256);
          checkPattern('filter', filter, PREFIX_FILTER);
        }
        if (destinations?.some(({ region, registryId }) => region === call.region && registryId === call.accountId) === true) throw invalid('replicationConfiguration', 'The destination must not be the source registry');
      }
      const unique = new Set(rules.flatMap(({ destinations = [] }) => destinations.map(({ region, registryId }) => `${registryId}/${region}`)));
      if (unique.size > DESTINATIONS_MAX) throw invalid('replicationConfiguration', `There are at most ${DESTINATIONS_MAX} unique destinations across all rules`);
      const replication = { rules: rules.map(({ destinations = [], repositoryFilters }) => ({ destinations, ...(repositoryFilters === undefined ? {} : { repositoryFilters }) })) };
      records.putSettings(call, { ...records.settings(call), replication });
      return { replicationConfiguration: replication };
    },
  };
}

function cacheOperations(records: EcrRecords): Record<string, OperationHandler> {
  function ruleAt(prefix: string | undefined, call: Call): CacheRuleRecord {
    const rule = records.rules(call).find(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix === prefix);
    if (rule === undefined) throw new AwsError('PullThroughCacheRuleNotFoundException', `The pull through cache rule with repository prefix '${prefix ?? ''}' does not exist in the registry with id '${call.accountId}'`);
    return rule;
  }
  return {
    CreatePullThroughCacheRule(input: CreatePullThroughCacheRuleCommandInput, call: Call) {
      ownRegistry(input, call);
      const { ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn } = input;
      checkLength('ecrRepositoryPrefix', ecrRepositoryPrefix ?? '', 2, 30);
      checkPattern('ecrRepositoryPrefix', ecrRepositoryPrefix, CACHE_PREFIX);
      checkPattern('credentialArn', credentialArn, CREDENTIAL);
      if (input.customRoleArn !== undefined || input.upstreamRepositoryPrefix !== undefined) throw new AwsError('NotImplemented', 'The simulated AWS does not support customRoleArn and upstreamRepositoryPrefix of CreatePullThroughCacheRule.', 501);
      const upstream = UPSTREAMS.find(({ url }) => url.test(upstreamRegistryUrl ?? ''));
      if (upstream === undefined) throw new AwsError('UnsupportedUpstreamRegistryException', `The upstream registry '${upstreamRegistryUrl ?? ''}' is not supported`);
      if (input.upstreamRegistry !== undefined && input.upstreamRegistry !== upstream.name) throw invalid('upstreamRegistry', `The upstream registry of ${upstreamRegistryUrl ?? ''} is ${upstream.name}`);
      if (upstream.needsSecret && credentialArn === undefined) throw invalid('credentialArn', `The upstream registry ${upstream.name} requires credentials`);
      if (records.rules(call).some((rule) => rule.ecrRepositoryPrefix === ecrRepositoryPrefix))
        throw new AwsError('PullThroughCacheRuleAlreadyExistsException', `A pull through cache rule with repository prefix '${ecrRepositoryPrefix ?? ''}' already exists in the registry with id '${call.accountId}'`);
      if (records.rules(call).length >= CACHE_RULES_MAX) throw new AwsError('LimitExceededException', `A registry has at most ${CACHE_RULES_MAX} pull through cache rules.`);
      const rule: CacheRuleRecord = { ecrRepositoryPrefix, upstreamRegistryUrl, upstreamRegistry: upstream.name as NonNullable<PullThroughCacheRule['upstreamRegistry']>, registryId: call.accountId, createdAt: call.now, ...(credentialArn === undefined ? {} : { credentialArn }) };
      records.putRule(call, rule);
      return ruleView(rule);
    },
    DescribePullThroughCacheRules(input: DescribePullThroughCacheRulesCommandInput, call: Call) {
      ownRegistry(input, call);
      checkLength('ecrRepositoryPrefixes', input.ecrRepositoryPrefixes, 1, 100);
      const rules = input.ecrRepositoryPrefixes === undefined ? records.rules(call) : input.ecrRepositoryPrefixes.map((prefix) => ruleAt(prefix, call));
      const { items, ...rest } = paged(rules, input);
      return { pullThroughCacheRules: items.map(ruleView), ...rest };
    },
    DeletePullThroughCacheRule(input: DeletePullThroughCacheRuleCommandInput, call: Call) {
      const rule = ruleAt(input.ecrRepositoryPrefix, ownRegistry(input, call));
      records.deleteRule(call, rule.ecrRepositoryPrefix ?? '');
      const { upstreamRegistry: _upstreamRegistry, ...view } = ruleView(rule);
      return view;
    },
    ValidatePullThroughCacheRule(input: ValidatePullThroughCacheRuleCommandInput, call: Call) {
      const { createdAt: _createdAt, upstreamRegistry: _upstreamRegistry, ...rule } = ruleAt(input.ecrRepositoryPrefix, ownRegistry(input, call));
      return { ...rule, isValid: true };
    },
  };
}

const ruleView = (rule: CacheRuleRecord): PullThroughCacheRule => ({ ...rule, createdAt: new Date(rule.createdAt) });

function policyOperations(records: EcrRecords): Record<string, OperationHandler> {
  const at = (input: { readonly registryId?: string | undefined; readonly repositoryName?: string | undefined }, call: Call): RepositoryRecord => records.at(ownRegistry(input, call), checkName(input.repositoryName));
  const policyOf = ({ policy, name, accountId }: RepositoryRecord): string => {
    if (policy === undefined) throw new AwsError('RepositoryPolicyNotFoundException', `Repository policy does not exist for the repository with name '${name}' in the registry with id '${accountId}'`);
    return policy;
  };
  const registryPolicyOf = (call: Call): string => {
    const { policy } = records.settings(call);
    if (policy === undefined) throw new AwsError('RegistryPolicyNotFoundException', `Registry policy does not exist in the registry with id '${call.accountId}'`);
    return policy;
  };
  return {
    SetRepositoryPolicy(input: SetRepositoryPolicyCommandInput, call: Call) {
      const repository = at(input, call);
      const policy = checkedPolicy('PolicyText', input.policyText, 'repository');
      records.put({ ...repository, policy });
      return { registryId: call.accountId, repositoryName: repository.name, policyText: policy };
    },
    GetRepositoryPolicy(input: GetRepositoryPolicyCommandInput, call: Call) {
      const repository = at(input, call);
      return { registryId: call.accountId, repositoryName: repository.name, policyText: policyOf(repository) };
    },
    DeleteRepositoryPolicy(input: DeleteRepositoryPolicyCommandInput, call: Call) {
      const { policy, ...repository } = at(input, call);
      const text = policyOf({ ...repository, ...(policy === undefined ? {} : { policy }) });
      records.put(repository);
      return { registryId: call.accountId, repositoryName: repository.name, policyText: text };
    },
    PutRegistryPolicy(input: PutRegistryPolicyCommandInput, call: Call) {
      const policy = checkedPolicy('policyText', input.policyText, 'key');
      records.putSettings(call, { ...records.settings(call), policy });
      return { registryId: call.accountId, policyText: policy };
    },
    GetRegistryPolicy: (_input: unknown, call: Call) => ({ registryId: call.accountId, policyText: registryPolicyOf(call) }),
    DeleteRegistryPolicy(_input: unknown, call: Call) {
      const policyText = registryPolicyOf(call);
      const { policy: _policy, ...settings } = records.settings(call);
      records.putSettings(call, settings);
      return { registryId: call.accountId, policyText };
    },
    GetAuthorizationToken(input: GetAuthorizationTokenCommandInput, call: Call) {
      const token = { authorizationToken: Buffer.from(`AWS:simulated-${call.requestId}`).toString('base64'), expiresAt: new Date(call.now + TOKEN_HOURS * 3_600_000) };
      return { authorizationData: (input.registryIds ?? [call.accountId]).map((id) => ({ ...token, proxyEndpoint: `https://${id}.dkr.ecr.${call.region}.amazonaws.com` })) };
    },
  };
}

function checkedPolicy(parameter: string, text: string | undefined, kind: PolicyKind): string {
  checkLength(parameter, text, 0, POLICY_CHARACTERS_MAX);
  try {
    parsePolicy(text ?? '', kind);
    return text ?? '';
  } catch (error) {
    if (error instanceof MalformedPolicy) throw invalid(parameter, `Invalid repository policy provided: ${error.message}`);
    throw error;
  }
}
