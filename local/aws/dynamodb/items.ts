import type { DeleteItemInput, DeleteItemOutput, GetItemInput, GetItemOutput, PutItemInput, PutItemOutput, UpdateItemInput, UpdateItemOutput } from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { addWriteUnits, consumed, noUnits, readUnits } from './capacity.ts';
import type { TableDefinition } from './definition.ts';
import { refuseLegacy, tableFor, type Engine } from './engine.ts';
import { holds, project } from './expressions/evaluate.ts';
import { parseCondition, parseProjection } from './expressions/parser.ts';
import { Placeholders } from './expressions/placeholders.ts';
import { writtenPath, type Condition, type Path, type Update } from './expressions/syntax.ts';
import { applyUpdate, parseUpdate, pathsOf } from './expressions/update.ts';
import { checkItemKeys, checkKey, keyOf } from './keys.ts';
import { itemSize, mapValues, normalise, type Item } from './values.ts';
import { validationError } from './validation.ts';

/** "The maximum item size in DynamoDB is 400 KB" (developer guide, limits). */
const ITEM_BYTES_MAX = 400 * 1024;

/** One item's change, read and checked; carried out by itself or as a part of a transaction. */
export interface Write {
  readonly table: TableDefinition;
  readonly key: Item;
  readonly condition?: Condition;
  readonly returnOnFailure: boolean;
  /** `check` looks at the condition alone. */
  readonly change: { readonly kind: 'put'; readonly item: Item } | { readonly kind: 'update'; readonly update?: Update } | { readonly kind: 'delete' } | { readonly kind: 'check' };
}

export interface Written {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

interface Conditional {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/** Reads what all conditional writes have in common. */
function readConditional(input: Conditional, update?: { readonly expression: string | undefined }): { condition?: Condition; update?: Update; returnOnFailure: boolean } {
  const expressions = { ...(update === undefined ? {} : { UpdateExpression: update.expression }), ConditionExpression: input.ConditionExpression };
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, expressions);
  const parsed = update?.expression === undefined ? undefined : parseUpdate(update.expression, placeholders);
  const condition = input.ConditionExpression === undefined ? undefined : parseCondition('ConditionExpression', input.ConditionExpression, placeholders);
  placeholders.refuseUnused();
  return {
    ...(condition === undefined ? {} : { condition }),
    ...(parsed === undefined ? {} : { update: parsed }),
    returnOnFailure: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  };
}

export function readPut(table: TableDefinition, input: Conditional & { readonly Item?: Item | undefined }): Write {
  const { condition, returnOnFailure } = readConditional(input);
  const item = mapValues(input.Item ?? {}, normalise);
  checkItemKeys(table, item);
  if (itemSize(item) > ITEM_BYTES_MAX) throw validationError('Item size has exceeded the maximum allowed size');
  return { table, key: keyOf(table, item), ...(condition === undefined ? {} : { condition }), returnOnFailure, change: { kind: 'put', item } };
}

export function readUpdate(table: TableDefinition, input: Conditional & { readonly Key?: Item | undefined; readonly UpdateExpression?: string | undefined }): Write {
  const { condition, update, returnOnFailure } = readConditional(input, { expression: input.UpdateExpression });
  const key = mapValues(checkKey(table, input.Key ?? {}), normalise);
  for (const path of update === undefined ? [] : pathsOf(update)) {
    if (Object.hasOwn(key, path[0] as string)) throw validationError(`One or more parameter values were invalid: Cannot update attribute ${String(path[0])}. This attribute is part of the key`);
  }
  return { table, key, ...(condition === undefined ? {} : { condition }), returnOnFailure, change: { kind: 'update', ...(update === undefined ? {} : { update }) } };
}

export function readKeyed(table: TableDefinition, kind: 'delete' | 'check', input: Conditional & { readonly Key?: Item | undefined }): Write {
  const { condition, returnOnFailure } = readConditional(input);
  return { table, key: mapValues(checkKey(table, input.Key ?? {}), normalise), ...(condition === undefined ? {} : { condition }), returnOnFailure, change: { kind } };
}

/** Works out what a write would make of the item, or why it does not apply. Nothing is written yet. */
export function decide(engine: Engine, write: Write): Written {
  const before = engine.rows.get(write.table, write.key);
  if (write.condition !== undefined && !holds(write.condition, before ?? {})) {
    throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, write.returnOnFailure && before !== undefined ? { Item: before } : {});
  }
  if (write.change.kind === 'check') return { before, after: before };
  if (write.change.kind === 'delete') return { before, after: undefined };
  if (write.change.kind === 'put') return { before, after: write.change.item };
  const after = write.change.update === undefined ? (before ?? write.key) : applyUpdate(write.change.update, before ?? write.key);
  checkItemKeys(write.table, after);
  if (itemSize(after) > ITEM_BYTES_MAX) throw validationError('Item size to update has exceeded the maximum allowed size');
  return { before, after };
}

export function apply(engine: Engine, write: Write, { before, after }: Written): void {
  if (write.change.kind === 'check') return;
  if (after !== undefined) engine.rows.put(write.table, after);
  else if (before !== undefined) engine.rows.delete(write.table, write.key);
}

function carryOut(engine: Engine, write: Write): Written {
  return engine.world.disk.transaction(() => {
    const written = decide(engine, write);
    apply(engine, write, written);
    return written;
  });
}

function costOf(write: Write, written: Written, asked: PutItemInput['ReturnConsumedCapacity']) {
  const units = noUnits();
  addWriteUnits(units, write.table, written.before, written.after, false);
  const capacity = consumed(write.table, units, asked);
  return capacity === undefined ? {} : { ConsumedCapacity: capacity };
}

function refuseReturnValues(asked: string | undefined): void {
  if (asked !== undefined && asked !== 'NONE' && asked !== 'ALL_OLD') throw validationError('ReturnValues can only be ALL_OLD or NONE');
}

export function putItem(engine: Engine, input: PutItemInput, call: Call): PutItemOutput {
  refuseLegacy({ ...input });
  refuseReturnValues(input.ReturnValues);
  const write = readPut(tableFor(engine, call, input.TableName ?? ''), input);
  const written = carryOut(engine, write);
  return { ...(input.ReturnValues === 'ALL_OLD' && written.before !== undefined ? { Attributes: written.before } : {}), ...costOf(write, written, input.ReturnConsumedCapacity) };
}

export function deleteItem(engine: Engine, input: DeleteItemInput, call: Call): DeleteItemOutput {
  refuseLegacy({ ...input });
  refuseReturnValues(input.ReturnValues);
  const write = readKeyed(tableFor(engine, call, input.TableName ?? ''), 'delete', input);
  const written = carryOut(engine, write);
  return { ...(input.ReturnValues === 'ALL_OLD' && written.before !== undefined ? { Attributes: written.before } : {}), ...costOf(write, written, input.ReturnConsumedCapacity) };
}

export function updateItem(engine: Engine, input: UpdateItemInput, call: Call): UpdateItemOutput {
  refuseLegacy({ ...input });
  const write = readUpdate(tableFor(engine, call, input.TableName ?? ''), input);
  const written = carryOut(engine, write);
  const attributes = returned(input.ReturnValues, write, written);
  return { ...(attributes === undefined || Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }), ...costOf(write, written, input.ReturnConsumedCapacity) };
}

function returned(asked: string | undefined, write: Write, { before, after }: Written): Item | undefined {
  const touched = (item: Item | undefined): Item | undefined => (item === undefined || write.change.kind !== 'update' || write.change.update === undefined ? undefined : project(item, parentsOf(write.change.update)));
  if (asked === 'ALL_OLD') return before;
  if (asked === 'ALL_NEW') return after;
  if (asked === 'UPDATED_OLD') return touched(before);
  return asked === 'UPDATED_NEW' ? touched(after) : undefined;
}

/** A list's positions may have moved, so of a list all is told. */
function parentsOf(update: Update): Path[] {
  const paths = pathsOf(update).map((path) => {
    const at = path.findIndex((step) => typeof step === 'number');
    return at === -1 ? path : path.slice(0, at);
  });
  return paths.filter((path, index) => paths.findIndex((other) => writtenPath(other) === writtenPath(path)) === index);
}

export function getItem(engine: Engine, input: GetItemInput, call: Call): GetItemOutput {
  refuseLegacy({ ...input });
  const table = tableFor(engine, call, input.TableName ?? '');
  const paths = readProjection(input);
  const found = engine.rows.get(table, mapValues(checkKey(table, input.Key ?? {}), normalise));
  const units = { ...noUnits(), table: readUnits(found === undefined ? 0 : itemSize(found), { consistent: input.ConsistentRead }) };
  const capacity = consumed(table, units, input.ReturnConsumedCapacity);
  return { ...(found === undefined ? {} : { Item: paths === undefined ? found : project(found, paths) }), ...(capacity === undefined ? {} : { ConsumedCapacity: capacity }) };
}

/** The paths of a read by key, or undefined for the whole item. */
export function readProjection(input: { readonly ProjectionExpression?: string | undefined; readonly ExpressionAttributeNames?: Record<string, string> | undefined }): Path[] | undefined {
  const placeholders = new Placeholders(input.ExpressionAttributeNames, undefined, { ProjectionExpression: input.ProjectionExpression });
  const paths = input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression, placeholders);
  placeholders.refuseUnused();
  return paths;
}
