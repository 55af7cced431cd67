import type { CreateTableInput, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { keyAttributes, keyNamesOf, tableNameOf } from './definition.ts';
import { unsupported, validationError } from './validation.ts';

/** Limits of one table (DynamoDB developer guide, limits). */
const GLOBAL_INDEXES_MAX = 20;
const LOCAL_INDEXES_MAX = 5;
const NAME_PATTERN = /^[A-Za-z0-9_.-]{3,255}$/;

/** Whether a table may be made so; throws AWS's refusal when not. */
export function checkDefinition(input: CreateTableInput): void {
  checkName(tableNameOf(input.TableName ?? ''), 'tableName');
  const defined = (input.AttributeDefinitions ?? []).map((attribute) => attribute.AttributeName ?? '');
  const key = checkSchema(input.KeySchema ?? [], defined);
  const used = new Set(keyAttributes(key));
  const [local, global] = [input.LocalSecondaryIndexes ?? [], input.GlobalSecondaryIndexes ?? []];
  for (const index of [...local, ...global]) {
    checkName(index.IndexName ?? '', 'indexName');
    for (const name of keyAttributes(checkSchema(index.KeySchema ?? [], defined))) used.add(name);
    checkProjection(index.Projection?.ProjectionType, index.Projection?.NonKeyAttributes);
  }
  for (const index of local) {
    const names = keyNamesOf(index.KeySchema ?? []);
    if (names.hash !== key.hash) throw validationError(`One or more parameter values were invalid: Table KeySchema: The AttributeValue for index ${index.IndexName} does not match the table's hash key`);
    if (names.range === undefined || key.range === undefined) throw validationError('One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex');
  }
  const names = [...local, ...global].map((index) => index.IndexName);
  if (new Set(names).size < names.length) throw validationError('One or more parameter values were invalid: Duplicate index name');
  if (local.length > LOCAL_INDEXES_MAX) throw validationError(`One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds per-table limit of ${LOCAL_INDEXES_MAX}`);
  if (global.length > GLOBAL_INDEXES_MAX) throw validationError(`One or more parameter values were invalid: Number of GlobalSecondaryIndexes exceeds per-table limit of ${GLOBAL_INDEXES_MAX}`);
  if (defined.some((name) => !used.has(name))) {
    throw validationError(
      `One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    );
  }
  checkBilling(input);
}

function checkName(name: string, member: string): void {
  if (NAME_PATTERN.test(name)) return;
  throw validationError(`1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ and have length between 3 and 255`);
}

function checkSchema(schema: readonly KeySchemaElement[], defined: readonly string[]) {
  const kinds = schema.map((element) => element.KeyType);
  if (kinds.filter((kind) => kind === 'HASH').length > 1 || kinds.filter((kind) => kind === 'RANGE').length > 1) throw unsupported('keys of several attributes');
  if (kinds[0] !== 'HASH') throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  const key = keyNamesOf(schema);
  const undefinedName = keyAttributes(key).find((name) => !defined.includes(name));
  if (undefinedName !== undefined) {
    throw validationError(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${keyAttributes(key).join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
  }
  return key;
}

function checkProjection(type: string | undefined, included: readonly string[] | undefined): void {
  if (type === undefined) throw validationError('One or more parameter values were invalid: Unknown ProjectionType: null');
  if (type === 'INCLUDE' && (included ?? []).length === 0) throw validationError('One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  if (type !== 'INCLUDE' && included !== undefined) throw validationError(`One or more parameter values were invalid: ProjectionType is ${type}, but NonKeyAttributes is specified`);
}

function checkBilling(input: CreateTableInput): void {
  const onDemand = input.BillingMode === 'PAY_PER_REQUEST';
  if (onDemand && input.ProvisionedThroughput !== undefined) {
    throw validationError('One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST');
  }
  if (!onDemand && input.ProvisionedThroughput === undefined) {
    throw validationError('One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED');
  }
}
