import type { Operation } from '../../domain/operation.ts';
import type { Ports } from '../../aws/ports.ts';
import { ports } from '../../aws/wiring.ts';
import { endOperation } from '../finish/end-operation.ts';
import { settleOpenRepositories } from '../images/settle-open.ts';

/** Open operations that one pass looks at, at most: those longest without a transition first. */
const OPERATIONS_MAX = 200;
/** An operation this young is still on its ordinary way. */
const PENDING_GRACE_SECONDS = 60;
/** Without a transition for longer than this an operation is counted for the alarm. EKS's own work looks in more often. */
const QUIET_HOURS = 6;
const HOUR_MS = 3_600_000;

/** Every ten minutes: repairs what a lost message, a dead token or a crash between two lines left behind. */
export const handler = async (): Promise<void> => {
  const world = ports();
  const open = await world.store.openOperations(OPERATIONS_MAX);
  const now = world.clock.now();
  world.meter.count('OperationsWithoutTransition', open.filter((operation) => now - Date.parse(operation.updatedAt) > QUIET_HOURS * HOUR_MS).length);
  for (const operation of open) {
    try {
      await reconcile(world, operation, now);
    } catch (error) {
      world.log.error('reconcile failed', { operation: operation.id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  }
  await settleOpenRepositories(world, now);
};

async function reconcile(world: Ports, operation: Operation, now: number): Promise<void> {
  if (now - Date.parse(operation.updatedAt) < PENDING_GRACE_SECONDS * 1000) return;
  const status = await world.executions.status(operation.kind, operation.id, operation.run);
  if (status === 'absent') {
    world.log.warn('started late', { operation: operation.id, run: operation.run });
    return world.executions.start(operation.kind, operation.id, operation.run);
  }
  if (status !== 'RUNNING') {
    world.log.warn('ended late', { operation: operation.id, run: operation.run, status });
    await endOperation(world, operation.id, operation.run, { kind: 'failed', failure: { Error: `Execution${status}`, Cause: `The execution is ${status}, and the operation had not been told.` } });
  }
}
