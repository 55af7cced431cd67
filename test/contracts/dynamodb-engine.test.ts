import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import type { CreateTableInput } from '@aws-sdk/client-dynamodb';
import { TABLE, TTL_ATTRIBUTE } from '../../aws/store/table.ts';
import { createDynamoDb } from '../../local/aws/dynamodb/index.ts';
import type { AwsError, Call, SimulatedService } from '../../local/aws/service.ts';
import { VirtualClock } from '../../local/clock.ts';
import { readDeployment } from '../../local/deployment.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';
import { NOON } from './dynamodb-target.ts';

const MINUTE = 60_000;
const CREATE: CreateTableInput = {
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'shelf', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [{ IndexName: 'by-shelf', KeySchema: [{ AttributeName: 'shelf', KeyType: 'HASH' }], Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['shown'] } }],
};

let disk: Disk;
let clock: VirtualClock;
let dynamodb: SimulatedService;

beforeEach(() => open(':memory:'));
after(() => clock.stop());

function open(path: string): void {
  disk = new Disk(path);
  clock = new VirtualClock({ now: NOON, speed: 0 });
  dynamodb = createDynamoDb({ disk, clock, ...createRandom(3) });
}

/** Calls an operation as the endpoint would, with no wire between. */
function call(operation: string, input: object, where: { accountId?: string; region?: string } = {}): Record<string, unknown> {
  const caller = { accountId: '000000000000', region: 'us-east-1', now: clock.now(), ...where } as Call;
  return dynamodb.operations[operation]?.(input, caller) as Record<string, unknown>;
}
const put = (item: object) => call('PutItem', { TableName: 'things', Item: item, ReturnConsumedCapacity: 'INDEXES' });
const get = (pk: string): unknown => call('GetItem', { TableName: 'things', Key: { pk: { S: pk } } })['Item'];

describe('the simulated DynamoDB', () => {
  it('keeps its tables apart by account and region', () => {
    call('CreateTable', CREATE);
    put({ pk: { S: 'a' } });
    assert.throws(() => call('DescribeTable', { TableName: 'things' }, { region: 'eu-west-1' }), { code: 'ResourceNotFoundException' });
    call('CreateTable', CREATE, { accountId: '111111111111' });
    assert.equal(call('GetItem', { TableName: 'things', Key: { pk: { S: 'a' } } }, { accountId: '111111111111' })['Item'], undefined);
    assert.deepEqual(call('ListTables', {})['TableNames'], ['things']);
  });

  it('deletes what has outlived its time, in virtual time and some minutes late', async () => {
    call('CreateTable', CREATE);
    put({ pk: { S: 'before' }, ttl: { N: String(NOON / 1000 + 60) } });
    call('UpdateTimeToLive', { TableName: 'things', TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
    put({ pk: { S: 'after' }, shelf: { S: 'x' }, ttl: { N: String(NOON / 1000 + 60) } });
    put({ pk: { S: 'later' }, ttl: { N: String(NOON / 1000 + 3600) } });
    put({ pk: { S: 'ancient' }, ttl: { N: '1' } });
    put({ pk: { S: 'text' }, ttl: { S: '1' } });
    await clock.advanceTo(NOON + 5 * MINUTE);
    assert.ok(get('before') !== undefined, 'expired, and still there: readers must look at the time themselves');
    await clock.advanceTo(NOON + 30 * MINUTE);
    assert.deepEqual(['before', 'after', 'later', 'ancient', 'text'].map((pk) => get(pk) !== undefined), [false, false, true, true, true]);
    assert.equal(call('Query', { TableName: 'things', IndexName: 'by-shelf', KeyConditionExpression: 'shelf = :s', ExpressionAttributeValues: { ':s': { S: 'x' } } })['Count'], 0);
  });

  it('forgets a transaction\'s token after ten minutes', async () => {
    call('CreateTable', CREATE);
    const count = () => call('TransactWriteItems', { ClientRequestToken: 't', TransactItems: [{ Update: { TableName: 'things', Key: { pk: { S: 'n' } }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } } }] });
    count();
    await clock.advanceTo(NOON + 9 * MINUTE);
    count();
    assert.deepEqual(get('n'), { pk: { S: 'n' }, n: { N: '1' } });
    await clock.advanceTo(NOON + 10 * MINUTE);
    count();
    assert.deepEqual(get('n'), { pk: { S: 'n' }, n: { N: '2' } });
  });

  it('keeps items, indexes, settings and tokens over a restart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-dynamodb-'));
    try {
      open(join(folder, 'stage.sqlite'));
      const write = { ClientRequestToken: 't', TransactItems: [{ Update: { TableName: 'things', Key: { pk: { S: 'n' } }, UpdateExpression: 'ADD n :one SET shelf = :s', ExpressionAttributeValues: { ':one': { N: '1' }, ':s': { S: 'x' } } } }] };
      call('CreateTable', CREATE);
      call('UpdateContinuousBackups', { TableName: 'things', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
      call('TransactWriteItems', write);
      disk.close();
      clock.stop();
      open(join(folder, 'stage.sqlite'));
      call('TransactWriteItems', write);
      const found = call('Query', { TableName: 'things', IndexName: 'by-shelf', KeyConditionExpression: 'shelf = :s', ExpressionAttributeValues: { ':s': { S: 'x' } } });
      assert.deepEqual([get('n'), found['Items']], [{ pk: { S: 'n' }, n: { N: '1' }, shelf: { S: 'x' } }, [{ pk: { S: 'n' }, shelf: { S: 'x' } }]]);
      const { PointInTimeRecoveryDescription: recovery } = call('DescribeContinuousBackups', { TableName: 'things' })['ContinuousBackupsDescription'] as { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: string } };
      assert.equal(recovery.PointInTimeRecoveryStatus, 'ENABLED');
      disk.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts what a write costs the table and each index', () => {
    call('CreateTable', CREATE);
    const cost = (item: object) => {
      const told = put(item)['ConsumedCapacity'] as { Table: { CapacityUnits: number }; GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }> };
      return [told.Table.CapacityUnits, told.GlobalSecondaryIndexes?.['by-shelf']?.CapacityUnits ?? 0];
    };
    const item = { pk: { S: 'a' }, shelf: { S: 'x' }, shown: { S: '1' } };
    assert.deepEqual(cost({ pk: { S: 'a' } }), [1, 0], 'not in the index');
    assert.deepEqual(cost(item), [1, 1], 'put into it');
    assert.deepEqual(cost({ ...item, hidden: { S: 'x'.repeat(1500) } }), [2, 0], 'what it does not hold changes');
    assert.deepEqual(cost({ ...item, shown: { S: '2' } }), [2, 1], 'what it holds changes');
    assert.deepEqual(cost({ ...item, shelf: { S: 'y' } }), [1, 2], 'taken from one place and put into another');
  });

  it('refuses by name what it does not support', () => {
    call('CreateTable', CREATE);
    const refused = (operation: string, input: object, what: RegExp) => assert.throws(() => call(operation, { TableName: 'things', ...input }), (error: AwsError) => error.status === 501 && what.test(error.message));
    refused('UpdateItem', { Key: { pk: { S: 'a' } }, AttributeUpdates: {} }, /AttributeUpdates/);
    refused('UpdateTable', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-shelf' } }] }, /indexes/);
    refused('CreateTable', { ...CREATE, TableName: 'streamed', StreamSpecification: { StreamEnabled: true } }, /streams/);
  });

  it('does not delete a table that is protected', () => {
    call('CreateTable', { ...CREATE, DeletionProtectionEnabled: true });
    assert.throws(() => call('DeleteTable', { TableName: 'things' }), { code: 'ValidationException' });
    call('UpdateTable', { TableName: 'things', DeletionProtectionEnabled: false });
    call('DeleteTable', { TableName: 'things' });
    assert.deepEqual(call('ListTables', {})['TableNames'], []);
  });

  const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/things';
  const NEEDS: [string, object, string[]][] = [
    ['GetItem', { TableName: 'things' }, [`dynamodb:GetItem ${ARN}`]],
    ['GetItem', { TableName: ARN }, [`dynamodb:GetItem ${ARN}`]],
    ['Query', { TableName: 'things', IndexName: 'by-shelf' }, [`dynamodb:Query ${ARN}/index/by-shelf`]],
    ['BatchGetItem', { RequestItems: { things: {} } }, [`dynamodb:BatchGetItem ${ARN}`]],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    ['TagResource', { ResourceArn: ARN }, [`dynamodb:TagResource ${ARN}`]],
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'things' } }, { Update: { TableName: 'things' } }, { Delete: { TableName: 'things' } }, { ConditionCheck: { TableName: 'things' } }] },
      ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map((action) => `dynamodb:${action} ${ARN}`),
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'things' } }] }, [`dynamodb:GetItem ${ARN}`]],
  ];
  for (const [operation, input, needed] of NEEDS) {
    it(`asks IAM, before ${operation} of ${JSON.stringify(Object.keys(input))}, for ${needed.length} permission(s)`, () => {
      const asked = dynamodb.needs?.(operation, input, { accountId: '000000000000', region: 'us-east-1' } as Call) ?? [];
      assert.deepEqual(asked.map(({ action, resource }) => `${action} ${resource}`), needed);
    });
  }
});

describe('the table', () => {
  it('is deployed as the store means it', () => {
    const [deployed] = readDeployment().tables;
    assert.deepEqual([deployed?.create.AttributeDefinitions, deployed?.create.KeySchema, deployed?.create.GlobalSecondaryIndexes], [TABLE.AttributeDefinitions, TABLE.KeySchema, TABLE.GlobalSecondaryIndexes]);
    assert.equal(deployed?.timeToLiveAttribute, TTL_ATTRIBUTE);
  });
});
