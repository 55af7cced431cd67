import { createHash } from 'node:crypto';
import type {
  CancellationReason,
  ConsumedCapacity,
  ReturnConsumedCapacity,
  TransactGetItemsInput,
  TransactGetItemsOutput,
  TransactWriteItem,
  TransactWriteItemsInput,
  TransactWriteItemsOutput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { placeText } from './batches.ts';
import { addWriteUnits, consumed, noUnits, readUnits, type Units } from './capacity.ts';
import type { TableDefinition } from './definition.ts';
import { tableFor, tableKey, type Engine } from './engine.ts';
import { project } from './expressions/evaluate.ts';
import { apply, decide, readKeyed, readProjection, readPut, readUpdate, type Write, type Written } from './items.ts';
import { checkKey } from './keys.ts';
import { itemSize, mapValues, normalise, toText, type Item } from './values.ts';
import { validationError } from './validation.ts';

/** Limits of one transaction (API reference, TransactWriteItems). */
const ACTIONS_MAX = 100;
const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;
const TOKEN_LENGTH_MAX = 36;

export function transactWriteItems(engine: Engine, input: TransactWriteItemsInput, call: Call): TransactWriteItemsOutput {
  const actions = input.TransactItems ?? [];
  checkCount(actions.length);
  const writes = actions.map((action) => readAction(engine, action, call));
  const places = writes.map((write) => placeText(write.table, write.key));
  if (new Set(places).size < places.length) throw validationError('Transaction request cannot include multiple operations on one item');
  const token = input.ClientRequestToken;
  if (token !== undefined && (token.length < 1 || token.length > TOKEN_LENGTH_MAX)) {
    throw validationError(`1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to ${TOKEN_LENGTH_MAX}`);
  }
  return engine.world.disk.transaction(() => {
    const repeated = token !== undefined && isRepeat(engine, call, token, digestOf(actions));
    const written = repeated ? writes.map((write) => standing(engine, write)) : carryOut(engine, writes);
    const capacities = capacitiesOf(writes, written, repeated, input.ReturnConsumedCapacity);
    return capacities.length === 0 ? {} : { ConsumedCapacity: capacities };
  });
}

function checkCount(count: number): void {
  const constraint = count === 0 ? 'Member must have length greater than or equal to 1' : `Member must have length less than or equal to ${ACTIONS_MAX}`;
  if (count === 0 || count > ACTIONS_MAX) throw validationError(`1 validation error detected: Value at 'transactItems' failed to satisfy constraint: ${constraint}`);
}

function readAction(engine: Engine, action: TransactWriteItem, call: Call): Write {
  const { ConditionCheck: check, Put: put, Update: update, Delete: remove } = action;
  if ([check, put, update, remove].filter((one) => one !== undefined).length !== 1) throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  const table = (name: string | undefined) => tableFor(engine, call, name ?? '');
  if (put !== undefined) return readPut(table(put.TableName), put);
  if (update !== undefined) return readUpdate(table(update.TableName), update);
  if (remove !== undefined) return readKeyed(table(remove.TableName), 'delete', remove);
  return readKeyed(table(check?.TableName), 'check', check ?? {});
}

/** Looks at every action before it writes any; one that does not apply cancels all, and each is told its reason. */
function carryOut(engine: Engine, writes: readonly Write[]): Written[] {
  const outcomes = writes.map((write): Written | CancellationReason => {
    try {
      return decide(engine, write);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return reasonOf(error);
    }
  });
  const reasons = outcomes.map((outcome) => ('Code' in outcome ? outcome : { Code: 'None' }));
  if (reasons.some((reason) => reason.Code !== 'None')) {
    const codes = reasons.map((reason) => reason.Code).join(', ');
    throw new AwsError('TransactionCanceledException', `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, 400, { CancellationReasons: reasons });
  }
  const written = outcomes as Written[];
  const bytes = written.reduce((sum, { before, after }) => sum + Math.max(before === undefined ? 0 : itemSize(before), after === undefined ? 0 : itemSize(after)), 0);
  if (bytes > TRANSACTION_BYTES_MAX) throw validationError('Collection size of items in the transaction exceeds the 4 MB limit');
  for (const [index, write] of writes.entries()) apply(engine, write, written[index] as Written);
  return written;
}

function reasonOf(error: AwsError): CancellationReason {
  if (error.code === 'ConditionalCheckFailedException') {
    const item = error.members['Item'] as Item | undefined;
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item === undefined ? {} : { Item: item }) };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

/** Whether the transaction was carried out already, under the same token. */
function isRepeat(engine: Engine, call: Call, token: string, digest: string): boolean {
  const key = tableKey(call, token);
  const known = engine.remembered.digestOf(key, call.now);
  if (known === undefined) engine.remembered.remember(key, digest, call.now);
  if (known !== undefined && known !== digest) throw new AwsError('IdempotentParameterMismatchException', 'The ClientRequestToken provided was already used with different parameters');
  return known !== undefined;
}

function digestOf(actions: readonly TransactWriteItem[]): string {
  return createHash('sha256').update(toText(actions as unknown as Item)).digest('base64');
}

function standing(engine: Engine, write: Write): Written {
  const item = engine.rows.get(write.table, write.key);
  return { before: item, after: item };
}

/** A repeat costs the reading of what it finds: "if the same token is used again, read capacity units are consumed" (same). */
function capacitiesOf(writes: readonly Write[], written: readonly Written[], repeated: boolean, asked: ReturnConsumedCapacity | undefined): ConsumedCapacity[] {
  const byTable = new Map<string, { table: TableDefinition; units: Units }>();
  for (const [index, { table }] of writes.entries()) {
    const sum = byTable.get(table.id) ?? { table, units: noUnits() };
    byTable.set(table.id, sum);
    const { before, after } = written[index] as Written;
    if (repeated) sum.units.table += readUnits(before === undefined ? 0 : itemSize(before), { transactional: true });
    else addWriteUnits(sum.units, table, before, after, true);
  }
  return [...byTable.values()].flatMap(({ table, units }) => [consumed(table, units, asked)].filter((one) => one !== undefined));
}

export function transactGetItems(engine: Engine, input: TransactGetItemsInput, call: Call): TransactGetItemsOutput {
  const gets = (input.TransactItems ?? []).map((action) => action.Get);
  checkCount(gets.length);
  const read = gets.map((get) => {
    const table = tableFor(engine, call, get?.TableName ?? '');
    const key = mapValues(checkKey(table, get?.Key ?? {}), normalise);
    return { table, key, paths: readProjection(get ?? {}) };
  });
  const places = read.map(({ table, key }) => placeText(table, key));
  if (new Set(places).size < places.length) throw validationError('Transaction request cannot include multiple operations on one item');
  const byTable = new Map<string, { table: TableDefinition; units: Units }>();
  const responses = read.map(({ table, key, paths }) => {
    const item = engine.rows.get(table, key);
    const sum = byTable.get(table.id) ?? { table, units: noUnits() };
    byTable.set(table.id, sum);
    sum.units.table += readUnits(item === undefined ? 0 : itemSize(item), { transactional: true });
    return item === undefined ? {} : { Item: paths === undefined ? item : project(item, paths) };
  });
  const capacities = [...byTable.values()].flatMap(({ table, units }) => [consumed(table, units, input.ReturnConsumedCapacity)].filter((one) => one !== undefined));
  return { Responses: responses, ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }) };
}
