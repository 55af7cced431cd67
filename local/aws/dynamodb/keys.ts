import { createHash } from 'node:crypto';
import { keyAttributes, typeOfKey, type IndexDefinition, type KeyNames, type TableDefinition } from './definition.ts';
import { decimalKey, parseDecimal } from './decimal.ts';
import { normalise, typeOf, type Item, type Value } from './values.ts';
import { validationError } from './validation.ts';

/** Where a row is found: bytes that sort as DynamoDB sorts. */
export interface Place {
  readonly hash: Uint8Array;
  readonly range: Uint8Array;
}

/** "2048 bytes for a partition key, 1024 bytes for a sort key" (DynamoDB developer guide, limits). */
const HASH_KEY_BYTES_MAX = 2048;
const RANGE_KEY_BYTES_MAX = 1024;
const HASH_PREFIX_BYTES = 8;

/** Bytes of a key's value in its order: strings as UTF-8, numbers by value, binary as unsigned bytes. */
export function orderedBytes(value: Value): Uint8Array {
  if (value.N !== undefined) return decimalKey(parseDecimal(value.N));
  return value.B ?? Buffer.from(value.S ?? '');
}

/** A partition is found by a hash of its key, as on AWS, so that a scan comes in no order that anybody could come to rely on. */
export function hashBytes(value: Value): Uint8Array {
  const bytes = orderedBytes(value);
  return Buffer.concat([createHash('sha256').update(bytes).digest().subarray(0, HASH_PREFIX_BYTES), bytes]);
}

export function placeOf(key: KeyNames, item: Item): Place {
  return { hash: hashBytes(item[key.hash] as Value), range: key.range === undefined ? new Uint8Array() : orderedBytes(item[key.range] as Value) };
}

/** A key as a request gives it: exactly the key's attributes, of the right types, not empty. */
export function checkKey(table: TableDefinition, key: Item): Item {
  const names = keyAttributes(table.key);
  if (Object.keys(key).length !== names.length || names.some((name) => key[name] === undefined)) throw validationError('The provided key element does not match the schema');
  for (const name of names) {
    if (typeOf(key[name] as Value) !== typeOfKey(table, name)) throw validationError('The provided key element does not match the schema');
  }
  return checkKeyValues(table, key);
}

/** An item about to be stored: its key is there and of the right type; attributes that indexes use as keys are of theirs. */
export function checkItemKeys(table: TableDefinition, item: Item): void {
  for (const name of keyAttributes(table.key)) {
    const value = item[name];
    if (value === undefined) throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    const [expected, actual] = [typeOfKey(table, name), typeOf(value)];
    if (expected !== actual) throw validationError(`One or more parameter values were invalid: Type mismatch for key ${name} expected: ${expected} actual: ${actual}`);
  }
  checkKeyValues(table, item);
  for (const index of table.indexes) checkIndexKeys(table, index, item);
}

function checkKeyValues(table: TableDefinition, item: Item): Item {
  for (const name of keyAttributes(table.key)) {
    const value = normalise(item[name] as Value);
    checkNotEmpty(name, value);
    const [bytes, max] = [(value.B ?? Buffer.from(value.S ?? '')).byteLength, name === table.key.hash ? HASH_KEY_BYTES_MAX : RANGE_KEY_BYTES_MAX];
    if (bytes > max) {
      const which = name === table.key.hash ? 'hashkey' : 'rangekey';
      throw validationError(`One or more parameter values were invalid: Size of ${which} has exceeded the maximum size limit of${max} bytes`);
    }
  }
  return item;
}

export function checkNotEmpty(name: string, value: Value): void {
  if (value.S === '' || value.B?.byteLength === 0) {
    const kind = value.S === '' ? 'string' : 'binary';
    throw validationError(`One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`);
  }
}

function checkIndexKeys(table: TableDefinition, index: IndexDefinition, item: Item): void {
  for (const name of keyAttributes(index.key)) {
    const value = item[name];
    if (value === undefined) continue;
    const [expected, actual] = [typeOfKey(table, name), typeOf(value)];
    if (expected !== actual) {
      throw validationError(`One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${expected} Actual: ${actual} IndexName: ${index.name}`);
    }
    if (value.S === '' || value.B?.byteLength === 0) {
      const kind = value.S === '' ? 'string' : 'binary';
      throw validationError(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index.name}, IndexKey: ${name}`,
      );
    }
  }
}

export function keyOf(table: TableDefinition, item: Item): Item {
  return Object.fromEntries(keyAttributes(table.key).map((name) => [name, item[name] as Value]));
}
