import type {
  AccessPolicy,
  ArgoCdRoleMapping,
  Capability,
  CapabilityConfigurationRequest,
  CapabilityIssueCode,
  CreateCapabilityRequest,
  CreateCapabilityResponse,
  DeleteCapabilityRequest,
  DeleteCapabilityResponse,
  DescribeCapabilityRequest,
  DescribeCapabilityResponse,
  ListCapabilitiesRequest,
  ListCapabilitiesResponse,
  UpdateCapabilityRequest,
  UpdateCapabilityResponse,
} from '@aws-sdk/client-eks';
import { addCapabilityEntry } from './access.ts';
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, notFound } from './errors.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { CapabilityDoc, ClusterDoc } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, paramsOf, recordUpdate, scriptedError, updateAnswer, updateDoc } from './updates.ts';
import { requireRole, requireTags } from './validation.ts';

// Managed ACK, kro and Argo CD. Sources: EKS API reference, CreateCapability; EKS user guide, capabilities, ack-create-cli, create-argocd-capability, working-with-capabilities.

const NAME_MAX = 100;
/** As the user guide's examples have them; ACK's list shows none. */
const VERSIONS: Readonly<Record<string, string | undefined>> = { KRO: 'v0.6.3', ARGOCD: '3.1.8-eks-1' };
const ARGO_NAMESPACE = 'argocd';

const policy = (name: string): NonNullable<AccessPolicy['arn']> => `arn:aws:eks::aws:cluster-access-policy/${name}`;

function policiesOf(doc: Pick<CapabilityDoc, 'type' | 'configuration'>): { policyArn: string; namespaces: string[] }[] {
  if (doc.type === 'ACK') return [{ policyArn: policy('AmazonEKSACKPolicy'), namespaces: [] }];
  if (doc.type === 'KRO') return [{ policyArn: policy('AmazonEKSKROPolicy'), namespaces: [] }];
  const namespace = doc.configuration?.argoCd?.namespace ?? ARGO_NAMESPACE;
  return [
    { policyArn: policy('AmazonEKSArgoCDClusterPolicy'), namespaces: [] },
    { policyArn: policy('AmazonEKSArgoCDPolicy'), namespaces: [namespace] },
  ];
}

function described(doc: CapabilityDoc): Capability {
  const { argoCd, ack } = doc.configuration ?? {};
  const version = VERSIONS[doc.type];
  return {
    capabilityName: doc.capabilityName,
    arn: doc.arn,
    clusterName: doc.clusterName,
    type: doc.type,
    roleArn: doc.roleArn,
    status: doc.status,
    ...(version === undefined ? {} : { version }),
    configuration: {
      ...(argoCd === undefined ? {} : { argoCd: { namespace: ARGO_NAMESPACE, ...argoCd, ...(doc.status === 'CREATING' ? {} : { serverUrl: `https://${doc.id.slice(0, 8)}.eks-capabilities.amazonaws.com` }) } }),
      ...(ack === undefined ? {} : { ack }),
    },
    tags: { ...doc.tags },
    health: { issues: doc.healthIssues.map((issue) => ({ ...issue })) },
    createdAt: new Date(doc.createdAt),
    modifiedAt: new Date(doc.modifiedAt),
    deletePropagationPolicy: 'RETAIN',
  };
}

export function capabilityOf(place: Place, clusterName: string, capabilityName: string): CapabilityDoc {
  const capability = place.capabilities.get(`${clusterOf(place, clusterName).name}/${capabilityName}`);
  if (capability === undefined) throw notFound(`No capability found for name: ${capabilityName}`, { clusterName });
  return capability;
}

function put(place: Place, capability: CapabilityDoc): void {
  place.capabilities.put(`${capability.clusterName}/${capability.capabilityName}`, capability);
}

export function createCapability(input: CreateCapabilityRequest, place: Place): CreateCapabilityResponse {
  const [clusterName, capabilityName] = [input.clusterName ?? '', input.capabilityName ?? ''];
  once(
    place,
    'CreateCapability',
    input,
    () => {
      const cluster = clusterOf(place, clusterName);
      requireSound(input, cluster, place);
      const id = place.newUuid();
      const type = input.type ?? 'ACK';
      const failure = place.around.faults?.takeFailUpdate('eks:CreateCapability', place.accountId, place.region, input);
      const doc: CapabilityDoc = {
        id,
        clusterName,
        capabilityName,
        arn: place.arn(`capability/${clusterName}/${type.toLowerCase()}/${capabilityName}/${id}`),
        createdAt: place.now,
        modifiedAt: place.now,
        type,
        status: 'CREATING',
        roleArn: input.roleArn ?? '',
        configuration: input.configuration,
        tags: input.tags ?? {},
        healthIssues: [],
      };
      put(place, doc);
      addCapabilityEntry(place, cluster, doc.roleArn, policiesOf(doc));
      const scripted = failure === undefined ? undefined : scriptedError(failure, { message: (code) => `The capability could not be created: ${code}`, resourceIds: [] });
      if (scripted !== undefined) put(place, { ...doc, healthIssues: [{ code: scripted.errorCode as CapabilityIssueCode, message: scripted.errorMessage }] });
      place.after('capabilityCreation', { kind: scripted === undefined ? 'capability-created' : 'capability-creation-failed', clusterName, subject: capabilityName });
      return { capabilityName };
    },
    () => place.capabilities.get(`${clusterName}/${capabilityName}`) !== undefined,
  );
  return { capability: described(capabilityOf(place, clusterName, capabilityName)) };
}

/** Everything that CreateCapability checks. */
function requireSound(input: CreateCapabilityRequest, cluster: ClusterDoc, place: Place): void {
  const about = { clusterName: cluster.name };
  const name = input.capabilityName ?? '';
  if (name.length < 1 || name.length > NAME_MAX) throw invalidParameter(`The capability name must have between 1 and ${NAME_MAX} characters.`, about);
  if (cluster.status !== 'ACTIVE' && cluster.status !== 'UPDATING') throw invalidRequest(`Cluster '${cluster.name}' is not in ACTIVE status`, about);
  if (cluster.authenticationMode === 'CONFIG_MAP')
    throw invalidRequest("The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.", about);
  const existing = place.capabilities.list(`${cluster.name}/`);
  if (existing.some(({ capabilityName }) => capabilityName === name)) throw inUse(`Capability already exists with name ${name} and cluster name ${cluster.name}`, about);
  // "You can only create one Capability of each type": which of the modelled errors says it is not documented.
  const same = existing.find(({ type }) => type === input.type);
  if (same !== undefined) throw inUse(`Cluster ${cluster.name} already has a capability of type ${input.type}: ${same.capabilityName}`, about);
  requireConfiguration(input.type ?? '', input.configuration, cluster.name);
  requireCapabilityRole(place, input.roleArn ?? '', cluster.name);
  requireTags(input.tags ?? {}, about);
}

function requireCapabilityRole(place: Place, roleArn: string, clusterName: string): void {
  requireRole(place, roleArn, 'capabilities.eks.amazonaws.com', () => 'Trust policy of the role provided is invalid', { clusterName }, ['sts:AssumeRole', 'sts:TagSession']);
}

/** Argo CD signs its users in by IAM Identity Center; kro has nothing to set. */
function requireConfiguration(type: string, configuration: CapabilityConfigurationRequest | undefined, clusterName: string): void {
  if (type === 'ARGOCD' && !/^arn:aws:sso:::instance\/ssoins-[0-9a-f]{16}$/.test(configuration?.argoCd?.awsIdc?.idcInstanceArn ?? ''))
    throw invalidParameter('The Argo CD capability needs awsIdc.idcInstanceArn of an IAM Identity Center instance.', { clusterName });
  if (type !== 'ARGOCD' && configuration?.argoCd !== undefined) throw invalidParameter(`The argoCd configuration cannot be set for a capability of type ${type}.`, { clusterName });
  if (type !== 'ACK' && configuration?.ack !== undefined) throw invalidParameter(`The ack configuration cannot be set for a capability of type ${type}.`, { clusterName });
}

export function describeCapability(input: DescribeCapabilityRequest, place: Place): DescribeCapabilityResponse {
  return { capability: described(capabilityOf(place, input.clusterName ?? '', input.capabilityName ?? '')) };
}

export function listCapabilities(input: ListCapabilitiesRequest, place: Place): ListCapabilitiesResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const { items, nextToken } = page(place.capabilities.list(`${cluster.name}/`), input, ({ capabilityName }) => capabilityName);
  const capabilities = items.map((doc) => {
    const { capabilityName, arn, type, status, version, createdAt, modifiedAt } = described(doc);
    return { capabilityName, arn, type, status, ...(version === undefined ? {} : { version }), createdAt, modifiedAt };
  });
  return { capabilities, ...(nextToken === undefined ? {} : { nextToken }) };
}

export function updateCapability(input: UpdateCapabilityRequest, place: Place): UpdateCapabilityResponse {
  const clusterName = input.clusterName ?? '';
  const { updateId } = once(place, 'UpdateCapability', input, () => {
    const doc = capabilityOf(place, clusterName, input.capabilityName ?? '');
    if (doc.status !== 'ACTIVE' && doc.status !== 'DEGRADED') throw inUse(`Capability ${doc.capabilityName} cannot be updated as it is currently in status ${doc.status}`, { clusterName });
    const { argoCd, ack } = input.configuration ?? {};
    if (argoCd !== undefined && doc.type !== 'ARGOCD') throw invalidParameter(`The argoCd configuration cannot be set for a capability of type ${doc.type}.`, { clusterName });
    if (ack !== undefined && doc.type !== 'ACK') throw invalidParameter(`The ack configuration cannot be set for a capability of type ${doc.type}.`, { clusterName });
    if (input.roleArn !== undefined) requireCapabilityRole(place, input.roleArn, clusterName);
    const failure = place.around.faults?.takeFailUpdate('eks:UpdateCapability', place.accountId, place.region, input);
    const change = { ...(input.roleArn === undefined ? {} : { roleArn: input.roleArn }), configuration: configurationAfter(doc, input) };
    const params = paramsOf({
      RoleArn: input.roleArn,
      RoleMappingsToAddOrUpdate: argoCd?.rbacRoleMappings?.addOrUpdateRoleMappings,
      RoleMappingsToRemove: argoCd?.rbacRoleMappings?.removeRoleMappings,
      NetworkAccess: argoCd?.networkAccess,
      EnableCrossNamespace: ack?.enableCrossNamespace,
      DisabledServices: ack?.disabledServices,
    });
    const update = recordUpdate(place, { clusterName, capabilityName: doc.capabilityName }, { type: 'CapabilityUpdate', params, change: { capability: change }, failure });
    put(place, { ...doc, status: 'UPDATING' });
    place.after('capabilityUpdate', { kind: 'capability-update-ends', clusterName, subject: doc.capabilityName, updateId: update.id });
    return { updateId: update.id };
  });
  return updateAnswer(place, clusterName, updateId);
}

function configurationAfter(doc: CapabilityDoc, input: UpdateCapabilityRequest): CapabilityConfigurationRequest | undefined {
  const { argoCd, ack } = input.configuration ?? {};
  if (ack !== undefined) return { ...doc.configuration, ack: { ...doc.configuration?.ack, ...ack } };
  if (argoCd === undefined || doc.configuration?.argoCd === undefined) return doc.configuration;
  const { addOrUpdateRoleMappings = [], removeRoleMappings = [] } = argoCd.rbacRoleMappings ?? {};
  const named = new Set([...addOrUpdateRoleMappings, ...removeRoleMappings].map(({ role }) => role));
  const kept = (doc.configuration.argoCd.rbacRoleMappings ?? []).filter(({ role }) => !named.has(role));
  const left = removeRoleMappings.flatMap((removed) => without(doc.configuration?.argoCd?.rbacRoleMappings?.find(({ role }) => role === removed.role), removed));
  const { networkAccess = doc.configuration.argoCd.networkAccess } = argoCd;
  return { argoCd: { ...doc.configuration.argoCd, rbacRoleMappings: [...kept, ...left, ...addOrUpdateRoleMappings], ...(networkAccess === undefined ? {} : { networkAccess }) } };
}

function without(mapping: ArgoCdRoleMapping | undefined, removed: ArgoCdRoleMapping): ArgoCdRoleMapping[] {
  const identities = (mapping?.identities ?? []).filter(({ id, type }) => removed.identities?.some((gone) => gone.id === id && gone.type === type) !== true);
  return mapping === undefined || identities.length === 0 ? [] : [{ ...mapping, identities }];
}

export function deleteCapability(input: DeleteCapabilityRequest, place: Place): DeleteCapabilityResponse {
  const doc = capabilityOf(place, input.clusterName ?? '', input.capabilityName ?? '');
  if (doc.status === 'CREATING' || doc.status === 'UPDATING')
    throw inUse(`Capability ${doc.capabilityName} cannot be deleted as it is currently in status ${doc.status}`, { clusterName: doc.clusterName });
  const leaving: CapabilityDoc = { ...doc, status: 'DELETING' };
  if (doc.status !== 'DELETING') {
    const failure = place.around.faults?.takeFailUpdate('eks:DeleteCapability', place.accountId, place.region, input);
    put(place, leaving);
    place.after('capabilityDeletion', { kind: failure === undefined ? 'capability-deleted' : 'capability-deletion-failed', clusterName: doc.clusterName, subject: doc.capabilityName });
  }
  return { capability: described(leaving) };
}

/** A transition of a capability that is still there, and still in the status that the transition follows. */
function ofCapability(status: CapabilityDoc['status'], apply: (place: Place, doc: CapabilityDoc, updateId: string | undefined) => void): Apply {
  return (place, { clusterName, subject, updateId }) => {
    const doc = place.capabilities.get(`${clusterName}/${subject}`);
    if (doc?.status === status) apply(place, doc, updateId);
  };
}

const updateEnds = ofCapability('UPDATING', (place, doc, updateId) => {
  const update = updateDoc(place, doc.clusterName, updateId);
  if (update === undefined) return;
  if (update.failure !== undefined) {
    const error = scriptedError(update.failure, { message: (code) => `The update of capability ${doc.capabilityName} failed: ${code}`, resourceIds: [doc.capabilityName] });
    endUpdate(place, update, [error]);
    put(place, { ...doc, status: 'DEGRADED', healthIssues: [{ code: error.errorCode as CapabilityIssueCode, message: error.errorMessage }], modifiedAt: place.now });
    return;
  }
  endUpdate(place, update);
  const after: CapabilityDoc = { ...doc, ...update.change.capability, status: 'ACTIVE', healthIssues: [], modifiedAt: place.now };
  put(place, after);
  const cluster = place.clusters.get(doc.clusterName);
  if (cluster !== undefined) addCapabilityEntry(place, cluster, after.roleArn, policiesOf(after));
});

export const capabilityTransitions: Readonly<Record<string, Apply>> = {
  'capability-created': ofCapability('CREATING', (place, doc) => put(place, { ...doc, status: 'ACTIVE', modifiedAt: place.now })),
  'capability-creation-failed': ofCapability('CREATING', (place, doc) => put(place, { ...doc, status: 'CREATE_FAILED', modifiedAt: place.now })),
  'capability-update-ends': updateEnds,
  'capability-deleted': ofCapability('DELETING', (place, doc) => place.capabilities.delete(`${doc.clusterName}/${doc.capabilityName}`)),
  'capability-deletion-failed': ofCapability('DELETING', (place, doc) => put(place, { ...doc, status: 'DELETE_FAILED', modifiedAt: place.now })),
};
