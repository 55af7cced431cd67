import * as client from '@aws-sdk/client-dynamodb';
import type { Call, OperationHandler, SimulatedService, World } from '../service.ts';
import { batchGetItem, batchWriteItem } from './batches.ts';
import { createEngine, type Engine } from './engine.ts';
import { deleteItem, getItem, putItem, updateItem } from './items.ts';
import { neededFor } from './permissions.ts';
import { query, scan } from './reading.ts';
import * as settings from './table-settings.ts';
import * as tables from './tables.ts';
import { sweepForever } from './time-to-live.ts';
import { transactGetItems, transactWriteItems } from './transactions.ts';

// Each operation types its own input; see OperationHandler.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const OPERATIONS: Readonly<Record<string, (engine: Engine, input: any, call: Call) => unknown>> = {
  CreateTable: tables.createTable,
  DescribeTable: tables.describeTable,
  ListTables: tables.listTables,
  DeleteTable: tables.deleteTable,
  UpdateTable: tables.updateTable,
  UpdateTimeToLive: settings.updateTimeToLive,
  DescribeTimeToLive: settings.describeTimeToLive,
  UpdateContinuousBackups: settings.updateContinuousBackups,
  DescribeContinuousBackups: settings.describeContinuousBackups,
  TagResource: settings.tagResource,
  UntagResource: settings.untagResource,
  ListTagsOfResource: settings.listTagsOfResource,
  PutItem: putItem,
  GetItem: getItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  Query: query,
  Scan: scan,
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  TransactWriteItems: transactWriteItems,
  TransactGetItems: transactGetItems,
};

/** The simulated DynamoDB: tables per account and region, kept on the stage's disk. */
export function createDynamoDb(world: World): SimulatedService & { resume(): void } {
  const engine = createEngine(world);
  const operations = Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, operation]): [string, OperationHandler] => [name, (input: unknown, call) => operation(engine, input, call)]),
  );
  sweepForever(engine);
  return {
    name: 'dynamodb',
    protocol: 'aws-json-1.0',
    schemas: client,
    operations,
    needs: neededFor,
    // The rows are on the disk and the sweep is armed from the start: nothing else waits for a restart.
    resume: () => undefined,
  };
}
