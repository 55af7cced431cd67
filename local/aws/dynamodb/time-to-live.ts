import type { Engine } from './engine.ts';

/** "Items are deleted within a few days of their expiration" (DynamoDB developer guide): a sweep this often keeps readers honest about expired items that are still there. */
const SWEEP_MINUTES = 10;
const DELETIONS_PER_SWEEP_MAX = 1000;

/** Deletes what has expired, by virtual time, for as long as the stage runs. A background timer: it never makes time jump. */
export function sweepForever(engine: Engine): void {
  const { clock } = engine.world;
  clock.at(
    clock.now() + SWEEP_MINUTES * 60_000,
    () => {
      sweep(engine, clock.now());
      sweepForever(engine);
    },
    { background: true },
  );
}

function sweep(engine: Engine, now: number): void {
  for (const table of engine.tables.list()) {
    if (table.ttlAttribute === undefined) continue;
    for (const item of engine.rows.expired(table, Math.floor(now / 1000), DELETIONS_PER_SWEEP_MAX)) engine.rows.delete(table, item);
  }
}
