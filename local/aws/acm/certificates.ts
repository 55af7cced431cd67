import type {
  AddTagsToCertificateRequest,
  CertificateDetail,
  CertificateSummary,
  DeleteCertificateRequest,
  DescribeCertificateRequest,
  FailureReason,
  ListCertificatesRequest,
  ListTagsForCertificateRequest,
  RemoveTagsFromCertificateRequest,
  RequestCertificateRequest,
  Tag,
} from '@aws-sdk/client-acm';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import type { Faults } from '../faults.ts';
import type { Route53Records } from '../route53/records.ts';
import { isProven, proofIsTold, proofOf } from './records.ts';
import type { AcmRecords, CertificateRecord, Standing } from './records.ts';

/** Source: ACM user guide, "Quotas". */
const CERTIFICATES_MAX = 2500;
const NAMES_MAX = 10;
const TAGS_MAX = 50;
/** A token is remembered for an hour. Source: ACM API reference, RequestCertificate. */
const TOKEN_HOURS = 1;
/** Source: ACM user guide, "ACM certificate characteristics": valid for 198 days. */
const VALID_DAYS = 198;
const ITEMS_DEFAULT = 100;
const ITEMS_MAX = 1000;
const DOMAIN = /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/;
/** What ListCertificates shows when it is not told which keys. */
const LISTED_KEYS = ['RSA_1024', 'RSA_2048'];
const KEYS = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1'];

export function certificateOperations(world: World, records: AcmRecords, dns: Route53Records, faults: Faults): Record<string, OperationHandler> {
  const named = (arn: string | undefined, call: Call): CertificateRecord => {
    if (!/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(arn ?? '')) throw new AwsError('InvalidArnException', `The ARN ${arn} is not that of a certificate.`, 400);
    const found = records.certificates.get(arn ?? '');
    if (found === undefined || found.accountId !== call.accountId || found.region !== call.region) throw new AwsError('ResourceNotFoundException', `Could not find certificate ${arn}.`, 400);
    return found;
  };

  return {
    RequestCertificate(input: RequestCertificateRequest, call: Call) {
      const again = records.of(call.accountId, call.region).find(({ token, createdAt }) => token !== undefined && token === input.IdempotencyToken && call.now - createdAt < TOKEN_HOURS * 3_600_000);
      const names = checkedNames(input);
      if (again !== undefined && again.names.join() === names.join()) return { CertificateArn: again.arn };
      if (records.of(call.accountId, call.region).length >= CERTIFICATES_MAX) throw new AwsError('LimitExceededException', `Error: you have reached your limit of ${CERTIFICATES_MAX} certificates.`, 400);
      const failure = faults.takeFailUpdate('acm:RequestCertificate', call.accountId, call.region, input);
      const certificate: CertificateRecord = {
        arn: `arn:aws:acm:${call.region}:${call.accountId}:certificate/${uuidOf(world.newId())}`,
        accountId: call.accountId,
        region: call.region,
        domainName: names[0] ?? '',
        names,
        keyAlgorithm: input.KeyAlgorithm ?? 'RSA_2048',
        transparencyLogging: input.Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED',
        createdAt: call.now,
        serial: (world.newId().match(/../g) ?? []).join(':'),
        tags: checkedTags([], input.Tags),
        ...(input.IdempotencyToken === undefined ? {} : { token: input.IdempotencyToken }),
        ...(failure === undefined ? {} : { failure: (failure.code ?? 'OTHER') as FailureReason }),
      };
      records.certificates.put(certificate.arn, certificate);
      return { CertificateArn: certificate.arn };
    },

    DescribeCertificate: (input: DescribeCertificateRequest, call: Call) => ({ Certificate: detail(named(input.CertificateArn, call), records, dns, call.now) }),

    ListCertificates(input: ListCertificatesRequest, call: Call) {
      const keys = input.Includes?.keyTypes ?? LISTED_KEYS;
      const all = records
        .of(call.accountId, call.region)
        .filter(({ keyAlgorithm }) => keys.some((key) => key === keyAlgorithm))
        .map((certificate) => records.settled(certificate, dns, call.now))
        .filter(({ standing }) => input.CertificateStatuses === undefined || input.CertificateStatuses.some((wanted) => wanted === standing));
      const size = input.MaxItems ?? ITEMS_DEFAULT;
      if (size < 1 || size > ITEMS_MAX) throw new AwsError('ValidationException', `1 validation error detected: Value '${size}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and ${ITEMS_MAX}`, 400);
      const start = input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64url').toString());
      if (!Number.isInteger(start) || start < 0) throw new AwsError('ValidationException', 'The NextToken is not valid.', 400);
      const end = start + size;
      return {
        CertificateSummaryList: all.slice(start, end).map(({ certificate, standing }) => summary(certificate, standing)),
        ...(end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}),
      };
    },

    DeleteCertificate(input: DeleteCertificateRequest, call: Call) {
      records.certificates.delete(named(input.CertificateArn, call).arn);
    },

    AddTagsToCertificate(input: AddTagsToCertificateRequest, call: Call) {
      const certificate = named(input.CertificateArn, call);
      records.certificates.put(certificate.arn, { ...certificate, tags: checkedTags(certificate.tags, input.Tags) });
    },

    RemoveTagsFromCertificate(input: RemoveTagsFromCertificateRequest, call: Call) {
      const certificate = named(input.CertificateArn, call);
      const gone = (tag: Tag): boolean => (input.Tags ?? []).some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value));
      records.certificates.put(certificate.arn, { ...certificate, tags: certificate.tags.filter((tag) => !gone(tag)) });
    },

    ListTagsForCertificate: (input: ListTagsForCertificateRequest, call: Call) => ({ Tags: [...named(input.CertificateArn, call).tags] }),
  };
}

/** The names of a certificate, its domain name first. What this stage cannot prove is refused. */
function checkedNames(input: RequestCertificateRequest): string[] {
  if (input.CertificateAuthorityArn !== undefined) throw new AwsError('NotImplemented', 'The simulated ACM has no private certificates.', 501);
  if (input.ValidationMethod !== undefined && input.ValidationMethod !== 'DNS') throw new AwsError('NotImplemented', `The simulated ACM validates by DNS alone, not by ${input.ValidationMethod}.`, 501);
  if (input.KeyAlgorithm !== undefined && !KEYS.includes(input.KeyAlgorithm)) throw new AwsError('InvalidParameterException', `The key algorithm ${input.KeyAlgorithm} cannot be requested.`, 400);
  const names = [...new Set([input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])].map((name) => name.toLowerCase()))];
  const wrong = names.find((name) => name.length > 253 || !DOMAIN.test(name));
  if (wrong !== undefined) throw new AwsError('ValidationException', `1 validation error detected: Value '${wrong}' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${DOMAIN.source}`, 400);
  if (names.length > NAMES_MAX) throw new AwsError('LimitExceededException', `Error: the maximum number of ${NAMES_MAX} domain names has been exceeded.`, 400);
  if ((names[0]?.length ?? 0) > 64) throw new AwsError('InvalidParameterException', 'The first domain name can have no more than 64 octets.', 400);
  return names;
}

function checkedTags(existing: readonly Tag[], added: readonly Tag[] | undefined): Tag[] {
  const tags = new Map(existing.map((tag) => [tag.Key, tag]));
  for (const tag of added ?? []) {
    if (tag.Key?.toLowerCase().startsWith('aws:') === true) throw new AwsError('InvalidTagException', 'Tag keys that begin with aws: are reserved.', 400);
    tags.set(tag.Key, tag);
  }
  if (tags.size > TAGS_MAX) throw new AwsError('TooManyTagsException', `A certificate can have at most ${TAGS_MAX} tags.`, 400);
  return [...tags.values()];
}

const algorithmOf = (key: string): string => (key.startsWith('EC') ? 'SHA384WITHECDSA' : 'SHA256WITHRSA');
const endOf = (issuedAt: number): Date => new Date(issuedAt + VALID_DAYS * 86_400_000);

function detail(found: CertificateRecord, records: AcmRecords, dns: Route53Records, now: number): CertificateDetail {
  const { certificate, standing } = records.settled(found, dns, now);
  const { arn, domainName, names, keyAlgorithm, createdAt, issuedAt, failure } = certificate;
  const proven = (name: string): 'SUCCESS' | 'FAILED' | 'PENDING_VALIDATION' =>
    standing === 'ISSUED' || isProven(certificate, name, dns, now) ? 'SUCCESS' : standing === 'PENDING_VALIDATION' ? 'PENDING_VALIDATION' : 'FAILED';
  return {
    CertificateArn: arn,
    DomainName: domainName,
    SubjectAlternativeNames: [...names],
    DomainValidationOptions: names.map((name) => ({
      DomainName: name,
      ValidationDomain: name,
      ValidationStatus: proven(name),
      ...(proofIsTold(certificate, now) ? { ResourceRecord: proofOf(certificate, name) } : {}),
      ValidationMethod: 'DNS',
    })),
    Subject: `CN=${domainName}`,
    Issuer: 'Amazon',
    CreatedAt: new Date(createdAt),
    Status: standing,
    ...(issuedAt === undefined ? {} : { Serial: certificate.serial, IssuedAt: new Date(issuedAt), NotBefore: new Date(issuedAt), NotAfter: endOf(issuedAt), KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }, { Name: 'KEY_ENCIPHERMENT' }], ExtendedKeyUsages: [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' }] }),
    ...(standing === 'FAILED' && failure !== undefined ? { FailureReason: failure } : {}),
    KeyAlgorithm: keyAlgorithm,
    SignatureAlgorithm: algorithmOf(keyAlgorithm),
    // No load balancer runs here, so no certificate is in use.
    InUseBy: [],
    Type: 'AMAZON_ISSUED',
    RenewalEligibility: 'INELIGIBLE',
    Options: { CertificateTransparencyLoggingPreference: certificate.transparencyLogging },
  };
}

function summary({ arn, domainName, names, keyAlgorithm, createdAt, issuedAt }: CertificateRecord, standing: Standing): CertificateSummary {
  return {
    CertificateArn: arn,
    DomainName: domainName,
    SubjectAlternativeNameSummaries: [...names],
    HasAdditionalSubjectAlternativeNames: false,
    Status: standing,
    Type: 'AMAZON_ISSUED',
    KeyAlgorithm: keyAlgorithm,
    InUse: false,
    RenewalEligibility: 'INELIGIBLE',
    CreatedAt: new Date(createdAt),
    ...(issuedAt === undefined ? {} : { IssuedAt: new Date(issuedAt), NotBefore: new Date(issuedAt), NotAfter: endOf(issuedAt) }),
  };
}

const uuidOf = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
