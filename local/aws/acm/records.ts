import { createHash } from 'node:crypto';
import type { FailureReason, KeyAlgorithm, Tag } from '@aws-sdk/client-acm';
import type { Collection, Disk } from '../../disk.ts';
import type { Route53Records } from '../route53/records.ts';

export interface CertificateRecord {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly domainName: string;
  /** The domain name first. */
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly transparencyLogging: 'ENABLED' | 'DISABLED';
  /** Virtual epoch ms. */
  readonly createdAt: number;
  readonly issuedAt?: number;
  readonly failure?: FailureReason;
  readonly serial: string;
  readonly tags: readonly Tag[];
  /** The idempotency token that it was asked with. */
  readonly token?: string;
}

export type Standing = 'PENDING_VALIDATION' | 'ISSUED' | 'VALIDATION_TIMED_OUT' | 'FAILED';

/** Source: ACM user guide, "DNS validation": the record is told within seconds, and validation ends after 72 hours. */
const RECORD_SECONDS = 5;
const VALIDATION_HOURS = 72;
/** How long ACM takes to see the records and issue is not promised; these are this stage's choice. */
const ISSUANCE_SECONDS = 120;
const FAILURE_SECONDS = 30;

/** What ACM remembers, by ARN. */
export class AcmRecords {
  readonly certificates: Collection<CertificateRecord>;

  constructor(disk: Disk) {
    this.certificates = disk.collection('acm-certificates');
  }

  of(accountId: string, region: string): CertificateRecord[] {
    return this.certificates.list(`arn:aws:acm:${region}:${accountId}:certificate/`);
  }

  /** A certificate as it is at `now`: issued when the records of all its names have been found in public zones for long enough. What was issued stays so. */
  settled(certificate: CertificateRecord, dns: Route53Records, now: number): { readonly certificate: CertificateRecord; readonly standing: Standing } {
    const { createdAt, issuedAt, failure } = certificate;
    if (failure !== undefined) return { certificate, standing: now >= createdAt + FAILURE_SECONDS * 1000 ? 'FAILED' : 'PENDING_VALIDATION' };
    if (issuedAt !== undefined) return { certificate, standing: 'ISSUED' };
    const proofs = validationNames(certificate).map((name) => provenSince(certificate, name, dns, now));
    const seenAt = proofs.reduce<number | undefined>((latest, since) => (latest === undefined || since === undefined ? undefined : Math.max(latest, since)), createdAt + RECORD_SECONDS * 1000);
    const due = seenAt === undefined ? undefined : seenAt + ISSUANCE_SECONDS * 1000;
    const end = createdAt + VALIDATION_HOURS * 3_600_000;
    if (due === undefined || due > end) return { certificate, standing: now >= end ? 'VALIDATION_TIMED_OUT' : 'PENDING_VALIDATION' };
    if (due > now) return { certificate, standing: 'PENDING_VALIDATION' };
    const issued = { ...certificate, issuedAt: due };
    this.certificates.put(certificate.arn, issued);
    return { certificate: issued, standing: 'ISSUED' };
  }
}

/** A wildcard is proven by the record of its domain. */
const validationNames = ({ names }: CertificateRecord): string[] => [...new Set(names.map((name) => name.replace(/^\*\./, '')))];

/** The CNAME that proves the domain: the same for an account and a domain every time. */
export function proofOf({ accountId }: CertificateRecord, domain: string): { readonly Name: string; readonly Type: 'CNAME'; readonly Value: string } {
  const plain = domain.replace(/^\*\./, '');
  const digest = (what: string): string => createHash('md5').update(`${what} ${accountId} ${plain}`).digest('hex');
  const host = digest('host').replace(/[^a-z]/g, '').padEnd(10, 'x').slice(0, 10);
  return { Name: `_${digest('name')}.${plain}.`, Type: 'CNAME', Value: `_${digest('value')}.${host}.acm-validations.aws.` };
}

function provenSince(certificate: CertificateRecord, domain: string, dns: Route53Records, now: number): number | undefined {
  const proof = proofOf(certificate, domain);
  const found = dns.resolve(proof.Name, 'CNAME', now);
  return found?.values.some((value) => `${value}.`.replace(/\.\.$/, '.') === proof.Value) === true ? found.since : undefined;
}

/** Whether the record to put into the DNS is told already: ACM makes it up after it has answered the request. */
export const proofIsTold = ({ createdAt }: CertificateRecord, now: number): boolean => now >= createdAt + RECORD_SECONDS * 1000;

/** Whether one name of a certificate is proven by now. */
export const isProven = (certificate: CertificateRecord, domain: string, dns: Route53Records, now: number): boolean => provenSince(certificate, domain, dns, now) !== undefined;
