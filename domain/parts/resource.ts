import type { Minor } from '../minor.ts';
import type { Statement } from '../permissions.ts';

/**
 * What the parts of a cluster come down to in AWS: one atom each, its whole wished state in AWS's own terms. A part is what is asked
 * for (`dns`, `pod-identity`); resources are what makes it so. What was made is kept on the cluster's record in the same words.
 */
export type Resource =
  | RoleResource
  | OidcProviderResource
  | PodIdentityResource
  | AccessEntryResource
  | FargateProfileResource
  | CapabilityResource
  | SelfManagedGroupResource
  | AutoModeResource
  | HandOverResource;

export type ResourceKind = Resource['kind'];

/** What is asked for, in the words of the request and of `cluster.parts`. */
export type PartKind = 'network' | 'nodes' | 'pod-identity' | 'fargate-profile' | 'self-managed-nodegroup' | 'capability' | 'autoscaling' | 'traffic' | 'dns' | 'tokens';

interface Common {
  /** Unique among the cluster's resources of its kind: a role's name, `namespace/serviceAccount`, a profile's name. */
  readonly name: string;
  readonly part: PartKind;
  /** Which of several of a kind: `prod/checkout` of the pod identities. The part's own name where there is one alone. */
  readonly partName: string;
  /** What must be there first, by `keyOf`. */
  readonly needs?: readonly string[];
}

/** An IAM role of the cluster's account, named by `roleNameFor`, always under the permissions boundary. */
export interface RoleResource extends Common {
  readonly kind: 'role';
  readonly description: string;
  readonly trust: RoleDocument;
  /** Inline policies by name. */
  readonly policies: Readonly<Record<string, RoleDocument>>;
  /** AWS's own policies, where a controller's vendor asks for them by name. */
  readonly managedPolicyArns?: readonly string[];
  /** The role is to be had by instances: it gets an instance profile of its own name. */
  readonly instanceProfile?: true;
}

export interface RoleDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly RoleStatement[];
}

export interface RoleStatement extends Omit<Statement, 'Resource' | 'Condition' | 'Effect'> {
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource?: readonly string[];
  readonly Principal?: { readonly Service?: readonly string[]; readonly AWS?: readonly string[]; readonly Federated?: readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** IAM's trust in the cluster as an issuer of identities. Its name is the issuer without its scheme, known once the cluster exists. */
export interface OidcProviderResource extends Common {
  readonly kind: 'oidc-provider';
  readonly clientIds: readonly string[];
}

/** `name` is `namespace/serviceAccount`. */
export interface PodIdentityResource extends Common {
  readonly kind: 'pod-identity';
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
  /** A role of another account, which the first is exchanged for. */
  readonly targetRoleArn?: string;
  readonly disableSessionTags?: boolean;
}

/** `name` is the principal's ARN. */
export interface AccessEntryResource extends Common {
  readonly kind: 'access-entry';
  readonly principalArn: string;
  /** EKS's entry type: STANDARD, EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, EC2. */
  readonly type: string;
  readonly kubernetesGroups?: readonly string[];
  readonly policies: readonly { readonly policyArn: string; readonly namespaces?: readonly string[] }[];
  /** EKS made it by itself for another resource, which goes: it goes too, unless somebody has put it to another use. */
  readonly madeByEks?: true;
}

export interface FargateProfileResource extends Common {
  readonly kind: 'fargate-profile';
  readonly podExecutionRoleArn: string;
  readonly subnets: readonly string[];
  readonly selectors: readonly { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> }[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface CapabilityResource extends Common {
  readonly kind: 'capability';
  readonly type: 'ACK' | 'KRO' | 'ARGOCD';
  readonly roleArn: string;
  /** In EKS's own terms. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/** A launch template and an Auto Scaling group of the same name. What only the cluster tells (endpoint, authority) is filled in when it is made. */
export interface SelfManagedGroupResource extends Common {
  readonly kind: 'self-managed-group';
  /** The minor of its image. The image itself is pinned in the template's version. */
  readonly version: Minor;
  readonly amiFamily: 'AL2023' | 'BOTTLEROCKET';
  readonly architecture: 'x86_64' | 'arm64';
  readonly instanceTypes: readonly string[];
  readonly spot: boolean;
  /** GiB. */
  readonly diskSize?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: 'NO_SCHEDULE' | 'NO_EXECUTE' | 'PREFER_NO_SCHEDULE' }[];
  readonly nodeRoleArn: string;
  /** Of a role of ours; that of another role is looked up. */
  readonly instanceProfile?: string;
  /** Beside the cluster's own. */
  readonly securityGroups: readonly string[];
  readonly subnets: readonly string[];
  readonly scalingConfig: { readonly minSize: number; readonly maxSize: number; readonly desiredSize: number };
  readonly warmPool?: { readonly minSize: number; readonly maxGroupPreparedCapacity?: number; readonly poolState: 'STOPPED' | 'RUNNING' | 'HIBERNATED' };
  readonly tags: Readonly<Record<string, string>>;
}

/** EKS Auto Mode: compute, block storage and load balancing, on together. */
export interface AutoModeResource extends Common {
  readonly kind: 'auto-mode';
  readonly nodePools: readonly string[];
  /** With node pools alone. */
  readonly nodeRoleArn?: string;
}

/** What people apply with their own tools: Slipway does not write through the cluster's API. */
export interface HandOverResource extends Common {
  readonly kind: 'hand-over';
  /** What it installs, and in which version: `karpenter`, `1.9.0`. */
  readonly what: string;
  readonly version?: string;
  /** Where its Helm chart is to be had, and the values for it. */
  readonly chart?: { readonly repository: string; readonly name: string; readonly version: string; readonly releaseName: string; readonly namespace: string; readonly values: Readonly<Record<string, unknown>> };
  readonly manifests?: readonly Readonly<Record<string, unknown>>[];
  /** What somebody else makes in AWS, where Slipway has no rights to: a role in another account, a queue. */
  readonly documents?: readonly { readonly title: string; readonly content: Readonly<Record<string, unknown>> }[];
  /** Commands that a person runs, in order. */
  readonly commands?: readonly string[];
}

/** Stands in a role's trust for the account of Slipway itself, which the rules do not know; the hands put it in. */
export const HOME_ACCOUNT = '{home}';

/** What tells one resource of a cluster from all others. */
export function keyOf({ kind, name }: Pick<Resource, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** ARN of a role that Slipway makes: no path, since EKS and access entries take none. */
export function roleArnIn(accountId: string, roleName: string): string {
  return `arn:aws:iam::${accountId}:role/${roleName}`;
}
