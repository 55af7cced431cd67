import type { AddonShare } from './addons/asked.ts';
import type { Resource } from './parts/resource.ts';

/** What will be done, in order, each thing with its reason: a list that a person can read aloud. */
export interface Plan {
  /** The control plane's minor at planning time; for a new cluster its own version. */
  readonly from: string;
  readonly to: string;
  /** For an upgrade one hop a minor (where the cluster is now is omitted, where it ends is included); for other work exactly one. */
  readonly hops: readonly Hop[];
  readonly findings: readonly Finding[];
  /** Every kind of node that the cluster has, and what becomes of it. Of upgrades and rollbacks. */
  readonly nodes?: readonly NodesLine[];
  readonly notLookedAt: readonly { readonly code: string; readonly because: string }[];
  readonly estimate: Estimate;
  /** When the facts were looked at that it was made from, RFC 3339: the oldest of them. Of upgrades and rollbacks. */
  readonly lookedAt?: string;
  /** When EKS made the insights that were seen then, by the oldest of them. */
  readonly insightsRefreshedAt?: string;
}

export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  /** Stable within the operation and readable: `1.34/control-plane`, `1.34/addon/vpc-cni/2`, `1.36/nodegroup/blue`. */
  readonly id: string;
  /** An -ing sentence: it is the progress bar. `Upgrading node group blue to 1.36` */
  readonly title: string;
  readonly kind: StepKind;
  /** The stage of the workflow that carries it out; the state of the same name reads the steps of its stage. */
  readonly stage: Stage;
  /** What it works on: a cluster's, node group's or add-on's name, or a principal's ARN. */
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  /** Why it is needed, and why here. */
  readonly reason: string;
  /** What the EKS call takes beyond the names above, in EKS's own terms. Small: under 16 KB. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Of a part of the cluster: the resource that the step makes, changes or takes away, as it shall be. */
  readonly resource?: Resource;
  /** Ids of steps of the plan without whose good end it is not tried. */
  readonly onlyAfter?: readonly string[];
  /** Of an add-on that is installed or changed: what the record shall remember of what parts have put into it. */
  readonly addonShare?: AddonShare;
}

export type StepKind =
  | 'create-control-plane'
  | 'create-access-entry'
  /** Rights, groups or user name of an entry that is there, without taking it away between. */
  | 'change-access-entry'
  | 'create-addon'
  | 'create-nodegroup'
  | 'upgrade-control-plane'
  | 'rollback-control-plane'
  | 'upgrade-addon'
  /** Settings and roles of an add-on, whose version stays. */
  | 'update-addon-config'
  | 'upgrade-nodegroup'
  /** A self-managed Auto Scaling group, replaced by an instance refresh. */
  | 'refresh-instances'
  | 'update-cluster-config'
  | 'update-nodegroup-config'
  | 'delete-nodegroup'
  | 'delete-addon'
  | 'delete-control-plane'
  // Of parts. `put` brings it to what it shall be, whether it is there or not, and is done when AWS has answered.
  | 'put-role'
  | 'delete-role'
  | 'put-oidc-provider'
  | 'delete-oidc-provider'
  | 'put-pod-identity'
  | 'delete-pod-identity'
  | 'put-access-entry'
  | 'delete-access-entry'
  | 'create-fargate-profile'
  | 'delete-fargate-profile'
  | 'create-capability'
  | 'update-capability'
  | 'delete-capability'
  | 'create-self-managed-group'
  | 'update-self-managed-group'
  | 'put-auto-mode'
  | 'remove-auto-mode'
  | 'delete-self-managed-group'
  /** Nothing is done in AWS: what people apply is rendered anew, and told. */
  | 'hand-over'
  | 'take-back'
  | 'read-cluster';

export type Stage =
  | 'CreateControlPlane'
  | 'CreateAccessEntries'
  | 'CreateNetworkAddons'
  | 'CreateNodegroups'
  | 'CreateAddons'
  | 'PrepareAddons'
  | 'UpgradeControlPlane'
  | 'UpgradeAddons'
  | 'UpgradeCanaryNodegroup'
  | 'UpgradeNodegroups'
  | 'RollBackNodegroups'
  | 'RollBackAddons'
  | 'RollBackControlPlane'
  | 'CarryOut'
  | 'DeleteNodegroups'
  | 'DeleteControlPlane'
  | 'MakeRoles'
  | 'MakeIdentities'
  | 'MakeNodes'
  | 'MakeParts'
  | 'RemoveParts'
  | 'RemoveIdentities';

export interface Finding {
  readonly code: string;
  /** `blocks` refuses the work; `advises` is told and done all the same. */
  readonly severity: 'blocks' | 'advises';
  readonly subject: string;
  readonly detail: string;
  readonly remedy: string;
  /** The hop's target minor that it concerns, or null when it concerns all of the work. */
  readonly hop: string | null;
  /** What it was concluded from, in lines: clients of a deprecated API, resources that EKS names. */
  readonly evidence?: readonly string[];
  /** A waiver that is in force for it: it is told, and does not refuse the work. */
  readonly waiver?: { readonly waiverId: string; readonly owner: string; readonly by: string; readonly reason: string; readonly until: string };
}

/** A line of the ledger of nodes. */
export interface NodesLine {
  readonly kind: 'managed' | 'self-managed' | 'fargate' | 'auto-mode' | 'karpenter' | 'hybrid';
  /** A node group's, Auto Scaling group's, profile's or node pool's name. */
  readonly name: string;
  /** The oldest kubelet, where it is known. */
  readonly version?: string;
  readonly count?: number;
  /** `roll` and `refresh` are steps of the plan; `redeploy` and `by-hand` are for people; `follows`: it comes by itself. */
  readonly action: 'roll' | 'refresh' | 'redeploy' | 'follows' | 'by-hand' | 'none';
  readonly because: string;
}

export interface Estimate {
  /** At work: bakes, gates and windows come on top. */
  readonly minutes: number;
  /** Free addresses that the work needs at its widest moment. */
  readonly addresses: number;
  readonly surgeNodes: number;
  /** Dollars a month that end with extended support; 0 when it is not in it. */
  readonly savedPerMonthUsd: number;
  /** What the numbers take for granted or leave out, in sentences. */
  readonly assumes?: readonly string[];
}
