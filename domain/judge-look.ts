import type { AddonFacts, ControlPlaneFacts, HealthIssue, NodegroupFacts, UpdateFacts } from './facts.ts';
import type { Intent, OperationError, Step } from './operation.ts';
import { judgeResource, type ResourceSeen } from './parts/judge-resource.ts';
import type { InstanceRefreshFacts } from './readiness-facts.ts';

/** What a look at a step's work saw. Only what the step's kind needs is looked at; `absent` is EKS's own word, never a failed look. */
export interface Seen {
  readonly update?: UpdateFacts | 'absent';
  readonly controlPlane?: ControlPlaneFacts | 'absent';
  readonly nodegroup?: NodegroupFacts | 'absent';
  readonly addon?: AddonFacts | 'absent';
  readonly refresh?: InstanceRefreshFacts | 'absent';
  /** What a step of a part works on. */
  readonly resource?: ResourceSeen;
  /** Nodes that the cluster's groups are asked to have; looked at when an add-on is DEGRADED. */
  readonly desiredNodes?: number;
}

export type Judgement =
  | { readonly kind: 'wait'; readonly because: string }
  | { readonly kind: 'done'; readonly outcome: string }
  | { readonly kind: 'failed'; readonly error: OperationError }
  /** EKS has stopped it, as we had asked. */
  | { readonly kind: 'cancelled'; readonly outcome: string };

/** Judges a step's work at EKS from one look. `minutes` is how long it has been under way; `cancel` is there when the operation was cancelled meanwhile. */
export function judgeLook(step: Step, seen: Seen, minutes: number, cancel?: Intent): Judgement {
  const judged = judgeWork(step, seen, minutes);
  return judged.kind === 'failed' && cancel !== undefined && wasStopped(step, seen) ? { kind: 'cancelled', outcome: stoppedFor(step, cancel) } : judged;
}

/** A rollback is the one kind of work that EKS is asked to stop when its operation is cancelled. */
function wasStopped(step: Step, { update }: Seen): boolean {
  return step.kind === 'rollback-control-plane' && update !== undefined && update !== 'absent' && update.status === 'Cancelled';
}

function stoppedFor({ updateId = '' }: Step, { by }: Intent): string {
  return `EKS stopped it, as ${by} had asked (update ${updateId}). The control plane is where it was; nodes of Auto Mode that EKS had taken back by then are within its skew.`;
}

function judgeWork(step: Step, seen: Seen, minutes: number): Judgement {
  switch (step.kind) {
    case 'create-control-plane':
      return judgeCreation(step, seen.controlPlane, 'control plane');
    case 'create-nodegroup':
      return judgeCreation(step, seen.nodegroup, 'node group');
    case 'create-addon':
      return judgeAddonCreation(step, seen, minutes);
    case 'upgrade-control-plane':
    case 'rollback-control-plane':
      return judgeControlPlaneUpgrade(step, seen);
    case 'refresh-instances':
      return judgeRefresh(step, seen);
    case 'delete-control-plane':
    case 'delete-nodegroup':
    case 'delete-addon':
      return judgeDeletion(step, seen);
    case 'upgrade-addon':
    case 'update-addon-config':
    case 'upgrade-nodegroup':
    case 'update-cluster-config':
    case 'put-auto-mode':
    case 'remove-auto-mode':
    case 'update-nodegroup-config':
      return judgeUpdate(step, seen);
    case 'create-access-entry':
    case 'change-access-entry':
    case 'read-cluster':
      return { kind: 'done', outcome: 'Done.' };
    default:
      return judgeResource(step, seen.resource);
  }
}

function judgeUpdate(step: Step, seen: Seen): Judgement {
  const { update } = seen;
  if (update === undefined) return { kind: 'wait', because: 'EKS has not been asked yet.' };
  if (update === 'absent') return failed(step, 'UpdateNotFound', `EKS knows no update ${step.updateId ?? ''} any more.`);
  if (update.status === 'Successful') return { kind: 'done', outcome: `EKS update ${update.updateId} was successful.` };
  if (update.status === 'Failed' || update.status === 'Cancelled') return updateFailed(step, update);
  return { kind: 'wait', because: `EKS update ${update.updateId} is ${update.status}.` };
}

/**
 * `Successful` is not enough: until the cluster is ACTIVE again at the new minor, the next change would meet a 409. ACTIVE at the old
 * one may be the seconds after the beginning, when EKS does not show it yet, or a failure: there the update tells.
 */
function judgeControlPlaneUpgrade(step: Step, seen: Seen): Judgement {
  const { controlPlane } = seen;
  if (controlPlane === undefined) return { kind: 'wait', because: 'EKS has not been asked yet.' };
  if (controlPlane === 'absent') return failed(step, 'ClusterNotFound', 'The cluster is gone.');
  const { status, version } = controlPlane;
  if (status === 'ACTIVE' && version === step.to) return { kind: 'done', outcome: `The control plane runs ${version}.` };
  const judged = seen.update === undefined ? undefined : judgeUpdate(step, seen);
  return judged?.kind === 'failed' ? judged : { kind: 'wait', because: `The cluster reads ${status} at ${version}.` };
}

/** An instance refresh of an Auto Scaling group (statuses: Auto Scaling API, InstanceRefresh). */
function judgeRefresh(step: Step, { refresh }: Seen): Judgement {
  if (refresh === undefined) return { kind: 'wait', because: 'Auto Scaling has not been asked yet.' };
  if (refresh === 'absent') return failed(step, 'RefreshNotFound', `Auto Scaling knows no instance refresh ${step.updateId ?? ''} any more.`);
  switch (refresh.status) {
    case 'Successful':
      return { kind: 'done', outcome: `Instance refresh ${refresh.refreshId} was successful.` };
    case 'Failed':
    case 'Cancelled':
    case 'RollbackFailed':
    case 'RollbackSuccessful':
      return failed(step, `InstanceRefresh${refresh.status}`, refresh.reason ?? `Instance refresh ${refresh.refreshId} is ${refresh.status}, and Auto Scaling gives no reason.`, [step.subject]);
    default:
      return { kind: 'wait', because: `Instance refresh ${refresh.refreshId} is ${refresh.status}${refresh.percentageComplete === undefined ? '' : `, ${refresh.percentageComplete} percent`}.` };
  }
}

function judgeCreation(step: Step, found: { readonly status: string; readonly healthIssues: readonly HealthIssue[] } | 'absent' | undefined, what: string): Judgement {
  if (found === undefined || found === 'absent') return failed(step, 'CreationVanished', `EKS no longer knows the ${what} ${step.subject}: it was deleted while it was made.`);
  switch (found.status) {
    case 'ACTIVE':
      return { kind: 'done', outcome: `The ${what} ${step.subject} is ACTIVE.` };
    case 'FAILED':
    case 'CREATE_FAILED':
    case 'DEGRADED':
    case 'DELETING':
      return unhealthy(step, what, found);
    default:
      return { kind: 'wait', because: `The ${what} ${step.subject} is ${found.status}.` };
  }
}

/** Longest time that an add-on may stay DEGRADED while nodes exist: a new node's pods need some minutes to become ready. */
const ADDON_DEGRADED_MINUTES_MAX = 20;

function judgeAddonCreation(step: Step, seen: Seen, minutes: number): Judgement {
  const { addon } = seen;
  if (step.parameters?.['await'] === false) return { kind: 'done', outcome: 'Begun; it becomes ACTIVE when the nodes are there.' };
  if (addon === undefined || addon === 'absent') return failed(step, 'CreationVanished', `EKS no longer knows the add-on ${step.subject}.`);
  if (addon.status === 'ACTIVE') return { kind: 'done', outcome: `The add-on ${step.subject} is ACTIVE.` };
  if (addon.status === 'DEGRADED') {
    if (seen.desiredNodes === 0) return { kind: 'done', outcome: `AwaitingNodes: ${step.subject} stays DEGRADED until the cluster has a node to run it on.` };
    if (minutes < ADDON_DEGRADED_MINUTES_MAX) return { kind: 'wait', because: `The add-on ${step.subject} is DEGRADED: ${issuesText(addon.healthIssues)}` };
    return unhealthy(step, 'add-on', addon);
  }
  if (addon.status === 'CREATE_FAILED' || addon.status === 'DELETING') return unhealthy(step, 'add-on', addon);
  return { kind: 'wait', because: `The add-on ${step.subject} is ${addon.status}.` };
}

function judgeDeletion(step: Step, seen: Seen): Judgement {
  const found = seen.controlPlane ?? seen.nodegroup ?? seen.addon;
  if (found === 'absent') return { kind: 'done', outcome: `${step.subject} is gone.` };
  if (found === undefined) return { kind: 'wait', because: 'EKS has not been asked yet.' };
  if (found.status === 'DELETE_FAILED') return unhealthy(step, step.kind === 'delete-nodegroup' ? 'node group' : 'add-on', found);
  return { kind: 'wait', because: `${step.subject} is ${found.status}.` };
}

function updateFailed(step: Step, update: UpdateFacts): Judgement {
  const [first] = update.errors;
  if (first === undefined) return failed(step, `Update${update.status}`, `EKS says that update ${update.updateId} is ${update.status}, and gives no error.`);
  const message = update.errors.length === 1 ? first.message : update.errors.map((error) => `${error.code}: ${error.message}`).join(' ');
  return failed(step, first.code, message, update.errors.flatMap((error) => error.resourceIds));
}

function unhealthy(step: Step, what: string, found: { readonly status: string; readonly healthIssues: readonly HealthIssue[] }): Judgement {
  const [first] = found.healthIssues;
  const code = first?.code ?? found.status;
  return failed(step, code, `The ${what} ${step.subject} is ${found.status}: ${issuesText(found.healthIssues)}`, found.healthIssues.flatMap((issue) => issue.resourceIds));
}

function issuesText(issues: readonly HealthIssue[]): string {
  return issues.length === 0 ? 'EKS names no issue.' : issues.map((issue) => `${issue.code}: ${issue.message}`).join(' ');
}

function failed(step: Step, code: string, message: string, resourceIds: readonly string[] = []): Judgement {
  return { kind: 'failed', error: { code, message, step: step.id, ...(resourceIds.length === 0 ? {} : { resourceIds }) } };
}
