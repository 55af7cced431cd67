import type {
  ActivateCertificateAuthorityRequest,
  ActivateCertificateAuthorityResponse,
  CertificateAuthoritySummary,
  CreateCertificateAuthorityRequest,
  CreateCertificateAuthorityResponse,
  DeleteCertificateAuthorityRequest,
  DeleteCertificateAuthorityResponse,
  DescribeCertificateAuthorityRequest,
  DescribeCertificateAuthorityResponse,
  ListCertificateAuthoritiesRequest,
  ListCertificateAuthoritiesResponse,
} from '@aws-sdk/client-eks';
import { certificateOf, notAfterOf, type Authority } from './certificates.ts';
import { clusterOf } from './cluster-view.ts';
import { begin, requireFree, scripted } from './cluster-updates.ts';
import { inUse, invalidParameter, limitExceeded, notFound } from './errors.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import { authoritiesOf, type CertificateAuthorityDoc, type ClusterDoc } from './state.ts';
import { once } from './tokens.ts';
import { paramsOf, updateAnswer } from './updates.ts';

/**
 * The certificate authorities of a cluster, and their rotation by hand (source: EKS API reference, Create-, Activate- and
 * DeleteCertificateAuthority): a successor is appended and trusted beside the one that signs, can be activated once it is distributed, and
 * the one before is deleted then. What EKS does by itself when an authority nears its end happens only when a drill asks for it.
 */

/** Source: EKS API reference, CreateCertificateAuthority. */
const AUTHORITIES_MAX = 2;

export function listCertificateAuthorities(input: ListCertificateAuthoritiesRequest, place: Place): ListCertificateAuthoritiesResponse {
  const { items, nextToken } = page([...authoritiesOf(clusterOf(place, input.clusterName ?? ''))], input, ({ id }) => id);
  return { certificateAuthorities: items.map(summary), ...(nextToken === undefined ? {} : { nextToken }) };
}

export function describeCertificateAuthority(input: DescribeCertificateAuthorityRequest, place: Place): DescribeCertificateAuthorityResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const doc = authorityOf(cluster, input.certificateAuthorityId);
  const authority = madeOf(cluster, doc);
  return {
    certificateAuthority: {
      ...summary(doc),
      validity: { notBefore: new Date(authority.notBefore), notAfter: new Date(notAfterOf(authority)) },
      rollbackAvailable: false,
      data: Buffer.from(certificateOf(authority)).toString('base64'),
    },
  };
}

export function createCertificateAuthority(input: CreateCertificateAuthorityRequest, place: Place): CreateCertificateAuthorityResponse {
  return change('CreateCertificateAuthority', input, place, (cluster) => {
    const before = authoritiesOf(cluster);
    if (before.length >= AUTHORITIES_MAX) throw limitExceeded('A cluster has at most two certificate authorities.', { clusterName: cluster.name });
    const serial = Math.max(...before.map((doc) => doc.serial)) + 1;
    const made: CertificateAuthorityDoc = { id: `ca-${place.newId().slice(0, 17)}`, serial, createdAt: place.now, createdBy: 'CUSTOMER', signingStatus: 'NOT_USED', distributionStatus: 'IN_PROGRESS' };
    return { id: made.id, meanwhile: [...before, made], after: [...before, { ...made, distributionStatus: 'COMPLETE' }] };
  });
}

export function activateCertificateAuthority(input: ActivateCertificateAuthorityRequest, place: Place): ActivateCertificateAuthorityResponse {
  return change('ActivateCertificateAuthority', input, place, (cluster) => {
    const next = authorityOf(cluster, input.certificateAuthorityId);
    const about = { clusterName: cluster.name };
    if (next.signingStatus !== 'NOT_USED') throw invalidParameter(`The certificate authority ${next.id} signs already.`, about);
    if (next.distributionStatus !== 'COMPLETE') throw invalidParameter(`The certificate authority ${next.id} is not distributed yet.`, about);
    const signing = (status: 'ACTIVATING' | 'IN_USE') =>
      authoritiesOf(cluster).map((doc): CertificateAuthorityDoc => {
        if (doc.id === next.id) return { ...doc, signingStatus: status, ...(status === 'IN_USE' ? { activatedAt: place.now, activatedBy: 'CUSTOMER' as const } : {}) };
        return status === 'IN_USE' ? { ...doc, signingStatus: 'NOT_USED' } : doc;
      });
    return { id: next.id, meanwhile: signing('ACTIVATING'), after: signing('IN_USE') };
  });
}

export function deleteCertificateAuthority(input: DeleteCertificateAuthorityRequest, place: Place): DeleteCertificateAuthorityResponse {
  return change('DeleteCertificateAuthority', input, place, (cluster) => {
    const gone = authorityOf(cluster, input.certificateAuthorityId);
    if (gone.signingStatus !== 'NOT_USED') throw inUse(`The certificate authority ${gone.id} signs certificates of the cluster.`, { clusterName: cluster.name });
    const all = authoritiesOf(cluster);
    return { id: gone.id, meanwhile: all.map((doc) => (doc.id === gone.id ? { ...doc, distributionStatus: 'DELETING' } : doc)), after: all.filter((doc) => doc.id !== gone.id) };
  });
}

interface Moved {
  readonly id: string;
  readonly meanwhile: readonly CertificateAuthorityDoc[];
  readonly after: readonly CertificateAuthorityDoc[];
}

/** Each is an update of the control plane, known by its token. */
function change(operation: string, input: { clusterName?: string | undefined; clientRequestToken?: string | undefined }, place: Place, decide: (cluster: ClusterDoc) => Moved) {
  const clusterName = input.clusterName ?? '';
  const { updateId, id } = once(place, operation, input, () => {
    const cluster = clusterOf(place, clusterName);
    requireFree(place, cluster, 'CertificateAuthorityUpdate');
    const { id, meanwhile, after } = decide(cluster);
    const update = { type: 'CertificateAuthorityUpdate' as const, params: paramsOf({ CertificateAuthorityId: id }), change: { certificateAuthorities: after } };
    return { id, updateId: begin(place, { ...cluster, certificateAuthorities: meanwhile }, update, 'clusterConfigUpdate', scripted(place, `eks:${operation}`, input)) };
  });
  const about = authoritiesOf(clusterOf(place, clusterName)).find((authority) => authority.id === id);
  return { ...updateAnswer(place, clusterName, updateId), ...(about === undefined ? {} : { certificateAuthority: summary(about) }) };
}

function authorityOf(cluster: ClusterDoc, id: string | undefined): CertificateAuthorityDoc {
  const doc = authoritiesOf(cluster).find((other) => other.id === id);
  if (doc === undefined) throw notFound(`No certificate authority found for ID: ${id}`, { clusterName: cluster.name });
  return doc;
}

function madeOf(cluster: ClusterDoc, { serial, createdAt }: CertificateAuthorityDoc): Authority {
  return { clusterId: cluster.id, serial, notBefore: createdAt };
}

function summary({ serial: _serial, createdAt, activatedAt, ...doc }: CertificateAuthorityDoc): CertificateAuthoritySummary {
  return { ...doc, createdAt: new Date(createdAt), ...(activatedAt === undefined ? {} : { activatedAt: new Date(activatedAt) }) };
}
