import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Frame } from './records.ts';
import type { Run } from './run.ts';

const ABORTABLE: readonly string[] = ['Task', 'Wait', 'Map', 'Parallel'];

/**
 * Writes what the history says of the children of a Map or Parallel when one of them has failed: which iteration failed,
 * which were aborted, and the states they were in. All of it hangs on the failure's own event. A task that failed counts as
 * aborted too, since its state was never exited; a Fail, Map or Parallel that failed has said so itself.
 * Source: histories recorded on AWS.
 */
export function tellAborted(run: Run, parent: Frame, failed: Frame): void {
  const cause = failed.previous;
  const mapName = run.stateOf(parent).Type === 'Map' ? parent.state : undefined;
  for (const child of run.children(parent)) {
    if (child.status !== 'running') continue;
    if (child !== failed) abort(run, child, mapName, cause);
    else {
      if (mapName !== undefined) run.emit('MapIterationFailed', cause, { mapIterationFailedEventDetails: { name: mapName, index: child.index } });
      if (run.stateOf(child).Type === 'Task') run.emit('TaskStateAborted', cause);
    }
  }
}

function abort(run: Run, frame: Frame, mapName: string | undefined, cause: number): void {
  if (mapName !== undefined) run.emit('MapIterationAborted', cause, { mapIterationAbortedEventDetails: { name: mapName, index: frame.index } });
  if (frame.next !== undefined) return;
  const { Type } = run.stateOf(frame);
  if (ABORTABLE.includes(Type)) run.emit(`${Type}StateAborted` as HistoryEventType, cause);
  for (const child of run.children(frame)) if (child.status === 'running') abort(run, child, Type === 'Map' ? frame.state : undefined, cause);
}
