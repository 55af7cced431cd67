import { Temporal } from 'temporal-polyfill';
import { isDayOf, readCron, weekly, type Cron } from './cron.ts';
import type { MaintenancePolicy, Window } from './maintenance-policy.ts';

/** A stretch of time: from the first moment, up to and without the second; epoch ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a policy has against beginning now, and until when. */
export interface NotNow {
  readonly kind: 'MaintenanceWindow' | 'Freeze';
  /** Epoch ms; absent when no window that is in sight is long enough. */
  readonly until?: number;
  readonly because: string;
}

/** How far ahead windows are looked for. Every window that is let into a policy opens at least once in such a time. */
const HORIZON_DAYS = 400;
/** Stretches that run into each other are followed this far: no step takes longer. */
const STRETCH_DAYS_MAX = 14;
/** A window that opened up to this long ago may still be open, and a change of the clocks may shift it. */
const BEFORE_DAYS = 2;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Whether a piece of work may begin at `now` that is expected to take `seconds`: within a window, with enough of it left, and in no
 * freeze. Undefined: yes. `ignoreWindows` leaves only the freezes.
 */
export function notNow(policy: MaintenancePolicy, now: number, seconds: number, ignoreWindows = false): NotNow | undefined {
  const kept = ignoreWindows ? { ...policy, windows: [] } : policy;
  const needs = seconds * 1000;
  const fits = firstFit(kept, now, needs);
  if (fits === now) return undefined;
  const until = fits === undefined ? {} : { until: fits };
  const told = (at: number): string => momentIn(policy.timeZone, at);
  const then = fits === undefined ? '' : ` It goes on at ${told(fits)}.`;

  const [frozen] = kept.freezes.filter((freeze) => Date.parse(freeze.from) <= now && now < Date.parse(freeze.to)).sort((a, b) => Date.parse(b.to) - Date.parse(a.to));
  if (frozen !== undefined) {
    const end = Date.parse(frozen.to);
    return { kind: 'Freeze', until: end, because: `Frozen by ${frozen.owner} until ${told(end)}: ${frozen.reason}` };
  }
  const minutes = Math.ceil(seconds / 60);
  const freezeAhead = kept.freezes.filter((freeze) => now < Date.parse(freeze.from) && Date.parse(freeze.from) < now + needs).sort((a, b) => (a.from < b.from ? -1 : 1))[0];
  const open = openTimes({ ...kept, freezes: [] }, now).next().value;
  const isOpen = open !== undefined && open.from <= now;
  if (freezeAhead !== undefined && isOpen && open.to - now >= needs) {
    return { kind: 'Freeze', ...until, because: `It takes about ${minutes} minutes, and ${freezeAhead.owner} has frozen the cluster from ${told(Date.parse(freezeAhead.from))} on (${freezeAhead.reason}).${then}` };
  }
  if (fits === undefined) return { kind: 'MaintenanceWindow', because: `It takes about ${minutes} minutes, and no maintenance window of the next ${HORIZON_DAYS} days is so long.` };
  if (isOpen) {
    const left = Math.floor((open.to - now) / MINUTE_MS);
    return { kind: 'MaintenanceWindow', ...until, because: `It takes about ${minutes} minutes, and ${left} are left of the maintenance window.${then}` };
  }
  return { kind: 'MaintenanceWindow', ...until, because: `Outside the maintenance windows; the next opens at ${told(fits)}.` };
}

/** The first moment, from `now` on, at which work of this length may begin; undefined when there is none in sight. */
function firstFit(policy: MaintenancePolicy, now: number, needsMs: number): number | undefined {
  for (const stretch of openTimes(policy, now)) {
    const from = Math.max(stretch.from, now);
    if (stretch.to - from >= needsMs) return from;
  }
  return undefined;
}

/** Of pieces of work the first that no window in sight is long enough for, so that it would wait for ever. */
export function neverFits<T extends { readonly seconds: number }>(policy: MaintenancePolicy, now: number, pieces: readonly T[]): T | undefined {
  return pieces.find((piece) => firstFit(policy, now, piece.seconds * 1000) === undefined);
}

/** When the next window opens after `now`, also while one is open; undefined without windows. Epoch ms. */
export function nextOpening(policy: MaintenancePolicy, now: number): number | undefined {
  if (policy.windows.length === 0) return undefined;
  for (const stretch of openTimes(policy, now)) if (stretch.from > now) return stretch.from;
  return undefined;
}

/** The times at which the policy lets work begin, those over at `now` left out: windows run together, freezes cut out. In order. */
export function* openTimes(policy: MaintenancePolicy, now: number): Generator<Stretch, undefined> {
  for (const stretch of policy.windows.length === 0 ? [{ from: now, to: now + HORIZON_DAYS * DAY_MS }] : runTogether(openings(policy, now), now)) {
    for (const part of withoutFreezes(stretch, policy.freezes)) if (part.to > now) yield part;
  }
}

/** Windows that touch or overlap are one. */
function* runTogether(stretches: Iterable<Stretch>, now: number): Generator<Stretch> {
  let current: Stretch | undefined;
  for (const next of stretches) {
    if (current !== undefined && next.from <= current.to) {
      current = { from: current.from, to: Math.max(current.to, next.to) };
      if (current.to - Math.max(now, current.from) < STRETCH_DAYS_MAX * DAY_MS) continue;
      yield current;
      current = undefined;
      continue;
    }
    if (current !== undefined) yield current;
    current = next;
  }
  if (current !== undefined) yield current;
}

/** Every window that may still be open at `now` or opens later, by its opening. */
function* openings(policy: MaintenancePolicy, now: number): Generator<Stretch> {
  const windows = policy.windows.map((window) => ({ cron: cronOf(window), minutes: window.durationMinutes }));
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(policy.timeZone).toPlainDate();
  for (let days = -BEFORE_DAYS; days <= HORIZON_DAYS; days += 1) {
    const date = today.add({ days });
    const ofTheDay = windows
      .filter(({ cron }) => isDayOf(cron, { month: date.month, day: date.day, weekday: date.dayOfWeek % 7 }))
      .flatMap(({ cron, minutes }) => momentsOn(cron, date, policy.timeZone).map((from) => ({ from, to: from + minutes * MINUTE_MS })));
    yield* ofTheDay.sort((a, b) => a.from - b.from);
  }
}

/**
 * The moments of a day. A time that the clocks leave out comes as much later as they are put forward, and one that comes twice counts
 * the first time (Temporal's `compatible`, as in RFC 5545).
 */
function momentsOn(cron: Cron, date: Temporal.PlainDate, timeZone: string): number[] {
  return cron.hours.flatMap((hour) =>
    cron.minutes.map((minute) => date.toPlainDateTime({ hour, minute }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds),
  );
}

function cronOf(window: Window): Cron {
  if (window.weekly !== undefined) return weekly(window.weekly);
  const cron = readCron(window.cron ?? '');
  if (typeof cron === 'string') throw new Error(`The cron expression ${window.cron} of a stored policy cannot be read: ${cron}.`);
  return cron;
}

function withoutFreezes(stretch: Stretch, freezes: MaintenancePolicy['freezes']): Stretch[] {
  return freezes.reduce<Stretch[]>((parts, freeze) => parts.flatMap((part) => without(part, Date.parse(freeze.from), Date.parse(freeze.to))), [stretch]).sort((a, b) => a.from - b.from);
}

function without(part: Stretch, from: number, to: number): Stretch[] {
  return [
    { from: part.from, to: Math.min(part.to, from) },
    { from: Math.max(part.from, to), to: part.to },
  ].filter((rest) => rest.from < rest.to);
}

/** `2026-10-10 02:00 Europe/Berlin` */
export function momentIn(timeZone: string, at: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })} ${timeZone}`;
}
