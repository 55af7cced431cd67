import type { World } from '../service.ts';
import type { Around } from './around.ts';
import { openShelves, Place } from './place.ts';
import type { Where } from './place.ts';
import type { Transition } from './state.ts';

/** What a transition does when its time has come. It must look before it writes: what it is about may be gone. */
export type Apply = (place: Place, transition: Transition) => void;

export interface Settling {
  /** The place as it is at `now`, with all that was due before made true. `clusterName` limits the work to one cluster. */
  settled(where: Where, now: number, clusterName?: string): Place;
  /** Arms timers for everything that is pending on disk. */
  resume(): void;
}

/** Time in the simulated EKS: pending transitions are stored, applied in the order of their times before each operation, and each has a timer so that virtual time moves to it. */
export function createSettling(world: World, around: Around, table: Readonly<Record<string, Apply>>): Settling {
  const stage = { world, around, shelves: openShelves(world.disk) };

  const arm = (where: Where, transition: Transition): void => {
    world.clock.at(transition.at, () => {
      world.disk.transaction(() => settle(where, world.clock.now(), transition.clusterName));
    });
  };

  const settle = (where: Where, now: number, clusterName?: string): void => {
    const pending = placeAt(where, now).pending;
    const due = pending
      .entries(clusterName === undefined ? '' : `${clusterName}/`)
      .filter(([, transition]) => transition.at <= now)
      .map(([, transition]) => transition);
    const collect = (transition: Transition): void => {
      if (transition.at <= now) due.push(transition);
      else arm(where, transition);
    };
    while (due.length > 0) {
      due.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
      const next = due.shift();
      if (next === undefined) break;
      const key = `${next.clusterName}/${String(next.sequence).padStart(12, '0')}`;
      if (pending.get(key) === undefined) continue;
      pending.delete(key);
      const apply = table[next.kind];
      if (apply === undefined) throw new Error(`The disk holds a transition that this version does not know: ${next.kind}`);
      apply(new Place(stage, where, next.at, collect), next);
    }
  };

  const placeAt = (where: Where, now: number): Place => new Place(stage, where, now, (transition) => arm(where, transition));

  return {
    settled(where, now, clusterName) {
      world.disk.transaction(() => settle(where, now, clusterName));
      return placeAt(where, now);
    },
    resume() {
      for (const [key, transition] of stage.shelves.pending.entries()) {
        const [accountId = '', region = ''] = key.split('/');
        arm({ accountId, region }, transition);
      }
    },
  };
}
