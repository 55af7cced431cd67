import type { Disk } from '../disk.ts';

export interface LoggedCall {
  readonly number: number;
  /** Virtual time, RFC 3339. */
  readonly at: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** The caller's ARN. */
  readonly caller: string;
  /** The input's short texts, numbers and booleans: names, versions, ids. */
  readonly input: Readonly<Record<string, string | number | boolean>>;
  /** The HTTP status and the error's code, once it was answered. */
  status?: number;
  error?: string;
}

/** How many calls the log remembers. */
const LOG_MAX = 5000;
/** Longer texts are no names. */
const TEXT_LENGTH_MAX = 200;
/** Never shown: they open doors. */
const SECRETS = /secret|token|password|externalid|policy|credential/i;

/** How often each operation was called, on the disk, and the last calls, in memory. */
export class Calls {
  readonly #count;
  readonly #counts;
  readonly #log: LoggedCall[] = [];
  #number = 0;

  constructor(disk: Disk) {
    disk.sql.exec('CREATE TABLE IF NOT EXISTS calls (account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (account, region, operation)) WITHOUT ROWID');
    this.#count = disk.sql.prepare('INSERT INTO calls (account, region, operation, count) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1');
    this.#counts = disk.sql.prepare('SELECT operation, SUM(count) AS total FROM calls WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2) GROUP BY operation ORDER BY operation');
  }

  record(call: Omit<LoggedCall, 'number' | 'input'>, input: unknown): LoggedCall {
    this.#count.run(call.account, call.region, call.operation);
    this.#number += 1;
    const logged: LoggedCall = { number: this.#number, ...call, input: decisive(input) };
    this.#log.push(logged);
    if (this.#log.length > LOG_MAX) this.#log.shift();
    return logged;
  }

  counts(filter: { readonly account?: string | undefined; readonly region?: string | undefined }): Record<string, number> {
    const rows = this.#counts.all(filter.account ?? null, filter.region ?? null) as { operation: string; total: number }[];
    return Object.fromEntries(rows.map(({ operation, total }) => [operation, total]));
  }

  /** Calls after the number `since`, oldest first, at most `limit`. */
  since(since: number, limit: number): LoggedCall[] {
    return this.#log.filter(({ number }) => number > since).slice(0, limit);
  }
}

function decisive(input: unknown): Record<string, string | number | boolean> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(
    Object.entries(input).filter((entry): entry is [string, string | number | boolean] => {
      const [name, value] = entry as [string, unknown];
      return !SECRETS.test(name) && (typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= TEXT_LENGTH_MAX));
    }),
  );
}
