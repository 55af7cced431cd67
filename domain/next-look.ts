import { durationsOf, massUpTo, type Durations } from './durations.ts';
import type { StepKind } from './plan.ts';

/**
 * When to look at work that EKS does not announce the end of. Too early a look is a read for nothing, too late a one is lag; where
 * work ends somewhere between two bounds, the best looks begin late and then come closer and closer together (Barlow's inspection
 * policy). Every look is chosen afresh from how long the work has taken so far, so a lost or late look spoils nothing.
 */

/**
 * The price of one read, in seconds of lag. On the stage, where a control plane takes its fifteen seconds to read ACTIVE again and facts
 * are read besides, it keeps a hop of four add-ons and two node groups under twenty-seven reads and fifteen seconds (`npm run bench`).
 */
const READ_IN_LAG_SECONDS = 2.6;

/** Points in time that a look may fall on, between now and the latest end that is thought likely. */
const GRID_POINTS = 96;
const LOOK_INTERVAL_SECONDS_MIN = 5;
/** Past every likely end the looks go on, at a share of the time already waited: who has waited ten minutes can wait half a minute more. */
const TAIL_SHARE = 0.05;
const TAIL_INTERVAL_SECONDS_MIN = 10;
const TAIL_INTERVAL_SECONDS_MAX = 300;
/**
 * What fails ends when it likes, whatever such work took before: no look is further off than a quarter of an hour, and after the first none
 * further than half of the time waited so far, which need not be less than three minutes.
 */
const LOOK_INTERVAL_SECONDS_MAX = 900;
const NEXT_INTERVAL_SHARE_MAX = 0.5;
const NEXT_INTERVAL_SECONDS_MIN = 180;
/** With less left than this of what was thought likely, the guess is spent and the tail begins. */
const MASS_LEFT_MIN = 0.002;
/** A wait that has been looked at this often is not where its durations said: looks become rare, whatever they say. */
const CLOSE_LOOKS_MAX = 30;

export interface LookAsk {
  readonly kind: StepKind;
  /** Node turns of a roll, one after the other; 1 for everything else. */
  readonly size?: number;
  /** Seconds that such work took, newest first, for each turn where it has turns; at most 20 count. */
  readonly durations: readonly number[];
  /** Epoch ms. */
  readonly beganAt: number;
}

/** When to look first, epoch ms. */
export function firstLook(ask: LookAsk): number {
  return nextLook({ ...ask, now: ask.beganAt, looks: 0 });
}

/** When to look next at work that had not ended at `now`, after `looks` looks; epoch ms, later than `now`. */
export function nextLook(ask: LookAsk & { readonly now: number; readonly looks: number }): number {
  const { kind, size = 1, durations, beganAt, now, looks } = ask;
  const elapsed = Math.max(0, (now - beganAt) / 1000);
  const likely = durationsOf(kind, size, durations);
  const spent = 1 - massUpTo(likely, elapsed) < MASS_LEFT_MIN || looks >= CLOSE_LOOKS_MAX;
  const best = spent ? elapsed + tailSeconds(elapsed) : bestLook(likely, elapsed);
  const farthest = Math.min(LOOK_INTERVAL_SECONDS_MAX, looks === 0 ? LOOK_INTERVAL_SECONDS_MAX : Math.max(NEXT_INTERVAL_SECONDS_MIN, elapsed * NEXT_INTERVAL_SHARE_MAX));
  const seconds = elapsed + Math.max(LOOK_INTERVAL_SECONDS_MIN, Math.min(best - elapsed, farthest));
  return beganAt + Math.ceil(seconds * 1000);
}

function tailSeconds(elapsed: number): number {
  return Math.min(TAIL_INTERVAL_SECONDS_MAX, Math.max(TAIL_INTERVAL_SECONDS_MIN, elapsed * TAIL_SHARE));
}

/** A moment that a look may fall on, with the share of ends up to it and their first moment: the lag of any interval is then one subtraction. */
interface Point {
  readonly time: number;
  readonly mass: number;
  readonly moment: number;
}

/**
 * The look that, followed by the best looks after it, costs least in reads and lag together. Worked backwards from the latest likely
 * end: the cost of a point is what is still to pay, in seconds, when a look there has not found the end.
 */
function bestLook(likely: Durations, elapsed: number): number {
  const settled: (Point & { readonly cost: number })[] = [];
  let best = likely.most;
  for (const point of pointsFrom(likely, Math.max(elapsed, likely.least)).reverse()) {
    let cost = settled.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const next of settled) {
      const lag = (next.mass - point.mass) * next.time - (next.moment - point.moment);
      const total = READ_IN_LAG_SECONDS * (1 - point.mass) + lag + next.cost;
      if (total < cost) [cost, best] = [total, next.time];
    }
    settled.push({ ...point, cost });
  }
  return best;
}

function pointsFrom(likely: Durations, from: number): Point[] {
  const step = (likely.most - from) / GRID_POINTS;
  let before: Point = { time: from, mass: massUpTo(likely, from), moment: 0 };
  const points = [before];
  for (let index = 1; index <= GRID_POINTS; index += 1) {
    const time = from + index * step;
    const mass = massUpTo(likely, time);
    before = { time, mass, moment: before.moment + (mass - before.mass) * (time - step / 2) };
    points.push(before);
  }
  return points;
}

const MINUTE_MS = 60_000;
/** A turn may meet a pod that nothing evicts: EKS gives up after 15 minutes, and then takes its time. */
const TURN_DEADLINE_MINUTES = 20;
/** EKS itself gives a rollback up after twelve hours, unless told otherwise (source: EKS API reference, rollbackConfig.timeoutMinutes). */
const ROLLBACK_DEADLINE_HOURS = 13;

/** How long work of a kind may take before it counts as Stalled and an alarm rings, ms. Far above what it takes: it is watched on all the same. */
export function deadlineFor(kind: StepKind, size = 1): number {
  switch (kind) {
    case 'upgrade-nodegroup':
    case 'refresh-instances':
      return (30 + TURN_DEADLINE_MINUTES * Math.max(1, size)) * MINUTE_MS;
    case 'rollback-control-plane':
      return ROLLBACK_DEADLINE_HOURS * 60 * MINUTE_MS;
    case 'create-control-plane':
    case 'upgrade-control-plane':
    case 'delete-control-plane':
      return 60 * MINUTE_MS;
    case 'create-nodegroup':
    case 'delete-nodegroup':
      return 45 * MINUTE_MS;
    default:
      return 30 * MINUTE_MS;
  }
}
