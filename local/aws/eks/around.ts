import type { ScriptedFailure } from './state.ts';

/** What EKS sees of the other services of the simulated AWS. */
export interface Around {
  readonly iam: {
    /** The role, or undefined when the account has none of that name. */
    role(accountId: string, name: string): SeenRole | undefined;
  };
  readonly ec2: {
    subnet(accountId: string, region: string, subnetId: string): SeenSubnet | undefined;
    /** A launch template version (a number, `$Latest` or `$Default`), by id or name. */
    launchTemplate?(accountId: string, region: string, template: { id?: string; name?: string; version?: string }): SeenLaunchTemplate | undefined;
    /** The region's zones by name and id, as this account sees them. */
    zones?(accountId: string, region: string): readonly { readonly name: string; readonly id: string }[];
    /** Whether the account has a security group. */
    hasSecurityGroup?(accountId: string, region: string, groupId: string): boolean;
    /** A cluster's own security group, which nodes and control plane speak through. Source: EKS user guide, security group requirements. */
    makeSecurityGroup?(accountId: string, region: string, group: { readonly id: string; readonly vpcId: string; readonly name: string; readonly description: string; readonly tags: Readonly<Record<string, string>> }): void;
    removeSecurityGroup?(accountId: string, region: string, groupId: string): void;
    /** A kind of machine by its name (`m7g.large`), or undefined when EC2 has none of that name. */
    instanceType?(name: string): SeenInstanceType | undefined;
    /** Sets how many addresses of a subnet a holder has; 0 gives them back. */
    holdAddresses?(accountId: string, region: string, subnetId: string, holder: string, addresses: number): void;
  };
  readonly kms?: {
    /** The state of a key, or undefined when the account has no such key in the region. */
    keyState(accountId: string, region: string, keyArn: string): 'Enabled' | 'Disabled' | 'PendingDeletion' | undefined;
  };
  readonly faults?: {
    /** A failure scripted for the work that `operation` (`eks:UpdateNodegroupVersion`) is about to begin, used up by asking. */
    takeFailUpdate(operation: string, accountId: string, region: string, input: unknown): ScriptedFailure | undefined;
  };
}

export interface SeenRole {
  readonly arn: string;
  /** Services that its trust policy names, when that is known: `eks.amazonaws.com`. */
  readonly trustedServices?: readonly string[];
  /** Whether its trust policy lets a service do an action, when that is known. */
  trusts?(service: string, action: string): boolean;
}

export interface SeenSubnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly availableIpAddressCount: number;
  /** Whether what starts in it gets a public address. */
  readonly isPublic?: boolean;
  /** Whether it has an IPv6 block, when that is known. */
  readonly hasIpv6?: boolean;
}

export interface SeenInstanceType {
  readonly architecture: 'x86_64' | 'arm64';
  /** IPv4 addresses of one network interface, its own among them. */
  readonly addressesPerInterface: number;
}

export interface SeenLaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly imageId?: string;
  readonly instanceType?: string;
}
