import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { LookMessage, Ports } from '../../aws/ports.ts';
import { ports } from '../../aws/wiring.ts';
import { lookAtWait } from './look-at-wait.ts';

/** Looks at waits whose time has come. A look that throws goes back to the queue, and after some tries to the dead letters; the sweep finds its wait all the same. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const world = ports();
  const failed = await Promise.all(event.Records.map((record) => tryLook(world, record.messageId, JSON.parse(record.body) as LookMessage)));
  return { batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier === undefined ? [] : [{ itemIdentifier }])) };
};

async function tryLook(world: Ports, messageId: string, message: LookMessage): Promise<string | undefined> {
  try {
    await lookAtWait(world, message);
    return undefined;
  } catch (error) {
    world.log.error('look failed', { operation: message.operationId, step: message.stepId, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    return messageId;
  }
}
