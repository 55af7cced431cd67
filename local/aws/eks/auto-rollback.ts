import type { CancelUpdateRequest, CancelUpdateResponse } from '@aws-sdk/client-eks';
import { holdForControlPlane } from './addresses.ts';
import { drift, driftTurn } from './auto-mode.ts';
import { clusterOf } from './cluster-view.ts';
import type { Change } from './cluster-updates.ts';
import { invalidRequest, notFound } from './errors.ts';
import { look } from './insights.ts';
import type { Place } from './place.ts';
import { rollbackBlockers } from './rollback-checks.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc, ScriptedFailure, UpdateDoc } from './state.ts';
import { once } from './tokens.ts';
import { endUpdate, recordUpdate, updateAnswer, updateDoc } from './updates.ts';

// The rollback of a cluster with EKS Auto Mode: its nodes go first, while the cluster goes on saying ACTIVE; then the control plane. Only while the
// nodes go back can it be cancelled or time out. Source: EKS user guide, rollback-automode.

const MINUTE_MS = 60_000;

export function beginWithNodes(
  place: Place,
  cluster: ClusterDoc,
  { type, params, change }: Change,
  terms: { readonly timeoutMinutes: number; readonly forced: boolean; readonly failure: ScriptedFailure | undefined },
): string {
  const update = recordUpdate(place, { clusterName: cluster.name }, { type, params, change: { cluster: change, forced: terms.forced }, failure: terms.failure });
  place.updates.put(`${cluster.name}/${update.id}`, { ...update, phase: 'nodes' });
  place.clusters.put(cluster.name, { ...cluster, update: update.id });
  drift(place, cluster.name);
  place.schedule({ kind: 'rollback-times-out', clusterName: cluster.name, updateId: update.id, at: place.now + terms.timeoutMinutes * MINUTE_MS });
  return update.id;
}

/** Cancels a rollback whose nodes are still going back. Best effort: it takes a while, and comes too late when the last node has gone first. */
export function cancelUpdate(input: CancelUpdateRequest, place: Place): CancelUpdateResponse {
  const clusterName = input.name ?? '';
  once(place, 'CancelUpdate', input, () => {
    const cluster = clusterOf(place, clusterName);
    const update = updateDoc(place, clusterName, input.updateId);
    if (update === undefined) throw notFound(`No update found for ID: ${input.updateId}`, { clusterName });
    if (update.type !== 'VersionRollback') throw invalidRequest(`Update ${update.id} of type ${update.type} cannot be cancelled.`, { clusterName });
    if (update.status !== 'InProgress') throw invalidRequest(`Update ${update.id} cannot be cancelled because it is ${update.status}.`, { clusterName });
    if (update.phase !== 'nodes') throw invalidRequest(`Update ${update.id} cannot be cancelled because the rollback of the control plane has started.`, { clusterName });
    if (update.cancellation?.status !== 'InProgress') {
      place.updates.put(`${clusterName}/${update.id}`, { ...update, cancellation: { status: 'InProgress', reason: 'The cancellation was requested.' } });
      place.after('cancellation', { kind: 'rollback-cancelled', clusterName: cluster.name, updateId: update.id });
    }
    return { updateId: update.id };
  });
  return updateAnswer(place, clusterName, input.updateId ?? '');
}

/** The rollback is given up before the control plane was touched: the nodes go forward again. */
function giveUp(place: Place, cluster: ClusterDoc): void {
  place.clusters.put(cluster.name, { ...cluster, update: undefined });
  drift(place, cluster.name);
}

/** A rollback whose nodes are still going back. */
function whileNodesGoBack(apply: (place: Place, cluster: ClusterDoc, update: UpdateDoc) => void): Apply {
  return (place, { clusterName, updateId }) => {
    const cluster = place.clusters.get(clusterName);
    const update = updateDoc(place, clusterName, updateId);
    if (cluster !== undefined && update?.status === 'InProgress' && update.phase === 'nodes') apply(place, cluster, update);
  };
}

const cancelled = whileNodesGoBack((place, cluster, update) => {
  place.updates.put(`${cluster.name}/${update.id}`, {
    ...update,
    status: 'Cancelled',
    endedAt: place.now,
    cancellation: { status: 'Successful', reason: 'The rollback of the nodes was stopped.' },
  });
  giveUp(place, cluster);
});

/** The service's model has no error code for it. */
const timesOut = whileNodesGoBack((place, cluster, update) => {
  const target = update.change.cluster?.version;
  const left = (cluster.autoNodes ?? []).filter((node) => node.kubelet !== target).map((node) => node.id);
  endUpdate(place, update, [{ errorCode: 'Unknown', errorMessage: `The rollback timed out because not all nodes were rolled back to version ${target} in time.`, resourceIds: left }]);
  giveUp(place, cluster);
});

/** EKS looks at the insights again before it goes on with the control plane. */
function nodesAreBack(place: Place, clusterName: string): void {
  const before = place.clusters.get(clusterName);
  const update = updateDoc(place, clusterName, before?.update);
  if (before === undefined || update?.status !== 'InProgress' || update.phase !== 'nodes') return;
  const forced = update.change.forced === true;
  const cluster = forced ? before : look(place, before);
  if (!forced && rollbackBlockers(cluster).length > 0) {
    endUpdate(place, update, [{ errorCode: 'Unknown', errorMessage: 'Rollback readiness issues detected after the nodes were rolled back.', resourceIds: [] }]);
    giveUp(place, cluster);
    return;
  }
  const cancellation = update.cancellation === undefined ? undefined : { status: 'Failed' as const, reason: 'The rollback of the control plane has started.' };
  place.updates.put(`${clusterName}/${update.id}`, { ...update, phase: 'control-plane', cancellation });
  holdForControlPlane(place, cluster, 2);
  place.after('clusterShowsUpdatingAfter', { kind: 'cluster-shows-updating', clusterName, updateId: update.id });
  place.after(update.failure === undefined ? 'clusterVersionUpdate' : 'clusterUpdateFailure', { kind: 'cluster-update-ends', clusterName, updateId: update.id });
}

export const autoModeTransitions: Readonly<Record<string, Apply>> = {
  'auto-nodes-drift': driftTurn(nodesAreBack),
  'rollback-cancelled': cancelled,
  'rollback-times-out': timesOut,
};
