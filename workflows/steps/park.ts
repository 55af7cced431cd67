import { AccountUnreachable, type Ports } from '../../aws/ports.ts';
import type { MayBegin } from '../../domain/may-begin.ts';
import type { Operation, Wait, WaitKind } from '../../domain/operation.ts';
import { fail, tokenEpochOf, type TaskAnswer, type TaskEvent } from '../task.ts';

/** How long a wait that is no EKS work may last before an alarm rings. It is never given up for that. */
const DEADLINE_DAYS = 60;
const DAY_MS = 86_400_000;
/** When a wait for people or for a lost role is looked at next. A change of it queues a look at once. */
export const RECHECK_SECONDS = 60;
/** How often the alarms of an upgrade that bakes are looked at. CloudWatch alarms change state once a minute mostly. */
export const ALARM_RECHECK_SECONDS = 60;
/** When a wait that ends at a time, which is not known yet, is looked at next. A change of the policy queues a look at once. */
const OPEN_ENDED_RECHECK_HOURS = 6;
const HOUR_MS = 3_600_000;

interface Parking {
  readonly kind: WaitKind;
  readonly because: string;
  readonly stepId: string;
  /** Epoch ms; absent: in RECHECK_SECONDS. */
  readonly nextCheckAt?: number;
  readonly deadline?: number;
  readonly foreignUpdateId?: string;
  readonly openEnded?: true;
  readonly until?: number;
}

/** Parks the state's token with what it waits for, then queues the first look. A crash between the two is found by the sweep. */
export async function park(ports: Ports, event: TaskEvent, operation: Operation, parking: Parking): Promise<TaskAnswer> {
  const now = ports.clock.now();
  const wait: Wait = {
    operationId: operation.id,
    run: operation.run,
    stepId: parking.stepId,
    ...(event.token === undefined ? {} : { token: event.token }),
    tokenEpoch: tokenEpochOf(event),
    kind: parking.kind,
    ...(parking.foreignUpdateId === undefined ? {} : { foreignUpdateId: parking.foreignUpdateId }),
    ...(parking.openEnded === undefined ? {} : { openEnded: parking.openEnded }),
    ...(parking.until === undefined ? {} : { until: parking.until }),
    accountId: operation.accountId,
    region: operation.region,
    clusterId: operation.clusterId,
    nextCheckAt: parking.nextCheckAt ?? now + RECHECK_SECONDS * 1000,
    since: now,
    deadline: parking.deadline ?? now + DEADLINE_DAYS * DAY_MS,
    because: parking.because,
    looks: 0,
  };
  const parked = await ports.store.park(wait);
  // A pause outlasts whatever was to be waited for: it is what is waited for now.
  if (parked.kind === 'stopped' && parked.by === 'pause' && parking.kind !== 'Paused') return park(ports, event, operation, { kind: 'Paused', because: 'A pause was asked for.', stepId: parking.stepId });
  if (parked.kind === 'stopped') return stopped(parked.by);
  // A newer token of the same state is parked already: this one belongs to an entry that is over.
  if (parked.kind === 'parked') await ports.looks.queue(wait, wait.nextCheckAt, now);
  return { kind: 'parked' };
}

/** Does what needs the account; while it cannot be reached, the state waits for it under `stepId`. */
export async function reaching(ports: Ports, event: TaskEvent, operation: Operation, stepId: string, work: () => Promise<TaskAnswer>): Promise<TaskAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    ports.meter.count('AccountsUnreachable', 1);
    return park(ports, event, operation, { kind: 'AccountUnreachable', because: `Account ${operation.accountId} cannot be reached: ${error.message}`, stepId });
  }
}

/** Parks for what holds a step up: until its time where that is known. */
export function hold(ports: Ports, event: TaskEvent, operation: Operation, verdict: Extract<MayBegin, { kind: 'hold' }>, stepId: string): Promise<TaskAnswer> {
  const { wait: kind, because, until } = verdict;
  if (kind === 'Paused' || kind === 'Frozen') return park(ports, event, operation, { kind, because, stepId });
  const now = ports.clock.now();
  return park(ports, event, operation, { kind, because, stepId, nextCheckAt: until ?? now + OPEN_ENDED_RECHECK_HOURS * HOUR_MS, deadline: Math.max(until ?? 0, now) + DEADLINE_DAYS * DAY_MS, ...(until === undefined ? { openEnded: true } : { until }) });
}

/** Parks for the end of a bake, or for the yes after it, while alarms are watched: looked at every minute, and at its end. */
export function watchAlarms(ports: Ports, event: TaskEvent, operation: Operation, verdict: Extract<MayBegin, { kind: 'hold' }>, stepId: string): Promise<TaskAnswer> {
  const { wait: kind, because, until } = verdict;
  const now = ports.clock.now();
  const nextCheckAt = Math.min(until ?? Infinity, now + ALARM_RECHECK_SECONDS * 1000);
  return park(ports, event, operation, { kind, because, stepId, nextCheckAt, deadline: Math.max(until ?? 0, now) + DEADLINE_DAYS * DAY_MS, ...(until === undefined ? {} : { until }) });
}

/** A cancel ends the wait; a pause sends the state round once more, to wait for the resume. */
export function stopped(by: 'cancel' | 'pause' | 'end'): TaskAnswer {
  if (by === 'cancel') return fail('OperationCancelled', 'A cancel was asked for.');
  if (by === 'pause') return fail('RunAgain', 'A pause was asked for.');
  return fail('OperationEnded', 'The operation has ended.');
}
