import { createHash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import type { Collection, Disk } from '../../disk.ts';

export interface QueueRecord {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** As they were set, and the defaults of the rest; numbers as text, as SQS has them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Virtual epoch ms. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly purgedAt?: number;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

export interface MessageRecord {
  readonly queue: string;
  /** Orders the messages of all queues; never given twice. */
  readonly number: number;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly senderId: string;
  /** Virtual epoch ms. */
  readonly sentAt: number;
  /** Not given to anybody before. */
  readonly visibleAt: number;
  readonly firstReceivedAt?: number;
  readonly receives: number;
  /** What the last receiver holds. */
  readonly receipt: string;
  readonly deadLetterSource?: string;
}

interface Row {
  queue: string;
  number: number;
  visible_at: number;
  sent_at: number;
  receives: number;
  receipt: string;
  value: string;
}

/** Queues and their messages, on the disk. A queue's key is `<account>/<region>/<name>`. */
export class Queues {
  readonly #queues: Collection<QueueRecord>;
  readonly #all;
  readonly #next;
  readonly #visible;
  readonly #one;
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #purge;
  readonly #expire;
  readonly #earliest;
  readonly #count;

  constructor(disk: Disk) {
    this.#queues = disk.collection('sqs-queues');
    const { sql } = disk;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS sqs_messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, visible_at INTEGER NOT NULL, sent_at INTEGER NOT NULL, receives INTEGER NOT NULL, receipt TEXT NOT NULL, value TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS sqs_visible ON sqs_messages (queue, visible_at);
    `);
    this.#all = sql.prepare('SELECT COUNT(*) AS total FROM sqs_messages WHERE queue = ?');
    this.#next = sql.prepare('SELECT MIN(visible_at) AS at FROM sqs_messages WHERE queue = ?');
    this.#visible = sql.prepare('SELECT * FROM sqs_messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, number LIMIT ?');
    this.#one = sql.prepare('SELECT * FROM sqs_messages WHERE number = ?');
    this.#insert = sql.prepare('INSERT INTO sqs_messages (queue, visible_at, sent_at, receives, receipt, value) VALUES (?, ?, ?, ?, ?, ?)');
    this.#update = sql.prepare('UPDATE sqs_messages SET queue = ?, visible_at = ?, receives = ?, receipt = ?, value = ? WHERE number = ?');
    this.#delete = sql.prepare('DELETE FROM sqs_messages WHERE number = ?');
    this.#purge = sql.prepare('DELETE FROM sqs_messages WHERE queue = ?');
    this.#expire = sql.prepare('DELETE FROM sqs_messages WHERE queue = ? AND sent_at < ?');
    this.#earliest = sql.prepare('SELECT MIN(sent_at) AS at FROM sqs_messages WHERE queue = ?');
    this.#count = sql.prepare('SELECT SUM(visible_at <= ?1) AS visible, SUM(visible_at > ?1 AND receives = 0) AS delayed, SUM(visible_at > ?1 AND receives > 0) AS flying FROM sqs_messages WHERE queue = ?2');
  }

  static key(queue: { readonly accountId: string; readonly region: string; readonly name: string }): string {
    return `${queue.accountId}/${queue.region}/${queue.name}`;
  }

  queue(key: string): QueueRecord | undefined {
    return this.#queues.get(key);
  }

  queueByArn(arn: string): QueueRecord | undefined {
    const [, , service, region = '', accountId = '', name = ''] = arn.split(':');
    return service === 'sqs' ? this.#queues.get(`${accountId}/${region}/${name}`) : undefined;
  }

  list(accountId: string, region: string): QueueRecord[] {
    return this.#queues.list(`${accountId}/${region}/`);
  }

  put(queue: QueueRecord): void {
    this.#queues.put(Queues.key(queue), queue);
  }

  remove(key: string): void {
    this.#purge.run(key);
    this.#queues.delete(key);
  }

  purge(key: string): void {
    this.#purge.run(key);
  }

  add(message: Omit<MessageRecord, 'number'>): void {
    this.#insert.run(message.queue, message.visibleAt, message.sentAt, message.receives, message.receipt, valueOf(message));
  }

  update(message: MessageRecord): void {
    this.#update.run(message.queue, message.visibleAt, message.receives, message.receipt, valueOf(message), message.number);
  }

  message(number: number): MessageRecord | undefined {
    const row = this.#one.get(number) as Row | undefined;
    return row === undefined ? undefined : messageOf(row);
  }

  delete(number: number): void {
    this.#delete.run(number);
  }

  visible(key: string, now: number, limit: number): MessageRecord[] {
    return (this.#visible.all(key, now, limit) as unknown as Row[]).map(messageOf);
  }

  /** When the next message can be received; past times included. */
  nextVisibleAt(key: string): number | undefined {
    return (this.#next.get(key) as { at: number | null }).at ?? undefined;
  }

  /** Forgets what was sent before. */
  expire(key: string, sentBefore: number): void {
    const earliest = (this.#earliest.get(key) as { at: number | null }).at;
    if (earliest !== null && earliest < sentBefore) this.#expire.run(key, sentBefore);
  }

  counts(key: string, now: number): { readonly visible: number; readonly delayed: number; readonly inFlight: number } {
    const row = this.#count.get(now as SQLInputValue, key) as { visible: number | null; delayed: number | null; flying: number | null };
    return { visible: row.visible ?? 0, delayed: row.delayed ?? 0, inFlight: row.flying ?? 0 };
  }

  size(key: string): number {
    return (this.#all.get(key) as { total: number }).total;
  }
}

function valueOf({ queue: _queue, visibleAt: _visibleAt, sentAt: _sentAt, receives: _receives, receipt: _receipt, ...rest }: Omit<MessageRecord, 'number'>): string {
  return JSON.stringify(rest);
}

function messageOf(row: Row): MessageRecord {
  const value = JSON.parse(row.value) as Omit<MessageRecord, 'queue' | 'number' | 'visibleAt' | 'sentAt' | 'receives' | 'receipt'>;
  return { ...value, queue: row.queue, number: row.number, visibleAt: row.visible_at, sentAt: row.sent_at, receives: row.receives, receipt: row.receipt };
}

export function md5(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('hex');
}

/** The digest that clients hold attributes against. Source: SQS developer guide, "Calculating the MD5 message digest for message attributes". */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    const binary = attribute.BinaryValue !== undefined;
    hash.update(Buffer.from([binary ? 2 : 1]));
    update(binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return hash.digest('hex');
}
