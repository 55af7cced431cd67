import type { Approval, Gate } from './gates.ts';
import type { Plan, PlannedStep } from './plan.ts';

export type OperationKind =
  | 'create-cluster'
  | 'import-cluster'
  | 'change-cluster'
  | 'delete-cluster'
  | 'create-nodegroup'
  | 'change-nodegroup'
  | 'delete-nodegroup'
  | 'upgrade-cluster'
  | 'rollback-cluster';

/** For eyes and lists. Code branches on facts: `endedAt`, `cancel`, a step's outcome. */
export type OperationState = 'Pending' | 'Running' | 'Waiting' | 'Paused' | 'Succeeded' | 'Failed' | 'Cancelled';

/** One ask carried out over time: its plan, where it is, who asked and why. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly clusterId: string;
  readonly clusterName: string;
  readonly accountId: string;
  readonly region: string;
  readonly team?: string;
  readonly state: OperationState;
  /** 1, and one more for each retry; the execution's name is `{id}-{run}`. */
  readonly run: number;
  readonly progress: Progress;
  readonly waitingFor?: WaitingFor;
  readonly plan: Plan;
  /** What was asked, as the client sent it, for planning afresh. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly errors: readonly OperationError[];
  readonly requestedBy: string;
  readonly reason?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** When anything about it last changed; an alarm watches operations without a transition. */
  readonly updatedAt: string;
  readonly cancel?: Intent;
  readonly pause?: Intent;
  /** An alarm that the ask names fired while the upgrade baked: it is to be turned back. */
  readonly turnBack?: Intent;
  /** Of an upgrade: when and past which gates it may go. */
  readonly terms?: Terms;
  /** Of every run; those of the present one count. */
  readonly approvals?: readonly Approval[];
  /** Of a rollback that an alarm began: the upgrade that it turns back. */
  readonly causedBy?: string;
  /** Of an upgrade that an alarm turned back: the rollback. */
  readonly succeededBy?: string;
  /** Who asked for the present run, when it is a retry. */
  readonly askedAgainBy?: string;
  readonly generation: number;
  readonly revision: number;
}

/** How an upgrade is to go in time. */
export interface Terms {
  /** RFC 3339, UTC: no step begins earlier. */
  readonly startAt?: string;
  /** Steps may begin outside the cluster's windows; its freezes are obeyed all the same. */
  readonly ignoreWindows?: boolean;
  readonly gates?: readonly Gate[];
  /** After each hop. */
  readonly bakeMinutes?: number;
  /** Node groups stay behind while a hop's control plane bakes. */
  readonly holdNodegroups?: boolean;
  /** The managed group that rolls first, awaited and healthy before the others. */
  readonly canaryNodegroup?: string;
  /** 1 to 4. */
  readonly maxParallelNodegroups?: number;
  /** CloudWatch alarms of the cluster's account, in any region, that turn the upgrade back while it bakes. */
  readonly rollbackOn?: { readonly alarmArns: readonly string[] };
  /** How often a node group's failed roll is tried again by itself before the operation stops; 0 when absent. */
  readonly nodegroupRetries?: number;
  /** Node groups that roll past their disruption budgets, since an approver said so with a reason. */
  readonly forceNodegroups?: readonly string[];
}

export interface Intent {
  readonly by: string;
  readonly reason?: string;
  readonly at: string;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly percent: number;
  /** `4 of 9: Upgrading node group blue to 1.36` */
  readonly message: string;
}

export type WaitKind = 'EksUpdate' | 'AccountUnreachable' | 'Frozen' | 'Paused' | 'Settling' | 'MaintenanceWindow' | 'Approval' | 'Bake' | 'Freeze' | 'StartTime' | 'InsightsRefresh' | 'RollRetry';

export interface WaitingFor {
  readonly kind: WaitKind;
  readonly until?: string;
  readonly because: string;
}

/** The wait that an operation's history told of last, as long as nothing has begun since. */
export interface ToldWait {
  readonly kind: WaitKind;
  readonly because: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface OperationError {
  readonly code: string;
  readonly message: string;
  /** The step that it happened in. */
  readonly step?: string;
  readonly remedy?: string;
  /** What the code means here, in one or two sentences. */
  readonly cause?: string;
  /** What to do about it, in order. */
  readonly nextActions?: readonly string[];
  /** What EKS says that it concerns: nodes, instances, subnets. */
  readonly resourceIds?: readonly string[];
}

/** `Failed` will not be tried again by itself; `Stalled` is EKS's own work past its deadline, still watched. */
export type StepState = 'Pending' | 'Running' | 'Waiting' | 'Succeeded' | 'Failed' | 'Skipped' | 'Cancelled' | 'Stalled';

/** A planned step and what became of it. One item each in the store. */
export interface Step extends PlannedStep {
  /** The hop's target minor that it belongs to. */
  readonly hop: string;
  /** Its place in the whole plan, from 1. */
  readonly order: number;
  readonly state: StepState;
  /** The run that planned it. A retry plans afresh and leaves earlier runs' steps as history. */
  readonly run: number;
  /** Rises only when EKS has said that the last update Failed or was Cancelled. */
  readonly attempt: number;
  /** When we wrote down that we are about to call EKS. What EKS lists since then may be ours. */
  readonly intentAt?: string;
  /** EKS's id for the work, or `resource` where EKS gives none (creations and deletions are watched by the resource itself). */
  readonly updateId?: string;
  /** The update was begun by somebody else and adopted. */
  readonly adopted?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly error?: OperationError;
  /** What it came to, in a sentence. */
  readonly outcome?: string;
}

/** A line of an operation's history. */
export interface OperationEvent {
  readonly at: string;
  /** Orders the lines of one operation; opaque. */
  readonly sequence: string;
  readonly type: string;
  readonly step?: string;
  readonly message: string;
  readonly by?: string;
}

/** A wait of one state of one execution: what it waits for, when to look next, and the token that wakes it. */
export interface Wait {
  readonly operationId: string;
  /** The step that waits, or the state's name where a state waits that is no step (`NextHop`). */
  readonly stepId: string;
  readonly run: number;
  /** Absent when nothing is to be woken: work of EKS that outlived its execution. */
  readonly token?: string;
  /** Orders the tokens of one state: the entered time in ms plus the retry count. An older one never overwrites a newer. */
  readonly tokenEpoch: number;
  readonly kind: WaitKind;
  /** Of kind EksUpdate: somebody else's update that holds the cluster or group. Such a wait makes the operation Waiting; one on our own work leaves it Running. */
  readonly foreignUpdateId?: string;
  readonly accountId: string;
  readonly region: string;
  readonly clusterId: string;
  /** Virtual or real time of the next look, epoch ms. */
  readonly nextCheckAt: number;
  /** When it ends, epoch ms, where that is known: it may be looked at earlier. */
  readonly until?: number;
  /** Its next look is a mere reminder: when it ends is not known, although such waits end at a time. */
  readonly openEnded?: true;
  /** When the wait began, epoch ms. */
  readonly since: number;
  /** Past this the step is Stalled and an alarm rings, epoch ms; EKS's work is watched on. */
  readonly deadline: number;
  readonly because: string;
  readonly looks: number;
  /** Written before the token is sent, so that a crash between the two is repaired by sending again. */
  readonly outcome?: WaitOutcome;
}

export type WaitOutcome =
  | { readonly kind: 'answer'; readonly output: Readonly<Record<string, unknown>> }
  | { readonly kind: 'fail'; readonly error: string; readonly cause: string };
