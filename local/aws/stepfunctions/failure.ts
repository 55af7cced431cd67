import type { Catcher, Retrier } from './definition.ts';

/** An error that a state reports: it may be retried or caught, and else ends the execution. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  /** Absent where the error has no name: a Fail state without Error, or SendTaskFailure without one. */
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  /** Where a JSONata expression failed. It is told with an EvaluationFailed event. */
  readonly evaluation: Evaluation | undefined;

  constructor(error: string | undefined, cause: string | undefined, evaluation?: Evaluation) {
    super(`${error ?? 'no error name'}: ${cause ?? 'no cause'}`);
    this.error = error;
    this.cause = cause;
    this.evaluation = evaluation;
  }
}

export interface Evaluation {
  /** The field, `Output/result`. */
  readonly location?: string;
  /** True where AWS counts the state as entered before the failure: a Wait's Timestamp that cannot be read. */
  readonly afterEntry?: boolean;
}

/** The names that a catch-all does not catch. Source: "Error names" in the developer guide. */
const NOT_IN_ALL: readonly string[] = ['States.Runtime', 'States.DataLimitExceeded'];

/**
 * Whether `ErrorEquals` names this error. States.ALL stands for every error but States.Runtime and States.DataLimitExceeded;
 * States.TaskFailed for every error but States.Timeout. A missed heartbeat is reported as States.Timeout and is caught by
 * States.HeartbeatTimeout too.
 * Source: "Error names" in the developer guide.
 */
export function matches(errorEquals: readonly string[], failure: { readonly error: string | undefined; readonly heartbeat?: boolean }): boolean {
  const error = failure.error ?? '';
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return !NOT_IN_ALL.includes(error);
    if (name === 'States.TaskFailed') return error !== 'States.Timeout' && !NOT_IN_ALL.includes(error);
    return name === 'States.HeartbeatTimeout' && failure.heartbeat === true;
  });
}

/** A missed heartbeat: reported as States.Timeout, as AWS's histories show, but also known by its own name. */
export class HeartbeatFailure extends StateFailure {
  readonly heartbeat = true;

  constructor() {
    super('States.Timeout', undefined);
  }
}

const INTERVAL_SECONDS_DEFAULT = 1;
const ATTEMPTS_DEFAULT = 3;
const BACKOFF_RATE_DEFAULT = 2;

/**
 * The retrier that takes this failure and how long to wait, or undefined when none does or its attempts are used up.
 * The first retrier that names the error decides; a later one is not asked. `used[i]` are the attempts of retrier i so far.
 */
export function chooseRetry(
  retriers: readonly Retrier[] | undefined,
  failure: StateFailure,
  used: readonly number[],
  random: () => number,
): { readonly retrier: number; readonly delaySeconds: number } | undefined {
  const index = retriers?.findIndex((candidate) => matches(candidate.ErrorEquals, failure)) ?? -1;
  const retrier = retriers?.[index];
  if (retrier === undefined) return undefined;
  const attempts = used[index] ?? 0;
  if (attempts >= (retrier.MaxAttempts ?? ATTEMPTS_DEFAULT)) return undefined;
  const full = (retrier.IntervalSeconds ?? INTERVAL_SECONDS_DEFAULT) * (retrier.BackoffRate ?? BACKOFF_RATE_DEFAULT) ** attempts;
  const capped = Math.min(full, retrier.MaxDelaySeconds ?? Infinity);
  return { retrier: index, delaySeconds: retrier.JitterStrategy === 'FULL' ? capped * random() : capped };
}

/** The first catcher that names the error. */
export function chooseCatch(catchers: readonly Catcher[] | undefined, failure: StateFailure): { readonly catcher: Catcher; readonly index: number } | undefined {
  const index = catchers?.findIndex((candidate) => matches(candidate.ErrorEquals, failure)) ?? -1;
  const catcher = catchers?.[index];
  return catcher === undefined ? undefined : { catcher, index };
}

/** What `$states.errorOutput` holds, and what a caught state puts out when its catcher says nothing else. */
export function errorOutput(failure: StateFailure): { Error: string | null; Cause: string | null } {
  return { Error: failure.error ?? null, Cause: failure.cause ?? null };
}

/** The details of a failure event: what is not known is left out. */
export function failureDetails(failure: { readonly error: string | undefined; readonly cause: string | undefined }): { error?: string; cause?: string } {
  return {
    ...(failure.error === undefined ? {} : { error: failure.error }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  };
}

/** A payload over the limit, in AWS's words. `who` is a state's name or a task's service. */
export function dataLimitExceeded(who: string): StateFailure {
  return new StateFailure(
    'States.DataLimitExceeded',
    `The state/task '${who}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
