import { createHash } from 'node:crypto';
import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageCommandInput,
  ReceiveMessageCommandInput,
  SendMessageBatchCommandInput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError, type Call, type OperationHandler, type World } from '../service.ts';
import type { Delivery } from './delivery.ts';
import { visibilitySeconds, type MessageRecord, type QueueRecord, type Queues } from './records.ts';

const DELAY_SECONDS_MAX = 900;
const MESSAGE_BYTES_MAX = 1_048_576;
const RECEIVED_AT_ONCE_MAX = 10;

export function messageOperations(world: World, queues: Queues, delivery: Delivery): Record<string, OperationHandler> {
  const send = (queue: QueueRecord, input: Pick<SendMessageCommandInput, 'MessageBody' | 'DelaySeconds'>, now: number): MessageRecord => {
    const message = newMessage(world, queue, input, now);
    queues.putMessage(queue, message);
    delivery.arm(queue, message.visibleAt);
    return message;
  };
  return {
    SendMessage: (input: SendMessageCommandInput, call: Call) => {
      const message = send(queues.byUrl(input.QueueUrl, call), input, call.now);
      return { MessageId: message.messageId, MD5OfMessageBody: message.md5 };
    },
    SendMessageBatch: (input: SendMessageBatchCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      const sent = (input.Entries ?? []).map((entry) => ({ Id: entry.Id, message: send(queue, entry, call.now) }));
      return { Successful: sent.map(({ Id, message }) => ({ Id, MessageId: message.messageId, MD5OfMessageBody: message.md5 })), Failed: [] };
    },
    ReceiveMessage: (input: ReceiveMessageCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      const received = delivery.receive(queue, Math.min(input.MaxNumberOfMessages ?? 1, RECEIVED_AT_ONCE_MAX), (input.VisibilityTimeout ?? visibilitySeconds(queue)) * 1000, call.now);
      if (received.length === 0) return {};
      return {
        Messages: received.map((message) => ({
          MessageId: message.messageId,
          ReceiptHandle: message.receipt,
          MD5OfBody: message.md5,
          Body: message.body,
          Attributes: {
            SentTimestamp: String(message.sentAt),
            ApproximateReceiveCount: String(message.receiveCount),
            ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? call.now),
          },
        })),
      };
    },
    DeleteMessage: (input: DeleteMessageCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      const message = byReceipt(queues, queue, input.ReceiptHandle);
      if (message !== undefined) queues.deleteMessage(queue, message.messageId);
      return {};
    },
    DeleteMessageBatch: (input: DeleteMessageBatchCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      for (const entry of input.Entries ?? []) {
        const message = byReceipt(queues, queue, entry.ReceiptHandle);
        if (message !== undefined) queues.deleteMessage(queue, message.messageId);
      }
      return { Successful: (input.Entries ?? []).map((entry) => ({ Id: entry.Id })), Failed: [] };
    },
    ChangeMessageVisibility: (input: ChangeMessageVisibilityCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      const message = byReceipt(queues, queue, input.ReceiptHandle);
      if (message === undefined) throw new AwsError('MessageNotInflight', 'The specified message is not in flight.', 400);
      const visibleAt = call.now + (input.VisibilityTimeout ?? 0) * 1000;
      queues.putMessage(queue, { ...message, visibleAt });
      delivery.arm(queue, visibleAt);
      return {};
    },
  };
}

function newMessage(world: World, queue: QueueRecord, input: Pick<SendMessageCommandInput, 'MessageBody' | 'DelaySeconds'>, now: number): MessageRecord {
  const body = input.MessageBody ?? '';
  const delaySeconds = input.DelaySeconds ?? Number(queue.attributes['DelaySeconds'] ?? '0');
  if (delaySeconds < 0 || delaySeconds > DELAY_SECONDS_MAX) {
    throw new AwsError('InvalidParameterValue', `Value ${delaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${DELAY_SECONDS_MAX}.`, 400);
  }
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.', 400);
  if (Buffer.byteLength(body) > MESSAGE_BYTES_MAX) throw new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${MESSAGE_BYTES_MAX} bytes.`, 400);
  return {
    messageId: world.newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    body,
    md5: createHash('md5').update(body).digest('hex'),
    sentAt: now,
    visibleAt: now + delaySeconds * 1000,
    receiveCount: 0,
  };
}

/** A receipt is `<message id>#<receive count>`: one of an earlier receipt deletes nothing any more. */
function byReceipt(queues: Queues, queue: QueueRecord, receipt: string | undefined): MessageRecord | undefined {
  const [messageId = ''] = (receipt ?? '').split('#');
  if (receipt === undefined || !receipt.includes('#')) throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`, 400);
  const message = queues.message(queue, messageId);
  return message?.receipt === receipt ? message : undefined;
}
