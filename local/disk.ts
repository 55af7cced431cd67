import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * Everything that the rehearsal stage remembers, in one SQLite file: the simulated accounts, the DynamoDB tables, the
 * executions, the queue and the clock. One file means one transaction: whatever instant the process is killed at, the
 * next start finds a state that was whole at some moment.
 */
export class Disk {
  readonly sql: DatabaseSync;
  readonly #documents: DocumentStatements;
  /** By collection and key, what has been read of collections that are kept. */
  readonly #kept = new Map<string, Map<string, unknown>>();
  #depth = 0;
  #beforeCommit: (() => void) | undefined;

  /** `path` is a file, or `:memory:` for a stage that forgets. */
  constructor(path: string) {
    if (path !== ':memory:') makeDirectory(dirname(path));
    this.sql = new DatabaseSync(path);
    this.sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.sql.exec(
      'CREATE TABLE IF NOT EXISTS documents (collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)) WITHOUT ROWID',
    );
    this.#documents = documentStatements(this.sql);
  }

  /** Runs `work` in one transaction; a throw undoes all of it. Inside another transaction it joins that one. Synchronous. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.sql.exec('BEGIN IMMEDIATE');
    this.#depth += 1;
    try {
      const result = work();
      this.#beforeCommit?.();
      this.sql.exec('COMMIT');
      return result;
    } catch (error) {
      this.sql.exec('ROLLBACK');
      for (const documents of this.#kept.values()) documents.clear();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** What every transaction writes besides, as its last act. */
  beforeCommit(write: () => void): void {
    this.#beforeCommit = write;
  }

  /** A named set of JSON documents, each under a string key. */
  collection<T>(name: string): Collection<T> {
    return new Collection<T>(this.#documents, name);
  }

  /** The same of documents that are read with every call: what is read stays in memory until it is written, and nobody may change it. */
  kept<T>(name: string): Collection<T> {
    const documents = this.#kept.get(name) ?? new Map<string, unknown>();
    this.#kept.set(name, documents);
    return new Collection<T>(this.#documents, name, documents);
  }

  close(): void {
    this.sql.close();
  }
}

interface DocumentStatements {
  readonly get: StatementSync;
  readonly put: StatementSync;
  readonly delete: StatementSync;
  readonly range: StatementSync;
}

function documentStatements(sql: DatabaseSync): DocumentStatements {
  return {
    get: sql.prepare('SELECT value FROM documents WHERE collection = ? AND key = ?'),
    put: sql.prepare('INSERT INTO documents (collection, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
    delete: sql.prepare('DELETE FROM documents WHERE collection = ? AND key = ?'),
    range: sql.prepare('SELECT key, value FROM documents WHERE collection = ? AND key >= ? AND key < ? ORDER BY key'),
  };
}

/** Documents of one kind. Keys sort as bytes; `list` and `entries` answer in key order. Values are copied in and out, but for those that are kept. */
export class Collection<T> {
  readonly #documents: DocumentStatements;
  readonly #name: string;
  readonly #kept: Map<string, unknown> | undefined;

  constructor(documents: DocumentStatements, name: string, kept?: Map<string, unknown>) {
    this.#documents = documents;
    this.#name = name;
    this.#kept = kept;
  }

  get(key: string): T | undefined {
    const kept = this.#kept?.get(key) as T | undefined;
    if (kept !== undefined) return kept;
    const row = this.#documents.get.get(this.#name, key) as { value: string } | undefined;
    if (row === undefined) return undefined;
    const value = JSON.parse(row.value) as T;
    this.#kept?.set(key, frozen(value));
    return value;
  }

  put(key: string, value: T): void {
    this.#kept?.delete(key);
    this.#documents.put.run(this.#name, key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#kept?.delete(key);
    this.#documents.delete.run(this.#name, key);
  }

  entries(prefix = ''): [string, T][] {
    const rows = this.#documents.range.all(this.#name, prefix, `${prefix}\u{10FFFF}`) as { key: string; value: string }[];
    return rows.map((row) => [row.key, JSON.parse(row.value) as T]);
  }

  list(prefix = ''): T[] {
    return this.entries(prefix).map(([, value]) => value);
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(Object.freeze(value))) frozen(inner);
  return value;
}

/** Step by step: asked for the whole path at once, Node never comes back where the file system has no such directories (below /proc). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

/** A process that was just killed may hold its lock for a moment longer. */
const LOCK_WAIT_MS = 2000;

/**
 * Keeps a folder for one process: two stages on one disk would each take the other's work for their own. The lock is a file of its
 * own, and ends with the process, however it ends. Throws `database is locked` when another holds it.
 */
export function lockFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'));
  lock.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; BEGIN EXCLUSIVE`);
  return { release: () => lock.close() };
}
