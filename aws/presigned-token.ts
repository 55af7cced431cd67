import { createHash, createHmac } from 'node:crypto';

/** The service and operation that say who somebody is, asked by whoever holds the URL. */
const SERVICE = 'sts';
const ACTION = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
/** Ignored by STS, and required: the authenticator takes 0 to 900 (source: aws-iam-authenticator, pkg/token). */
const EXPIRES_SECONDS = 60;
const TOKEN_PREFIX = 'k8s-aws-v1.';
const CLUSTER_HEADER = 'x-k8s-aws-id';
/** Longer than this the authenticator does not read. */
const TOKEN_CHARACTERS_MAX = 4096;

export interface TokenCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * A token as `aws eks get-token` makes it: a presigned URL of GetCallerIdentity at the region's STS with the cluster's name among the signed
 * headers, in base64url behind a prefix. `signedAt` is epoch ms; the token is good for 15 minutes from then.
 */
export function presignedToken(credentials: TokenCredentials, asked: { readonly region: string; readonly clusterName: string; readonly signedAt: number }): string {
  const { region, clusterName } = asked;
  const host = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const stamp = `${new Date(asked.signedAt).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const scope = `${stamp.slice(0, 8)}/${region}/${SERVICE}/aws4_request`;
  const query = canonicalQuery({
    ...ACTION,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(EXPIRES_SECONDS),
    'X-Amz-Security-Token': credentials.sessionToken,
    'X-Amz-SignedHeaders': `host;${CLUSTER_HEADER}`,
  });
  const request = ['GET', '/', query, `host:${host}`, `${CLUSTER_HEADER}:${clusterName}`, '', `host;${CLUSTER_HEADER}`, sha256('')].join('\n');
  const signature = hmac(signingKey(credentials.secretAccessKey, scope), ['AWS4-HMAC-SHA256', stamp, scope, sha256(request)].join('\n')).toString('hex');
  const token = `${TOKEN_PREFIX}${Buffer.from(`https://${host}/?${query}&X-Amz-Signature=${signature}`).toString('base64url')}`;
  if (token.length > TOKEN_CHARACTERS_MAX) throw new RangeError(`The token has ${token.length} characters; EKS reads ${TOKEN_CHARACTERS_MAX}.`);
  return token;
}

/** Sorted by name, encoded as Signature Version 4 has it (source: IAM user guide, Create a signed AWS API request). */
function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce((key: Buffer | string, part) => hmac(key, part), `AWS4${secret}`) as Buffer;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
