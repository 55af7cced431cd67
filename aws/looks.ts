import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { LookMessage, LookQueue } from './ports.ts';

/** The longest that SQS holds a message back. A later look is handed on at its end. */
export const QUEUE_DELAY_SECONDS_MAX = 900;
/** Beyond this nothing is queued: the schedule of every minute finds the wait when it is due. */
const QUEUED_AHEAD_HOURS_MAX = 4;
const HOUR_MS = 3_600_000;

/** The queue of looks. Losing or doubling a message is harmless: the wait is the record, the message only a reminder. */
export function createLookQueue(client: SQSClient, queueUrl: string): LookQueue {
  return {
    async queue({ operationId, stepId }, at, now) {
      if (at - now > QUEUED_AHEAD_HOURS_MAX * HOUR_MS) return;
      const delaySeconds = Math.min(Math.max(0, Math.ceil((at - now) / 1000)), QUEUE_DELAY_SECONDS_MAX);
      const message: LookMessage = { operationId, stepId, at };
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message), DelaySeconds: delaySeconds }));
    },
  };
}
