import { randomUUID } from 'node:crypto';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { express, expressChange, toItem, type Change, type Condition } from './expressions.ts';
import type { Key } from './keys.ts';

/** An item as plain values. */
export type Stored = Readonly<Record<string, unknown>>;

export type Action =
  | { readonly put: Key & Stored; readonly if?: Condition }
  | { readonly update: Key; readonly change: Change; readonly if?: Condition }
  | { readonly delete: Key; readonly if?: Condition }
  | { readonly check: Key; readonly if: Condition };

/** What a write came to. `met`: under the name of each action whose condition did not hold, the item that stood there, or null for none. */
export type Outcome<Name extends string> = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly met: Readonly<Partial<Record<Name, Stored | null>>> };

export interface QueryAsked {
  readonly index?: 'list' | 'team' | 'due';
  readonly that: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly filter?: Condition;
  readonly forward?: boolean;
  readonly limit?: number;
  readonly after?: Stored | undefined;
}

/** How often a write that met a throttle or another transaction is tried, beyond the SDK's own retries. */
const TRIES_MAX = 8;
const BACKOFF_FIRST_MS = 25;
const BACKOFF_MAX_MS = 1_000;
/** A BatchGetItem takes 100 keys and may leave some of them. */
const BATCH_KEYS_MAX = 100;
const BATCH_TRIES_MAX = 8;

const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'InternalServerError',
]);
const PASSING_REASONS: ReadonlySet<string> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** The table in the store's words: plain values in and out, conditional writes that tell what they met, throttles waited out. */
export class TableAccess {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  readonly #jitter: () => number;

  /** `jitter`: 0 <= x < 1, the share of a backoff that is really waited. */
  constructor(client: DynamoDBClient, name: string, jitter: () => number) {
    this.#client = client;
    this.#name = name;
    this.#jitter = jitter;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Stored | undefined> {
    const { Item: item } = await this.#client.send(new GetItemCommand({ TableName: this.#name, Key: toItem({ ...key }), ConsistentRead: true }));
    return item === undefined ? undefined : unmarshall(item);
  }

  /** Strongly consistent; in the order of `keys`, without those that are not there. */
  async getAll(keys: readonly Key[]): Promise<Stored[]> {
    const found = new Map<string, Stored>();
    for (let start = 0; start < keys.length; start += BATCH_KEYS_MAX) {
      let left: Record<string, AttributeValue>[] = keys.slice(start, start + BATCH_KEYS_MAX).map((key) => toItem({ pk: key.pk, sk: key.sk }));
      for (let tries = 0; left.length > 0; tries += 1) {
        if (tries === BATCH_TRIES_MAX) throw new Error(`DynamoDB left ${left.length} keys of a batch unread, ${BATCH_TRIES_MAX} times.`);
        if (tries > 0) await this.#backOff(tries);
        const answer = await this.#client.send(new BatchGetItemCommand({ RequestItems: { [this.#name]: { Keys: left, ConsistentRead: true } } }));
        for (const item of (answer.Responses?.[this.#name] ?? []).map((one) => unmarshall(one))) found.set(`${item['pk']}\n${item['sk']}`, item);
        left = answer.UnprocessedKeys?.[this.#name]?.Keys ?? [];
      }
    }
    return keys.map((key) => found.get(`${key.pk}\n${key.sk}`)).filter((item) => item !== undefined);
  }

  /** One page. The table is read strongly consistent; an index cannot be. */
  async query(asked: QueryAsked): Promise<{ readonly items: readonly Stored[]; readonly last: Stored | undefined }> {
    const filter = asked.filter;
    const answer = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        ...(asked.index === undefined ? { ConsistentRead: true } : { IndexName: asked.index }),
        KeyConditionExpression: asked.that,
        ...(filter === undefined ? {} : { FilterExpression: filter.that }),
        ...express([asked.that, filter?.that], { ...asked.values, ...filter?.values }, filter?.names),
        ...(asked.limit === undefined ? {} : { Limit: asked.limit }),
        ...(asked.after === undefined ? {} : { ExclusiveStartKey: toItem(asked.after) }),
        ScanIndexForward: asked.forward ?? true,
      }),
    );
    return { items: (answer.Items ?? []).map((item) => unmarshall(item)), last: answer.LastEvaluatedKey === undefined ? undefined : unmarshall(answer.LastEvaluatedKey) };
  }

  /**
   * Writes all or nothing. One action alone is written by itself, at half the price: its condition must then tell a repeat
   * apart. Several go in one transaction under one token, which makes a repeat after a lost answer harmless.
   */
  async write<Name extends string>(actions: Readonly<Partial<Record<Name, Action | undefined>>>): Promise<Outcome<Name>> {
    const named = (Object.entries(actions) as [Name, Action | undefined][]).filter((entry): entry is [Name, Action] => entry[1] !== undefined);
    const [only] = named;
    if (only !== undefined && named.length === 1) return this.#patiently(() => this.#writeOne(only[0], only[1]));
    const token = randomUUID();
    return this.#patiently(() => this.#transact(named, token));
  }

  async #writeOne<Name extends string>(name: Name, action: Action): Promise<Outcome<Name>> {
    try {
      const { Put: put, Update: update, Delete: remove } = this.#expressed(action);
      if (put !== undefined) await this.#client.send(new PutItemCommand(put));
      else if (update !== undefined) await this.#client.send(new UpdateItemCommand(update));
      else if (remove !== undefined) await this.#client.send(new DeleteItemCommand(remove));
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { kind: 'refused', met: { [name]: error.Item === undefined ? null : unmarshall(error.Item) } as Record<Name, Stored | null> };
    }
  }

  async #transact<Name extends string>(named: readonly [Name, Action][], token: string): Promise<Outcome<Name>> {
    try {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems: named.map(([, action]) => this.#expressed(action)), ClientRequestToken: token }));
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      const failed = named.flatMap(([name], index): [Name, Stored | null][] => {
        const reason = reasons[index];
        return reason?.Code === 'ConditionalCheckFailed' ? [[name, reason.Item === undefined ? null : unmarshall(reason.Item)]] : [];
      });
      if (failed.length === 0) throw error;
      return { kind: 'refused', met: Object.fromEntries(failed) as Record<Name, Stored | null> };
    }
  }

  #expressed(action: Action): TransactWriteItem {
    const condition = action.if;
    const conditional = condition === undefined ? {} : { ConditionExpression: condition.that, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    const TableName = this.#name;
    if ('put' in action) return { Put: { TableName, Item: toItem(action.put), ...conditional, ...express([condition?.that], condition?.values, condition?.names) } };
    if ('delete' in action) return { Delete: { TableName, Key: toItem({ ...action.delete }), ...conditional, ...express([condition?.that], condition?.values, condition?.names) } };
    if ('check' in action) {
      return { ConditionCheck: { TableName, Key: toItem({ ...action.check }), ConditionExpression: action.if.that, ...conditional, ...express([action.if.that], action.if.values, action.if.names) } };
    }
    const { expression, values } = expressChange(action.change);
    return {
      Update: { TableName, Key: toItem({ ...action.update }), UpdateExpression: expression, ...conditional, ...express([expression, condition?.that], { ...values, ...condition?.values }, condition?.names) },
    };
  }

  async #patiently<T>(write: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await write();
      } catch (error) {
        if (tries === TRIES_MAX || !willPass(error)) throw error;
      }
      await this.#backOff(tries);
    }
  }

  /** Real time also on the rehearsal stage: it is the machine that is waited for. */
  async #backOff(tries: number): Promise<void> {
    const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** tries);
    await new Promise((resolve) => setTimeout(resolve, longest * this.#jitter()));
  }
}

function willPass(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) return (error.CancellationReasons ?? []).some((reason) => PASSING_REASONS.has(reason.Code ?? ''));
  return error instanceof Error && PASSING_ERRORS.has(error.name);
}
