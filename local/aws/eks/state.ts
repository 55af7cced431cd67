import type {
  AddonIssueCode,
  AddonStatus,
  AMITypes,
  AuthenticationMode,
  CapacityTypes,
  CertificateAuthorityActivatedBy,
  CertificateAuthorityCreatedBy,
  CertificateAuthorityDistributionStatus,
  CertificateAuthoritySigningStatus,
  Cancellation,
  CapabilityConfigurationRequest,
  CapabilityIssueCode,
  CapabilityStatus,
  CapabilityType,
  Category,
  ClusterStatus,
  ControlPlaneScalingConfig,
  EncryptionConfig,
  ErrorCode,
  FargateProfileIssueCode,
  FargateProfileSelector,
  FargateProfileStatus,
  InsightStatusValue,
  KubeApiServerConfigRequest,
  KubeControllerManagerConfigRequest,
  KubernetesNetworkConfigResponse,
  KubeSchedulerConfigRequest,
  LogType,
  NodegroupIssueCode,
  NodegroupScalingConfig,
  NodegroupStatus,
  NodegroupUpdateConfig,
  NodeRepairConfig,
  RemoteAccessConfig,
  RemoteNetworkConfigRequest,
  SupportType,
  Taint,
  UpdateParam,
  UpdateStatus,
  UpdateType,
  WarmPoolConfig,
} from '@aws-sdk/client-eks';
import type { Minor } from '../../../domain/minor.ts';

// The documents that the simulated EKS keeps on the stage's disk. Times are epoch milliseconds of virtual time.

export type Tags = Readonly<Record<string, string>>;

export interface ClusterDoc {
  /** 32 upper-case hex digits: the host name of the endpoint and the path of the OIDC issuer. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** As DescribeCluster shows it, which lags behind `update`. */
  status: ClusterStatus;
  version: Minor;
  platformVersion: string;
  readonly roleArn: string;
  readonly vpcId: string;
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  readonly clusterSecurityGroupId: string;
  endpointPublicAccess: boolean;
  endpointPrivateAccess: boolean;
  publicAccessCidrs: readonly string[];
  network: KubernetesNetworkConfigResponse;
  logTypes: readonly LogType[];
  encryptionConfig: readonly EncryptionConfig[];
  authenticationMode: AuthenticationMode;
  /** Absent while the cluster has the one that it was made with. */
  certificateAuthorities?: readonly CertificateAuthorityDoc[] | undefined;
  readonly bootstrapClusterCreatorAdminPermissions: boolean;
  /** vpc-cni, coredns and kube-proxy run unseen, as self-managed add-ons. */
  readonly selfManagedAddons: boolean;
  supportType: SupportType;
  deletionProtection: boolean;
  zonalShift?: boolean | undefined;
  /** EKS Auto Mode, when it has ever been spoken of. */
  autoMode?: AutoModeDoc | undefined;
  /** The nodes that Auto Mode has made. */
  autoNodes?: readonly NodeDoc[] | undefined;
  /** The turn of Auto Mode's nodes that is under way; others are overtaken. */
  drift?: string | undefined;
  remoteNetworkConfig?: RemoteNetworkConfigRequest | undefined;
  controlPlaneScalingConfig?: ControlPlaneScalingConfig | undefined;
  kubeApiServerConfig?: KubeApiServerConfigRequest | undefined;
  kubeSchedulerConfig?: KubeSchedulerConfigRequest | undefined;
  kubeControllerManagerConfig?: KubeControllerManagerConfigRequest | undefined;
  tags: Tags;
  readonly clientRequestToken?: string | undefined;
  healthIssues: readonly { readonly code: string; readonly message: string; readonly resourceIds: readonly string[] }[];
  /** The control-plane update that holds the cluster, until the cluster is ACTIVE again. */
  update?: string | undefined;
  /** When the control plane last reached its version by an update; absent when it was made at it. */
  upgradedAt?: number | undefined;
  insights: readonly InsightDoc[];
  insightsRefreshedAt?: number | undefined;
  insightsRefresh?: { readonly startedAt: number; readonly endedAt?: number; readonly failed?: boolean } | undefined;
  /** Where the span of the control plane's present version is kept in the history. */
  span?: string | undefined;
}

export interface CertificateAuthorityDoc {
  readonly id: string;
  /** 0 is the one that the cluster was made with. */
  readonly serial: number;
  readonly createdAt: number;
  readonly createdBy: CertificateAuthorityCreatedBy;
  readonly activatedAt?: number;
  readonly activatedBy?: CertificateAuthorityActivatedBy;
  readonly signingStatus: CertificateAuthoritySigningStatus;
  readonly distributionStatus: CertificateAuthorityDistributionStatus;
}

/** The cluster's certificate authorities, the first of them as EKS makes it with the cluster. */
export function authoritiesOf({ id, createdAt, certificateAuthorities }: ClusterDoc): readonly CertificateAuthorityDoc[] {
  if (certificateAuthorities !== undefined) return certificateAuthorities;
  return [{ id: `ca-${id.slice(0, 17).toLowerCase()}`, serial: 0, createdAt, createdBy: 'EKS', activatedAt: createdAt, activatedBy: 'EKS', signingStatus: 'IN_USE', distributionStatus: 'COMPLETE' }];
}

export interface CapabilityDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly capabilityName: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly type: CapabilityType;
  readonly status: CapabilityStatus;
  readonly roleArn: string;
  readonly configuration?: CapabilityConfigurationRequest | undefined;
  tags: Tags;
  readonly healthIssues: readonly { readonly code: CapabilityIssueCode; readonly message: string }[];
}

export interface AutoModeDoc {
  readonly enabled: boolean;
  readonly nodePools: readonly string[];
  readonly nodeRoleArn?: string | undefined;
}

export interface InsightDoc {
  readonly category: Category;
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly status: InsightStatusValue;
  readonly reason: string;
  readonly description: string;
  readonly recommendation: string;
  readonly refreshedAt: number;
  readonly changedAt: number;
  readonly resources: readonly { readonly status: InsightStatusValue; readonly reason: string; readonly arn?: string; readonly uri?: string }[];
  readonly addons?: readonly { readonly name: string; readonly compatibleVersions: readonly string[] }[];
  readonly removedApis?: readonly {
    readonly usage: string;
    readonly replacedWith: string;
    readonly startServingReplacementVersion: string;
    readonly clients: readonly { readonly userAgent: string; readonly requests: number; readonly lastRequestAt: number }[];
  }[];
}

export interface NodeDoc {
  readonly id: string;
  /** What decides whether a roll replaces it: AMI release or image, and launch template version. */
  readonly build: string;
  readonly kubelet: Minor;
  readonly ready: boolean;
  /** Where its span is kept in the history. */
  readonly span?: string;
}

export interface LaunchTemplateDoc {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Set when the template names its own image. */
  readonly imageId?: string | undefined;
}

export interface NodegroupDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly nodegroupName: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  status: NodegroupStatus;
  version: Minor;
  releaseVersion: string;
  readonly amiType: AMITypes;
  readonly capacityType: CapacityTypes;
  readonly instanceTypes?: readonly string[] | undefined;
  readonly diskSize?: number | undefined;
  readonly subnets: readonly string[];
  readonly remoteAccess?: RemoteAccessConfig | undefined;
  readonly nodeRole: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  scalingConfig: NodegroupScalingConfig;
  updateConfig: NodegroupUpdateConfig;
  nodeRepairConfig?: NodeRepairConfig | undefined;
  warmPoolConfig?: WarmPoolConfig | undefined;
  launchTemplate?: LaunchTemplateDoc | undefined;
  /** Own images that the group has run, with the kubelet that each was first rolled out with. */
  images?: Readonly<Record<string, Minor>> | undefined;
  tags: Tags;
  healthIssues: readonly { readonly code: NodegroupIssueCode; readonly message: string; readonly resourceIds: readonly string[] }[];
  nodes: readonly NodeDoc[];
  update?: string | undefined;
}

export interface AddonDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly addonName: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  status: AddonStatus;
  addonVersion: string;
  serviceAccountRoleArn?: string | undefined;
  configurationValues?: string | undefined;
  podIdentityAssociations: readonly string[];
  readonly namespace: string;
  tags: Tags;
  healthIssues: readonly { readonly code: AddonIssueCode; readonly message: string; readonly resourceIds?: readonly string[] }[];
  update?: string | undefined;
  span?: string | undefined;
}

export interface UpdateDoc {
  readonly id: string;
  /** Rises with every update of the place, so that newest-first has no ties. */
  readonly sequence: number;
  readonly clusterName: string;
  readonly nodegroupName?: string | undefined;
  readonly addonName?: string | undefined;
  readonly capabilityName?: string | undefined;
  readonly type: UpdateType;
  status: UpdateStatus;
  readonly params: readonly UpdateParam[];
  readonly createdAt: number;
  endedAt?: number | undefined;
  /** Of a rollback with Auto Mode: its nodes go back first, then the control plane. */
  phase?: 'nodes' | 'control-plane' | undefined;
  cancellation?: Cancellation | undefined;
  errors: readonly { readonly errorCode: ErrorCode; readonly errorMessage: string; readonly resourceIds: readonly string[] }[];
  /** What takes effect when it succeeds. */
  readonly change: UpdateChange;
  /** A scripted failure that it will meet. */
  readonly failure?: ScriptedFailure | undefined;
}

export interface UpdateChange {
  readonly cluster?: Partial<ClusterDoc>;
  /** Of a version update after which there is no rollback. */
  readonly closesWayBack?: boolean;
  readonly nodegroup?: Partial<NodegroupDoc>;
  readonly addon?: Partial<AddonDoc>;
  readonly capability?: Partial<CapabilityDoc>;
  /** What a roll brings the nodes to. */
  readonly build?: string;
  readonly surge?: number;
  /** Pods that protect themselves are deleted all the same. */
  readonly forced?: boolean;
}

/** A failure that was scripted for the next matching piece of work. */
export interface ScriptedFailure {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly resourceIds?: readonly string[] | undefined;
  /** It comes from the state of the account or from what is said to run in the cluster, and may be mended before it strikes. */
  readonly mendable?: boolean | undefined;
}

export interface AccessEntryDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly principalArn: string;
  readonly arn: string;
  readonly type: string;
  readonly createdAt: number;
  modifiedAt: number;
  kubernetesGroups: readonly string[];
  username: string;
  tags: Tags;
  policies: readonly {
    readonly policyArn: string;
    readonly scope: 'cluster' | 'namespace';
    readonly namespaces: readonly string[];
    readonly associatedAt: number;
    readonly modifiedAt: number;
  }[];
}

export interface PodIdentityDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  roleArn: string;
  targetRoleArn?: string | undefined;
  externalId?: string | undefined;
  disableSessionTags?: boolean | undefined;
  policy?: string | undefined;
  readonly ownerArn?: string | undefined;
  tags: Tags;
}

export interface FargateDoc {
  readonly id: string;
  readonly clusterName: string;
  readonly fargateProfileName: string;
  readonly arn: string;
  readonly createdAt: number;
  status: FargateProfileStatus;
  readonly podExecutionRoleArn: string;
  readonly subnets: readonly string[];
  readonly selectors: readonly FargateProfileSelector[];
  readonly healthIssues?: readonly { readonly code: FargateProfileIssueCode; readonly message: string; readonly resourceIds: readonly string[] }[];
  tags: Tags;
}

/** An answered request token: what it was used for, and what came of it. */
export interface TokenDoc {
  readonly fingerprint: string;
  readonly result: Readonly<Record<string, string>>;
}

/** Something that will become true at a time, stored so that a restart does not forget it. */
export interface Transition {
  readonly kind: string;
  readonly at: number;
  readonly sequence: number;
  readonly clusterName: string;
  /** The node group, add-on, update or profile that it is about. */
  readonly subject?: string;
  readonly updateId?: string;
  readonly nodeIds?: readonly string[];
  /** Since when a drain has been held up. */
  readonly heldSince?: number | undefined;
}

/** From when to when something had a version. Open while `to` is absent. */
export interface SpanDoc {
  readonly what: 'control-plane' | 'node' | 'addon';
  readonly clusterName: string;
  readonly nodegroupName?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly addonName?: string | undefined;
  readonly version: string;
  readonly from: number;
  to?: number | undefined;
}
