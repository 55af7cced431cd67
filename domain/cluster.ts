import type { AddonIdentity, AddonShare, AskedAddon } from './addons/asked.ts';
import type { Condition } from './condition.ts';
import type { CertificateFacts } from './facts.ts';
import type { MaintenancePolicy } from './maintenance-policy.ts';
import type { Minor } from './minor.ts';
import type { NodeRepairConfig, WarmPoolConfig } from './node-words.ts';
import type { PartTrouble } from './parts/made-after.ts';
import type { PlannedResource } from './parts/part-states.ts';
import type { Resource } from './parts/resource.ts';
import type { ProfileOf, ProfileParts } from './profile.ts';
import type { Wanted } from './wanted.ts';

/** What Slipway remembers of a cluster. The world's own state is looked at, not remembered: see `ClusterFacts`. */
export interface Cluster {
  readonly clusterId: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly team?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The control plane's minor as last seen. */
  readonly version: Minor;
  /** The minor that the active operation moves it to; otherwise the same as `version`. */
  readonly desiredVersion: Minor;
  readonly roleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly endpointPublicAccess: boolean;
  readonly endpointPrivateAccess: boolean;
  readonly publicAccessCidrs: readonly string[];
  /** Of pods and services, chosen when the cluster was made. Absent: ipv4, or never seen. */
  readonly ipFamily?: 'ipv4' | 'ipv6';
  readonly serviceIpv4Cidr?: string;
  readonly supportType: 'STANDARD' | 'EXTENDED';
  readonly deletionProtection: boolean;
  /** The control plane's last upgrade by us: what a rollback would undo. Absent for imported clusters and once it was undone. */
  readonly upgraded?: { readonly from: Minor; readonly to: Minor; /** When its end was seen, RFC 3339. */ readonly at: string };
  /** When upgrades may begin their steps. Absent: at any time. */
  readonly maintenancePolicy?: MaintenancePolicy;
  /** AWS tags of the cluster, as asked for at its creation. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Where its API server's certificates come from, as last seen. `before`: the authority that this one took the place of. */
  readonly certificateAuthority?: CertificateFacts & { /** RFC 3339. */ readonly seenAt: string; readonly before?: { readonly sha256: string; /** When the change was first seen, RFC 3339. */ readonly until: string } };
  /** Where EKS looks for who may get in: CONFIG_MAP, API_AND_CONFIG_MAP or API; as last seen, or as a change asks for it. */
  readonly authenticationMode?: string;
  readonly access: readonly AccessEntry[];
  /** Desired and last seen node groups, by name. */
  readonly nodegroups: readonly Nodegroup[];
  /** Those that were seen in it; of a cluster that is not there yet, those that are asked for. */
  readonly addons: readonly Addon[];
  /** Those that clients named, as they named them. Absent: none was ever named, as in an imported cluster. */
  readonly addonsAsked?: readonly AskedAddon[];
  /** What Slipway has put into add-ons for parts, as steps told. */
  readonly addonShares?: readonly AddonShare[];
  /** What it is asked to have beyond node groups and add-ons. */
  readonly wanted?: Wanted;
  /** The profile that it has, whose parts stand among `wanted` and `access`. */
  readonly profile?: ProfileOf;
  /** Of a cluster with a profile: what it was itself asked to have, which wins over the profile's. */
  readonly own?: ProfileParts;
  /** What Slipway has made for that and not taken away, as steps told. */
  readonly made?: readonly Resource[];
  /** What shall be there once the operations that were asked for are done. */
  readonly planned?: readonly PlannedResource[];
  /** What of it could not be made, changed or taken away when it was last tried. */
  readonly partTroubles?: readonly PartTrouble[];
  readonly conditions: readonly Condition[];
  /** When versions, node groups, add-ons and conditions were last seen as they stand here, RFC 3339: the oldest of them. Absent: never yet. */
  readonly lookedAt?: string;
  /** The operation that holds the cluster; at most one. */
  readonly activeOperation?: string;
  /** Why it came to be: made by us, or imported as it was. */
  readonly origin: 'created' | 'imported';
  /** False until the control plane has been seen ACTIVE once. */
  readonly exists: boolean;
  /** Set when a deletion has begun. */
  readonly deletingSince?: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Rises with a client's change, not with every internal write. */
  readonly generation: number;
  /** Rises with every write; the condition of the next one. */
  readonly revision: number;
}

export interface AccessEntry {
  readonly principalArn: string;
  /** Absent: only what bindings of the cluster give to its groups and user name. */
  readonly role?: 'viewer' | 'operator' | 'admin';
  readonly namespaces?: readonly string[];
  readonly kubernetesGroups?: readonly string[];
  readonly username?: string;
}

/** A managed node group, in EKS's own terms. */
export interface Nodegroup {
  readonly nodegroupName: string;
  readonly version?: Minor;
  readonly releaseVersion?: string;
  /** EKS's status as last seen (`ACTIVE`), or `Planned` before it exists. */
  readonly status: string;
  readonly amiType?: string;
  readonly capacityType?: 'ON_DEMAND' | 'SPOT' | 'CAPACITY_BLOCK';
  readonly instanceTypes?: readonly string[];
  readonly diskSize?: number;
  readonly nodeRole?: string;
  readonly subnets?: readonly string[];
  readonly scalingConfig: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  readonly updateConfig?: { readonly maxUnavailable?: number; readonly maxUnavailablePercentage?: number; readonly updateStrategy?: 'DEFAULT' | 'MINIMAL' };
  readonly nodeRepairConfig?: NodeRepairConfig;
  readonly warmPoolConfig?: WarmPoolConfig;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: 'NO_SCHEDULE' | 'NO_EXECUTE' | 'PREFER_NO_SCHEDULE' }[];
  readonly launchTemplate?: { readonly id?: string; readonly name?: string; readonly version?: string };
  /** The launch template names its own image, so neither version nor release is ever sent. */
  readonly customAmi?: boolean;
}

export interface Addon {
  readonly addonName: string;
  readonly addonVersion?: string;
  readonly status: string;
  /** `AwaitingNodes` when it is DEGRADED only because there is no node to run on. */
  readonly reason?: string;
  readonly configurationValues?: string;
  readonly resolveConflicts?: 'NONE' | 'OVERWRITE' | 'PRESERVE';
  readonly podIdentityAssociations?: readonly AddonIdentity[];
  readonly owner?: string;
}
