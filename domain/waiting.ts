import type { OperationState, Wait, WaitingFor, WaitKind } from './operation.ts';

/** Waits that end at a known time; the others end when somebody or something lets them. */
const TIMED: ReadonlySet<WaitKind> = new Set(['MaintenanceWindow', 'Freeze', 'Bake', 'StartTime', 'RollRetry']);

/** EKS at work for us: nothing stands in the way, so the operation is Running; and it is watched to its end whatever is asked meanwhile. */
export function watchesOwnWork(wait: Pick<Wait, 'kind' | 'foreignUpdateId'>): boolean {
  return wait.kind === 'EksUpdate' && wait.foreignUpdateId === undefined;
}

/** Waits that end when the cluster's maintenance policy says so: another policy may end them earlier. */
export function heldByPolicy(wait: Pick<Wait, 'kind'>): boolean {
  return wait.kind === 'MaintenanceWindow' || wait.kind === 'Freeze';
}

/** What a run that has begun and not ended is doing, from all of the operation's waits: a pause is told before anything else, then the oldest wait. */
export function standingOf(waits: readonly Wait[], run: number): { readonly state: Extract<OperationState, 'Running' | 'Waiting' | 'Paused'>; readonly waitingFor?: WaitingFor } {
  const holding = waits.filter((wait) => wait.run === run && wait.outcome === undefined && !watchesOwnWork(wait)).sort((a, b) => a.since - b.since);
  const wait = holding.find((one) => one.kind === 'Paused') ?? holding[0];
  if (wait === undefined) return { state: 'Running' };
  const until = TIMED.has(wait.kind) && wait.openEnded !== true ? { until: new Date(wait.until ?? wait.nextCheckAt).toISOString() } : {};
  return { state: wait.kind === 'Paused' ? 'Paused' : 'Waiting', waitingFor: { kind: wait.kind, ...until, because: wait.because } };
}
