import * as z from 'zod';
import type { Caller, Role } from './caller.ts';
import type { Cluster } from './cluster.ts';
import { hasTokens } from './parts/tokens.ts';
import { TOKEN_LEVELS, type TokenLevel } from './parts/tokens-wish.ts';
import { refuse, type Refusal } from './refusal.ts';
import { Reason } from './request-words.ts';

/** EKS takes a token for 15 minutes from its signature, whatever else it says (source: aws-iam-authenticator, pkg/token); one of them is kept for clocks that differ. */
export const TOKEN_MINUTES_MAX = 14;

/** What `aws eks get-token` answers with, and the kubeconfigs of this API ask for. */
export const EXEC_CREDENTIAL = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1' } as const;

export const IssueToken = z
  .strictObject({
    level: z.enum(TOKEN_LEVELS),
    reason: Reason.optional().meta({ description: 'What it is for, for the record. The level `admin` needs one.' }),
    minutes: z.int().min(1).max(TOKEN_MINUTES_MAX).default(TOKEN_MINUTES_MAX).meta({ description: 'How long it is good for.' }),
  })
  .refine(({ level, reason }) => level !== 'admin' || reason !== undefined, { message: 'Who asks for a token of the level admin says why', path: ['reason'] })
  .meta({ id: 'IssueToken' });
export type IssueToken = z.output<typeof IssueToken>;

export const TokenView = z
  .strictObject({
    kind: z.literal(EXEC_CREDENTIAL.kind),
    apiVersion: z.literal(EXEC_CREDENTIAL.apiVersion),
    status: z.strictObject({ token: z.string(), expirationTimestamp: z.string() }),
    level: z.enum(TOKEN_LEVELS),
  })
  .meta({ id: 'Token' });

/** That a token was issued, to whom and why; never the token. */
export interface TokenIssue {
  readonly issueId: string;
  readonly clusterId: string;
  readonly level: TokenLevel;
  readonly by: string;
  readonly reason?: string;
  /** RFC 3339, as the token itself has them. */
  readonly at: string;
  readonly until: string;
}

export const TokenIssueView = z
  .strictObject({ issueId: z.string(), level: z.enum(TOKEN_LEVELS), by: z.string(), reason: z.string().optional(), at: z.string(), until: z.string() })
  .meta({ id: 'TokenIssue' });

/** The highest level that a caller of a role may have a token of. Whoever approves does not change clusters. */
const HIGHEST: Readonly<Record<Role, TokenLevel>> = { viewer: 'viewer', approver: 'viewer', operator: 'operator', admin: 'admin' };

/** Why a caller gets no token of a level; undefined when they may have one. */
export function refusedToken(cluster: Cluster, caller: Caller, level: TokenLevel): Refusal | undefined {
  const highest = HIGHEST[caller.role];
  if (TOKEN_LEVELS.indexOf(level) > TOKEN_LEVELS.indexOf(highest)) {
    return refuse('token-level-not-allowed', `A caller with the role ${caller.role} gets tokens of the level ${highest} at most.`, { remedy: `Ask for the level ${highest}, or let somebody with a higher role ask.` });
  }
  return refusedLevel(cluster, level);
}

/** Why the cluster has no tokens of a level; undefined when it has. */
export function refusedLevel(cluster: Cluster, level: TokenLevel): Refusal | undefined {
  if (hasTokens(cluster, level)) return undefined;
  const asked = cluster.wanted?.tokens?.levels ?? [];
  if (asked.includes(level)) {
    return refuse('token-level-not-set-up', `The role and access entry for ${level} tokens of ${cluster.name} are asked for, and not made.`, {
      remedy: cluster.activeOperation === undefined ? 'See `parts` of the cluster for why, and retry the operation that failed.' : 'Wait until the operation has ended.',
      ...(cluster.activeOperation === undefined ? {} : { operation: cluster.activeOperation }),
    });
  }
  const levels = TOKEN_LEVELS.filter((other) => other === level || asked.includes(other));
  return refuse('token-level-not-set-up', `The cluster ${cluster.name} is not asked to have tokens of the level ${level}.`, { remedy: `PATCH the cluster with ${JSON.stringify({ tokens: { levels } })}.` });
}

const SESSION_NAME_CHARACTERS_MAX = 64;

/** Who asked, as the session's name: Kubernetes knows the bearer by it, and its audit log shows it. STS takes `[\w+=,.@-]`, at least two of them. */
export function tokenSessionName(sub: string): string {
  return `slipway-${sub}`.replace(/[^\w+=,.@-]/g, '.').slice(0, SESSION_NAME_CHARACTERS_MAX);
}
