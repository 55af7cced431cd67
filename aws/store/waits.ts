import { isDeepStrictEqual } from 'node:util';
import type { Step, Wait } from '../../domain/operation.ts';
import { watchesOwnWork } from '../../domain/waiting.ts';
import type { StepEnd, Store } from '../ports.ts';
import type { Condition } from './expressions.ts';
import { decideTogether, holdsUp, readWaits, withoutWait, withWait } from './heads.ts';
import { WAITS, waitKey, stepKey } from './keys.ts';
import { waitIn, waitItem } from './records.ts';
import { stepEnding } from './steps.ts';
import type { Action, Stored, TableAccess } from './table-access.ts';

type Waits = Pick<Store, 'park' | 'wait' | 'postpone' | 'recordOutcome' | 'removeWait' | 'waitsOf' | 'dueWaits'>;
type Parked = Awaited<ReturnType<Store['park']>>;

/** Nothing is parked there, or something older; or the same token, which nobody has told an outcome yet. */
function isNewest(wait: Wait): Condition {
  return {
    that: '(attribute_not_exists(#pk) OR #tokenEpoch < :epoch OR (#tokenEpoch = :epoch AND attribute_not_exists(#outcome)))',
    values: { epoch: wait.tokenEpoch },
  };
}

/** The wait is the one that was looked at, and its execution has not been told anything. */
function isUntold(wait: Wait): Condition {
  return { that: '#tokenEpoch = :epoch AND attribute_not_exists(#outcome)', values: { epoch: wait.tokenEpoch } };
}

/** And it is still EKS at work, or still not: only then is it known what the write means for the head. */
function isUntoldAsSeen(wait: Wait): Condition {
  const untold = isUntold(wait);
  return { that: `${untold.that} AND #own = :own`, values: { ...untold.values, own: watchesOwnWork(wait) } };
}

export function waits(table: TableAccess): Waits {
  return {
    park: (wait) => park(table, wait),

    async wait(operationId, stepId) {
      const item = await table.get(waitKey(operationId, stepId));
      return item === undefined ? undefined : waitIn(item);
    },

    postpone: (wait, next) => postpone(table, wait, next),

    async recordOutcome(wait, outcome, end, now) {
      const told: Wait = { ...wait, outcome, nextCheckAt: now };
      const came = watchesOwnWork(wait) ? await tellOwnWork(table, told, wait, end, now) : 'holds-up';
      return came === 'holds-up' ? tellHeldUp(table, told, wait, end, now) : came;
    },

    removeWait: (wait) => removeWait(table, wait),

    waitsOf: (operationId) => readWaits(table, operationId),

    async dueWaits(now, limit) {
      const { items } = await table.query({ index: 'due', that: '#duePk = :waits AND #dueAt <= :now', values: { waits: WAITS, now }, limit });
      const found = await table.getAll(items.map((item) => ({ pk: String(item['pk']), sk: String(item['sk']) })));
      // The index may be a moment behind: the wait itself says when it is due.
      return found.map(waitIn).filter((wait) => wait.nextCheckAt <= now).sort((a, b) => a.nextCheckAt - b.nextCheckAt);
    },
  };
}

/** A wait on EKS's own work is one write, unless it takes the place of a wait that held the operation up. */
async function park(table: TableAccess, wait: Wait): Promise<Parked> {
  if (watchesOwnWork(wait)) {
    const newest = isNewest(wait);
    const alone: Condition = { that: `(attribute_not_exists(#pk) OR #own = :own) AND ${newest.that}`, values: { ...newest.values, own: true } };
    const written = await table.write({ wait: { put: waitItem(wait), if: alone } });
    if (written.kind === 'written') return { kind: 'parked' };
    const came = standsThere(wait, written.met.wait);
    if (came !== undefined) return came;
  }
  return decideTogether<'wait', Parked>(
    table,
    wait.operationId,
    wait.since,
    (head, known) => {
      const stopped = head === undefined || head.endedAt !== undefined || head.run !== wait.run ? 'end' : head.cancel !== undefined ? 'cancel' : head.pause !== undefined && wait.kind !== 'Paused' ? 'pause' : undefined;
      if (stopped !== undefined && !watchesOwnWork(wait)) return { answer: { kind: 'stopped', by: stopped } };
      return { actions: { wait: { put: waitItem(wait), if: isNewest(wait) } }, waits: withWait(known, wait) };
    },
    (met) => {
      const came = met.wait === undefined ? undefined : standsThere(wait, met.wait);
      return came === undefined ? 'again' : { answer: came };
    },
    { kind: 'parked' },
  );
}

/** What a parking comes to that met another wait: a newer token, or its own whose execution is about to be told. */
function standsThere(wait: Wait, met: Stored | null | undefined): Parked | undefined {
  if (met === undefined || met === null) return undefined;
  const standing = waitIn(met);
  if (standing.tokenEpoch > wait.tokenEpoch) return { kind: 'stale' };
  return standing.tokenEpoch === wait.tokenEpoch && standing.outcome !== undefined ? { kind: 'parked' } : undefined;
}

async function postpone(table: TableAccess, wait: Wait, next: Parameters<Store['postpone']>[1]): Promise<boolean> {
  const later: Wait = { ...wait, nextCheckAt: next.nextCheckAt, because: next.because, kind: next.kind ?? wait.kind, looks: wait.looks + 1 };
  const asSeen = isUntoldAsSeen(wait);
  const action: Action = {
    update: waitKey(wait.operationId, wait.stepId),
    change: {
      set: { nextCheckAt: later.nextCheckAt, dueAt: later.nextCheckAt, because: later.because, kind: later.kind, looks: later.looks, own: watchesOwnWork(later) },
    },
    if: { that: `${asSeen.that} AND #nextCheckAt = :seen`, values: { ...asSeen.values, seen: wait.nextCheckAt } },
  };
  const isDone = (met: Stored | null | undefined) => met !== null && met !== undefined && isDeepStrictEqual(waitIn(met), later);
  const step = next.stalled === true ? stall(wait) : undefined;

  if (holdsUp(wait) === holdsUp(later) && wait.kind === later.kind) {
    const written = await table.write({ wait: action, step });
    if (written.kind === 'written' || isDone(written.met.wait)) return true;
    if (written.met.wait !== undefined) return false;
    // The step has ended meanwhile: there is nothing to mark, and the wait is put off all the same.
    const alone = await table.write({ wait: action });
    return alone.kind === 'written' || isDone(alone.met.wait);
  }
  return decideTogether<'wait', boolean>(
    table,
    wait.operationId,
    wait.since,
    (_head, known) => ({ actions: { wait: action }, waits: withWait(known, later) }),
    (met) => (met.wait === undefined ? 'again' : { answer: isDone(met.wait) }),
    true,
  );
}

/** EKS's own work past its deadline: told, and watched on. */
function stall(wait: Wait): Action {
  return { update: stepKey(wait.operationId, wait.run, wait.stepId), change: { set: { state: 'Stalled' } }, if: { that: 'attribute_exists(#pk) AND attribute_not_exists(#endedAt)' } };
}

function telling(told: Wait, condition: Condition): Action {
  return {
    update: waitKey(told.operationId, told.stepId),
    // Due at once: should the process end before the token is sent, the next sweep finds it.
    change: { set: { outcome: told.outcome, nextCheckAt: told.nextCheckAt, dueAt: told.nextCheckAt } },
    if: condition,
  };
}

/** The head has nothing to do with a wait on EKS's own work but to count the step that it ends. `holds-up`: it is no longer such a wait. */
async function tellOwnWork(table: TableAccess, told: Wait, before: Wait, end: { readonly step: Step; readonly end: StepEnd } | undefined, now: number): Promise<boolean | 'holds-up'> {
  const ending = end === undefined ? undefined : stepEnding(told.operationId, end.step, end.end, now);
  const wait = telling(told, isUntoldAsSeen(before));
  const written = await table.write({ wait, ...ending });
  if (written.kind === 'written') return true;
  if (written.met.wait !== undefined) return cameToo(told, written.met.wait);
  // The step has ended already (nothing to count), or the operation runs anew (not to be counted there).
  const counted = 'head' in written.met && !('step' in written.met);
  const again = await table.write({ wait, ...(counted ? { step: ending?.step, event: ending?.event } : {}) });
  return again.kind === 'written' || cameToo(told, again.met.wait);
}

function cameToo(told: Wait, met: Stored | null | undefined): boolean | 'holds-up' {
  const standing = met === null || met === undefined ? undefined : waitIn(met);
  return standing !== undefined && standing.tokenEpoch === told.tokenEpoch && holdsUp(standing) ? 'holds-up' : sameOutcome(told, met);
}

async function tellHeldUp(table: TableAccess, told: Wait, before: Wait, end: { readonly step: Step; readonly end: StepEnd } | undefined, now: number): Promise<boolean> {
  let ended = end;
  return decideTogether<'wait' | 'step' | 'event', boolean>(
    table,
    told.operationId,
    now,
    (head, known) => {
      const ending = ended === undefined ? undefined : stepEnding(told.operationId, ended.step, ended.end, now);
      const counts = ending !== undefined && head !== undefined && head.endedAt === undefined && head.run === ended?.step.run && 'change' in ending.head;
      return {
        actions: { wait: telling(told, isUntold(before)), step: ending?.step, event: ending?.event },
        waits: withWait(known, told),
        ...(counts && 'change' in ending.head ? { change: { add: { done: ending.head.change.add?.['done'] ?? 0 } } } : {}),
      };
    },
    (met) => {
      if (met.wait !== undefined) return { answer: sameOutcome(told, met.wait) };
      if (met.step !== undefined) ended = undefined;
      return 'again';
    },
    true,
  );
}

function sameOutcome(told: Wait, met: Stored | null | undefined): boolean {
  if (met === null || met === undefined) return false;
  const standing = waitIn(met);
  return standing.tokenEpoch === told.tokenEpoch && isDeepStrictEqual(standing.outcome, told.outcome);
}

async function removeWait(table: TableAccess, wait: Wait): Promise<void> {
  const epoch: Condition = { that: '#tokenEpoch = :epoch', values: { epoch: wait.tokenEpoch } };
  const key = waitKey(wait.operationId, wait.stepId);
  const harmless: Condition = { that: `${epoch.that} AND (#own = :own OR attribute_exists(#outcome))`, values: { ...epoch.values, own: true } };
  const removed = await table.write({ wait: { delete: key, if: harmless } });
  if (removed.kind === 'written' || removed.met.wait?.['tokenEpoch'] !== wait.tokenEpoch) return;
  // It holds the operation up, and nobody was told: the head must learn that it does no longer.
  await decideTogether<'wait', undefined>(
    table,
    wait.operationId,
    wait.since,
    (_head, known) => ({ actions: { wait: { delete: key, if: epoch } }, waits: withoutWait(known, wait.stepId) }),
    (met) => (met.wait === undefined ? 'again' : { answer: undefined }),
    undefined,
  );
}
