import { CreateTableCommand, DynamoDBClient, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../local/aws/dynamodb/index.ts';
import { startEndpoint } from '../../local/aws/endpoint.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';

/** 2026-11-02T09:00:00Z */
export const NOON = 1_793_610_000_000;

export interface Target {
  readonly client: DynamoDBClient;
  /** Another client of the same, which retries as in production. */
  retryingClient(): DynamoDBClient;
  readonly clock: VirtualClock;
  /** `engine`: ours; `elsewhere`: the one that SLIPWAY_DYNAMODB_ENDPOINT names. */
  readonly kind: 'engine' | 'elsewhere';
  close(): Promise<void>;
}

/** Our engine behind the simulated AWS's own endpoint, in memory; or whatever DynamoDB SLIPWAY_DYNAMODB_ENDPOINT names. */
export async function startTarget(): Promise<Target> {
  const elsewhere = process.env['SLIPWAY_DYNAMODB_ENDPOINT'];
  const clock = new VirtualClock({ now: NOON, speed: 0 });
  const disk = new Disk(':memory:');
  const endpoint = elsewhere === undefined ? await startEndpoint({ clock, disk, ...createRandom(7) }, [createDynamoDb({ clock, disk, ...createRandom(7) })], { port: 0 }) : undefined;
  const clientThat = (maxAttempts: number) =>
    new DynamoDBClient({ endpoint: elsewhere ?? endpoint?.url ?? '', region: 'us-east-1', credentials: { accessKeyId: '000000000000', secretAccessKey: 'secret' }, maxAttempts });
  const client = clientThat(1);
  return {
    client,
    retryingClient: () => clientThat(3),
    clock,
    kind: elsewhere === undefined ? 'engine' : 'elsewhere',
    close: async () => {
      client.destroy();
      clock.stop();
      await endpoint?.close();
      disk.close();
    },
  };
}

/** A table with a sort key, a global index with a number as its sort key, one that holds only keys, and a local one. */
export function contractTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'shelf', AttributeType: 'S' },
      { AttributeName: 'rank', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-rank',
        KeySchema: [
          { AttributeName: 'shelf', KeyType: 'HASH' },
          { AttributeName: 'rank', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
      { IndexName: 'keys-only', KeySchema: [{ AttributeName: 'shelf', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'local-rank',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'rank', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

export async function makeTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(new CreateTableCommand(contractTable(name)));
}
