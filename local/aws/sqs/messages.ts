import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageCommandInput,
  Message,
  MessageAttributeValue,
  ReceiveMessageCommandInput,
  SendMessageBatchCommandInput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError, Later } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { within } from './attributes.ts';
import { handleOf, systemAttributes } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { queueAt } from './queue-operations.ts';
import { md5, md5OfAttributes, Queues } from './queues.ts';
import type { MessageAttribute, MessageRecord, QueueRecord } from './queues.ts';

const BATCH_MAX = 10;
const ATTRIBUTES_MAX = 10;
const VISIBILITY_SECONDS_MAX = 43_200;
const DELAY_SECONDS_MAX = 900;
const WAIT_SECONDS_MAX = 20;
/** Messages that are with receivers at the same time. */
const IN_FLIGHT_MAX = 120_000;

interface Outgoing {
  readonly MessageBody?: string | undefined;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined;
}

export function messageOperations(world: World, queues: Queues, delivery: Delivery): Record<string, OperationHandler> {
  function send(queue: QueueRecord, outgoing: Outgoing, call: Call): { MessageId: string; MD5OfMessageBody: string; MD5OfMessageAttributes?: string } {
    const body = checkedBody(outgoing.MessageBody ?? '');
    const attributes = checkedMessageAttributes(outgoing.MessageAttributes ?? {});
    within('DelaySeconds', outgoing.DelaySeconds, 0, DELAY_SECONDS_MAX);
    const sizeMax = Number(queue.attributes['MaximumMessageSize']);
    if (sizeOf(body, attributes) > sizeMax) throw new AwsError('InvalidParameterValue', `One or more parameters are invalid. Reason: Message must be shorter than ${sizeMax} bytes.`, 400);
    const delaySeconds = outgoing.DelaySeconds ?? Number(queue.attributes['DelaySeconds']);
    const messageId = world.newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    queues.add({ queue: Queues.key(queue), messageId, body, attributes, senderId: call.caller.role?.sessionName ?? call.accountId, sentAt: call.now, visibleAt: call.now + delaySeconds * 1000, receives: 0, receipt: '' });
    const digest = md5OfAttributes(attributes);
    return { MessageId: messageId, MD5OfMessageBody: md5(body), ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }) };
  }

  /** The message that a receipt handle stands for; undefined when it is gone or has been received again since. */
  function held(queue: QueueRecord, handle: string | undefined): MessageRecord | undefined {
    const [key, receipt] = Buffer.from(handle ?? '', 'base64').toString('utf8').split(' ');
    const number = Number(receipt?.split('.')[0]);
    if (key !== Queues.key(queue) || !Number.isInteger(number)) throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', 404);
    const message = queues.message(number);
    return message?.queue === key && message.receipt === receipt ? message : undefined;
  }

  function remove(queue: QueueRecord, handle: string | undefined): void {
    const message = held(queue, handle);
    // An old handle deletes nothing and is no error, as in standard queues.
    if (message !== undefined) queues.delete(message.number);
  }

  function changeVisibility(queue: QueueRecord, handle: string | undefined, seconds: number | undefined, now: number): void {
    within('VisibilityTimeout', seconds, 0, VISIBILITY_SECONDS_MAX);
    const message = held(queue, handle);
    if (message === undefined || message.visibleAt <= now) {
      throw new AwsError('MessageNotInflight', `Value ${handle ?? ''} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`, 400);
    }
    queues.update({ ...message, visibleAt: now + (seconds ?? 0) * 1000 });
  }

  return {
    SendMessage(input: SendMessageCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      const sent = send(queue, input, call);
      delivery.arm(Queues.key(queue));
      return sent;
    },

    SendMessageBatch(input: SendMessageBatchCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      const entries = checkedBatch(input.Entries ?? []);
      const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody ?? ''), 0);
      const sizeMax = Number(queue.attributes['MaximumMessageSize']);
      if (bytes > sizeMax) throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${sizeMax} bytes. You have sent ${bytes} bytes.`, 400);
      const answer = eachOf(entries, (entry) => send(queue, entry, call));
      delivery.arm(Queues.key(queue));
      return answer;
    },

    ReceiveMessage(input: ReceiveMessageCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      within('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, BATCH_MAX);
      within('VisibilityTimeout', input.VisibilityTimeout, 0, VISIBILITY_SECONDS_MAX);
      within('WaitTimeSeconds', input.WaitTimeSeconds, 0, WAIT_SECONDS_MAX);
      if (queues.counts(Queues.key(queue), call.now).inFlight >= IN_FLIGHT_MAX) throw new AwsError('OverLimit', 'Too many messages in flight.', 403);
      const limit = input.MaxNumberOfMessages ?? 1;
      const visibilitySeconds = input.VisibilityTimeout ?? Number(queue.attributes['VisibilityTimeout']);
      const waitSeconds = input.WaitTimeSeconds ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds']);
      const messages = delivery.receive(queue, limit, visibilitySeconds);
      if (messages.length > 0 || waitSeconds === 0) return received(messages, input);
      return new Later(delivery.wait(queue, limit, visibilitySeconds, waitSeconds).then((found) => received(found, input)));
    },

    DeleteMessage(input: DeleteMessageCommandInput, call: Call) {
      remove(queueAt(queues, input.QueueUrl, call), input.ReceiptHandle);
    },

    DeleteMessageBatch(input: DeleteMessageBatchCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      return eachOf(checkedBatch(input.Entries ?? []), (entry) => remove(queue, entry.ReceiptHandle));
    },

    ChangeMessageVisibility(input: ChangeMessageVisibilityCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      changeVisibility(queue, input.ReceiptHandle, input.VisibilityTimeout, call.now);
      delivery.arm(Queues.key(queue));
    },

    ChangeMessageVisibilityBatch(input: ChangeMessageVisibilityBatchCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      const answer = eachOf(checkedBatch(input.Entries ?? []), (entry) => changeVisibility(queue, entry.ReceiptHandle, entry.VisibilityTimeout, call.now));
      delivery.arm(Queues.key(queue));
      return answer;
    },
  };
}

/** Each entry by itself: what one refuses does not stop the others. */
function eachOf<E extends { readonly Id?: string | undefined }, R extends object | void>(entries: readonly E[], work: (entry: E) => R) {
  const Successful: (R & { Id: string })[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ Id, ...(work(entry) as R) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function checkedBatch<E extends { readonly Id?: string | undefined }>(entries: readonly E[]): readonly E[] {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.', 400);
  if (entries.length > BATCH_MAX) throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${BATCH_MAX}. You have sent ${entries.length}.`, 400);
  if (entries.some(({ Id = '' }) => !/^[\w-]{1,80}$/.test(Id))) throw new AwsError('InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.', 400);
  const repeated = entries.find(({ Id }, index) => entries.findIndex((other) => other.Id === Id) !== index);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated.Id} repeated.`, 400);
  return entries;
}

function checkedBody(body: string): string {
  if (body.length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.', 400);
  // eslint-disable-next-line no-control-regex
  if (/[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(body)) throw new AwsError('InvalidMessageContents', 'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.', 400);
  return body;
}

function checkedMessageAttributes(attributes: Readonly<Record<string, MessageAttributeValue>>): Record<string, MessageAttribute> {
  const entries = Object.entries(attributes);
  if (entries.length > ATTRIBUTES_MAX) throw new AwsError('InvalidParameterValue', `Number of message attributes [${entries.length}] exceeds the allowed maximum [${ATTRIBUTES_MAX}].`, 400);
  return Object.fromEntries(
    entries.map(([name, { DataType = '', StringValue, BinaryValue }]): [string, MessageAttribute] => {
      if (!/^[\w.-]{1,256}$/.test(name)) throw new AwsError('InvalidParameterValue', `The message attribute name '${name}' is invalid.`, 400);
      if (!/^(String|Number|Binary)(\..+)?$/.test(DataType)) throw new AwsError('InvalidParameterValue', `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`, 400);
      const binary = DataType.startsWith('Binary');
      if (binary ? BinaryValue === undefined : StringValue === undefined) throw new AwsError('InvalidParameterValue', `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`, 400);
      return [name, binary ? { DataType, BinaryValue: Buffer.from(BinaryValue ?? new Uint8Array()).toString('base64') } : { DataType, StringValue: StringValue ?? '' }];
    }),
  );
}

function sizeOf(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  const attributeBytes = Object.entries(attributes).map(([name, { DataType, StringValue = '', BinaryValue = '' }]) => Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'));
  return Buffer.byteLength(body) + attributeBytes.reduce((sum, bytes) => sum + bytes, 0);
}

function received(messages: readonly MessageRecord[], input: ReceiveMessageCommandInput): { Messages?: Message[] } {
  return messages.length === 0 ? {} : { Messages: messages.map((message) => view(message, input)) };
}

function view(message: MessageRecord, input: ReceiveMessageCommandInput): Message {
  const systemNames: readonly string[] = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
  const system = Object.entries(systemAttributes(message)).filter(([name]) => systemNames.includes('All') || systemNames.includes(name));
  const wanted = input.MessageAttributeNames ?? [];
  const named = (name: string): boolean => wanted.some((pattern) => pattern === 'All' || pattern === '.*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))));
  const attributes = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => named(name)));
  const digest = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: handleOf(message),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) as NonNullable<Message['Attributes']> }),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest, MessageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, shown(attribute)])) }),
  };
}

function shown({ DataType, StringValue, BinaryValue }: MessageAttribute): MessageAttributeValue {
  return { DataType, ...(StringValue === undefined ? {} : { StringValue }), ...(BinaryValue === undefined ? {} : { BinaryValue: new Uint8Array(Buffer.from(BinaryValue, 'base64')) }) };
}
