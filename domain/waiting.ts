import type { OperationState, ToldWait, Wait, WaitingFor, WaitKind } from './operation.ts';
import { sentence } from './sentence.ts';

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

/** Short waits that every hop has: its history would be full of them. */
const UNTOLD: ReadonlySet<WaitKind> = new Set(['Settling', 'InsightsRefresh']);
/** Told again where what is waited for is another: another gate, a freeze that was made longer. Of the others the words are of the moment. */
const BY_WORDS: ReadonlySet<WaitKind> = new Set(['Approval', 'MaintenanceWindow', 'Freeze', 'Paused']);

/** Looks see for certain that these are over; the others are when a step begins: a state that is woken from them may find that it has to wait on. */
const SEEN_OVER: ReadonlySet<WaitKind> = new Set(['Paused', 'Frozen', 'AccountUnreachable', 'EksUpdate']);

export function isSeenOver(told: ToldWait, standing: WaitingFor | undefined): boolean {
  return standing === undefined && SEEN_OVER.has(told.kind);
}

/** What the history has to be told now that the operation stands so: nothing, or the wait that began. A state that looks again and waits on has begun no other. */
export function waitToTell(told: ToldWait | undefined, standing: WaitingFor | undefined, now: string): ToldWait | undefined {
  if (standing === undefined || UNTOLD.has(standing.kind)) return undefined;
  const same = told?.kind === standing.kind && (!BY_WORDS.has(standing.kind) || told.because === standing.because);
  return same ? undefined : { kind: standing.kind, because: standing.because, since: now };
}

export function waitBegun({ kind, because }: ToldWait): { readonly type: string; readonly message: string } {
  return { type: 'WaitBegun', message: sentence(`It waits (${kind}): ${because}`) };
}

export function waitOver({ kind, since }: ToldWait): { readonly type: string; readonly message: string } {
  return { type: 'WaitOver', message: `It goes on: the wait (${kind}) since ${since} is over.` };
}
