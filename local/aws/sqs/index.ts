import * as sqs from '@aws-sdk/client-sqs';
import { HOME_ACCOUNT_ID, HOME_REGION } from '../service.ts';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { Delivery } from './delivery.ts';
import type { Deliver } from './delivery.ts';
import { messageOperations } from './messages.ts';
import { queueOperations } from './queue-operations.ts';
import { Queues } from './queues.ts';

export type { SqsRecord } from './delivery.ts';

export interface SimulatedSqs extends SimulatedService {
  /** Arms deliveries from the disk after a restart. */
  resume(): void;
  /**
   * Delivers the messages of a queue in Slipway's own account and region, as an event source mapping of Lambda does: what
   * `deliver` names in `batchItemFailures`, or all when it throws, comes back when the visibility timeout has passed.
   */
  subscribe(queueName: string, options: { readonly batchSize: number }, deliver: Deliver): void;
}

/** Standard queues with delays, visibility timeouts and dead letters, in virtual time, on the disk. */
export function createSqs(world: World): SimulatedSqs {
  const queues = new Queues(world.disk);
  const delivery = new Delivery(world, queues);
  return {
    name: 'sqs',
    protocol: 'aws-json-1.0',
    schemas: { ...sqs },
    operations: { ...queueOperations(queues), ...messageOperations(world, queues, delivery) },
    needs: (operation, input, call) => needsOf(operation, input as Readonly<Record<string, unknown>>, call),
    resume: () => delivery.resume(),
    subscribe: (queueName, { batchSize }, deliver) => delivery.subscribe(Queues.key({ accountId: HOME_ACCOUNT_ID, region: HOME_REGION, name: queueName }), batchSize, deliver),
  };
}

/** Batches need what their single operations need. Source: Service Authorization Reference, Amazon SQS. */
function needsOf(operation: string, input: Readonly<Record<string, unknown>>, call: Call): readonly Needed[] | undefined {
  const action = `sqs:${operation.replace(/^(SendMessage|DeleteMessage|ChangeMessageVisibility)Batch$/, '$1')}`;
  const name = typeof input['QueueUrl'] === 'string' ? input['QueueUrl'].slice(input['QueueUrl'].lastIndexOf('/') + 1) : input['QueueName'];
  return typeof name === 'string' ? [{ action, resource: `arn:aws:sqs:${call.region}:${call.accountId}:${name}` }] : undefined;
}
