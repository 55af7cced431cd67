import * as sqs from '@aws-sdk/client-sqs';
import { AwsError, type Call, type SimulatedService, type World } from '../service.ts';
import { Delivery, type Deliver } from './delivery.ts';
import { queueOperations } from './queues.ts';
import { messageOperations } from './messages.ts';
import { Queues } from './records.ts';

export type { SqsRecord } from './delivery.ts';

export interface SimulatedSqs extends SimulatedService {
  /** Delivers a queue's messages to a function, as Lambda's event source mapping does. Only for queues of Slipway's own account. */
  subscribe(queueName: string, options: { readonly batchSize: number }, deliver: Deliver): void;
  /** Arms again what was delayed or in flight when the process ended. Call it once, after the subscriptions. */
  resume(): void;
}

/** Amazon SQS: standard queues in virtual time, durable on the world's disk. At-least-once, as SQS promises. */
export function createSqs(world: World): SimulatedSqs {
  const queues = new Queues(world);
  const delivery = new Delivery(world, queues);
  return {
    name: 'sqs',
    protocol: 'aws-json-1.0',
    schemas: { ...sqs },
    needs: (operation, input, call) => [{ action: actionOf(operation), resource: resourceOf(input, call) }],
    operations: { ...queueOperations(world, queues), ...messageOperations(world, queues, delivery) },
    subscribe: (queueName, options, deliver) => delivery.subscribe(queueName, options.batchSize, deliver),
    resume: () => delivery.resume(),
  };
}

/** IAM knows no batch actions: they are checked as what they do. */
function actionOf(operation: string): string {
  return `sqs:${operation.replace(/Batch$/, '')}`;
}

function resourceOf(input: unknown, call: Call): string {
  const { QueueUrl, QueueName } = input as { QueueUrl?: string; QueueName?: string };
  const [accountId, name] = QueueUrl === undefined ? [call.accountId, QueueName] : QueueUrl.split('/').slice(-2);
  if (name === undefined) return '*';
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(name)) throw new AwsError('InvalidAddress', `The address ${QueueUrl ?? name} is not valid for this endpoint.`, 404);
  return `arn:aws:sqs:${call.region}:${accountId}:${name}`;
}
