import type { BatchGetItemInput, BatchGetItemOutput, BatchWriteItemInput, BatchWriteItemOutput, ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { addWriteUnits, consumed, noUnits, readUnits } from './capacity.ts';
import type { TableDefinition } from './definition.ts';
import { refuseLegacy, tableFor, type Engine } from './engine.ts';
import { project } from './expressions/evaluate.ts';
import { apply, decide, readKeyed, readProjection, readPut, type Write } from './items.ts';
import { checkKey, placeOf } from './keys.ts';
import { itemSize, mapValues, normalise, type Item } from './values.ts';
import { validationError } from './validation.ts';

/** Limits of one call (API reference, BatchGetItem and BatchWriteItem). */
const GETS_MAX = 100;
const WRITES_MAX = 25;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

function refuseDuplicates(table: TableDefinition, keys: readonly Item[]): void {
  const places = keys.map((key) => placeText(table, key));
  if (new Set(places).size < places.length) throw validationError('Provided list of item keys contains duplicates');
}

/** An item's place as text, equal for equal keys. */
export function placeText(table: TableDefinition, key: Item): string {
  const { hash, range } = placeOf(table.key, key);
  return `${table.id}/${Buffer.from(hash).toString('base64')}/${Buffer.from(range).toString('base64')}`;
}

export function batchGetItem(engine: Engine, input: BatchGetItemInput, call: Call): BatchGetItemOutput {
  const requests = Object.entries(input.RequestItems ?? {});
  const total = requests.reduce((sum, [, request]) => sum + (request.Keys ?? []).length, 0);
  if (total === 0) throw validationError('The batch get request list for a table cannot be null or empty');
  if (total > GETS_MAX) throw validationError('Too many items requested for the BatchGetItem call');
  const responses: Record<string, Item[]> = {};
  const unprocessed: NonNullable<BatchGetItemOutput['UnprocessedKeys']> = {};
  const capacities: ConsumedCapacity[] = [];
  let bytes = 0;
  for (const [name, request] of requests) {
    refuseLegacy({ ...request });
    const table = tableFor(engine, call, name);
    const paths = readProjection(request);
    const keys = (request.Keys ?? []).map((key) => mapValues(checkKey(table, key), normalise));
    refuseDuplicates(table, keys);
    const units = noUnits();
    const found: Item[] = [];
    const left: Item[] = [];
    for (const key of keys) {
      const item = bytes >= ANSWER_BYTES_MAX ? undefined : engine.rows.get(table, key);
      if (bytes >= ANSWER_BYTES_MAX) left.push(key);
      else units.table += readUnits(item === undefined ? 0 : itemSize(item), { consistent: request.ConsistentRead });
      if (item !== undefined) {
        bytes += itemSize(item);
        found.push(paths === undefined ? item : project(item, paths));
      }
    }
    responses[name] = found;
    if (left.length > 0) unprocessed[name] = { ...request, Keys: left };
    capacities.push(...[consumed(table, units, input.ReturnConsumedCapacity)].filter((one) => one !== undefined));
  }
  return { Responses: responses, UnprocessedKeys: unprocessed, ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }) };
}

export function batchWriteItem(engine: Engine, input: BatchWriteItemInput, call: Call): BatchWriteItemOutput {
  const requests = Object.entries(input.RequestItems ?? {});
  const total = requests.reduce((sum, [, writes]) => sum + writes.length, 0);
  if (total === 0) throw validationError('The batch write request list for a table cannot be null or empty');
  if (total > WRITES_MAX) throw validationError('Too many items requested for the BatchWriteItem call');
  const planned = requests.map(([name, list]): { table: TableDefinition; writes: Write[] } => {
    const table = tableFor(engine, call, name);
    const writes = list.map((request) => {
      if ((request.PutRequest === undefined) === (request.DeleteRequest === undefined)) throw validationError('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
      return request.PutRequest === undefined ? readKeyed(table, 'delete', { Key: request.DeleteRequest?.Key }) : readPut(table, { Item: request.PutRequest.Item });
    });
    refuseDuplicates(table, writes.map((write) => write.key));
    return { table, writes };
  });
  const capacities = planned.flatMap(({ table, writes }) => {
    const units = noUnits();
    for (const write of writes) {
      engine.world.disk.transaction(() => {
        const written = decide(engine, write);
        apply(engine, write, written);
        addWriteUnits(units, table, written.before, written.after, false);
      });
    }
    return [consumed(table, units, input.ReturnConsumedCapacity)].filter((one) => one !== undefined);
  });
  return { UnprocessedItems: {}, ...(capacities.length === 0 ? {} : { ConsumedCapacity: capacities }) };
}
