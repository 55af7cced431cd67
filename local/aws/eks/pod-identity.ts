import type {
  CreatePodIdentityAssociationRequest,
  CreatePodIdentityAssociationResponse,
  DeletePodIdentityAssociationRequest,
  DeletePodIdentityAssociationResponse,
  DescribePodIdentityAssociationRequest,
  DescribePodIdentityAssociationResponse,
  ListPodIdentityAssociationsRequest,
  ListPodIdentityAssociationsResponse,
  PodIdentityAssociation,
  UpdatePodIdentityAssociationRequest,
  UpdatePodIdentityAssociationResponse,
} from '@aws-sdk/client-eks';
import { MalformedPolicy, parsePolicy } from '../policy-document.ts';
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, limitExceeded, notFound } from './errors.ts';
import type { About } from './errors.ts';
import { QUOTAS } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { PodIdentityDoc } from './state.ts';
import { once } from './tokens.ts';
import { requireRole, requireTags } from './validation.ts';

/** EKS looks: a role that does not let the service assume it and tag its sessions is refused in these words. Source: terraform-provider-aws 41483. */
const WRONG_TRUST = 'Trust policy of the role provided is invalid.';
const ACTIONS = ['sts:AssumeRole', 'sts:TagSession'];
const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/.+$/;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE_ACCOUNT = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** The role that pods are to have, for an association of its own or one that an add-on brings. */
export function requirePodRole(place: Place, roleArn: string, about: About): void {
  requireRole(place, roleArn, 'pods.eks.amazonaws.com', (name) => (place.around.iam.role(place.accountId, name) === undefined ? `Role provided in the request does not exist: ${name}` : WRONG_TRUST), about, ACTIONS);
}

/** What an association may say, as it would stand. Source: EKS API reference, CreatePodIdentityAssociation. */
function requireSound(asked: Partial<Pick<PodIdentityDoc, 'targetRoleArn' | 'disableSessionTags' | 'policy'>>, clusterName: string): void {
  if (asked.targetRoleArn !== undefined && !ROLE_ARN.test(asked.targetRoleArn)) throw invalidParameter(`The target role ARN ${asked.targetRoleArn} is invalid.`, { clusterName });
  if (asked.policy === undefined) return;
  if (asked.disableSessionTags !== true) throw invalidParameter('The disableSessionTags parameter must be true when a policy is specified.', { clusterName });
  try {
    parsePolicy(asked.policy, 'identity');
  } catch (error) {
    if (error instanceof MalformedPolicy) throw invalidParameter(`The policy is invalid: ${error.message}`, { clusterName });
    throw error;
  }
}

function described(doc: PodIdentityDoc): PodIdentityAssociation {
  return {
    clusterName: doc.clusterName,
    namespace: doc.namespace,
    serviceAccount: doc.serviceAccount,
    roleArn: doc.roleArn,
    associationArn: doc.arn,
    associationId: doc.id,
    tags: { ...doc.tags },
    createdAt: new Date(doc.createdAt),
    modifiedAt: new Date(doc.modifiedAt),
    ...(doc.ownerArn === undefined ? {} : { ownerArn: doc.ownerArn }),
    disableSessionTags: doc.disableSessionTags ?? false,
    ...(doc.targetRoleArn === undefined ? {} : { targetRoleArn: doc.targetRoleArn }),
    ...(doc.externalId === undefined ? {} : { externalId: doc.externalId }),
    ...(doc.policy === undefined ? {} : { policy: doc.policy }),
  };
}

function associationOf(place: Place, clusterName: string, associationId: string): PodIdentityDoc {
  const association = place.podIdentities.get(`${clusterOf(place, clusterName).name}/${associationId}`);
  if (association === undefined) throw notFound(`Association not found: ${associationId}`, { clusterName });
  return association;
}

type Asked = Pick<PodIdentityDoc, 'clusterName' | 'namespace' | 'serviceAccount' | 'roleArn'> &
  Partial<Pick<PodIdentityDoc, 'targetRoleArn' | 'disableSessionTags' | 'policy' | 'ownerArn' | 'tags'>>;

/** Puts an association down. A service account has at most one role. */
function add(place: Place, asked: Asked): PodIdentityDoc {
  const { clusterName } = asked;
  const existing = place.podIdentities.list(`${clusterName}/`);
  if (existing.some((other) => other.namespace === asked.namespace && other.serviceAccount === asked.serviceAccount))
    throw inUse(`Association already exists: a-${asked.namespace}/${asked.serviceAccount}`, { clusterName });
  if (existing.length >= QUOTAS.podIdentityAssociationsPerCluster) throw limitExceeded('Pod identity association limit exceeded for cluster', { clusterName });
  const id = `a-${place.newId().slice(0, 17)}`;
  const doc: PodIdentityDoc = {
    ...asked,
    id,
    arn: place.arn(`podidentityassociation/${clusterName}/${id}`),
    createdAt: place.now,
    modifiedAt: place.now,
    ...(asked.targetRoleArn === undefined ? {} : { externalId: place.newUuid() }),
    tags: asked.tags ?? {},
  };
  place.podIdentities.put(`${clusterName}/${id}`, doc);
  return doc;
}

/** An association that an add-on brings with it and takes away again. Answers its ARN. */
export function addOwnedAssociation(place: Place, asked: Asked): string {
  return add(place, asked).arn;
}

export function removeOwnedAssociations(place: Place, clusterName: string, ownerArn: string): void {
  for (const association of place.podIdentities.list(`${clusterName}/`)) {
    if (association.ownerArn === ownerArn) place.podIdentities.delete(`${clusterName}/${association.id}`);
  }
}

export function createPodIdentityAssociation(input: CreatePodIdentityAssociationRequest, place: Place): CreatePodIdentityAssociationResponse {
  const clusterName = input.clusterName ?? '';
  const { associationId } = once(place, 'CreatePodIdentityAssociation', input, () => {
    clusterOf(place, clusterName);
    if (!NAMESPACE.test(input.namespace ?? '')) throw invalidParameter(`The namespace ${input.namespace} is no name of a Kubernetes namespace.`, { clusterName });
    if (!SERVICE_ACCOUNT.test(input.serviceAccount ?? '')) throw invalidParameter(`The service account ${input.serviceAccount} is no name of a Kubernetes service account.`, { clusterName });
    requireSound(input, clusterName);
    requirePodRole(place, input.roleArn ?? '', { clusterName });
    requireTags(input.tags ?? {}, { clusterName });
    const doc = add(place, {
      clusterName,
      namespace: input.namespace ?? '',
      serviceAccount: input.serviceAccount ?? '',
      roleArn: input.roleArn ?? '',
      targetRoleArn: input.targetRoleArn,
      disableSessionTags: input.disableSessionTags,
      policy: input.policy,
      tags: input.tags ?? {},
    });
    return { associationId: doc.id };
  });
  return { association: described(associationOf(place, clusterName, associationId)) };
}

export function describePodIdentityAssociation(input: DescribePodIdentityAssociationRequest, place: Place): DescribePodIdentityAssociationResponse {
  return { association: described(associationOf(place, input.clusterName ?? '', input.associationId ?? '')) };
}

export function listPodIdentityAssociations(input: ListPodIdentityAssociationsRequest, place: Place): ListPodIdentityAssociationsResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const associations = place.podIdentities
    .list(`${cluster.name}/`)
    .filter((doc) => (input.namespace === undefined || doc.namespace === input.namespace) && (input.serviceAccount === undefined || doc.serviceAccount === input.serviceAccount));
  const { items, nextToken } = page(associations, input, (doc) => doc.id);
  return {
    associations: items.map(({ clusterName, namespace, serviceAccount, arn, id, ownerArn }) => ({
      clusterName,
      namespace,
      serviceAccount,
      associationArn: arn,
      associationId: id,
      ...(ownerArn === undefined ? {} : { ownerArn }),
    })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}

export function updatePodIdentityAssociation(input: UpdatePodIdentityAssociationRequest, place: Place): UpdatePodIdentityAssociationResponse {
  const clusterName = input.clusterName ?? '';
  once(place, 'UpdatePodIdentityAssociation', input, () => {
    const doc = associationOf(place, clusterName, input.associationId ?? '');
    refuseOwned(doc);
    const after: PodIdentityDoc = {
      ...doc,
      roleArn: input.roleArn ?? doc.roleArn,
      targetRoleArn: input.targetRoleArn ?? doc.targetRoleArn,
      disableSessionTags: input.disableSessionTags ?? doc.disableSessionTags,
      policy: input.policy ?? doc.policy,
      modifiedAt: place.now,
    };
    requireSound(after, clusterName);
    if (input.roleArn !== undefined) requirePodRole(place, input.roleArn, { clusterName });
    // The id that the target role's trust can demand comes with the first target role, and stays.
    const externalId = after.targetRoleArn === undefined ? doc.externalId : (doc.externalId ?? place.newUuid());
    place.podIdentities.put(`${clusterName}/${doc.id}`, { ...after, externalId });
    return {};
  });
  return { association: described(associationOf(place, clusterName, input.associationId ?? '')) };
}

export function deletePodIdentityAssociation(input: DeletePodIdentityAssociationRequest, place: Place): DeletePodIdentityAssociationResponse {
  const doc = associationOf(place, input.clusterName ?? '', input.associationId ?? '');
  refuseOwned(doc);
  place.podIdentities.delete(`${doc.clusterName}/${doc.id}`);
  return { association: described(doc) };
}

function refuseOwned(doc: PodIdentityDoc): void {
  if (doc.ownerArn !== undefined) throw invalidRequest(`The association ${doc.id} is owned by ${doc.ownerArn} and must be changed through it.`, { clusterName: doc.clusterName });
}
