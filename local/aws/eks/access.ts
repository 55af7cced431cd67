import type {
  AccessEntry,
  AMITypes,
  AssociateAccessPolicyRequest,
  AssociateAccessPolicyResponse,
  AssociatedAccessPolicy,
  CreateAccessEntryRequest,
  CreateAccessEntryResponse,
  DeleteAccessEntryRequest,
  DeleteAccessEntryResponse,
  DescribeAccessEntryRequest,
  DescribeAccessEntryResponse,
  DisassociateAccessPolicyRequest,
  DisassociateAccessPolicyResponse,
  ListAccessEntriesRequest,
  ListAccessEntriesResponse,
  ListAccessPoliciesRequest,
  ListAccessPoliciesResponse,
  ListAssociatedAccessPoliciesRequest,
  ListAssociatedAccessPoliciesResponse,
  UpdateAccessEntryRequest,
  UpdateAccessEntryResponse,
} from '@aws-sdk/client-eks';
import type { Call } from '../service.ts';
import policyNames from './access-policies.json' with { type: 'json' };
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, limitExceeded, notFound } from './errors.ts';
import { QUOTAS } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { AccessEntryDoc, ClusterDoc } from './state.ts';
import { once } from './tokens.ts';
import { requireTags } from './validation.ts';

const PRINCIPAL = /^arn:aws:(?:iam|sts)::(\d{12}):(root|role|user|assumed-role|federated-user)(?:\/(.+))?$/;
const TYPES = ['STANDARD', 'FARGATE_LINUX', 'EC2_LINUX', 'EC2_WINDOWS', 'EC2', 'HYBRID_LINUX', 'HYPERPOD_LINUX'];
const ADMIN_POLICY = policyArn('AmazonEKSClusterAdminPolicy');
const AUTO_NODE_POLICY = policyArn('AmazonEKSAutoNodePolicy');

function policyArn(name: string): string {
  return `arn:aws:eks::aws:cluster-access-policy/${name}`;
}

/** Access entries are there only when the cluster's authentication mode includes the API. */
function clusterWithEntries(place: Place, clusterName: string): ClusterDoc {
  const cluster = clusterOf(place, clusterName);
  if (cluster.authenticationMode === 'CONFIG_MAP')
    throw invalidRequest("The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.", { clusterName });
  return cluster;
}

function entryOf(place: Place, clusterName: string, principalArn: string): AccessEntryDoc {
  const entry = place.accessEntries.get(`${clusterWithEntries(place, clusterName).name}/${principalArn}`);
  if (entry === undefined) throw notFound("The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.", { clusterName });
  return entry;
}

function newEntry(
  place: Place,
  clusterName: string,
  of: {
    readonly principalArn: string;
    readonly type: string;
    readonly username: string;
    readonly kubernetesGroups: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
  },
): AccessEntryDoc {
  const id = place.newUuid();
  const [, accountId = '', kind = '', rest = kind] = PRINCIPAL.exec(of.principalArn) ?? [];
  const arn = place.arn(`access-entry/${clusterName}/${kind}/${accountId}/${rest.split('/').at(-1)}/${id}`);
  return { id, clusterName, arn, createdAt: place.now, modifiedAt: place.now, policies: [], ...of };
}

function put(place: Place, entry: AccessEntryDoc): void {
  place.accessEntries.put(`${entry.clusterName}/${entry.principalArn}`, entry);
}

/** Whoever makes a cluster is its administrator, unless it asked not to be. */
export function addCreatorEntry(place: Place, cluster: ClusterDoc, call: Call): void {
  const principalArn = call.caller.role?.arn ?? call.caller.arn;
  const entry = newEntry(place, cluster.name, { principalArn, type: 'STANDARD', username: standardUsername(principalArn), kubernetesGroups: [], tags: {} });
  put(place, { ...entry, policies: [{ policyArn: ADMIN_POLICY, scope: 'cluster', namespaces: [], associatedAt: place.now, modifiedAt: place.now }] });
}

/** EKS lets the nodes of a managed group in by itself. */
export function addNodeEntry(place: Place, cluster: ClusterDoc, nodeRole: string, amiType: AMITypes): void {
  if (cluster.authenticationMode === 'CONFIG_MAP' || place.accessEntries.get(`${cluster.name}/${nodeRole}`) !== undefined) return;
  const type = amiType.startsWith('WINDOWS') ? 'EC2_WINDOWS' : 'EC2_LINUX';
  put(place, newEntry(place, cluster.name, { principalArn: nodeRole, type, ...nodeIdentity(type), tags: {} }));
}

/** EKS lets the nodes of Auto Mode in by itself, with the policy that they need. Source: EKS user guide, access entries of type EC2. */
export function addAutoModeEntry(place: Place, cluster: ClusterDoc, nodeRole: string): void {
  if (place.accessEntries.get(`${cluster.name}/${nodeRole}`) !== undefined) return;
  const entry = newEntry(place, cluster.name, { principalArn: nodeRole, type: 'EC2', ...nodeIdentity('EC2'), tags: {} });
  put(place, { ...entry, policies: [{ policyArn: AUTO_NODE_POLICY, scope: 'cluster', namespaces: [], associatedAt: place.now, modifiedAt: place.now }] });
}

/** EKS lets a capability in by itself, by its role and with the policies of its type. Source: EKS user guide, create-ack-capability and its kind. */
export function addCapabilityEntry(place: Place, cluster: ClusterDoc, roleArn: string, policies: readonly { readonly policyArn: string; readonly namespaces: readonly string[] }[]): void {
  const known = place.accessEntries.get(`${cluster.name}/${roleArn}`);
  const entry = known ?? newEntry(place, cluster.name, { principalArn: roleArn, type: 'STANDARD', username: standardUsername(roleArn), kubernetesGroups: [], tags: {} });
  const missing = policies.filter(({ policyArn: arn }) => !entry.policies.some((other) => other.policyArn === arn));
  const associated = missing.map(({ policyArn: arn, namespaces }): AccessEntryDoc['policies'][number] => ({
    policyArn: arn,
    scope: namespaces.length > 0 ? 'namespace' : 'cluster',
    namespaces,
    associatedAt: place.now,
    modifiedAt: place.now,
  }));
  put(place, { ...entry, policies: [...entry.policies, ...associated] });
}

/** EKS lets the nodes of Fargate in by the profile's pod execution role. Source: EKS user guide, creating access entries. */
export function addFargateEntry(place: Place, cluster: ClusterDoc, roleArn: string): void {
  if (cluster.authenticationMode === 'CONFIG_MAP' || place.accessEntries.get(`${cluster.name}/${roleArn}`) !== undefined) return;
  put(place, newEntry(place, cluster.name, { principalArn: roleArn, type: 'FARGATE_LINUX', ...nodeIdentity('FARGATE_LINUX'), tags: {} }));
}

function nodeIdentity(type: string): Pick<AccessEntryDoc, 'username' | 'kubernetesGroups'> {
  const groups = type === 'EC2_WINDOWS' ? ['eks:kube-proxy-windows', 'system:nodes'] : ['system:nodes'];
  return { username: type === 'FARGATE_LINUX' || type === 'HYBRID_LINUX' ? 'system:node:{{SessionName}}' : 'system:node:{{EC2PrivateDNSName}}', kubernetesGroups: groups };
}

/** An assumed role is known to Kubernetes by its session; anything else by its ARN. */
function standardUsername(principalArn: string): string {
  const [, accountId = '', kind, rest = ''] = PRINCIPAL.exec(principalArn) ?? [];
  return kind === 'role' ? `arn:aws:sts::${accountId}:assumed-role/${rest.split('/').at(-1)}/{{SessionName}}` : principalArn;
}

function described(doc: AccessEntryDoc): AccessEntry {
  return {
    clusterName: doc.clusterName,
    principalArn: doc.principalArn,
    kubernetesGroups: [...doc.kubernetesGroups],
    accessEntryArn: doc.arn,
    createdAt: new Date(doc.createdAt),
    modifiedAt: new Date(doc.modifiedAt),
    tags: { ...doc.tags },
    username: doc.username,
    type: doc.type,
  };
}

export function createAccessEntry(input: CreateAccessEntryRequest, place: Place): CreateAccessEntryResponse {
  const [clusterName, principalArn] = [input.clusterName ?? '', input.principalArn ?? ''];
  once(
    place,
    'CreateAccessEntry',
    input,
    () => {
      const about = { clusterName };
      clusterWithEntries(place, clusterName);
      const type = input.type ?? 'STANDARD';
      if (!PRINCIPAL.test(principalArn)) throw invalidParameter('The principalArn parameter format is not valid', about);
      if (!TYPES.includes(type)) throw invalidParameter(`The type ${type} is not supported. Supported types: ${TYPES.join(', ')}`, about);
      if (type !== 'STANDARD' && (input.kubernetesGroups?.length ?? 0) > 0)
        throw invalidParameter(`The kubernetesGroups parameter cannot be set for access entries of type ${type}`, about);
      const reserved = input.kubernetesGroups?.find((group) => /^(system:|eks:|aws:|amazon:|iam:)/.test(group));
      if (reserved !== undefined)
        throw invalidParameter(`The kubernetes group name ${reserved} is invalid, it cannot start with any of the following: system:, eks:, aws:, amazon:, iam:`, about);
      requireTags(input.tags ?? {}, about);
      if (place.accessEntries.get(`${clusterName}/${principalArn}`) !== undefined) throw inUse('The specified access entry resource is already in use on this cluster.', about);
      const identity = type === 'STANDARD' ? { username: input.username ?? standardUsername(principalArn), kubernetesGroups: input.kubernetesGroups ?? [] } : nodeIdentity(type);
      put(place, newEntry(place, clusterName, { principalArn, type, ...identity, tags: input.tags ?? {} }));
      return { principalArn };
    },
    () => place.accessEntries.get(`${clusterName}/${principalArn}`) !== undefined,
  );
  return { accessEntry: described(entryOf(place, clusterName, principalArn)) };
}

export function describeAccessEntry(input: DescribeAccessEntryRequest, place: Place): DescribeAccessEntryResponse {
  return { accessEntry: described(entryOf(place, input.clusterName ?? '', input.principalArn ?? '')) };
}

export function listAccessEntries(input: ListAccessEntriesRequest, place: Place): ListAccessEntriesResponse {
  const cluster = clusterWithEntries(place, input.clusterName ?? '');
  const principals = place.accessEntries
    .list(`${cluster.name}/`)
    .filter((entry) => input.associatedPolicyArn === undefined || entry.policies.some((policy) => policy.policyArn === input.associatedPolicyArn))
    .map((entry) => entry.principalArn);
  const { items, nextToken } = page(principals, input, (principal) => principal);
  return { accessEntries: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

export function updateAccessEntry(input: UpdateAccessEntryRequest, place: Place): UpdateAccessEntryResponse {
  const [clusterName, principalArn] = [input.clusterName ?? '', input.principalArn ?? ''];
  once(place, 'UpdateAccessEntry', input, () => {
    const entry = entryOf(place, clusterName, principalArn);
    if (entry.type !== 'STANDARD') throw invalidRequest(`Access entries of type ${entry.type} cannot be updated.`, { clusterName });
    put(place, { ...entry, kubernetesGroups: input.kubernetesGroups ?? entry.kubernetesGroups, username: input.username ?? entry.username, modifiedAt: place.now });
    return { principalArn };
  });
  return { accessEntry: described(entryOf(place, clusterName, principalArn)) };
}

export function deleteAccessEntry(input: DeleteAccessEntryRequest, place: Place): DeleteAccessEntryResponse {
  const entry = entryOf(place, input.clusterName ?? '', input.principalArn ?? '');
  place.accessEntries.delete(`${entry.clusterName}/${entry.principalArn}`);
  return {};
}

export function listAccessPolicies(input: ListAccessPoliciesRequest): ListAccessPoliciesResponse {
  const { items, nextToken } = page(policyNames, input, (name) => name);
  return { accessPolicies: items.map((name) => ({ name, arn: policyArn(name) })), ...(nextToken === undefined ? {} : { nextToken }) };
}

/** Not idempotent by token: repeated, it puts the scope that was asked last. */
export function associateAccessPolicy(input: AssociateAccessPolicyRequest, place: Place): AssociateAccessPolicyResponse {
  const entry = entryOf(place, input.clusterName ?? '', input.principalArn ?? '');
  const about = { clusterName: entry.clusterName };
  const policy = input.policyArn ?? '';
  if (!policyNames.some((name) => policyArn(name) === policy)) throw invalidParameter('The policyArn parameter format is not valid', about);
  if (entry.type !== 'STANDARD' && entry.type !== 'EC2') throw invalidRequest(`Access policies cannot be associated with access entries of type ${entry.type}.`, about);
  const scope = input.accessScope?.type ?? 'cluster';
  const namespaces = input.accessScope?.namespaces ?? [];
  if ((scope === 'namespace') !== namespaces.length > 0) throw invalidParameter(`Namespaces must be given with access scope namespace, and only with it.`, about);
  const before = entry.policies.find((other) => other.policyArn === policy);
  if (before === undefined && entry.policies.length >= QUOTAS.accessPoliciesPerEntry) throw limitExceeded('Access policy limit exceeded for access entry', about);
  const associated = { policyArn: policy, scope, namespaces, associatedAt: before?.associatedAt ?? place.now, modifiedAt: place.now };
  put(place, { ...entry, policies: [...entry.policies.filter((other) => other !== before), associated] });
  return { clusterName: entry.clusterName, principalArn: entry.principalArn, associatedAccessPolicy: describedPolicy(associated) };
}

function describedPolicy(policy: AccessEntryDoc['policies'][number]): AssociatedAccessPolicy {
  return {
    policyArn: policy.policyArn,
    accessScope: { type: policy.scope, namespaces: [...policy.namespaces] },
    associatedAt: new Date(policy.associatedAt),
    modifiedAt: new Date(policy.modifiedAt),
  };
}

export function disassociateAccessPolicy(input: DisassociateAccessPolicyRequest, place: Place): DisassociateAccessPolicyResponse {
  const entry = entryOf(place, input.clusterName ?? '', input.principalArn ?? '');
  const kept = entry.policies.filter((policy) => policy.policyArn !== input.policyArn);
  if (kept.length === entry.policies.length) throw notFound('The specified policyArn is not associated with the access entry.', { clusterName: entry.clusterName });
  put(place, { ...entry, policies: kept });
  return {};
}

export function listAssociatedAccessPolicies(input: ListAssociatedAccessPoliciesRequest, place: Place): ListAssociatedAccessPoliciesResponse {
  const entry = entryOf(place, input.clusterName ?? '', input.principalArn ?? '');
  const { items, nextToken } = page(entry.policies, input, (policy) => policy.policyArn);
  return {
    clusterName: entry.clusterName,
    principalArn: entry.principalArn,
    associatedAccessPolicies: items.map(describedPolicy),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}
