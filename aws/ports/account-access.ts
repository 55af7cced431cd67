import type { BoundaryLook, VerificationFacts } from '../../domain/facts.ts';
import type { ImagePurpose } from '../../domain/images/permissions.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** Credentials of a role in an account, for one step or for looking. */
export interface Session {
  readonly accountId: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string; readonly expiration: Date };
}

/** Could not assume the account's role, or the account refused a read that the role needs. */
export class AccountUnreachable extends Error {
  override readonly name = 'AccountUnreachable';
  readonly accountId: string;
  /** The action that the role may not do, where AWS named one: the account is there, and asking again gets the same answer until the role has it. */
  readonly lacks: string | undefined;
  constructor(accountId: string, message: string, { lacks, ...options }: ErrorOptions & { readonly lacks?: string | undefined } = {}) {
    super(message, options);
    this.accountId = accountId;
    this.lacks = lacks;
  }
}

export interface AccountAccess {
  /** A session for one step: external id, tags naming operation and cluster, and a session policy cut to the step. Throws AccountUnreachable. */
  actFor(operation: Operation, step: Step): Promise<Session>;
  /** A session for work on a repository, cut to it and to the purposes; `name` undefined: for looking at any. Throws AccountUnreachable. */
  actOnImages(asked: { readonly accountId: string; readonly region: string; readonly name?: string; readonly purposes: readonly ImagePurpose[]; readonly by: string }): Promise<Session>;
  /** A shared read-only session per account and region. Throws AccountUnreachable. */
  watch(accountId: string, region: string): Promise<Session>;
  /** What the account's role is allowed, as it reads by itself; never throws. */
  readPermissions(accountId: string): Promise<VerificationFacts['permissions']>;
  /** The boundary of roles that are made in the account, read through the account's role. Never throws. */
  readBoundary(accountId: string): Promise<BoundaryLook>;
  /** Tries to assume the account's role, with an external id, with none, or with a wrong one; `as-work`: with the tags and the source identity that a step's session carries. Never throws for a denial. */
  tryToAssume(accountId: string, externalId: string | undefined, manner: 'as-work' | 'bare'): Promise<{ readonly kind: 'assumed' } | { readonly kind: 'denied'; readonly message: string } | { readonly kind: 'failed'; readonly message: string }>;
}

/** The templates that let Slipway into accounts, where CloudFormation can read them. */
export interface Templates {
  /** Keeps an account's template and answers a private URL of limited life; undefined where there is no bucket. It carries the external id: for admins alone. */
  publish(accountId: string, template: string): Promise<string | undefined>;
}
