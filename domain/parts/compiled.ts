import type { AddonCatalogue, SubnetFacts } from '../facts.ts';
import type { Cluster } from '../cluster.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Finding } from '../plan.ts';
import type { Resource } from './resource.ts';

/** What the compilers of parts know. `cluster.wanted` is what is asked. */
export interface PartsAsk {
  readonly cluster: Cluster;
  /** Of add-ons that a part may be installed by; empty where they were not looked at. */
  readonly addonCatalogue: AddonCatalogue;
  readonly subnets: readonly SubnetFacts[];
  /** The cluster's OIDC issuer without its scheme; unknown until the cluster exists. */
  readonly oidcIssuer?: string;
}

/** An add-on as a part needs it: it is installed where the request names none, and its settings are merged into what is named. */
export interface AddonNeed {
  readonly addonName: string;
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly podIdentityAssociations?: readonly { readonly serviceAccount: string; readonly roleArn: string }[];
  /** By `keyOf`, as a resource's. */
  readonly needs?: readonly string[];
  readonly part: Resource['part'];
}

/** What a part comes down to. Errors are of the request, each with the path of its field; findings are told and change nothing. */
export interface Compiled {
  readonly resources: readonly Resource[];
  readonly addons?: readonly AddonNeed[];
  readonly errors?: readonly RuleError[];
  readonly findings?: readonly Finding[];
}

export type PartCompiler = (ask: PartsAsk) => Compiled;
