import type { Finding } from './plan.ts';

/** A well-formed ask that the rules say no to. A value, not an exception; only the HTTP edge knows which status it becomes. */
export interface Refusal {
  readonly kind: 'Refusal';
  /** Stable, kebab-case, listed in docs/errors.md. */
  readonly code: RefusalCode;
  /** Why, in a sentence that names what was met. */
  readonly detail: string;
  /** What the asker can do about it. */
  readonly remedy?: string;
  readonly findings?: readonly Finding[];
  /** Invalid members of the request: JSON-pointer-like paths (`resourcesVpcConfig.subnetIds`) with a message each. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** The operation that is in the way. */
  readonly operation?: string;
}

/** Every refusal of the rules, with the class that the edge turns into a status: `conflict` 409, `rules` 422, `missing` 404, `forbidden` 403, `precondition` 412, `unavailable` 503. */
export const REFUSALS = {
  'account-not-registered': 'rules',
  'account-not-verified': 'conflict',
  'account-exists': 'conflict',
  'account-has-clusters': 'conflict',
  'account-unreachable': 'unavailable',
  'region-not-registered': 'rules',
  'team-not-allowed': 'forbidden',
  'not-found': 'missing',
  'cluster-exists': 'conflict',
  'cluster-not-in-account': 'rules',
  'cluster-not-active': 'conflict',
  'cluster-has-nodegroups': 'conflict',
  'deletion-protected': 'conflict',
  'nodegroup-exists': 'conflict',
  'operation-in-progress': 'conflict',
  'operation-not-active': 'conflict',
  'operation-not-failed': 'conflict',
  'operation-not-paused': 'conflict',
  'generation-mismatch': 'precondition',
  'idempotency-key-reused': 'rules',
  'nothing-to-upgrade': 'conflict',
  'nothing-to-change': 'conflict',
  'version-not-offered': 'rules',
  'version-not-newer': 'rules',
  'version-not-the-clusters': 'rules',
  'upgrade-blocked': 'conflict',
  'addon-not-offered': 'rules',
  'addon-exists': 'conflict',
  'addon-needed': 'conflict',
  'ami-type-not-offered': 'rules',
  'subnets-not-found': 'rules',
  'subnets-in-one-zone': 'rules',
  'subnet-zone-not-supported': 'rules',
  'subnets-short-of-addresses': 'rules',
  'subnets-in-two-vpcs': 'rules',
  'role-not-passable': 'rules',
  'zone-not-allowed': 'forbidden',
  'rules-broken': 'rules',
  'window-too-short': 'conflict',
  'rollback-unavailable': 'conflict',
  'no-maintenance-window': 'conflict',
  'gate-not-asked': 'conflict',
  'gate-approved-already': 'conflict',
  'approver-is-requester': 'forbidden',
  'authentication-mode': 'conflict',
  'access-entry-exists': 'conflict',
  'access-entry-not-ours': 'conflict',
  'token-level-not-set-up': 'conflict',
  'token-level-not-allowed': 'forbidden',
  'alarm-not-ready': 'conflict',
  'finding-not-waivable': 'rules',
  'too-many-waivers': 'conflict',
  'profile-not-found': 'rules',
  'part-of-profile': 'conflict',
  'part-exists': 'conflict',
  'force-needs-approver': 'forbidden',
  'nothing-to-force': 'conflict',
  'repository-exists': 'conflict',
  'repository-changing': 'conflict',
  'repository-not-empty': 'conflict',
  'repository-ambiguous': 'conflict',
  'repository-not-in-account': 'conflict',
  'cache-rule-taken': 'conflict',
  'registry-busy': 'unavailable',
  'role-lacks-actions': 'conflict',
  'ecr-refused': 'rules',
  frozen: 'conflict',
} as const satisfies Record<string, 'conflict' | 'rules' | 'missing' | 'forbidden' | 'precondition' | 'unavailable'>;

export type RefusalCode = keyof typeof REFUSALS;

export function refuse(code: RefusalCode, detail: string, more: Omit<Refusal, 'kind' | 'code' | 'detail'> = {}): Refusal {
  return { kind: 'Refusal', code, detail, ...more };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Refusal';
}
