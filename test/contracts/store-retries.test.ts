import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createStore } from '../../aws/store.ts';
import type { Store } from '../../aws/ports.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, cluster, makeStoreTable, NOON, operation, step, wait } from './store-fixtures.ts';

let target: Target;
let table: string;
let store: Store;
let tables = 0;

before(async () => {
  target = await startTarget();
});
after(() => target.close());
beforeEach(async () => {
  tables += 1;
  table = `store-retries-${process.pid}-${tables}`;
  await makeStoreTable(target.client, table);
  store = createStore(target.client, table, () => 0);
  await store.registerAccount(account());
  await store.importCluster(cluster());
});

/** A client on the same table whose calls do what `around` makes of them. */
function clientWith(around: (command: string, call: () => Promise<unknown>) => Promise<unknown>): DynamoDBClient {
  const client = target.retryingClient();
  // Outside the request, inside the SDK's own retries: each attempt passes here.
  client.middlewareStack.add((next, context) => (args) => around(context.commandName ?? '', () => next(args)) as ReturnType<typeof next>, { step: 'deserialize', priority: 'high', name: 'around' });
  return client;
}

/** Carries the first call of a kind out and then breaks the connection, so that the SDK sends it again. */
function losingFirst(command: string): { client: DynamoDBClient; sent: () => number } {
  let sent = 0;
  const client = clientWith(async (name, call) => {
    if (name === command) sent += 1;
    const [first, answer] = [name === command && sent === 1, await call()];
    if (first) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
    return answer;
  });
  return { client, sent: () => sent };
}

describe('an answer that was lost on its way', () => {
  it('to the beginning of an operation is had by the repeat', async () => {
    const { client, sent } = losingFirst('TransactWriteItemsCommand');
    const came = await createStore(client, table).beginOperation(operation('op-1'), { before: cluster(), after: cluster() });
    assert.deepEqual([came, sent()], [{ kind: 'written' }, 2]);
  });

  it('to the end of a step does not count it twice', async () => {
    await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster() });
    const { client, sent } = losingFirst('TransactWriteItemsCommand');
    await createStore(client, table).endStep('op-1', step(0), { state: 'Succeeded', outcome: 'Done.' }, NOON);
    assert.deepEqual([(await store.listOperations({}, { limit: 1 })).items[0]?.progress.done, sent()], [1, 2]);
  });

  it('to a single write is told apart from a conflict', async () => {
    const put = losingFirst('PutItemCommand');
    assert.deepEqual(await createStore(put.client, table).recordCluster(cluster({ version: '1.34' })), { kind: 'written' });
    assert.deepEqual(await createStore(losingFirst('PutItemCommand').client, table).registerAccount(account({ accountId: '222222222222' })), { kind: 'written' });
    await store.park(wait('op-1'));
    assert.equal(await createStore(losingFirst('UpdateItemCommand').client, table).postpone(wait('op-1'), { nextCheckAt: NOON + 1, because: 'later' }), true);
    assert.equal(put.sent(), 2);
  });
});

describe('a write that meets a throttle or another transaction', () => {
  const client = new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
  const mock = mockClient(client);
  const mocked = () => createStore(client, 'table', () => 0);
  const conflict = () => new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] });
  const throttle = () => new ProvisionedThroughputExceededException({ $metadata: {}, message: 'slow down' });
  beforeEach(() => mock.reset());

  it('is tried again under the same token', async () => {
    mock.on(TransactWriteItemsCommand).rejectsOnce(conflict()).rejectsOnce(throttle()).resolves({});
    await mocked().recordStart('op-1', 1, NOON);
    const tokens = mock.commandCalls(TransactWriteItemsCommand).map((call) => call.args[0].input.ClientRequestToken);
    assert.deepEqual([tokens.length, new Set(tokens).size], [3, 1]);
  });

  it('is given up after eight tries', async () => {
    mock.on(PutItemCommand).rejects(throttle());
    await assert.rejects(mocked().registerAccount(account()), { name: 'ProvisionedThroughputExceededException' });
    assert.equal(mock.commandCalls(PutItemCommand).length, 8);
  });

  it('is not tried again when the request itself is at fault', async () => {
    mock.on(PutItemCommand).rejects(Object.assign(new Error('bad'), { name: 'ValidationException' }));
    await assert.rejects(mocked().registerAccount(account()), { name: 'ValidationException' });
    assert.equal(mock.commandCalls(PutItemCommand).length, 1);
  });

  it('that cancels for a condition and a conflict at once is a conflict of the condition', async () => {
    mock.on(TransactWriteItemsCommand).rejects(
      new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }] }),
    );
    await mocked().recordStart('op-1', 1, NOON);
    assert.equal(mock.commandCalls(TransactWriteItemsCommand).length, 1);
  });

  it('has its unread keys of a batch read again', async () => {
    const keys = [{ pk: { S: 'ACCOUNT#1' }, sk: { S: 'ACCOUNT' } }];
    mock.on(QueryCommand).resolves({ Items: [{ listSk: { S: '1' } }] });
    mock.on(BatchGetItemCommand).resolvesOnce({ UnprocessedKeys: { table: { Keys: keys } } }).resolves({ Responses: { table: [{ ...keys[0], accountId: { S: '1' } }] } });
    assert.deepEqual((await mocked().listAccounts({ limit: 5 })).items.map((one) => one.accountId), ['1']);
    assert.equal(mock.commandCalls(BatchGetItemCommand).length, 2);
  });

  it('never takes a failed look for "not there"', async () => {
    mock.on(GetItemCommand).rejects(throttle());
    await assert.rejects(mocked().account('111111111111'), { name: 'ProvisionedThroughputExceededException' });
  });
});

describe('a decision on an operation and its waits', () => {
  it('sees a wait that was parked between its two reads', async () => {
    await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster() });
    await store.recordStart('op-1', 1, NOON);
    const lost = wait('op-1', { stepId: 'a', kind: 'AccountUnreachable', because: 'The role is gone.' });
    let reads = 0;
    const client = clientWith(async (name, call) => {
      if (name === 'GetItemCommand' || name === 'QueryCommand') reads += 1;
      // Just before the second read of the decision another state parks.
      if (reads === 2) {
        reads += 1;
        await store.park(lost);
      }
      return call();
    });
    await createStore(client, table).park(wait('op-1', { stepId: 'b', kind: 'Frozen', because: 'A freeze.', since: NOON + 1 }));
    const [listed] = (await store.listOperations({}, { limit: 1 })).items;
    assert.deepEqual(listed?.waitingFor, { kind: 'AccountUnreachable', because: 'The role is gone.' });
  });
});
