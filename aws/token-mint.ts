import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { AccountUnreachable, type TokenMint } from './ports.ts';
import { nameOf } from './eks/errors.ts';
import { presignedToken } from './presigned-token.ts';

/** The shortest that STS gives, and longer than the token is good for. */
const SESSION_SECONDS = 900;
/** How long EKS takes a token from its signature, less a minute for clocks that differ: as `aws eks get-token` tells it. */
const TOKEN_MINUTES = 14;
const MINUTE_MS = 60_000;

/** Makes tokens: assumes a level's role, which has no right in AWS, and signs with it. `realNow` is the machine's own clock, which signatures belong to. */
export function createTokenMint(sts: STSClient, realNow: () => number): TokenMint {
  return {
    async mint({ accountId, region, clusterName, roleArn, externalId, sessionName, minutes }) {
      try {
        const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, SourceIdentity: sessionName, ExternalId: externalId, DurationSeconds: SESSION_SECONDS }));
        const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
        if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) throw new Error('STS answered without credentials.');
        // A token's life is counted from its signature: one that is to be shorter is signed as if earlier.
        const now = realNow();
        const signedAt = now - (TOKEN_MINUTES - minutes) * MINUTE_MS;
        const token = presignedToken({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }, { region, clusterName, signedAt });
        return { token, issuedAt: new Date(now).toISOString(), expirationTimestamp: new Date(Math.floor((signedAt + TOKEN_MINUTES * MINUTE_MS) / 1000) * 1000).toISOString() };
      } catch (error) {
        if (nameOf(error).startsWith('AccessDenied') || nameOf(error) === 'RegionDisabledException') throw new AccountUnreachable(accountId, (error as Error).message, { cause: error });
        throw error;
      }
    },
  };
}
