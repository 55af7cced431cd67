import type { EventBridgeEvent } from 'aws-lambda';
import { ports } from '../../aws/wiring.ts';
import { endOperation } from '../finish/end-operation.ts';

interface ExecutionEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** `{operationId, run}`, as the execution was started with. */
  readonly input: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * Told by EventBridge when an execution ends. States.Runtime, timeouts and StopExecution run no Catch: whatever `Finish`
 * could not tell is told here. After an ordinary end there is nothing left to do.
 */
export const handler = async (event: EventBridgeEvent<string, ExecutionEnd>): Promise<void> => {
  const { status, input, error, cause } = event.detail;
  const { operationId, run } = JSON.parse(input) as { operationId: string; run: number };
  const failure = { Error: error ?? `Execution${status}`, Cause: cause ?? `The execution ended as ${status}.` };
  await endOperation(ports(), operationId, run, { kind: 'failed', failure });
};
