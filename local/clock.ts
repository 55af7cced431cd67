/** How fast virtual time passes: a factor of real time, 0 (it stands still) or `max` (it jumps to the next event). */
export type Speed = number | 'max';

export interface Timer {
  cancel(): void;
}

interface Entry {
  at: number;
  order: number;
  background: boolean;
  run: () => void | Promise<void>;
  cancelled: boolean;
}

/** Longest sleep that `setTimeout` takes; a later event is slept for in pieces. */
const SLEEP_MAX_MS = 2_000_000_000;
/** Turns of the event loop that must pass without work before `max` may jump, so that a promise chain between two calls counts as work. */
const IDLE_TURNS = 3;

/**
 * The one clock of the rehearsal stage: looks, schedules, queue delays and simulated updates all follow it.
 * Times are epoch milliseconds. Timers run in the order of their time, one at a time at speed `max`.
 *
 * A *background* timer (a schedule's tick, a time-to-live sweep) never makes time jump by itself: at `max` the clock
 * moves only while somebody waits for something, and runs the background timers that it passes on the way.
 */
export class VirtualClock {
  #baseVirtual: number;
  #baseReal: number;
  #speed: Speed;
  #timers: Entry[] = [];
  #order = 0;
  #busy = 0;
  #sleep: NodeJS.Timeout | undefined;
  #jumping = false;
  #stopped = false;

  constructor(options: { now: number; speed: Speed }) {
    this.#baseVirtual = options.now;
    this.#baseReal = performance.now();
    this.#speed = options.speed;
  }

  /** Virtual time, epoch milliseconds. */
  now(): number {
    if (typeof this.#speed !== 'number') return this.#baseVirtual;
    return Math.floor(this.#baseVirtual + (performance.now() - this.#baseReal) * this.#speed);
  }

  get speed(): Speed {
    return this.#speed;
  }

  setSpeed(speed: Speed): void {
    this.#rebase(this.now());
    this.#speed = speed;
    this.#arm();
  }

  /** Runs `run` when virtual time reaches `at`; at once (but never in this turn) when that is past. */
  at(at: number, run: () => void | Promise<void>, options: { background?: boolean } = {}): Timer {
    const entry: Entry = { at, order: this.#order++, background: options.background ?? false, run, cancelled: false };
    const index = this.#timers.findIndex((other) => other.at > at);
    if (index === -1) this.#timers.push(entry);
    else this.#timers.splice(index, 0, entry);
    this.#arm();
    return {
      cancel: () => {
        entry.cancelled = true;
        const found = this.#timers.indexOf(entry);
        if (found !== -1) this.#timers.splice(found, 1);
      },
    };
  }

  /** Counts `work` as under way: at speed `max`, and in `advanceTo`, time waits for it. */
  async during<T>(work: () => Promise<T> | T): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#arm();
    }
  }

  /** Resolves when no work is under way. */
  async idle(): Promise<void> {
    let quietTurns = 0;
    while (quietTurns < IDLE_TURNS) {
      await new Promise((resolve) => setImmediate(resolve));
      quietTurns = this.#busy === 0 ? quietTurns + 1 : 0;
    }
  }

  /** Moves time forward to `target`, running every timer on the way in order and waiting for the work that each starts. */
  async advanceTo(target: number): Promise<void> {
    await this.idle();
    for (;;) {
      const next = this.#timers[0];
      if (this.#stopped || next === undefined || next.at > target) break;
      this.#timers.shift();
      this.#rebase(Math.max(next.at, this.now()));
      await this.#fire(next);
      await this.idle();
    }
    if (target > this.now()) this.#rebase(target);
    this.#arm();
  }

  /** The time of the next event that somebody waits for (background timers aside), if there is one. */
  nextForegroundAt(): number | undefined {
    return this.#timers.find((entry) => !entry.background)?.at;
  }

  stop(): void {
    this.#stopped = true;
    this.#timers = [];
    clearTimeout(this.#sleep);
  }

  #rebase(virtual: number): void {
    this.#baseVirtual = virtual;
    this.#baseReal = performance.now();
  }

  #arm(): void {
    if (this.#stopped) return;
    clearTimeout(this.#sleep);
    if (this.#speed === 'max') {
      if (!this.#jumping) void this.#jump();
      return;
    }
    const next = this.#timers[0];
    if (next === undefined || this.#speed === 0) return;
    const delayMs = Math.min(Math.max(0, (next.at - this.now()) / this.#speed), SLEEP_MAX_MS);
    this.#sleep = setTimeout(() => this.#runDue(), delayMs);
  }

  #runDue(): void {
    const now = this.now();
    while (this.#timers[0] !== undefined && this.#timers[0].at <= now) {
      const entry = this.#timers.shift();
      if (entry !== undefined) void this.#fire(entry);
    }
    this.#arm();
  }

  /** At `max`: while somebody waits for something, jump to the next event, run it, let its work finish, and again. */
  async #jump(): Promise<void> {
    this.#jumping = true;
    try {
      for (;;) {
        await this.idle();
        const next = this.#timers[0];
        if (this.#stopped || this.#speed !== 'max' || next === undefined) break;
        if (next.at > this.#baseVirtual && this.nextForegroundAt() === undefined) break;
        this.#timers.shift();
        this.#rebase(Math.max(next.at, this.#baseVirtual));
        await this.#fire(next);
      }
    } finally {
      this.#jumping = false;
    }
    if (this.#speed !== 'max') this.#arm();
  }

  async #fire(entry: Entry): Promise<void> {
    if (entry.cancelled) return;
    await this.during(entry.run);
  }
}
