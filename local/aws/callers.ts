import type { Collection, Disk } from '../disk.ts';
import type { IamRecords } from './iam/records.ts';
import { HOME_ACCOUNT_ID } from './service.ts';
import type { Caller } from './service.ts';

/** A session that AssumeRole issued. */
export interface SessionRecord {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By the machine's own clock, epoch ms: credentials belong to it, as signatures do. */
  readonly expiresAt: number;
  readonly accountId: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly sessionPolicies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

/** What a request was signed with, and for what. */
export interface Signed {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly sessionToken: string | undefined;
}

export type Identified = { readonly kind: 'caller'; readonly caller: Caller; readonly session?: SessionRecord } | { readonly kind: 'refused'; readonly why: 'invalid' | 'expired' };

export class Sessions {
  readonly #sessions: Collection<SessionRecord>;

  constructor(disk: Disk) {
    this.#sessions = disk.kept('sts-sessions');
  }

  get(accessKeyId: string): SessionRecord | undefined {
    return this.#sessions.get(accessKeyId);
  }

  put(session: SessionRecord): void {
    this.#sessions.put(session.accessKeyId, session);
  }

  forget(which: (session: SessionRecord) => boolean): void {
    for (const session of this.#sessions.list()) if (which(session)) this.#sessions.delete(session.accessKeyId);
  }
}

/** The credential scope of the Authorization header, or of a presigned query; `undefined` when the request is not signed. */
export function signedBy(headers: Readonly<Record<string, string>>, query: URLSearchParams): Signed | undefined {
  const written = /Credential=([^,\s]+)/.exec(headers['authorization'] ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  const [accessKeyId, , region, service, terminator] = written.split('/');
  if (accessKeyId === undefined || region === undefined || service === undefined || terminator !== 'aws4_request') return undefined;
  if (!/^\w{1,128}$/.test(accessKeyId) || !/^[a-z0-9-]{1,32}$/.test(region) || !/^[a-z0-9-]{1,64}$/.test(service)) return undefined;
  return { accessKeyId, region, service, sessionToken: headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined };
}

/**
 * Who calls. A 12-digit access key id is that account, allowed everything; `ASIA...` is a session that AssumeRole
 * issued; anything else is Slipway's own account. `machineNow` is epoch ms by the machine's own clock.
 */
export function identify(signed: Signed, sessions: Sessions, iam: IamRecords, machineNow: number): Identified {
  if (!signed.accessKeyId.startsWith('ASIA')) return { kind: 'caller', caller: rootOf(/^\d{12}$/.test(signed.accessKeyId) ? signed.accessKeyId : HOME_ACCOUNT_ID) };
  const session = sessions.get(signed.accessKeyId);
  if (session === undefined || session.sessionToken !== signed.sessionToken) return { kind: 'refused', why: 'invalid' };
  if (session.expiresAt <= machineNow) return { kind: 'refused', why: 'expired' };
  // A session dies with its role, also when another role was made under the name.
  if (iam.role(session.accountId, session.roleName)?.roleId !== session.roleId) return { kind: 'refused', why: 'invalid' };
  return { kind: 'caller', caller: callerOf(session), session };
}

export function rootOf(accountId: string): Caller {
  return { accountId, arn: `arn:aws:iam::${accountId}:root`, sessionTags: {} };
}

function callerOf(session: SessionRecord): Caller {
  const { accountId, roleName, roleArn, sessionName, sessionPolicies, sourceIdentity } = session;
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    role: { name: roleName, arn: roleArn, sessionName },
    ...(sessionPolicies.length === 0 ? {} : { sessionPolicy: sessionPolicies.length === 1 ? (sessionPolicies[0] ?? '') : merged(sessionPolicies) }),
    sessionTags: session.tags,
    transitiveTagKeys: session.transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

/** Several session policies (one inline, others by ARN) allow what any of them allows: one document of all their statements. */
function merged(policies: readonly string[]): string {
  const documents = policies.map((policy) => JSON.parse(policy) as { Statement: unknown });
  const statements = documents.flatMap(({ Statement }) => (Array.isArray(Statement) ? (Statement as Record<string, unknown>[]) : [Statement as Record<string, unknown>]));
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map(({ Sid: _sid, ...statement }) => statement) });
}
