import { DescribeCertificateAuthorityCommand, DescribeClusterCommand, ListCertificateAuthoritiesCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { EntranceFacts } from '../../domain/facts.ts';
import { certificatesIn, type Certificate } from './certificates.ts';
import { nameOf, orAbsent } from './errors.ts';

/** Source: EKS API reference, CreateCertificateAuthority. */
const AUTHORITIES_MAX = 2;

type Trusted = Certificate & { readonly signing?: string };

/**
 * What gets a client to the API server. EKS tells the certificate of the authority that signs with the cluster; a successor that it trusts
 * besides, while a rotation is under way, is asked for by itself. Where that may not be asked, the one must do, and it is told.
 */
export function readEntrance(client: EKSClient, name: string, now: string): Promise<EntranceFacts | 'absent'> {
  return orAbsent(async () => {
    const { cluster = {} } = await client.send(new DescribeClusterCommand({ name }));
    const told = certificatesIn(cluster.certificateAuthority?.data);
    const others = told.length === 0 ? { known: [] } : await readAuthorities(client, name);
    return {
      observedAt: now,
      status: cluster.status ?? 'UNKNOWN',
      ...(cluster.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
      endpointPublicAccess: cluster.resourcesVpcConfig?.endpointPublicAccess ?? true,
      certificateAuthorities: withoutDoubles(told, 'known' in others ? others.known : []),
      ...('unknown' in others ? { othersUnknown: others.unknown } : {}),
    };
  });
}

async function readAuthorities(client: EKSClient, clusterName: string): Promise<{ readonly known: Trusted[] } | { readonly unknown: string }> {
  try {
    const { certificateAuthorities = [] } = await client.send(new ListCertificateAuthoritiesCommand({ clusterName }));
    const known: Trusted[] = [];
    for (const { id } of certificateAuthorities.slice(0, AUTHORITIES_MAX)) {
      const { certificateAuthority } = await client.send(new DescribeCertificateAuthorityCommand({ clusterName, certificateAuthorityId: id }));
      const signing = certificateAuthority?.signingStatus;
      // One that is being deleted is trusted no longer than the next moment.
      if (certificateAuthority?.distributionStatus === 'DELETING') continue;
      known.push(...certificatesIn(certificateAuthority?.data).map((certificate) => ({ ...certificate, ...(signing === undefined ? {} : { signing }) })));
    }
    return { known };
  } catch (error) {
    // The cluster's own word is enough to get in; a role made before this right was asked for goes on working.
    return { unknown: nameOf(error) };
  }
}

/** Each certificate once, the one that signs first. */
function withoutDoubles(told: readonly Certificate[], known: readonly Trusted[]): Trusted[] {
  const bySum = new Map<string, Trusted>(told.map((certificate) => [certificate.sha256, certificate]));
  for (const certificate of known) bySum.set(certificate.sha256, certificate);
  return [...bySum.values()].sort((a, b) => Number(b.signing === 'IN_USE') - Number(a.signing === 'IN_USE'));
}
