import { createHash } from 'node:crypto';
import { AssumeRoleCommand, type STSClient, type Tag } from '@aws-sdk/client-sts';
import { roleArnOf } from '../domain/account-setup.ts';
import type { Operation, Step } from '../domain/operation.ts';
import { imagesPolicyFor, sessionPolicyFor, verifyPolicyFor, watchPolicyFor } from '../domain/permissions.ts';
import { AccountUnreachable, type AccountAccess, type Clock, type Session, type Store } from './ports.ts';
import { nameOf } from './eks/errors.ts';
import { readBoundary, readRolePermissions } from './role-permissions.ts';
import type { Transport } from './transport.ts';

/** A Lambda's role that assumes another is chaining: STS caps such a session at an hour (source: STS AssumeRole, DurationSeconds). */
const SESSION_SECONDS = 3600;
const TRIAL_SECONDS = 900;
/** A session is renewed this long before it ends, so that no call starts with one about to expire. */
const RENEW_BEFORE_SECONDS = 300;
/** Sessions kept by one warm function; the oldest goes first. */
const SESSIONS_KEPT_MAX = 200;
/** IAM is one for all regions, and signs here. */
const IAM_REGION = 'us-east-1';
/** STS allows 64 characters of `[\w+=,.@-]` in a session's name, and 256 in a tag's value. */
const SESSION_NAME_CHARACTERS_MAX = 64;

/** Roles in other accounts. External ids come from the store and go to STS, and nowhere else. */
export function createAccounts(sts: STSClient, store: Pick<Store, 'account'>, clock: { realNow(): number } & Clock, transport: Transport): AccountAccess {
  const sessions = new Map<string, Session>();

  async function assume(accountId: string, region: string, name: string, policy: string, tags: readonly Tag[], sourceIdentity: string): Promise<Session> {
    const key = createHash('sha256').update(JSON.stringify([accountId, region, name, policy, tags])).digest('hex');
    const kept = sessions.get(key);
    if (kept !== undefined && kept.credentials.expiration.getTime() - clock.realNow() > RENEW_BEFORE_SECONDS * 1000) return kept;
    const account = await store.account(accountId);
    if (account === undefined) throw new AccountUnreachable(accountId, `Account ${accountId} is not registered.`);
    const request = (externalId: string) =>
      new AssumeRoleCommand({
        RoleArn: roleArnOf(accountId),
        RoleSessionName: name,
        ExternalId: externalId,
        SourceIdentity: sourceIdentity,
        Policy: policy,
        DurationSeconds: SESSION_SECONDS,
        Tags: [...tags],
      });
    const answer = await firstThatWorks([account.externalId, account.previousExternalId], (id) => sts.send(request(id)), accountId);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined) throw new Error('STS answered without credentials.');
    const session: Session = { accountId, region, credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration } };
    if (sessions.size >= SESSIONS_KEPT_MAX) sessions.delete(sessions.keys().next().value ?? '');
    sessions.set(key, session);
    return session;
  }

  return {
    actFor(operation: Operation, step: Step) {
      const policy = sessionPolicyFor({
        kind: step.kind,
        accountId: operation.accountId,
        region: operation.region,
        clusterName: operation.clusterName,
        subject: step.subject,
        passRoleArns: passedRoles(step),
      });
      return assume(operation.accountId, operation.region, sessionName(operation.id), policy, sessionTags(operation), sourceIdentityOf(operation.requestedBy));
    },

    actOnImages({ accountId, region, name, purposes, by }) {
      const tags = name === undefined ? [] : [{ Key: 'slipway:repository', Value: name }];
      return assume(accountId, region, 'slipway-images', imagesPolicyFor({ accountId, region, name, purposes }), tags, sourceIdentityOf(by));
    },

    watch(accountId, region) {
      return assume(accountId, region, 'slipway-watch', watchPolicyFor({ accountId, region }), [], 'slipway');
    },

    async readPermissions(accountId) {
      try {
        const session = await assume(accountId, IAM_REGION, 'slipway-verify', verifyPolicyFor(accountId), [], 'slipway');
        return { kind: 'read', ...(await readRolePermissions(session, transport)) };
      } catch (error) {
        return { kind: 'unreadable', message: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' };
      }
    },

    async readBoundary(accountId) {
      try {
        return await readBoundary(await assume(accountId, IAM_REGION, 'slipway-verify', verifyPolicyFor(accountId), [], 'slipway'), transport);
      } catch (error) {
        return { kind: 'unreadable', message: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error' };
      }
    },

    async tryToAssume(accountId, externalId, manner) {
      try {
        await sts.send(
          new AssumeRoleCommand({
            RoleArn: roleArnOf(accountId),
            RoleSessionName: 'slipway-verify',
            DurationSeconds: TRIAL_SECONDS,
            ...(externalId === undefined ? {} : { ExternalId: externalId }),
            ...(manner === 'as-work' ? { SourceIdentity: sourceIdentityOf('verify'), Tags: sessionTags({ id: 'verify', clusterName: 'none' }) } : {}),
          }),
        );
        return { kind: 'assumed' };
      } catch (error) {
        const message = error instanceof Error ? error.message : 'unknown error';
        return nameOf(error).startsWith('AccessDenied') ? { kind: 'denied', message } : { kind: 'failed', message };
      }
    },
  };
}

/** While an external id is rotated both are tried, the new one first. A denial of all of them means that the account cannot be reached. */
async function firstThatWorks<T>(externalIds: readonly (string | undefined)[], call: (externalId: string) => Promise<T>, accountId: string): Promise<T> {
  let denial: unknown;
  for (const externalId of externalIds) {
    if (externalId === undefined) continue;
    try {
      return await call(externalId);
    } catch (error) {
      if (!nameOf(error).startsWith('AccessDenied') && nameOf(error) !== 'RegionDisabledException') throw error;
      denial = error;
    }
  }
  throw new AccountUnreachable(accountId, denial instanceof Error ? denial.message : 'The role could not be assumed.', { cause: denial });
}

/** Roles that the step hands to EKS or to an add-on's pods: what `iam:PassRole` is asked for. */
function passedRoles(step: Step): string[] {
  // Who makes an access entry for nodes hands their role over; entries of others hand nothing over.
  const entry = step.resource?.kind === 'access-entry' && step.resource.type !== 'STANDARD' ? ['principalArn'] : [];
  const associations = (step.parameters?.['podIdentityAssociations'] ?? []) as readonly { readonly roleArn: string }[];
  const named = ['roleArn', 'nodeRole', 'serviceAccountRoleArn', 'podExecutionRoleArn', 'nodeRoleArn', ...entry].flatMap((name) => {
    const value = step.parameters?.[name] ?? (step.resource as Readonly<Record<string, unknown>> | undefined)?.[name];
    return typeof value === 'string' ? [value] : [];
  });
  return [...new Set([...named, ...associations.map(({ roleArn }) => roleArn)])];
}

/** What a session is for, as the account's own CloudTrail shows it. */
function sessionTags({ id, clusterName }: Pick<Operation, 'id' | 'clusterName'>): Tag[] {
  return [
    { Key: 'slipway:operation', Value: id },
    { Key: 'slipway:cluster', Value: clusterName },
  ];
}

function sessionName(operationId: string): string {
  return `slipway-${operationId}`.slice(0, SESSION_NAME_CHARACTERS_MAX);
}

/** Who asked, as the account's own CloudTrail shows it. Characters that STS does not take become dots. */
function sourceIdentityOf(requestedBy: string): string {
  return `slipway-${requestedBy}`.replace(/[^\w+=,.@-]/g, '.').slice(0, SESSION_NAME_CHARACTERS_MAX);
}
