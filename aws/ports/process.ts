import type { Operation, WaitOutcome } from '../../domain/operation.ts';

/** The moment, asked once per request or task and passed on as an argument. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export interface Ids {
  /** A new operation's id: `op-` and 26 characters that sort by time. */
  operationId(now: number): string;
  /** A new cluster's id: `c-` and 26 characters. */
  clusterId(now: number): string;
  /** A new waiver's id: `w-` and 26 characters. */
  waiverId(now: number): string;
  /** That a cluster's record was changed: `ch-` and 26 characters. */
  changeId(now: number): string;
  /** That a token was issued: `ti-` and 26 characters. */
  tokenIssueId(now: number): string;
  /** 43 characters from 256 random bits: an account's external id. */
  externalId(): string;
}

/** Field names that every line shares: `operation`, `cluster`, `account`. Secrets and external ids never go in. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | null | readonly string[]>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields & { readonly error?: string }): void;
}

/** Metrics of what steps took and came to, and of what an operator's alarms watch. */
export interface Meter {
  count(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
  seconds(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
}

/** Starting, waking and asking after executions. */
export interface Executions {
  /** Starts `{operationId}-{run}`; "already exists" counts as started. */
  start(kind: Operation['kind'], operationId: string, run: number): Promise<void>;
  /** `gone`: TaskTimedOut, TaskDoesNotExist or InvalidToken; there is nobody left to wake. */
  wake(token: string, outcome: WaitOutcome): Promise<'woken' | 'gone'>;
  /** `absent` when no such execution was ever started (or it is past its 90 days). */
  status(kind: Operation['kind'], operationId: string, run: number): Promise<'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'absent'>;
}

/** The message of one look. `at` is the time that it was asked for: a wait that has moved since has a message of its own. */
export interface LookMessage {
  readonly operationId: string;
  readonly stepId: string;
  readonly at: number;
}

/** The queue of looks. */
export interface LookQueue {
  /** Asks for a look at a wait at a time; later than the queue's 15 minutes it is left to the schedule. */
  queue(wait: { readonly operationId: string; readonly stepId: string }, at: number, now: number): Promise<void>;
}
