import type { Cluster } from './cluster.ts';
import type { Condition } from './condition.ts';
import type { CertificateFacts } from './facts.ts';

type Seen = NonNullable<Cluster['certificateAuthority']>;

/** How long a changed authority is told of: kubeconfigs that nobody has used for longer than this are found out when they are used. */
const TOLD_DAYS = 90;
const DAY_MS = 86_400_000;

/** The record of a cluster's certificate authority once it was looked at; what was there before is kept when it is another. */
export function authorityAfter(known: Seen | undefined, seen: CertificateFacts | undefined, seenAt: string): Seen | undefined {
  if (seen === undefined) return known;
  const replaced = known !== undefined && known.sha256 !== seen.sha256 ? { sha256: known.sha256, until: seenAt } : known?.before;
  return { ...seen, seenAt, ...(replaced === undefined ? {} : { before: replaced }) };
}

/** Whether kubeconfigs that were handed out before still know the API server. Undefined where the authority was never another one. */
export function authorityCondition(seen: Seen | undefined): Omit<Condition, 'lastTransitionTime'> | undefined {
  if (seen?.before === undefined) return undefined;
  const type = 'CertificateAuthorityUnchanged';
  if (Date.parse(seen.seenAt) - Date.parse(seen.before.until) > TOLD_DAYS * DAY_MS) {
    return { type, status: 'True', reason: 'SameAuthority', message: `The certificate authority of the API server has been the same since ${seen.before.until}.` };
  }
  return {
    type,
    status: 'False',
    reason: 'AuthorityReplaced',
    message: `Since ${seen.before.until} at the latest the API server is known by another certificate authority (SHA-256 ${seen.sha256}). Kubeconfigs that carry the one before (${seen.before.sha256}) alone must be read anew: GET /v1/clusters/{clusterId}/kubeconfig.`,
  };
}
