import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../domain/facts.ts';

/** A cluster trusts two at most; EKS's own documents name no bundle of more. */
const CERTIFICATES_MAX = 8;
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

export type Certificate = CertificateFacts & { readonly pem: string };

/** The certificates of a bundle as EKS tells it: base64 of one PEM block or more. */
export function certificatesIn(data: string | undefined): Certificate[] {
  if (data === undefined) return [];
  const blocks = Buffer.from(data, 'base64').toString('utf8').match(PEM) ?? [];
  return blocks.slice(0, CERTIFICATES_MAX).map(certificateFacts);
}

/** What is remembered of the first of a bundle: its fingerprint and its end. */
export function signingCertificate(data: string | undefined): CertificateFacts | undefined {
  const [first] = certificatesIn(data);
  if (first === undefined) return undefined;
  const { pem: _pem, ...facts } = first;
  return facts;
}

function certificateFacts(pem: string): Certificate {
  const text = `${pem}\n`;
  try {
    const certificate = new X509Certificate(pem);
    return { pem: text, sha256: createHash('sha256').update(certificate.raw).digest('hex'), notAfter: new Date(certificate.validTo).toISOString() };
  } catch {
    // Whatever EKS tells is handed on; what it is worth, the client that uses it finds out.
    const bytes = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    return { pem: text, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
}
