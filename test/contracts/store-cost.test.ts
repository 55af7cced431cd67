import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createStore } from '../../aws/store.ts';
import type { Store } from '../../aws/ports.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, cluster, makeStoreTable, NOON, operation, step, wait } from './store-fixtures.ts';

let target: Target;
let store: Store;
let units = 0;

before(async () => {
  target = await startTarget();
  const client = counting(target.retryingClient());
  await makeStoreTable(target.client, 'store-cost');
  store = createStore(client, 'store-cost', () => 0);
  await store.registerAccount(account());
  await store.importCluster(cluster());
});
after(() => target.close());

/** Has every write tell what it costs the table and its indexes. */
function counting(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const reads = /^(Get|Query|BatchGet)/.test(context.commandName ?? '');
      const answer = await next(reads ? args : { ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
      const told = (answer.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }).ConsumedCapacity;
      for (const one of told === undefined ? [] : [told].flat()) units += one.CapacityUnits ?? 0;
      return answer;
    },
    { step: 'initialize', name: 'counting' },
  );
  return client;
}

async function costOf(write: () => Promise<unknown>): Promise<number> {
  units = 0;
  await write();
  return units;
}

describe('a step of an operation', () => {
  it('costs 28 write units from its beginning to its end, three looks included', async () => {
    await store.beginOperation(operation('op-1', { team: 'payments' }), { before: cluster(), after: cluster() });
    await store.recordStart('op-1', 1, NOON);
    const later = (look: number) => wait('op-1', { nextCheckAt: NOON + look * 60_000, looks: look - 1, because: look === 1 ? 'Upgrading the control plane to 1.34' : 'InProgress' });
    const parts = [
      await costOf(() => store.beginStep('op-1', step(0), NOON + 1000)),
      await costOf(() => store.recordUpdate('op-1', step(0), { updateId: 'u-1', adopted: false }, NOON + 2000)),
      await costOf(() => store.park(later(1))),
      await costOf(() => store.postpone(later(1), { nextCheckAt: NOON + 120_000, because: 'InProgress' })),
      await costOf(() => store.postpone(later(2), { nextCheckAt: NOON + 180_000, because: 'InProgress' })),
      await costOf(() => store.recordOutcome(later(3), { kind: 'answer', output: {} }, { step: step(0), end: { state: 'Succeeded', outcome: 'Done.' } }, NOON + 180_000)),
      await costOf(() => store.removeWait(later(3))),
    ];
    // Step, head and line; step and line; the wait and its place among the due; twice that it moves there; wait, step, head and line; gone from both.
    assert.deepEqual(parts, [6, 4, 2, 3, 3, 8, 2]);
    assert.equal(parts.reduce((sum, part) => sum + part, 0), 28);
  });
});
