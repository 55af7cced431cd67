import type { Collection, Disk } from '../../disk.ts';
import { parsePolicy } from '../policy-document.ts';
import type { PolicyDocument } from '../policy-document.ts';
import managed from './managed-policies.json' with { type: 'json' };

export interface TagRecord {
  readonly Key: string;
  readonly Value: string;
}

export interface RoleRecord {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  /** AROA... : another one when a role is deleted and made again. */
  readonly roleId: string;
  readonly arn: string;
  /** Virtual epoch ms. */
  readonly createdAt: number;
  /** Until then the role is not yet known everywhere, and assuming it is denied. Virtual epoch ms. */
  readonly settledAt: number;
  readonly trust: string;
  /** The ids that the roles named by the trust policy had when it was put: a role made again under the name is not trusted. */
  readonly trustedRoleIds: Readonly<Record<string, string>>;
  readonly description?: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly tags: readonly TagRecord[];
  /** Inline policies by name, as they were put. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs. */
  readonly attached: readonly string[];
  readonly boundary?: string;
}

export interface PolicyRecord {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly policyId: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description?: string;
  /** The document of the default version: what counts. */
  readonly document: string;
  readonly tags: readonly TagRecord[];
  /** Every version that is kept, oldest first; absent while there has only ever been v1. */
  readonly versions?: readonly PolicyVersionRecord[];
  readonly defaultVersion?: string;
  /** The highest number that a version was given. */
  readonly lastVersion?: number;
  readonly updatedAt?: number;
}

export interface PolicyVersionRecord {
  /** `v1`, `v2`: a number is never given twice. */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface InstanceProfileRecord {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly profileId: string;
  readonly arn: string;
  readonly createdAt: number;
  /** The name of its one role. */
  readonly role?: string;
  readonly tags: readonly TagRecord[];
}

export interface OidcProviderRecord {
  readonly accountId: string;
  readonly arn: string;
  /** Without its scheme, as IAM shows it. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAt: number;
  readonly tags: readonly TagRecord[];
}

export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly policyId: string;
  readonly version: string;
  readonly createdAt: string;
  readonly description: string;
  readonly document: string;
}

/** Documents that are read again and again; the oldest leave first. */
const PARSED_MAX = 500;
const parsed = new Map<string, PolicyDocument>();

export function parsedIdentity(text: string): PolicyDocument {
  return remembered(`identity ${text}`, () => parsePolicy(text, 'identity'));
}

export function parsedTrust(text: string): PolicyDocument {
  return remembered(`trust ${text}`, () => parsePolicy(text, 'trust'));
}

function remembered(key: string, parse: () => PolicyDocument): PolicyDocument {
  const found = parsed.get(key);
  if (found !== undefined) return found;
  const document = parse();
  const oldest = parsed.keys().next().value;
  if (parsed.size >= PARSED_MAX && oldest !== undefined) parsed.delete(oldest);
  parsed.set(key, document);
  return document;
}

const MANAGED: ReadonlyMap<string, ManagedPolicy> = new Map(
  managed.map((policy, index) => {
    const arn = `arn:aws:iam::aws:policy${policy.path}${policy.name}`;
    const policyId = `ANPA${String(index).padStart(4, '0')}AWSMANAGED000`.replace(/[01]/g, (digit) => (digit === '0' ? 'A' : 'B')).slice(0, 21);
    return [arn, { ...policy, arn, policyId, document: JSON.stringify(policy.document) }];
  }),
);

/** What IAM remembers, on the disk. */
export class IamRecords {
  readonly #roles: Collection<RoleRecord>;
  readonly #policies: Collection<PolicyRecord>;
  /** Both by ARN. */
  readonly instanceProfiles: Collection<InstanceProfileRecord>;
  readonly oidcProviders: Collection<OidcProviderRecord>;

  constructor(disk: Disk) {
    this.#roles = disk.kept('iam-roles');
    this.#policies = disk.kept('iam-policies');
    this.instanceProfiles = disk.collection('iam-instance-profiles');
    this.oidcProviders = disk.collection('iam-oidc-providers');
  }

  /** Names of roles are unique whatever their case. */
  role(accountId: string, name: string): RoleRecord | undefined {
    return this.#roles.get(`${accountId}/${name.toLowerCase()}`);
  }

  roles(accountId: string): RoleRecord[] {
    return this.#roles.list(`${accountId}/`);
  }

  putRole(role: RoleRecord): void {
    this.#roles.put(`${role.accountId}/${role.name.toLowerCase()}`, role);
  }

  removeRole(role: RoleRecord): void {
    this.#roles.delete(`${role.accountId}/${role.name.toLowerCase()}`);
  }

  policy(arn: string): PolicyRecord | undefined {
    return this.#policies.get(arn);
  }

  policies(accountId: string): PolicyRecord[] {
    return this.#policies.list(`arn:aws:iam::${accountId}:policy/`);
  }

  putPolicy(policy: PolicyRecord): void {
    this.#policies.put(policy.arn, policy);
  }

  removePolicy(arn: string): void {
    this.#policies.delete(arn);
  }

  managed(arn: string): ManagedPolicy | undefined {
    return MANAGED.get(arn);
  }

  allManaged(): ManagedPolicy[] {
    return [...MANAGED.values()];
  }

  /** A customer's or AWS's policy. */
  document(arn: string): string | undefined {
    return this.managed(arn)?.document ?? this.policy(arn)?.document;
  }

  /** Everything that a role's own policies say. */
  identityPolicies(role: RoleRecord): PolicyDocument[] {
    const attached = role.attached.flatMap((arn) => this.document(arn) ?? []);
    return [...Object.values(role.inline), ...attached].map(parsedIdentity);
  }

  /** What the role's boundary leaves it; a boundary whose policy is gone leaves nothing. */
  boundary(role: RoleRecord): PolicyDocument | undefined {
    if (role.boundary === undefined) return undefined;
    const document = this.document(role.boundary);
    return document === undefined ? { variables: false, statements: [] } : parsedIdentity(document);
  }

  /** The instance profiles that a role is in. */
  profilesOf(role: RoleRecord): InstanceProfileRecord[] {
    return this.instanceProfiles.list(`arn:aws:iam::${role.accountId}:instance-profile/`).filter((profile) => profile.role === role.name);
  }
}
