import type { Disk } from '../../disk.ts';

/** "A client request token is valid for 10 minutes after the first request that uses it is completed" (API reference, TransactWriteItems). */
const TOKEN_MINUTES = 10;

const TABLE = `
  CREATE TABLE IF NOT EXISTS dynamodb_transactions (token TEXT PRIMARY KEY, at INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS dynamodb_transactions_by_age ON dynamodb_transactions (at);
`;

/** The transactions that were carried out, by their ClientRequestToken. On the disk, so that a restart forgets none. */
export class RememberedTransactions {
  readonly #forget;
  readonly #get;
  readonly #put;

  constructor(disk: Disk) {
    disk.sql.exec(TABLE);
    this.#forget = disk.sql.prepare('DELETE FROM dynamodb_transactions WHERE at <= ?');
    this.#get = disk.sql.prepare('SELECT digest FROM dynamodb_transactions WHERE token = ?');
    this.#put = disk.sql.prepare('INSERT INTO dynamodb_transactions (token, at, digest) VALUES (?, ?, ?)');
  }

  /** The digest that came with the token, if it was used in the last ten minutes. */
  digestOf(token: string, now: number): string | undefined {
    this.#forget.run(now - TOKEN_MINUTES * 60_000);
    return (this.#get.get(token) as { digest: string } | undefined)?.digest;
  }

  remember(token: string, digest: string, now: number): void {
    this.#put.run(token, now, digest);
  }
}
