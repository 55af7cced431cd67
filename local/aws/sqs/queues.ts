import type { CreateQueueCommandInput, GetQueueAttributesCommandInput, SetQueueAttributesCommandInput } from '@aws-sdk/client-sqs';
import { AwsError, type Call, type OperationHandler, type World } from '../service.ts';
import { queueArn, type QueueRecord, type Queues } from './records.ts';

/** Attributes that a standard queue takes, with what it has without being told (source: SQS CreateQueue). */
const DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};
const OPTIONAL = new Set(['RedrivePolicy', 'Policy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'RedriveAllowPolicy']);

export function queueOperations(world: World, queues: Queues): Record<string, OperationHandler> {
  return {
    CreateQueue: (input: CreateQueueCommandInput, call: Call) => createQueue(queues, input, call),
    GetQueueUrl: ({ QueueName = '' }: { QueueName?: string }, call: Call) => {
      const queue = queues.find(call.accountId, call.region, QueueName);
      if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
      return { QueueUrl: urlOf(queue, call) };
    },
    ListQueues: ({ QueueNamePrefix = '' }: { QueueNamePrefix?: string }, call: Call) => {
      const found = queues.list(call.accountId, call.region).filter((queue) => queue.name.startsWith(QueueNamePrefix));
      return found.length === 0 ? {} : { QueueUrls: found.map((queue) => urlOf(queue, call)) };
    },
    GetQueueAttributes: (input: GetQueueAttributesCommandInput, call: Call) => ({ Attributes: attributesOf(queues, input, call, world.clock.now()) }),
    SetQueueAttributes: (input: SetQueueAttributesCommandInput, call: Call) => {
      const queue = queues.byUrl(input.QueueUrl, call);
      queues.put({ ...queue, attributes: { ...queue.attributes, ...checked(input.Attributes ?? {}) } });
      return {};
    },
    PurgeQueue: ({ QueueUrl }: { QueueUrl?: string }, call: Call) => {
      const queue = queues.byUrl(QueueUrl, call);
      for (const message of queues.messages(queue)) queues.deleteMessage(queue, message.messageId);
      return {};
    },
    DeleteQueue: ({ QueueUrl }: { QueueUrl?: string }, call: Call) => {
      queues.delete(queues.byUrl(QueueUrl, call));
      return {};
    },
  };
}

function createQueue(queues: Queues, input: CreateQueueCommandInput, call: Call): { QueueUrl: string } {
  const name = input.QueueName ?? '';
  if (name.endsWith('.fifo')) throw new AwsError('UnsupportedOperation', 'The simulated SQS has standard queues only.', 501);
  if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError('InvalidParameterValue', 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length', 400);
  const attributes = checked(input.Attributes ?? {});
  const known = queues.find(call.accountId, call.region, name);
  if (known !== undefined && Object.entries(attributes).some(([key, value]) => (known.attributes[key] ?? DEFAULTS[key]) !== value)) {
    throw new AwsError('QueueNameExists', 'A queue already exists with the same name and a different value for attribute', 400);
  }
  const queue: QueueRecord = known ?? { accountId: call.accountId, region: call.region, name, attributes, createdAt: call.now };
  queues.put(queue);
  return { QueueUrl: urlOf(queue, call) };
}

function checked(attributes: Record<string, string>): Record<string, string> {
  for (const name of Object.keys(attributes)) {
    if (!(name in DEFAULTS) && !OPTIONAL.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, 400);
  }
  return attributes;
}

function attributesOf(queues: Queues, input: GetQueueAttributesCommandInput, call: Call, now: number): Record<string, string> {
  const queue = queues.byUrl(input.QueueUrl, call);
  const messages = queues.messages(queue);
  const count = (holds: (message: (typeof messages)[number]) => boolean): string => String(messages.filter(holds).length);
  const all: Record<string, string> = {
    ...DEFAULTS,
    ...queue.attributes,
    QueueArn: queueArn(queue),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    ApproximateNumberOfMessages: count((message) => message.visibleAt <= now),
    ApproximateNumberOfMessagesDelayed: count((message) => message.visibleAt > now && message.receiveCount === 0),
    ApproximateNumberOfMessagesNotVisible: count((message) => message.visibleAt > now && message.receiveCount > 0),
  };
  const wanted: readonly string[] = input.AttributeNames ?? [];
  return wanted.includes('All') ? all : Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}

function urlOf(queue: QueueRecord, call: Call): string {
  return `${call.endpoint}/${queue.accountId}/${queue.name}`;
}
