import type { AddonSchema } from '../../domain/addons/settings-errors.ts';
import type { AccessFacts, AddonCatalogue, AddonFacts, ClusterFacts, ControlPlaneFacts, EntranceFacts, NodegroupFacts, SubnetFacts, UpdateFacts, VersionCatalogue, ZoneFacts } from '../../domain/facts.ts';
import type { InstanceLimits } from '../../domain/instance-limits.ts';
import type { Step } from '../../domain/operation.ts';
import type { InsightsFacts, ReadinessFacts } from '../../domain/readiness-facts.ts';
import type { Session } from './account-access.ts';

/** What beginning a piece of EKS work came to. */
export type Begun =
  /** AWS has done it by the time it answers. */
  | { readonly kind: 'done'; readonly outcome: string }
  /** `updateId` is absent for creations and deletions, which are watched by the resource itself. */
  | { readonly kind: 'begun'; readonly updateId?: string }
  /** 409: another update holds the resource. EKS names it in its message most of the time. */
  | { readonly kind: 'in-use'; readonly updateId?: string; readonly message: string }
  /** It is there already (a creation), or already as asked. */
  | { readonly kind: 'already'; readonly message: string }
  /** It is not there (a deletion, or an update of something gone). */
  | { readonly kind: 'absent'; readonly message: string }
  /** Refused in words that are also said of a role which IAM has just made: it may be taken in a moment. */
  | { readonly kind: 'not-yet'; readonly code: string; readonly message: string }
  /** EKS refuses by its rules: trying again changes nothing. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** EKS as Slipway uses it. Reads answer `absent` only when EKS said so; a failed look throws. Throttles are retried inside, within a written limit. */
export interface Eks {
  facts(session: Session, clusterName: string, known: KnownCatalogues): Promise<ClusterFacts | 'absent'>;
  controlPlane(session: Session, clusterName: string): Promise<ControlPlaneFacts | 'absent'>;
  /** What gets a client to the API server: endpoint and every certificate authority that the cluster trusts. */
  entrance(session: Session, clusterName: string, now: string): Promise<EntranceFacts | 'absent'>;
  /** Access entries: of one principal, or a page of all by their ARNs, with those that are named besides. */
  accessEntries(session: Session, clusterName: string, asked: AccessAsked, now: string): Promise<AccessFacts | 'absent'>;
  nodegroup(session: Session, clusterName: string, nodegroupName: string): Promise<NodegroupFacts | 'absent'>;
  addon(session: Session, clusterName: string, addonName: string): Promise<AddonFacts | 'absent'>;
  update(session: Session, of: UpdateOf, updateId: string): Promise<UpdateFacts | 'absent'>;
  /** Updates of the control plane, a node group or an add-on that are InProgress or began at or after `since`, newest first. At most 10 are looked at. */
  recentUpdates(session: Session, of: UpdateOf, since: string): Promise<readonly UpdateFacts[]>;
  /**
   * What the readiness checks judge, beyond `facts`. Each part may be unknown by itself: a right that is missing, a throttle. Throws AccountUnreachable
   * only where the account as a whole cannot be looked into. `refreshAskedAt`: insights that are all younger tell by themselves that the refresh is done.
   */
  readiness(session: Session, facts: ClusterFacts, now: string, closer?: CloserLooks, refreshAskedAt?: string): Promise<ReadinessFacts>;
  /** Asks EKS to look at the cluster anew; harmless to repeat while a refresh runs. */
  refreshInsights(session: Session, clusterName: string): Promise<void>;
  /** The last refresh that was asked for, as it stands. */
  insightsRefresh(session: Session, clusterName: string): Promise<InsightsFacts['refresh']>;
  versions(session: Session): Promise<VersionCatalogue>;
  addonCatalogue(session: Session, addonNames: readonly string[]): Promise<AddonCatalogue>;
  /** The zones of the session's region, as its account sees them. */
  zones(session: Session): Promise<readonly ZoneFacts[]>;
  /** What instance types hold; those that EC2 does not tell of are left out. */
  instanceLimits(session: Session, instanceTypes: readonly string[]): Promise<readonly InstanceLimits[]>;
  /** What versions of add-ons take for settings. */
  addonSchemas(session: Session, addons: readonly { readonly addonName: string; readonly addonVersion: string }[]): Promise<readonly AddonSchema[]>;
  subnets(session: Session, subnetIds: readonly string[]): Promise<readonly SubnetFacts[]>;
  /** Carries out the beginning of a step with its parameters; `clientRequestToken` is a hash of operation, step and attempt. */
  begin(session: Session, step: Step, clusterName: string, clientRequestToken: string): Promise<Begun>;
  /** Asks EKS to stop an update of the control plane, which EKS takes for a rollback whose nodes are being rolled back (Auto Mode); the update itself tells when it has stopped. */
  cancelUpdate(session: Session, clusterName: string, updateId: string): Promise<'cancelling' | { readonly refused: string }>;
}

/** Which of EKS's insights are looked at closer, for their evidence: all that do not pass, or those alone that may stop an operation. */
export type CloserLooks = 'all' | 'may-stop';

/** When the look is made, and what was read of the region's catalogues a short while ago. */
export interface KnownCatalogues {
  /** RFC 3339. */
  readonly now: string;
  readonly catalogue?: VersionCatalogue;
  readonly addonCatalogue?: AddonCatalogue;
  /** The control plane, where it was looked at a moment ago. */
  readonly cluster?: ControlPlaneFacts;
  /** Installed add-ons that need not be looked at again, as they were seen. */
  readonly addons?: readonly AddonFacts[];
  /** Look at the Fargate profiles too. */
  readonly fargateProfiles?: true;
  /** Look at the instances that Karpenter or Auto Mode has launched too. */
  readonly pooledNodes?: true;
  /** Look closer at add-ons: their roles too, and what is listed for these names besides those that are installed. */
  readonly addonsCloser?: readonly string[];
  /** Subnets to look at besides the cluster's and its groups'. */
  readonly subnetIds?: readonly string[];
}

/** Which access entries are looked at. */
export type AccessAsked =
  | { readonly principalArn: string }
  /** Those after `after`, at most `limit`; `known` are looked for whether EKS lists them or not. */
  | { readonly after: string; readonly limit: number; readonly known: readonly string[] };

export interface UpdateOf {
  readonly clusterName: string;
  readonly nodegroupName?: string;
  readonly addonName?: string;
}
