import type { Collection } from '../../disk.ts';
import type { World } from '../service.ts';

/** Something that happens to a group when its time has come. */
export interface Due {
  /** Virtual epoch ms. */
  readonly at: number;
  /** Orders what happens at one moment. */
  readonly number: number;
  readonly kind: 'arrived' | 'gone' | 'scale' | 'replace' | 'refresh';
  /** `<account>/<region>/<group>` */
  readonly group: string;
  readonly instanceIds?: readonly string[];
  readonly refreshId?: string;
  /** Nobody waits for it: time at full speed does not run for its sake. */
  readonly background?: boolean;
}

/** What is to happen, on the disk, and done in the order of its times. */
export class Timetable {
  readonly #world: World;
  readonly #dues: Collection<Due>;
  readonly #numbers: Collection<number>;
  readonly #happen: (due: Due) => void;

  constructor(world: World, happen: (due: Due) => void) {
    this.#world = world;
    this.#dues = world.disk.collection('autoscaling-dues');
    this.#numbers = world.disk.collection('autoscaling-numbers');
    this.#happen = happen;
  }

  schedule(due: Omit<Due, 'number'>): void {
    const number = (this.#numbers.get('due') ?? 0) + 1;
    this.#numbers.put('due', number);
    this.#dues.put(keyOf(number), { ...due, number });
    this.#arm(due);
  }

  /** Makes true whatever was due by `now`. */
  settle(now: number): void {
    this.#world.disk.transaction(() => {
      for (let next = this.#next(now); next !== undefined; next = this.#next(now)) {
        this.#dues.delete(keyOf(next.number));
        this.#happen(next);
      }
    });
  }

  /** Arms the timers of everything on the disk. */
  resume(): void {
    for (const due of this.#dues.list()) this.#arm(due);
  }

  #next(now: number): Due | undefined {
    return this.#dues
      .list()
      .filter(({ at }) => at <= now)
      .sort((a, b) => a.at - b.at || a.number - b.number)[0];
  }

  #arm({ at, background }: Omit<Due, 'number'>): void {
    this.#world.clock.at(at, () => this.settle(this.#world.clock.now()), { background: background === true });
  }
}

const keyOf = (number: number): string => String(number).padStart(12, '0');
