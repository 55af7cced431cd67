import { writeSync } from 'node:fs';
import { createTable } from '../../local/aws/dynamodb/tables.ts';
import { createEngine } from '../../local/aws/dynamodb/engine.ts';
import { transactWriteItems } from '../../local/aws/dynamodb/transactions.ts';
import type { Call } from '../../local/aws/service.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';

/** What dynamodb-killed.test.ts kills: writes one number into four items and an index, transaction after transaction, and tells each that was acknowledged. */
const [, , path = '', mode = 'whole', from = '1'] = process.argv;
const ROUNDS_MAX = 100_000;

const disk = new Disk(path);
// The control: without transactions every statement is its own.
if (mode === 'torn') disk.transaction = (work) => work();

const clock = new VirtualClock({ now: 1_793_610_000_000, speed: 0 });
const engine = createEngine({ disk, clock, ...createRandom(1) });
const call = { accountId: '000000000000', region: 'us-east-1', now: clock.now() } as Call;

if (engine.tables.list().length === 0) {
  createTable(
    engine,
    {
      TableName: 'killed',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'by-n', KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
    },
    call,
  );
}

for (let n = Number(from); n < ROUNDS_MAX; n += 1) {
  const items = ['a', 'b', 'c', 'd'].map((pk) => ({ Put: { TableName: 'killed', Item: { pk: { S: pk }, n: { N: String(n) } } } }));
  transactWriteItems(engine, { TransactItems: items, ClientRequestToken: `token-${n}` }, call);
  writeSync(1, `${n}\n`);
}
