import type { HealthIssue } from './facts.ts';
import type { InstanceLimits } from './instance-limits.ts';
import type { Minor } from './minor.ts';

/** A look that may fail by itself (a right that the account's role lacks, a throttle) without making the rest unknown. What was not seen is never taken for absent. */
export type Looked<T> = { readonly kind: 'seen'; readonly value: T } | { readonly kind: 'unknown'; readonly because: string };

/** What is looked at before a control plane moves, beyond what every look at a cluster sees. Gathered by `aws/readiness`, judged by the readiness checks. */
export interface ReadinessFacts {
  /** RFC 3339. */
  readonly observedAt: string;
  /** The operation that has asked EKS to look anew, in vain or without being told when it did: it goes by what there is. */
  readonly asItIsFor?: string;
  readonly insights: Looked<InsightsFacts>;
  /** The cluster's role, the nodes', and the pod execution roles of those Fargate profiles that could be looked at, by ARN. */
  readonly roles: Looked<readonly RoleFacts[]>;
  /** The key that encrypts the cluster's secrets; `none` where no key was given. */
  readonly kmsKey: Looked<KmsKeyFacts | 'none'>;
  /** The account's EC2 quotas that new nodes count against, in vCPUs, and what runs now; of the managed groups alone where the account's own could not be looked at. */
  readonly quotas: Looked<readonly QuotaFacts[]>;
  /** Launch templates of managed groups, and of the account's own Auto Scaling groups where these could be looked at. */
  readonly launchTemplates: Looked<readonly LaunchTemplateFacts[]>;
  /** Auto Scaling groups tagged as the cluster's that are not behind a managed group. */
  readonly selfManagedGroups: Looked<readonly SelfManagedGroupFacts[]>;
  readonly fargateProfiles: Looked<readonly FargateProfileFacts[]>;
  /** EC2 instances tagged as Karpenter's or Auto Mode's for this cluster, by node pool. */
  readonly pooledNodes: Looked<readonly PooledNodesFacts[]>;
  /** Whether the cluster admits hybrid nodes (remoteNetworkConfig). How many there are, EKS does not tell. */
  readonly hybridNodes: boolean;
  /** From the add-on's configuration values; `not-told` where the add-on does not say, or kube-proxy is self-managed. */
  readonly kubeProxyMode: Looked<'iptables' | 'ipvs' | 'nftables' | 'not-told'>;
  /** EKS's own quotas on node groups. */
  readonly limits?: Looked<EksLimitsFacts>;
  /** What the instance types of managed groups hold. */
  readonly instanceLimits?: Looked<readonly InstanceLimits[]>;
}

/** What changes seldom: between the hops of an operation an hour's old is true enough, and saves reads that EKS and Service Quotas count. */
export interface RememberedReadiness {
  /** RFC 3339. */
  readonly lookedAt: string;
  readonly fargateProfiles?: readonly FargateProfileFacts[];
  /** vCPUs by quota code. */
  readonly vcpuLimits?: Readonly<Record<string, number>>;
  readonly eksLimits?: EksLimitsFacts;
}

/** EKS's insights on a cluster as they stand, and how fresh they are. */
export interface InsightsFacts {
  /** The last refresh that was asked for. `never`: nobody asked; EKS refreshes by itself every 24 hours. */
  readonly refresh: { readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'never'; readonly message?: string; readonly startedAt?: string; readonly endedAt?: string };
  readonly insights: readonly InsightFacts[];
}

export interface InsightFacts {
  readonly id: string;
  readonly name: string;
  /** UPGRADE_READINESS, ROLLBACK_READINESS, MISCONFIGURATION; open, as every EKS enum. */
  readonly category: string;
  readonly kubernetesVersion?: Minor;
  /** PASSING, WARNING, ERROR or UNKNOWN. */
  readonly status: string;
  readonly reason?: string;
  readonly lastRefreshTime?: string;
  readonly lastTransitionTime?: string;
  readonly description?: string;
  readonly recommendation?: string;
  /** Looked at only where the insight does not pass. */
  readonly deprecations: readonly DeprecationFacts[];
  readonly addons: readonly { readonly name: string; readonly compatibleVersions: readonly string[] }[];
  readonly resources: readonly { readonly uri?: string; readonly arn?: string; readonly status?: string; readonly reason?: string }[];
}

export interface DeprecationFacts {
  readonly usage: string;
  readonly replacedWith?: string;
  readonly stopServingVersion?: string;
  readonly clients: readonly { readonly userAgent: string; readonly requestsLast30Days: number; readonly lastRequestTime?: string }[];
}

export interface RoleFacts {
  readonly roleArn: string;
  readonly usedBy: 'cluster' | 'nodegroup' | 'fargate-profile';
  /** Node group or profile names; the cluster's own name. */
  readonly subjects: readonly string[];
  readonly exists: boolean;
}

export interface KmsKeyFacts {
  readonly keyArn: string;
  /** Enabled, Disabled, PendingDeletion, PendingImport, Unavailable; `NotFound` when KMS knows no such key. */
  readonly state: string;
}

export interface QuotaFacts {
  /** `L-1216C47A` */
  readonly code: string;
  readonly name: string;
  /** Which instance families count: `standard`, `g`, `p`, ... and whether spot. */
  readonly family: string;
  readonly spot: boolean;
  readonly limitVcpus: number;
  readonly usedVcpus: number;
  /** vCPUs of each instance type of the cluster's groups that counts against this quota. */
  readonly vcpusByType: Readonly<Record<string, number>>;
}

export interface LaunchTemplateFacts {
  readonly id: string;
  readonly name?: string;
  /** The version that the group names, or the resolved one of `$Latest` and `$Default`. */
  readonly version?: string;
  readonly defaultVersion?: string;
  readonly latestVersion?: string;
  /** False when EC2 knows the template or the version no more. */
  readonly exists: boolean;
  readonly imageId?: string;
  /** Where the template names one, and the group need not. */
  readonly instanceType?: string;
  /** Node groups and Auto Scaling groups that use it. */
  readonly usedBy: readonly string[];
}

/** Nodes of an own Auto Scaling group: EKS does not know them, their image's name tells the kubelet. */
export interface SelfManagedGroupFacts {
  readonly groupName: string;
  readonly arn?: string;
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** With the number of the version that new instances get, resolved where the group says `$Latest` or `$Default`. */
  readonly launchTemplate?: { readonly id: string; readonly version: string };
  /** Several instance types or Spot beside on demand: a refresh that names a launch template alone would end that. */
  readonly mixedInstances?: boolean;
  /** Each kubelet among the instances that run, once; oldest first, and null at the end where an image's name does not tell: facts travel and are kept as JSON, which knows no undefined in a list. */
  readonly kubelets: readonly (Minor | null)[];
  /** The launch template's newest version for each minor, newest version first: what a refresh can bring. */
  readonly images: readonly { readonly version: string; readonly imageId: string; readonly imageName?: string; readonly minor?: Minor }[];
  readonly subnetIds: readonly string[];
  readonly unhealthyInstances: number;
  readonly refreshInProgress?: string;
}

export interface FargateProfileFacts {
  readonly profileName: string;
  readonly status: string;
  readonly podExecutionRoleArn?: string;
  readonly subnetIds: readonly string[];
  readonly namespaces: readonly string[];
  readonly healthIssues: readonly HealthIssue[];
}

export interface PooledNodesFacts {
  readonly kind: 'karpenter' | 'auto-mode';
  /** The node pool's name, or the empty string where no tag tells it. */
  readonly pool: string;
  readonly count: number;
  /** Each kubelet among the instances, once; oldest first, and null at the end where an image's name does not tell. */
  readonly kubelets: readonly (Minor | null)[];
}

export interface EksLimitsFacts {
  readonly nodegroups?: number;
  readonly nodesPerNodegroup?: number;
}

/** A run of an Auto Scaling instance refresh. */
export interface InstanceRefreshFacts {
  readonly refreshId: string;
  /** Pending, InProgress, Successful, Failed, Cancelling, Cancelled, RollbackInProgress, RollbackFailed, RollbackSuccessful. */
  readonly status: string;
  readonly reason?: string;
  readonly percentageComplete?: number;
  readonly startedAt?: string;
  /** The launch template version that it brings. */
  readonly launchTemplateVersion?: string;
}

/** An alarm that may turn an upgrade back. `absent`: CloudWatch knows no such alarm. */
export interface AlarmFacts {
  readonly arn: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'absent';
  readonly reason?: string;
  /** When it came to that state, RFC 3339. */
  readonly since?: string;
}
