import { gatesBefore, isShut } from './gates.ts';
import { isPassed } from './going-on.ts';
import type { MaintenancePolicy } from './maintenance-policy.ts';
import { notNow } from './maintenance.ts';
import type { Operation, Step } from './operation.ts';
import type { Stage } from './plan.ts';
import type { WorkflowError } from './errors.ts';

/** Whether a step may begin now. */
export type MayBegin =
  | { readonly kind: 'yes' }
  /** Not yet: wait, and ask again. */
  | { readonly kind: 'hold'; readonly wait: 'Paused' | 'Frozen' | 'Approval' | 'StartTime' | 'Bake' | 'MaintenanceWindow' | 'Freeze' | 'RollRetry'; readonly because: string; readonly until?: number }
  /** Not any more. */
  | { readonly kind: 'no'; readonly error: WorkflowError; readonly because: string };

/** The moment at which it is asked, and the times that the cluster's owner allows, where there is a policy. */
export interface Moment {
  /** Epoch ms. */
  readonly now: number;
  /** How long the step can be expected to take. */
  readonly seconds: number;
  readonly policy?: MaintenancePolicy;
}

/** Stages of one hop in the order of the workflow. Work of a stage begins only when all stages before it came to a good end. */
const STAGE_ORDER: readonly Stage[] = [
  'CreateControlPlane',
  'CreateAccessEntries',
  'CreateNetworkAddons',
  'CreateNodegroups',
  'CreateAddons',
  'PrepareAddons',
  'UpgradeControlPlane',
  'UpgradeAddons',
  'UpgradeCanaryNodegroup',
  'UpgradeNodegroups',
  'RollBackNodegroups',
  'RollBackAddons',
  'RollBackControlPlane',
  'CarryOut',
  'DeleteNodegroups',
  'DeleteControlPlane',
];

/**
 * Asks, before any act, whether a cancel, a pause, a freeze, an earlier failure, a gate, the start that was asked for or the cluster's
 * maintenance policy stands in the way of `step`. Siblings of the same stage do not stop each other. `moment` is absent for all work but upgrades.
 * People are waited for before times are, so that they can say yes by day to what begins at night.
 */
export function mayBegin(operation: Operation, step: Step, steps: readonly Step[], freeze: { readonly by: string; readonly reason: string } | undefined, moment?: Moment): MayBegin {
  if (operation.endedAt !== undefined) return { kind: 'no', error: 'OperationEnded', because: `The operation ended at ${operation.endedAt}.` };
  if (operation.cancel !== undefined) return { kind: 'no', error: 'OperationCancelled', because: `Cancelled by ${operation.cancel.by}${told(operation.cancel.reason)}.` };
  if (operation.turnBack !== undefined) return { kind: 'no', error: 'AlarmFired', because: operation.turnBack.reason ?? 'An alarm fired.' };
  const failed = steps.find((other) => (other.state === 'Failed' || other.state === 'Skipped') && !isPassed(other) && isBefore(other, step));
  if (failed !== undefined) return { kind: 'no', error: 'OperationStopped', because: `Not begun, because an earlier step failed: ${failed.title}.` };
  if (operation.pause !== undefined) return { kind: 'hold', wait: 'Paused', because: `Paused by ${operation.pause.by}${told(operation.pause.reason)}.` };
  if (freeze !== undefined) return { kind: 'hold', wait: 'Frozen', because: `All new work at EKS is frozen by ${freeze.by}: ${freeze.reason}` };
  const gate = gatesBefore(operation, step).find((one) => isShut(operation, one, step.hop));
  if (gate !== undefined) return { kind: 'hold', wait: 'Approval', because: `${gate === 'beforeControlPlane' ? `The upgrade to ${operation.plan.to}` : `Rolling the node groups to ${step.hop}`} has to be approved (gate ${gate}).` };
  if (moment === undefined || !obeysPolicy(operation)) return { kind: 'yes' };
  const { startAt, ignoreWindows } = operation.terms ?? {};
  if (startAt !== undefined && moment.now < Date.parse(startAt)) return { kind: 'hold', wait: 'StartTime', until: Date.parse(startAt), because: `It was asked to begin at ${startAt}.` };
  const closed = moment.policy === undefined ? undefined : notNow(moment.policy, moment.now, moment.seconds, ignoreWindows === true);
  if (closed !== undefined) return { kind: 'hold', wait: closed.kind, because: closed.because, ...(closed.until === undefined ? {} : { until: closed.until }) };
  return { kind: 'yes' };
}

/** Whether the cluster's maintenance policy binds the operation: upgrades alone. A rollback would be held until its way is shut, and creations and changes were asked for now. */
export function obeysPolicy({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind === 'upgrade-cluster';
}

function isBefore(other: Step, step: Step): boolean {
  if (other.id === step.id) return false;
  if (other.hop !== step.hop || (other.stage === step.stage && other.subject === step.subject)) return other.order < step.order;
  return STAGE_ORDER.indexOf(other.stage) < STAGE_ORDER.indexOf(step.stage);
}

function told(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
