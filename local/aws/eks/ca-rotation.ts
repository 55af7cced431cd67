import * as z from 'zod';
import type { Disk } from '../../disk.ts';
import { authoritiesOf } from './state.ts';
import type { CertificateAuthorityDoc, ClusterDoc } from './state.ts';

export const RotationRequest = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
  cluster: z.string().min(1).max(100),
  /** Whether the outgoing authority leaves the trust bundle at once: who did not follow is locked out. */
  retireOutgoing: z.boolean().default(false),
});

/**
 * For drills, what EKS does by itself as an authority nears its end, at once: a successor of EKS's own signs. Answers the ids
 * of the authorities that are trusted after it, the signer first; undefined when there is no such cluster.
 * Source: EKS API reference, ActivateCertificateAuthority.
 */
export function rotateByEks(disk: Disk, asked: z.infer<typeof RotationRequest>, now: number, newId: string): { readonly certificateAuthorityIds: readonly string[] } | undefined {
  const clusters = disk.collection<ClusterDoc>('eks/clusters');
  const key = `${asked.account}/${asked.region}/${asked.cluster}`;
  const cluster = clusters.get(key);
  if (cluster === undefined) return undefined;
  const before = authoritiesOf(cluster);
  const serial = Math.max(...before.map((authority) => authority.serial)) + 1;
  const signer: CertificateAuthorityDoc = { id: `ca-${newId.slice(0, 17)}`, serial, createdAt: now, createdBy: 'EKS', activatedAt: now, activatedBy: 'EKS', signingStatus: 'IN_USE', distributionStatus: 'COMPLETE' };
  const outgoing = asked.retireOutgoing ? [] : before.filter(({ signingStatus }) => signingStatus === 'IN_USE').map((authority): CertificateAuthorityDoc => ({ ...authority, signingStatus: 'NOT_USED' }));
  clusters.put(key, { ...cluster, certificateAuthorities: [...outgoing, signer] });
  return { certificateAuthorityIds: [signer, ...outgoing].map(({ id }) => id) };
}
