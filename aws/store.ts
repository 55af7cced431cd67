import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from './ports.ts';
import { accounts } from './store/accounts.ts';
import { idempotency } from './store/answers.ts';
import { beginnings } from './store/beginnings.ts';
import { changes } from './store/changes.ts';
import { clusters } from './store/clusters.ts';
import { endings } from './store/endings.ts';
import { intents } from './store/intents.ts';
import { learned } from './store/learned.ts';
import { operations } from './store/operations.ts';
import { repositories } from './store/repositories.ts';
import { profiles } from './store/profiles.ts';
import { steps } from './store/steps.ts';
import { TableAccess } from './store/table-access.ts';
import { tokenIssues } from './store/token-issues.ts';
import { waivers } from './store/waivers.ts';
import { waits } from './store/waits.ts';

/**
 * The store on one DynamoDB table (see store/table.ts). Every write is conditional; where records must agree they are
 * written in one transaction; a write that is repeated because its answer was lost is recognised as our own.
 * `jitter` (0 <= x < 1) spreads the retries of writes that met a throttle or each other.
 */
export function createStore(client: DynamoDBClient, tableName: string, jitter: () => number = Math.random): Store {
  const table = new TableAccess(client, tableName, jitter);
  return {
    ...idempotency(table),
    ...accounts(table),
    ...clusters(table),
    ...changes(table),
    ...beginnings(table),
    ...operations(table),
    ...repositories(table),
    ...steps(table),
    ...waits(table),
    ...intents(table),
    ...endings(table),
    ...waivers(table),
    ...tokenIssues(table),
    ...profiles(table),
    ...learned(table),
  };
}
