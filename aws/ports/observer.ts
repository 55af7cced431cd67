import type { AddonSchema } from '../../domain/addons/settings-errors.ts';
import type { AccessFacts, ClusterFacts, CreationFacts, EntranceFacts, VerificationFacts, VersionCatalogue, ZoneFacts } from '../../domain/facts.ts';
import type { HostedZoneFacts } from '../../domain/hosted-zones.ts';
import type { InstanceLimits } from '../../domain/instance-limits.ts';
import type { ActionsLook } from '../../domain/policies/known-actions.ts';
import type { RoleSight } from '../../domain/named-roles.ts';
import type { Resource } from '../../domain/parts/resource.ts';
import type { Sight } from '../../domain/parts/seen-states.ts';
import type { AlarmFacts } from '../../domain/readiness-facts.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { AccessAsked } from './eks.ts';

/** The third function's questions: looks into an account on behalf of the API, which holds no keys to it. */
export type Question =
  | { readonly ask: 'cluster'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly clusterId?: string; /** Ask for what the readiness checks judge, too. */ readonly readiness?: true; /** As in KnownCatalogues. */ readonly addonsCloser?: readonly string[]; readonly subnetIds?: readonly string[]; /** Look at the Fargate profiles too, which bar a deletion. */ readonly fargateProfiles?: true; /** As in KnownCatalogues. */ readonly pooledNodes?: true }
  | { readonly ask: 'entrance'; readonly accountId: string; readonly region: string; readonly clusterName: string }
  | { readonly ask: 'access'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly of: AccessAsked }
  | { readonly ask: 'alarms'; readonly accountId: string; readonly region: string; readonly alarmArns: readonly string[] }
  | { readonly ask: 'creation'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly subnetIds: readonly string[]; readonly addonNames: readonly string[]; readonly instanceTypes?: readonly string[] }
  | { readonly ask: 'zones'; readonly accountId: string; readonly region: string }
  | { readonly ask: 'instance-limits'; readonly accountId: string; readonly region: string; readonly instanceTypes: readonly string[] }
  | { readonly ask: 'roles'; readonly accountId: string; readonly region: string; readonly roleArns: readonly string[] }
  /** Which of IAM's actions AWS's list does not have. Nothing is looked at in the account. */
  | { readonly ask: 'actions'; readonly accountId: string; readonly region: string; readonly actions: readonly string[] }
  | { readonly ask: 'hosted-zones'; readonly accountId: string; readonly region: string; readonly hostedZoneIds: readonly string[] }
  | { readonly ask: 'addon-schemas'; readonly accountId: string; readonly region: string; readonly addons: readonly { readonly addonName: string; readonly addonVersion: string }[] }
  | { readonly ask: 'parts'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly resources: readonly Resource[] }
  | { readonly ask: 'versions'; readonly accountId: string; readonly region: string }
  | { readonly ask: 'verification'; readonly accountId: string };

export interface Answers {
  cluster: ClusterFacts | 'absent';
  entrance: EntranceFacts | 'absent';
  access: AccessFacts | 'absent';
  alarms: readonly AlarmFacts[];
  'hosted-zones': readonly HostedZoneFacts[];
  roles: readonly RoleSight[];
  actions: ActionsLook;
  creation: CreationFacts;
  'addon-schemas': readonly AddonSchema[];
  /** By `keyOf`. */
  parts: Readonly<Record<string, Sight>>;
  zones: readonly ZoneFacts[];
  'instance-limits': readonly InstanceLimits[];
  versions: VersionCatalogue;
  verification: VerificationFacts;
}

export interface Observer {
  /** The facts, or a Refusal `account-unreachable` when they were not had within 20 s. */
  observe<Q extends Question>(question: Q): Promise<Answers[Q['ask']] | Refusal>;
}
