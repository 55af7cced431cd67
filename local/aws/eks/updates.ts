import type {
  DescribeUpdateRequest,
  DescribeUpdateResponse,
  ErrorCode,
  ListUpdatesRequest,
  ListUpdatesResponse,
  Update,
  UpdateParam,
  UpdateParamType,
  UpdateType,
} from '@aws-sdk/client-eks';
import { clusterOf } from './cluster-view.ts';
import { notFound } from './errors.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { ClusterDoc, ScriptedFailure, UpdateChange, UpdateDoc } from './state.ts';

/** Parameters of an update as EKS tells them: every value a string, structures as JSON, what was not asked for left out. */
export function paramsOf(values: Partial<Record<UpdateParamType, unknown>>): UpdateParam[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([type, value]) => ({ type: type as UpdateParamType, value: typeof value === 'string' ? value : JSON.stringify(value) }));
}

/** Writes down a new update, InProgress. */
export function recordUpdate(
  place: Place,
  of: { readonly clusterName: string; readonly nodegroupName?: string; readonly addonName?: string; readonly capabilityName?: string },
  update: { readonly type: UpdateType; readonly params: readonly UpdateParam[]; readonly change: UpdateChange; readonly failure?: ScriptedFailure | undefined },
): UpdateDoc {
  const doc: UpdateDoc = { id: place.newUuid(), sequence: place.nextSequence(), ...of, ...update, status: 'InProgress', createdAt: place.now, errors: [] };
  place.updates.put(`${of.clusterName}/${doc.id}`, doc);
  return doc;
}

export function updateDoc(place: Place, clusterName: string, updateId: string | undefined): UpdateDoc | undefined {
  return updateId === undefined ? undefined : place.updates.get(`${clusterName}/${updateId}`);
}

export function endUpdate(place: Place, update: UpdateDoc, errors: UpdateDoc['errors'] = []): void {
  place.updates.put(`${update.clusterName}/${update.id}`, { ...update, status: errors.length === 0 ? 'Successful' : 'Failed', endedAt: place.now, errors });
}

/** The error that a scripted failure leaves behind, or `otherwise` where the script is silent. */
export function scriptedError(
  failure: ScriptedFailure,
  otherwise: { readonly message: (code: string) => string; readonly resourceIds: readonly string[] },
): UpdateDoc['errors'][number] {
  const errorCode = (failure.code ?? 'Unknown') as ErrorCode;
  return { errorCode, errorMessage: failure.message ?? otherwise.message(errorCode), resourceIds: failure.resourceIds ?? otherwise.resourceIds };
}

export function describedUpdate(doc: UpdateDoc): Update {
  return {
    id: doc.id,
    status: doc.status,
    type: doc.type,
    params: doc.params.map((param) => ({ ...param })),
    createdAt: new Date(doc.createdAt),
    ...(doc.cancellation === undefined ? {} : { cancellation: { ...doc.cancellation } }),
    errors: doc.errors.map((error) => ({ ...error, resourceIds: [...error.resourceIds] })),
  };
}

/** The answer of an operation that began, or repeats, an update. */
export function updateAnswer(place: Place, clusterName: string, updateId: string): { update: Update } {
  const doc = updateDoc(place, clusterName, updateId);
  if (doc === undefined) throw notFound(`No update found for ID: ${updateId}`, { clusterName });
  return { update: describedUpdate(doc) };
}

export function listUpdates(input: ListUpdatesRequest, place: Place): ListUpdatesResponse {
  const cluster = clusterOf(place, input.name ?? '');
  const since = bornAt(place, cluster, input);
  const updates = place.updates
    .list(`${cluster.name}/`)
    .filter((update) => update.nodegroupName === input.nodegroupName && update.addonName === input.addonName && update.capabilityName === input.capabilityName && update.createdAt >= since)
    .sort((a, b) => b.sequence - a.sequence);
  const { items, nextToken } = page(updates, input, (update) => update.id);
  return { updateIds: items.map((update) => update.id), ...(nextToken === undefined ? {} : { nextToken }) };
}

export function describeUpdate(input: DescribeUpdateRequest, place: Place): DescribeUpdateResponse {
  const cluster = clusterOf(place, input.name ?? '');
  const since = bornAt(place, cluster, input);
  const doc = updateDoc(place, cluster.name, input.updateId);
  // An update of a node group, add-on or capability is found only by those who name it.
  if (doc === undefined || doc.nodegroupName !== input.nodegroupName || doc.addonName !== input.addonName || doc.capabilityName !== input.capabilityName || doc.createdAt < since)
    throw notFound(`No update found for ID: ${input.updateId}`, { clusterName: cluster.name });
  return { update: describedUpdate(doc) };
}

/** When the cluster, node group or add-on was made: updates of an earlier one of its name stay in the history, but are not its own. */
function bornAt(
  place: Place,
  cluster: ClusterDoc,
  of: { readonly nodegroupName?: string | undefined; readonly addonName?: string | undefined; readonly capabilityName?: string | undefined },
): number {
  const clusterName = cluster.name;
  if (of.capabilityName !== undefined) {
    const capability = place.capabilities.get(`${clusterName}/${of.capabilityName}`);
    if (capability === undefined) throw notFound(`No capability found for name: ${of.capabilityName}`, { clusterName });
    return capability.createdAt;
  }
  if (of.nodegroupName !== undefined) {
    const nodegroup = place.nodegroups.get(`${clusterName}/${of.nodegroupName}`);
    if (nodegroup === undefined) throw notFound(`No node group found for name: ${of.nodegroupName}.`, { clusterName, nodegroupName: of.nodegroupName });
    return nodegroup.createdAt;
  }
  if (of.addonName !== undefined) {
    const addon = place.addons.get(`${clusterName}/${of.addonName}`);
    if (addon === undefined) throw notFound(`No addon: ${of.addonName} found in cluster: ${clusterName}`, { clusterName, addonName: of.addonName });
    return addon.createdAt;
  }
  return cluster.createdAt;
}
