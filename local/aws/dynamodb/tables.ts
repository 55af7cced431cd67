import type {
  CreateTableInput,
  DeleteTableInput,
  DescribeTableInput,
  IndexStatus,
  ListTablesInput,
  ListTablesOutput,
  ProvisionedThroughput,
  TableDescription,
  TableStatus,
  UpdateTableInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { keyNamesOf, keySchemaOf, projectInto, tableArn, tableNameOf, type IndexDefinition, type TableDefinition } from './definition.ts';
import { tableFor, tableKey, type Engine } from './engine.ts';
import { checkDefinition } from './table-rules.ts';
import { itemSize } from './values.ts';
import { unsupported, validationError } from './validation.ts';

const TABLES_LISTED_MAX = 100;

/** A table is ACTIVE as soon as it is made: nobody who waits for it, as one must on AWS, is misled. */
export function createTable(engine: Engine, input: CreateTableInput, call: Call): { TableDescription: TableDescription } {
  if (input.StreamSpecification?.StreamEnabled) throw unsupported('streams');
  checkDefinition(input);
  const name = tableNameOf(input.TableName ?? '');
  if (engine.tables.get(tableKey(call, name)) !== undefined) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
  const indexes = [
    ...(input.LocalSecondaryIndexes ?? []).map((index) => ({ ...index, kind: 'local' as const })),
    ...(input.GlobalSecondaryIndexes ?? []).map((index) => ({ ...index, kind: 'global' as const })),
  ];
  const table: TableDefinition = {
    id: engine.world.newId(),
    name,
    accountId: call.accountId,
    region: call.region,
    attributes: input.AttributeDefinitions ?? [],
    key: keyNamesOf(input.KeySchema ?? []),
    indexes: indexes.map((index) => ({
      name: index.IndexName ?? '',
      kind: index.kind,
      key: keyNamesOf(index.KeySchema ?? []),
      projection: index.Projection ?? { ProjectionType: 'ALL' },
      ...('ProvisionedThroughput' in index && index.ProvisionedThroughput !== undefined ? { throughput: index.ProvisionedThroughput } : {}),
    })),
    billingMode: input.BillingMode ?? 'PROVISIONED',
    ...(input.ProvisionedThroughput === undefined ? {} : { throughput: input.ProvisionedThroughput }),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    ...(input.SSESpecification?.Enabled ? { kmsKeyId: input.SSESpecification.KMSMasterKeyId ?? 'alias/aws/dynamodb' } : {}),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tags: input.Tags ?? [],
    createdAt: call.now,
    pointInTimeRecovery: false,
  };
  engine.tables.put(tableKey(call, name), table);
  return { TableDescription: describe(engine, table, 'ACTIVE') };
}

export function describeTable(engine: Engine, input: DescribeTableInput, call: Call): { Table: TableDescription } {
  return { Table: describe(engine, tableFor(engine, call, input.TableName ?? '', true), 'ACTIVE') };
}

export function listTables(engine: Engine, input: ListTablesInput, call: Call): ListTablesOutput {
  const limit = input.Limit ?? TABLES_LISTED_MAX;
  const names = engine.tables.list(tableKey(call, '')).map((table) => table.name);
  const after = input.ExclusiveStartTableName;
  const rest = after === undefined ? names : names.filter((name) => name > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { TableNames: page, ...(rest.length > page.length && last !== undefined ? { LastEvaluatedTableName: last } : {}) };
}

export function deleteTable(engine: Engine, input: DeleteTableInput, call: Call): { TableDescription: TableDescription } {
  const table = tableFor(engine, call, input.TableName ?? '', true);
  if (table.deletionProtection) {
    throw validationError('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.');
  }
  const description = describe(engine, table, 'DELETING');
  engine.world.disk.transaction(() => {
    engine.rows.drop(table);
    engine.tables.delete(tableKey(call, table.name));
  });
  return { TableDescription: description };
}

/** Changes billing, class, protection; indexes and streams of a table that stands are not supported. */
export function updateTable(engine: Engine, input: UpdateTableInput, call: Call): { TableDescription: TableDescription } {
  const table = tableFor(engine, call, input.TableName ?? '', true);
  if ((input.GlobalSecondaryIndexUpdates ?? []).length > 0) throw unsupported('changing the indexes of a table that stands');
  if (input.StreamSpecification?.StreamEnabled) throw unsupported('streams');
  if ((input.ReplicaUpdates ?? []).length > 0) throw unsupported('global tables');
  const next: TableDefinition = {
    ...table,
    billingMode: input.BillingMode ?? table.billingMode,
    ...(input.ProvisionedThroughput === undefined ? {} : { throughput: input.ProvisionedThroughput }),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    ...(input.SSESpecification?.Enabled ? { kmsKeyId: input.SSESpecification.KMSMasterKeyId ?? 'alias/aws/dynamodb' } : {}),
    deletionProtection: input.DeletionProtectionEnabled ?? table.deletionProtection,
  };
  engine.tables.put(tableKey(call, table.name), next);
  return { TableDescription: describe(engine, next, 'ACTIVE') };
}

function describe(engine: Engine, table: TableDefinition, status: TableStatus): TableDescription {
  const { count, bytes } = engine.rows.measure(table);
  const at = new Date(table.createdAt);
  const ofKind = (kind: IndexDefinition['kind']) => table.indexes.filter((index) => index.kind === kind);
  return {
    TableName: table.name,
    TableArn: tableArn(table),
    TableId: uuid(table.id),
    TableStatus: status,
    CreationDateTime: at,
    AttributeDefinitions: [...table.attributes],
    KeySchema: keySchemaOf(table.key),
    ItemCount: count,
    TableSizeBytes: bytes,
    DeletionProtectionEnabled: table.deletionProtection,
    ProvisionedThroughput: throughputOf(table.throughput),
    ...(table.billingMode === 'PAY_PER_REQUEST' ? { BillingModeSummary: { BillingMode: table.billingMode, LastUpdateToPayPerRequestDateTime: at } } : {}),
    ...(table.tableClass === undefined ? {} : { TableClassSummary: { TableClass: table.tableClass as 'STANDARD' } }),
    ...(table.kmsKeyId === undefined ? {} : { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: kmsArn(table, table.kmsKeyId) } }),
    ...(ofKind('local').length === 0 ? {} : { LocalSecondaryIndexes: ofKind('local').map((index) => describeIndex(engine, table, index)) }),
    ...(ofKind('global').length === 0
      ? {}
      : { GlobalSecondaryIndexes: ofKind('global').map((index) => ({ ...describeIndex(engine, table, index), IndexStatus: 'ACTIVE' as IndexStatus, ProvisionedThroughput: throughputOf(index.throughput) })) }),
  };
}

function describeIndex(engine: Engine, table: TableDefinition, index: IndexDefinition) {
  const held = [...engine.rows.read(table, index, { forward: true })].map((item) => projectInto(table, index, item) ?? {});
  return {
    IndexName: index.name,
    IndexArn: `${tableArn(table)}/index/${index.name}`,
    KeySchema: keySchemaOf(index.key),
    Projection: index.projection,
    ItemCount: held.length,
    IndexSizeBytes: held.reduce((sum, item) => sum + itemSize(item), 0),
  };
}

function throughputOf(throughput: ProvisionedThroughput | undefined) {
  return { NumberOfDecreasesToday: 0, ReadCapacityUnits: throughput?.ReadCapacityUnits ?? 0, WriteCapacityUnits: throughput?.WriteCapacityUnits ?? 0 };
}

function kmsArn(table: TableDefinition, keyId: string): string {
  return keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${table.region}:${table.accountId}:${keyId.startsWith('alias/') ? keyId : `key/${keyId}`}`;
}

function uuid(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5');
}
