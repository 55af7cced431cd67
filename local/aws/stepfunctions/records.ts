import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Json } from './definition.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A state machine as it is kept. Times are epoch milliseconds. */
export interface MachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revisionId?: string;
  readonly logging?: unknown;
  readonly tracing?: unknown;
  readonly tags: Readonly<Record<string, string>>;
}

/** What of an execution never changes: it holds the definition it started with. */
export interface ExecutionBeginning {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly revisionId?: string;
  readonly region: string;
  /** JSON text, as the caller gave it. */
  readonly input: string;
  readonly startedAt: number;
  /** When the machine's own TimeoutSeconds ends it. */
  readonly deadline?: number;
  readonly traceHeader?: string;
}

/** What of an execution every turn changes. */
export interface ExecutionProgress {
  status: ExecutionStatus;
  stoppedAt?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** How many history events there are; the last one has this id. */
  events: number;
  /** The id that the next frame gets. */
  nextFrame: number;
  /** State transitions as AWS bills them: every state entered, and every retry. */
  transitions: number;
}

export type ExecutionRecord = ExecutionBeginning & ExecutionProgress;

/** What a task waits for: the answer of its function, its token, or both. */
export interface TaskPhase {
  readonly kind: 'task';
  /** Id of the TaskScheduled event: it tells this attempt from an earlier one of the same state. */
  readonly scheduled: number;
  readonly resource: string;
  readonly functionName: string;
  readonly payload: Json;
  readonly token?: string;
  invoking: boolean;
  /** Of a task that waits for its token, in virtual time. */
  readonly timeoutAt?: number;
  /** Of a call that is waited for, by the machine's own clock: a function is work, and virtual time may stand still or fly while it runs. */
  readonly timeoutSeconds?: number;
  heartbeatAt?: number;
  readonly heartbeatMs?: number;
}

/** Why a frame does not move. `armed` is the event it was parked at: of two that fall due at the same instant, the earlier goes first. */
export type Phase =
  | TaskPhase
  | { readonly kind: 'wait'; readonly until: number; readonly armed: number }
  | { readonly kind: 'backoff'; readonly until: number; readonly armed: number }
  | { readonly kind: 'children' };

/** One thread of control: the execution itself, an iteration of a Map, a branch of a Parallel. */
export interface Frame {
  readonly id: number;
  /** The frame whose Map or Parallel state this one belongs to. */
  readonly parent: number | null;
  /** Which iteration or branch. */
  readonly index: number;
  status: 'pending' | 'running' | 'done';
  /** The state to enter next; absent while in one. */
  next?: { readonly state: string; readonly input: Json };
  /** The state it is in. */
  state: string;
  input: Json;
  enteredAt: number;
  entered: number;
  /** The last event of this thread, and the one before the state was entered. */
  previous: number;
  before: number;
  retries: number;
  /** Attempts used, one number per retrier of the state. */
  used: number[];
  phase?: Phase;
  variables: Record<string, Json>;
  /** The Map item this iteration works on. */
  item?: { readonly index: number; readonly value: Json };
  output?: Json;
}

/** A history event as it is kept: the API's shape with its time in epoch milliseconds. */
export interface EventRecord {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: HistoryEventType;
  readonly timestamp: number;
  readonly [details: string]: unknown;
}

export interface TokenRecord {
  readonly execution: string;
  readonly frame: number;
  readonly scheduled: number;
  readonly open: boolean;
}

/** EventBridge's "Step Functions Execution Status Change", as a rule's target gets it. */
export interface StatusChange {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly source: 'aws.states';
  readonly account: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: StatusChangeDetail;
}

/** Dates are epoch milliseconds, as EventBridge has them here. Source: "Automating Step Functions event delivery with EventBridge". */
export interface StatusChangeDetail {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly stateMachineVersionArn: null;
  readonly stateMachineAliasArn: null;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate: number | null;
  readonly input: string | null;
  readonly inputDetails: { readonly included: boolean };
  readonly output: string | null;
  readonly outputDetails: { readonly included: boolean } | null;
  readonly redriveCount: 0;
  readonly redriveDate: null;
  readonly error: string | null;
  readonly cause: string | null;
}
