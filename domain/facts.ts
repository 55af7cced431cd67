import type { InstanceLimits } from './instance-limits.ts';
import type { Minor } from './minor.ts';
import type { NodeRepairConfig, WarmPoolConfig } from './node-words.ts';
import type { FargateProfileFacts, Looked, PooledNodesFacts, ReadinessFacts, RememberedReadiness } from './readiness-facts.ts';

/** What was seen in an account, by whom it was asked and when. Facts are gathered by `aws/eks` and judged here; a look that failed is an error, never an empty list. */
export interface ClusterFacts {
  /** When the looks behind these facts were made, RFC 3339. */
  readonly observedAt: string;
  /** When part of them was looked at again: what had not settled, or the readiness. RFC 3339. */
  readonly amendedAt?: string;
  readonly cluster: ControlPlaneFacts;
  readonly nodegroups: readonly NodegroupFacts[];
  readonly addons: readonly AddonFacts[];
  /** When the control plane was seen last, where the work on it was looked at since; RFC 3339. */
  readonly controlPlaneSeenAt?: string;
  readonly catalogue: VersionCatalogue;
  readonly addonCatalogue: AddonCatalogue;
  /** When the two catalogues were read: they are kept from look to look for a while. RFC 3339. */
  readonly cataloguesReadAt?: string;
  /** The cluster's own, then those that its node groups have besides. */
  readonly subnets: readonly SubnetFacts[];
  /** Looked at where a deletion is planned: EKS deletes no cluster that has one. */
  readonly fargateProfiles?: Looked<readonly FargateProfileFacts[]>;
  /** Looked at where Karpenter or the cluster is to go: EC2 instances tagged as Karpenter's or Auto Mode's for this cluster, by node pool. */
  readonly pooledNodes?: Looked<readonly PooledNodesFacts[]>;
  /** Updates that EKS says are InProgress on the control plane. */
  readonly updatesInProgress: readonly UpdateFacts[];
  /** Looked at where an upgrade or a rollback is planned; absent otherwise, and then not judged. */
  readonly readiness?: ReadinessFacts;
  /** What an earlier look at readiness need not have read again; nothing is judged on it. */
  readonly remembered?: RememberedReadiness;
}

export interface ControlPlaneFacts {
  readonly name: string;
  readonly arn: string;
  readonly version: Minor;
  readonly platformVersion?: string;
  /** CREATING, ACTIVE, DELETING, FAILED, UPDATING, PENDING; open, as every EKS enum. */
  readonly status: string;
  readonly roleArn: string;
  readonly vpcId?: string;
  readonly ipFamily?: 'ipv4' | 'ipv6';
  readonly serviceIpv4Cidr?: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly endpointPublicAccess?: boolean;
  readonly endpointPrivateAccess?: boolean;
  readonly publicAccessCidrs?: readonly string[];
  readonly authenticationMode?: string;
  readonly supportType?: 'STANDARD' | 'EXTENDED';
  readonly deletionProtection: boolean;
  readonly autoMode: boolean;
  /** The key that encrypts the cluster's secrets. */
  readonly kmsKeyArn?: string;
  readonly hybridNodes?: boolean;
  readonly healthIssues: readonly HealthIssue[];
  readonly endpoint?: string;
  /** Who issues its service accounts' tokens, without the scheme. */
  readonly oidcIssuer?: string;
  /** The one whose certificate clients know the API server by; absent until the control plane stands. */
  readonly certificateAuthority?: CertificateFacts;
  readonly createdAt?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A certificate authority's own certificate. */
export interface CertificateFacts {
  /** Of the certificate, 64 hex digits: the fingerprint that `openssl x509 -fingerprint -sha256` tells, without its colons. */
  readonly sha256: string;
  /** RFC 3339. */
  readonly notAfter?: string;
}

/** What a client needs to get to the API server, looked at now. */
export interface EntranceFacts {
  readonly observedAt: string;
  readonly status: string;
  readonly endpoint?: string;
  readonly endpointPublicAccess: boolean;
  /** All that the cluster trusts, the one that signs first: two while a rotation is under way. */
  readonly certificateAuthorities: readonly (CertificateFacts & { readonly pem: string; /** IN_USE, ACTIVATING or NOT_USED; absent where EKS was not or could not be asked. */ readonly signing?: string })[];
  /** Why it is not known whether EKS trusts another one besides. */
  readonly othersUnknown?: string;
}

/** An access entry as EKS has it. */
export interface AccessEntryFacts {
  readonly principalArn: string;
  /** STANDARD, EC2_LINUX, EC2_WINDOWS, EC2, FARGATE_LINUX, HYBRID_LINUX, HYPERPOD_LINUX; open, as every EKS enum. */
  readonly type: string;
  readonly username?: string;
  readonly kubernetesGroups: readonly string[];
  readonly policies: readonly { readonly policyArn: string; /** Absent: the whole cluster. */ readonly namespaces?: readonly string[] }[];
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly modifiedAt?: string;
}

/** Access entries looked at now: those that were asked for, or a page of all. */
export interface AccessFacts {
  readonly observedAt: string;
  readonly authenticationMode?: string;
  readonly entries: readonly AccessEntryFacts[];
  /** Principals that were asked for, or named by the asker, and have no entry. */
  readonly missing: readonly string[];
  /** The last principal of the page, where there are more. */
  readonly next?: string;
}

export interface HealthIssue {
  readonly code: string;
  readonly message: string;
  readonly resourceIds: readonly string[];
}

export interface NodegroupFacts {
  readonly nodegroupName: string;
  readonly arn?: string;
  /** The kubelet's minor. Absent for a custom AMI whose version EKS does not know. */
  readonly version?: Minor;
  readonly releaseVersion?: string;
  /** RFC 3339: a roll that ends, well or not, modifies the group. */
  readonly modifiedAt?: string;
  readonly status: string;
  readonly amiType: string;
  readonly capacityType?: string;
  readonly instanceTypes: readonly string[];
  readonly subnetIds: readonly string[];
  readonly nodeRole?: string;
  readonly scalingConfig: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  readonly nodeRepairConfig?: NodeRepairConfig;
  readonly warmPoolConfig?: WarmPoolConfig;
  readonly updateConfig: { readonly maxUnavailable?: number; readonly maxUnavailablePercentage?: number; readonly updateStrategy?: string };
  readonly launchTemplate?: { readonly id?: string; readonly name?: string; readonly version?: string };
  /** True when the launch template names its own image (`amiType` is CUSTOM): neither version nor release is sent for it. */
  readonly customAmi: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly healthIssues: readonly HealthIssue[];
}

export interface AddonFacts {
  /** Where it stands as an earlier look than the rest saw it: when that was, RFC 3339. */
  readonly seenAt?: string;
  readonly addonName: string;
  readonly addonVersion: string;
  /** CREATING, ACTIVE, CREATE_FAILED, UPDATING, DELETING, DELETE_FAILED, DEGRADED, UPDATE_FAILED. */
  readonly status: string;
  /** JSON or YAML, as it was given. */
  readonly configurationValues?: string;
  /** It has settings, and they are too long to be kept. */
  readonly configurationTooLong?: true;
  /** Those that EKS keeps for the add-on, with roles; absent where they were not looked at. */
  readonly podIdentityAssociations?: readonly { readonly serviceAccount: string; readonly roleArn: string }[];
  /** Whose add-on it is: `aws`, `aws-marketplace`, `community`. */
  readonly owner?: string;
  readonly healthIssues: readonly HealthIssue[];
}

/** What DescribeClusterVersions offers in a region. */
export interface VersionCatalogue {
  readonly offers: readonly VersionOffer[];
}

export interface VersionOffer {
  readonly version: Minor;
  readonly defaultVersion: boolean;
  /** STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED. */
  readonly versionStatus: string;
  readonly defaultPlatformVersion?: string;
  /** Dates as RFC 3339. */
  readonly releaseDate?: string;
  readonly endOfStandardSupportDate?: string;
  readonly endOfExtendedSupportDate?: string;
}

/** What DescribeAddonVersions lists, by add-on name: versions newest first, each with the minors that it is listed for. */
export type AddonCatalogue = Readonly<Record<string, readonly AddonOffer[]>>;

export interface AddonOffer {
  readonly addonVersion: string;
  readonly compatibleWith: readonly Minor[];
  readonly defaultFor: readonly Minor[];
}

export interface SubnetFacts {
  readonly subnetId: string;
  readonly vpcId: string;
  /** `use1-az1`: the same place in every account. */
  readonly zoneId: string;
  /** `us-east-1a`: differs per account. */
  readonly zoneName: string;
  readonly availableIpAddressCount: number;
  /** IPv4. */
  readonly cidrBlock?: string;
  /** Whether it has an IPv6 block too. */
  readonly ipv6?: boolean;
  readonly ownerAccountId?: string;
  /** Whether what starts in it gets a public address by default: a sign of a public subnet, and no proof. Absent where it was not looked at. */
  readonly publicAddresses?: boolean;
  /** Which load balancers its tags `kubernetes.io/role/...` ask for: open ones, internal ones. */
  readonly elbRoles?: readonly ('elb' | 'internal-elb')[];
}

/** A zone as an account sees it. */
export interface ZoneFacts {
  /** `use1-az1`: the same place in every account. */
  readonly zoneId: string;
  /** `us-east-1a`: this account's name for it. */
  readonly zoneName: string;
  /** availability-zone, local-zone, wavelength-zone. */
  readonly zoneType: string;
  /** available, impaired, unavailable, constrained. */
  readonly state: string;
  /** opt-in-not-required, opted-in, not-opted-in. */
  readonly optIn: string;
}

/** An EKS update as DescribeUpdate tells it. */
export interface UpdateFacts {
  readonly updateId: string;
  /** InProgress, Failed, Cancelled or Successful. */
  readonly status: string;
  readonly type: string;
  readonly params: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly errors: readonly { readonly code: string; readonly message: string; readonly resourceIds: readonly string[] }[];
}

/** What the rules for a new cluster or node group need to know. */
export interface CreationFacts {
  readonly observedAt: string;
  readonly nameTaken: boolean;
  readonly catalogue: VersionCatalogue;
  readonly subnets: readonly SubnetFacts[];
  readonly addonCatalogue: AddonCatalogue;
  /** Of the instance types that are asked for; none where they could not be looked at. */
  readonly instanceLimits?: readonly InstanceLimits[];
}

export interface VerificationFacts {
  readonly observedAt: string;
  readonly externalId: string;
  readonly withId: AssumeTrial;
  /** Tried only while an id is being rotated. */
  readonly withPreviousId?: AssumeTrial;
  /** An external id of ours without tags and source identity, tried only when the role is denied with them. */
  readonly unnamed?: AssumeTrial;
  readonly withoutId: AssumeTrial;
  readonly withWrongId: AssumeTrial;
  /** The role's permissions as read by itself, or why they could not be read. */
  readonly permissions:
    | { readonly kind: 'read'; readonly document: string; /** Attached policies that could not be read: what they allow or deny is not known. */ readonly unread?: readonly UnreadPolicy[] }
    | { readonly kind: 'unreadable'; readonly message: string };
  /** The boundary of roles that are made in the account, its document as JSON; left out where it was not looked for. */
  readonly boundary?: BoundaryLook;
}

export type BoundaryLook = { readonly kind: 'there'; readonly document: string } | { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly message: string };

export interface UnreadPolicy {
  readonly policy: string;
  readonly message: string;
}

export interface AssumeTrial {
  readonly kind: 'assumed' | 'denied' | 'failed';
  readonly message?: string;
}
