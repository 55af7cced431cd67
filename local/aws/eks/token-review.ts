import * as z from 'zod';
import type { Disk } from '../../disk.ts';
import { verifyPresigned } from '../sts/presigned.ts';
import type { AccessEntryDoc } from './state.ts';

export const TokenReviewRequest = z.strictObject({ account: z.string().regex(/^\d{12}$/), region: z.string().regex(/^[a-z0-9-]{1,32}$/), cluster: z.string(), token: z.string() });

export type TokenReview =
  | { readonly authenticated: false; readonly because: string }
  | { readonly authenticated: true; readonly arn: string; readonly username: string; readonly groups: readonly string[]; readonly policies: readonly { readonly policyArn: string; readonly scope: string; readonly namespaces: readonly string[] }[] };

const PREFIX = 'k8s-aws-v1.';
const TOKEN_CHARACTERS_MAX = 4096;
const CLUSTER_HEADER = 'x-k8s-aws-id';
/** What may stand in the query, each once (source: aws-iam-authenticator, pkg/token). */
const PARAMETERS = ['action', 'version', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires', 'x-amz-security-token', 'x-amz-signature', 'x-amz-signedheaders'];

/** Who a bearer of a token is to the cluster, as the authenticator of a cluster finds out: by the rules of the token, then STS, then the cluster's access entries. */
export function reviewToken(disk: Disk, { account, region, cluster, token }: z.infer<typeof TokenReviewRequest>, machineNow: number): TokenReview {
  const no = (because: string): TokenReview => ({ authenticated: false, because });
  if (token.length > TOKEN_CHARACTERS_MAX || !token.startsWith(PREFIX)) return no('It is no token of EKS.');
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8');
  if (!URL.canParse(text)) return no('There is no URL in it.');
  const url = new URL(text);
  if (url.protocol !== 'https:' || !/^sts\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(url.host) || url.pathname !== '/') return no(`${url.protocol}//${url.host}${url.pathname} is not where STS is asked.`);
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase());
  if (names.some((name) => !PARAMETERS.includes(name)) || new Set(names).size !== names.length) return no('A parameter does not belong there, or stands there twice.');
  if (!(url.searchParams.get('X-Amz-SignedHeaders') ?? '').split(';').includes(CLUSTER_HEADER)) return no(`${CLUSTER_HEADER} is not among the signed headers.`);
  const verified = verifyPresigned(disk, url, { [CLUSTER_HEADER]: cluster }, machineNow);
  if (verified.kind === 'refused') return no(verified.because);
  const entry = disk.collection<AccessEntryDoc>('eks/access-entries').get(`${account}/${region}/${cluster}/${verified.roleArn ?? verified.arn}`);
  if (entry === undefined) return no(`${verified.arn} has no access entry.`);
  // EKS puts a dash where Kubernetes takes no @ (source: EKS user guide, Create access entries).
  const username = entry.username.replace('{{SessionName}}', (verified.sessionName ?? '').replaceAll('@', '-')).replace('{{SessionNameRaw}}', verified.sessionName ?? '');
  return { authenticated: true, arn: verified.arn, username, groups: entry.kubernetesGroups, policies: entry.policies.map(({ policyArn, scope, namespaces }) => ({ policyArn, scope, namespaces })) };
}
