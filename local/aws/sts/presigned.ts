import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Disk } from '../../disk.ts';
import { identify, Sessions } from '../callers.ts';
import { IamRecords } from '../iam/records.ts';

/** How long STS takes a presigned GetCallerIdentity, whatever it says itself (source: aws-iam-authenticator, pkg/token). */
const VALID_MINUTES = 15;
const MINUTE_MS = 60_000;

export type Verified = { readonly kind: 'identity'; readonly arn: string; readonly accountId: string; readonly roleArn?: string; readonly sessionName?: string } | { readonly kind: 'refused'; readonly because: string };

/**
 * Answers a presigned GetCallerIdentity as STS does: the signature is made again from the session's secret, over the query and the headers
 * that it says are signed. `machineNow` is epoch ms by the machine's own clock, which signatures belong to.
 */
export function verifyPresigned(disk: Disk, url: URL, headers: Readonly<Record<string, string>>, machineNow: number): Verified {
  const query = url.searchParams;
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const stamp = query.get('X-Amz-Date') ?? '';
  const signedAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (query.get('Action') !== 'GetCallerIdentity' || service !== 'sts' || terminator !== 'aws4_request' || !stamp.startsWith(date)) return { kind: 'refused', because: 'It is no presigned GetCallerIdentity.' };
  if (!(machineNow - signedAt < VALID_MINUTES * MINUTE_MS)) return { kind: 'refused', because: 'ExpiredToken: it was signed more than 15 minutes ago.' };
  const session = new Sessions(disk).get(accessKeyId);
  if (session === undefined) return { kind: 'refused', because: 'InvalidClientTokenId: the security token included in the request is invalid.' };
  const signed = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const unsigned = url.search.slice(1).split('&').filter((pair) => !pair.startsWith('X-Amz-Signature=')).sort().join('&');
  const request = ['GET', url.pathname, unsigned, ...signed.map((name) => `${name}:${name === 'host' ? url.host : (headers[name] ?? '')}`), '', signed.join(';'), hash('')].join('\n');
  const scope = [date, region, service, terminator];
  const key = scope.reduce((made: Buffer | string, part) => mac(made, part), `AWS4${session.secretAccessKey}`);
  const expected = mac(key, ['AWS4-HMAC-SHA256', stamp, scope.join('/'), hash(request)].join('\n'));
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'refused', because: 'SignatureDoesNotMatch: the signature does not match what was signed.' };
  const identified = identify({ accessKeyId, region, service, sessionToken: query.get('X-Amz-Security-Token') ?? undefined }, new Sessions(disk), new IamRecords(disk), machineNow);
  if (identified.kind === 'refused') return { kind: 'refused', because: identified.why === 'expired' ? 'ExpiredToken: the credentials have expired.' : 'InvalidClientTokenId: the credentials are not valid.' };
  const { arn, accountId, role } = identified.caller;
  return { kind: 'identity', arn, accountId, ...(role === undefined ? {} : { roleArn: role.arn, sessionName: role.sessionName }) };
}

function mac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
