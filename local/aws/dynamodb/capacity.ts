import type { ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { keyAttributes, projectInto, type IndexDefinition, type TableDefinition } from './definition.ts';
import { equal, itemSize, type Item, type Value } from './values.ts';

/** A write unit is a KB or a part of it, a read unit four KB, half as much when eventually consistent, twice as much in a transaction (DynamoDB developer guide, read and write operations). */
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

/** What one or more calls cost, of the table and of each index. */
export interface Units {
  table: number;
  readonly indexes: Map<string, number>;
}

export function noUnits(): Units {
  return { table: 0, indexes: new Map() };
}

export function readUnits(bytes: number, how: { readonly consistent?: boolean | undefined; readonly transactional?: boolean }): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return how.transactional ? units * 2 : how.consistent ? units : units / 2;
}

/** Counts a write: the larger of the item before and after for the table, and what each index must change. */
export function addWriteUnits(units: Units, table: TableDefinition, before: Item | undefined, after: Item | undefined, transactional: boolean): void {
  const written = Math.max(before === undefined ? 0 : itemSize(before), after === undefined ? 0 : itemSize(after));
  units.table += writeUnits(written) * (transactional ? 2 : 1);
  for (const index of table.indexes) {
    const cost = indexUnits(table, index, before, after);
    if (cost > 0) units.indexes.set(index.name, (units.indexes.get(index.name) ?? 0) + cost);
  }
}

/** "Two writes are required if the index key changes; none if the projected part stays" (DynamoDB developer guide, GSI write capacity). */
function indexUnits(table: TableDefinition, index: IndexDefinition, before: Item | undefined, after: Item | undefined): number {
  const [old, next] = [before, after].map((item) => (item === undefined ? undefined : projectInto(table, index, item)));
  if (old === undefined || next === undefined) return [old, next].reduce((sum, item) => sum + (item === undefined ? 0 : writeUnits(itemSize(item))), 0);
  if (keyAttributes(index.key).some((name) => !equal(old[name] as Value, next[name] as Value))) return writeUnits(itemSize(old)) + writeUnits(itemSize(next));
  return equal({ M: old }, { M: next }) ? 0 : writeUnits(Math.max(itemSize(old), itemSize(next)));
}

function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** The answer's ConsumedCapacity, as far as it was asked for. */
export function consumed(table: TableDefinition, units: Units, asked: ReturnConsumedCapacity | undefined): ConsumedCapacity | undefined {
  if (asked === undefined || asked === 'NONE') return undefined;
  const total = units.table + [...units.indexes.values()].reduce((sum, n) => sum + n, 0);
  if (asked === 'TOTAL') return { TableName: table.name, CapacityUnits: total };
  const ofKind = (kind: IndexDefinition['kind']) => {
    const known = table.indexes.filter((index) => index.kind === kind && units.indexes.has(index.name));
    return Object.fromEntries(known.map((index) => [index.name, { CapacityUnits: units.indexes.get(index.name) ?? 0 }]));
  };
  const [global, local] = [ofKind('global'), ofKind('local')];
  return {
    TableName: table.name,
    CapacityUnits: total,
    Table: { CapacityUnits: units.table },
    ...(Object.keys(global).length === 0 ? {} : { GlobalSecondaryIndexes: global }),
    ...(Object.keys(local).length === 0 ? {} : { LocalSecondaryIndexes: local }),
  };
}
