import type { Cluster } from '../cluster.ts';
import type { ClusterFacts } from '../facts.ts';
import { refuseBroken, type RuleError } from '../nodegroup-rules.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { capabilities } from './capabilities.ts';
import { clusterAutoscaler } from './cluster-autoscaler.ts';
import type { PodIdentityResource } from './resource.ts';
import type { AddonNeed, Compiled, PartCompiler, PartsAsk } from './compiled.ts';
import { autoMode } from './auto-mode.ts';
import { dns } from './dns.ts';
import { fargateProfiles } from './fargate-profiles.ts';
import { karpenter } from './karpenter.ts';
import { network } from './network.ts';
import { podIdentities } from './pod-identities.ts';
import type { Resource } from './resource.ts';
import { tokens } from './tokens.ts';
import { selfManagedNodegroups } from './self-managed-nodegroups.ts';
import { traffic } from './traffic.ts';

/** Every part's compiler: the one list. */
const COMPILERS: readonly PartCompiler[] = [
  network,
  podIdentities,
  fargateProfiles,
  autoMode,
  selfManagedNodegroups,
  karpenter,
  clusterAutoscaler,
  traffic,
  dns,
  capabilities,
  tokens,
];

/** A cluster's record has 400 KB at most (source: DynamoDB quotas, item size), and what was made is kept on it. */
const RESOURCES_CHARACTERS_MAX = 150_000;

export interface Parts extends Required<Omit<Compiled, 'errors' | 'addons'>> {
  readonly addons: readonly AddonNeed[];
}

/** The resources of all wishes that can be compiled, whatever is wrong with others: what a cluster is to have on another minor. */
export function resourcesOn(ask: PartsAsk): readonly Resource[] {
  return COMPILERS.flatMap((compile) => compile(ask).resources);
}

/** All that the wishes of a cluster that is there come down to, by what was seen of it. */
export function wantedUnder(cluster: Cluster, { addonCatalogue, subnets, cluster: { oidcIssuer } }: ClusterFacts): Parts | Refusal {
  return wantedResources({ cluster, addonCatalogue, subnets, ...(oidcIssuer === undefined ? {} : { oidcIssuer }) });
}

/** All that the cluster's wishes come down to, or the refusal of what cannot be. */
export function wantedResources(ask: PartsAsk): Parts | Refusal {
  const compiled = COMPILERS.map((compile) => compile(ask));
  const broken = refuseBroken([...compiled.flatMap(({ errors = [] }) => errors), ...claimedTwice(compiled)]);
  if (broken !== undefined) return broken;
  const resources = compiled.flatMap((part) => part.resources);
  if (JSON.stringify(resources).length > RESOURCES_CHARACTERS_MAX) {
    return refuse('rules-broken', `What is asked for comes to more than ${RESOURCES_CHARACTERS_MAX} characters of roles and settings.`, { remedy: 'Name roles of your own by `roleArn` in place of policies, or ask for fewer parts.' });
  }
  return { resources, addons: compiled.flatMap(({ addons = [] }) => addons), findings: compiled.flatMap(({ findings = [] }) => findings) };
}

/** A service account has one role: what a controller or an add-on of another part needs cannot be had by a pod identity of the request. */
function claimedTwice(compiled: readonly Compiled[]): RuleError[] {
  const asked = compiled.flatMap(({ resources }) => resources).filter((resource): resource is PodIdentityResource => resource.kind === 'pod-identity');
  const byParts = new Map(asked.filter(({ part }) => part !== 'pod-identity').map(({ name, part }) => [name, part]));
  const ofAddons = compiled.flatMap(({ addons = [] }) => addons).flatMap(({ addonName, part, podIdentityAssociations = [] }) => podIdentityAssociations.flatMap(({ serviceAccount }) => [addonName, 'kube-system'].map((namespace) => [`${namespace}/${serviceAccount}`, part] as const)));
  const taken = new Map([...ofAddons, ...byParts]);
  return asked
    .filter(({ part }) => part === 'pod-identity')
    .flatMap(({ name }, index) => (taken.has(name) ? [{ path: `podIdentities.${index}.serviceAccount`, message: `${name} has the role that ${taken.get(name) ?? ''} needs, and a service account has one` }] : []));
}
