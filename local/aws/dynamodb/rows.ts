import type { StatementSync } from 'node:sqlite';
import type { Disk } from '../../disk.ts';
import { projectInto, type IndexDefinition, type TableDefinition } from './definition.ts';
import { placeOf, type Place } from './keys.ts';
import { fromText, itemSize, toText, type Item } from './values.ts';

/** Where a reading of one partition (or of all) begins and ends. */
export interface Range {
  /** Undefined: every partition. */
  readonly hash?: Uint8Array;
  /** With every partition: only those whose hash begins in [from, until). */
  readonly segment?: { readonly from: Uint8Array; readonly until: Uint8Array | undefined };
  readonly lower?: Bound;
  readonly upper?: Bound;
  /** The place after which it goes on, exclusive; the row's own place too when an index is read. */
  readonly after?: { readonly inIndex: Place; readonly row: Place };
  readonly forward: boolean;
}

export interface Bound {
  readonly bytes: Uint8Array;
  readonly inclusive: boolean;
}

/** TTL deletes only what expired less than five years ago (DynamoDB developer guide, TTL). */
const TTL_YEARS_MAX = 5;
const YEAR_SECONDS = 31_536_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS dynamodb_rows (tbl TEXT NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL, item TEXT NOT NULL, bytes INTEGER NOT NULL, expires INTEGER,
    PRIMARY KEY (tbl, hash, range)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS dynamodb_expiring ON dynamodb_rows (tbl, expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS dynamodb_index_rows (tbl TEXT NOT NULL, idx TEXT NOT NULL, ihash BLOB NOT NULL, irange BLOB NOT NULL, hash BLOB NOT NULL, range BLOB NOT NULL,
    PRIMARY KEY (tbl, idx, ihash, irange, hash, range)) WITHOUT ROWID;
`;

/** The rows of every table and index, in SQLite. An index row holds only where its item is, so that the two cannot disagree about its contents. */
export class Rows {
  readonly #disk: Disk;
  readonly #statements = new Map<string, StatementSync>();

  constructor(disk: Disk) {
    this.#disk = disk;
    disk.sql.exec(TABLES);
  }

  get(table: TableDefinition, key: Item): Item | undefined {
    const { hash, range } = placeOf(table.key, key);
    const row = this.#prepare('SELECT item FROM dynamodb_rows WHERE tbl = ? AND hash = ? AND range = ?').get(table.id, hash, range) as { item: string } | undefined;
    return row === undefined ? undefined : fromText(row.item);
  }

  put(table: TableDefinition, item: Item): void {
    this.#disk.transaction(() => {
      const place = placeOf(table.key, item);
      const before = this.get(table, item);
      this.#prepare('INSERT OR REPLACE INTO dynamodb_rows (tbl, hash, range, item, bytes, expires) VALUES (?, ?, ?, ?, ?, ?)').run(
        table.id,
        place.hash,
        place.range,
        toText(item),
        itemSize(item),
        expiryOf(table, item),
      );
      this.#reindex(table, place, before, item);
    });
  }

  delete(table: TableDefinition, key: Item): void {
    this.#disk.transaction(() => {
      const place = placeOf(table.key, key);
      const before = this.get(table, key);
      this.#prepare('DELETE FROM dynamodb_rows WHERE tbl = ? AND hash = ? AND range = ?').run(table.id, place.hash, place.range);
      this.#reindex(table, place, before, undefined);
    });
  }

  #reindex(table: TableDefinition, row: Place, before: Item | undefined, after: Item | undefined): void {
    for (const index of table.indexes) {
      const [old, next] = [before, after].map((item) => (item !== undefined && projectInto(table, index, item) !== undefined ? placeOf(index.key, item) : undefined));
      if (old !== undefined && next !== undefined && same(old.hash, next.hash) && same(old.range, next.range)) continue;
      if (old !== undefined) {
        this.#prepare('DELETE FROM dynamodb_index_rows WHERE tbl = ? AND idx = ? AND ihash = ? AND irange = ? AND hash = ? AND range = ?').run(
          table.id,
          index.name,
          old.hash,
          old.range,
          row.hash,
          row.range,
        );
      }
      if (next !== undefined) {
        this.#prepare('INSERT OR REPLACE INTO dynamodb_index_rows (tbl, idx, ihash, irange, hash, range) VALUES (?, ?, ?, ?, ?, ?)').run(
          table.id,
          index.name,
          next.hash,
          next.range,
          row.hash,
          row.range,
        );
      }
    }
  }

  /** Items in the order of the table's or the index's key, read as they are asked for. */
  *read(table: TableDefinition, index: IndexDefinition | undefined, range: Range): Generator<Item> {
    const [hash, sort] = index === undefined ? ['r.hash', 'r.range'] : ['i.ihash', 'i.irange'];
    const order = index === undefined ? [hash, sort] : [hash, sort, 'i.hash', 'i.range'];
    const where = index === undefined ? ['r.tbl = ?'] : ['i.tbl = ?', 'i.idx = ?'];
    const values: (string | Uint8Array)[] = index === undefined ? [table.id] : [table.id, index.name];
    const add = (clause: string, ...more: Uint8Array[]) => {
      where.push(clause);
      values.push(...more);
    };
    if (range.hash !== undefined) add(`${hash} = ?`, range.hash);
    if (range.segment !== undefined) add(`${hash} >= ?`, range.segment.from);
    if (range.segment?.until !== undefined) add(`${hash} < ?`, range.segment.until);
    if (range.lower !== undefined) add(`${sort} ${range.lower.inclusive ? '>=' : '>'} ?`, range.lower.bytes);
    if (range.upper !== undefined) add(`${sort} ${range.upper.inclusive ? '<=' : '<'} ?`, range.upper.bytes);
    if (range.after !== undefined) {
      const { inIndex, row } = range.after;
      const start = index === undefined ? [row.hash, row.range] : [inIndex.hash, inIndex.range, row.hash, row.range];
      add(`(${order.join(', ')}) ${range.forward ? '>' : '<'} (${start.map(() => '?').join(', ')})`, ...start);
    }
    const from = index === undefined ? 'dynamodb_rows r' : 'dynamodb_index_rows i JOIN dynamodb_rows r ON r.tbl = i.tbl AND r.hash = i.hash AND r.range = i.range';
    const sql = `SELECT r.item FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order.map((column) => `${column} ${range.forward ? 'ASC' : 'DESC'}`).join(', ')}`;
    // Each reading has its own statement: two iterators on one would disturb each other.
    for (const row of this.#disk.sql.prepare(sql).iterate(...values)) yield fromText((row as { item: string }).item);
  }

  /** How many items, and their bytes. */
  measure(table: TableDefinition): { count: number; bytes: number } {
    return this.#prepare('SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM dynamodb_rows WHERE tbl = ?').get(table.id) as { count: number; bytes: number };
  }

  /** Items whose time to live is over, at most `limit`. */
  expired(table: TableDefinition, nowSeconds: number, limit: number): Item[] {
    const oldest = nowSeconds - TTL_YEARS_MAX * YEAR_SECONDS;
    const rows = this.#prepare('SELECT item FROM dynamodb_rows WHERE tbl = ? AND expires IS NOT NULL AND expires > ? AND expires < ? LIMIT ?').all(table.id, oldest, nowSeconds, limit);
    return (rows as { item: string }[]).map((row) => fromText(row.item));
  }

  /** Writes down anew when each item expires, after TTL was switched on or off. */
  restampExpiry(table: TableDefinition): void {
    this.#disk.transaction(() => {
      const rows = this.#prepare('SELECT hash, range, item FROM dynamodb_rows WHERE tbl = ?').all(table.id) as { hash: Uint8Array; range: Uint8Array; item: string }[];
      for (const row of rows) {
        this.#prepare('UPDATE dynamodb_rows SET expires = ? WHERE tbl = ? AND hash = ? AND range = ?').run(expiryOf(table, fromText(row.item)), table.id, row.hash, row.range);
      }
    });
  }

  drop(table: TableDefinition): void {
    this.#disk.transaction(() => {
      this.#prepare('DELETE FROM dynamodb_index_rows WHERE tbl = ?').run(table.id);
      this.#prepare('DELETE FROM dynamodb_rows WHERE tbl = ?').run(table.id);
    });
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#disk.sql.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function expiryOf(table: TableDefinition, item: Item): number | null {
  const seconds = table.ttlAttribute === undefined ? undefined : item[table.ttlAttribute]?.N;
  return seconds === undefined ? null : Math.floor(Number(seconds));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
