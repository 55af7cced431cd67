import { ports } from '../../aws/wiring.ts';

/** Waits that one sweep queues, at most; the next minute's sweep goes on. */
const WAITS_SWEPT_MAX = 500;
/** A wait is missed when its own message is this late. */
const GRACE_SECONDS = 20;

/** Every minute: queues a look for each wait that is due and was missed (a lost message, a crash between parking and queueing) or lay beyond what the queue holds. */
export const handler = async (): Promise<void> => {
  const { store, looks, clock, meter, log } = ports();
  const now = clock.now();
  const overdue = await store.dueWaits(now - GRACE_SECONDS * 1000, WAITS_SWEPT_MAX);
  const oldestSeconds = Math.max(0, ...overdue.map((wait) => Math.round((now - wait.nextCheckAt) / 1000)));
  meter.seconds('OldestOverdueLook', oldestSeconds);
  for (const wait of overdue) {
    await looks.queue(wait, wait.nextCheckAt, now);
    log.info('swept', { operation: wait.operationId, step: wait.stepId, lateSeconds: Math.round((now - wait.nextCheckAt) / 1000) });
  }
};
