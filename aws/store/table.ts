import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/**
 * The one table, as serverless.yml deploys it. An index holds what its lists are filtered by and no more: the items
 * themselves are then read by key, so that what changes often (progress, looks, messages) is written once and not
 * three times, and what a list shows is never older than the item.
 */
export const TABLE = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'listPk', AttributeType: 'S' },
    { AttributeName: 'listSk', AttributeType: 'S' },
    { AttributeName: 'teamPk', AttributeType: 'S' },
    { AttributeName: 'duePk', AttributeType: 'S' },
    { AttributeName: 'dueAt', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'list',
      KeySchema: [
        { AttributeName: 'listPk', KeyType: 'HASH' },
        { AttributeName: 'listSk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['accountId', 'version', 'status', 'labels', 'state', 'kind'] },
    },
    {
      IndexName: 'team',
      KeySchema: [
        { AttributeName: 'teamPk', KeyType: 'HASH' },
        { AttributeName: 'listSk', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['accountId', 'version', 'status', 'labels', 'state', 'kind'] },
    },
    {
      IndexName: 'due',
      KeySchema: [
        { AttributeName: 'duePk', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
} as const satisfies Omit<CreateTableCommandInput, 'TableName'>;

/** Holds epoch seconds; DynamoDB deletes the item some days after. Whether a record counts is decided by its own times. */
export const TTL_ATTRIBUTE = 'ttl';
