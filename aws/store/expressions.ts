import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** What must be true for a write. In `that` attributes are written `#name` and values `:name`; every attribute goes by a placeholder, since so many of our words are reserved. */
export interface Condition {
  readonly that: string;
  readonly values?: Readonly<Record<string, unknown>>;
  /** Names that are no attribute of ours: a label's key. */
  readonly names?: Readonly<Record<string, string>>;
}

export interface Change {
  /** `undefined` leaves the attribute as it is. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Set only where there is nothing yet. */
  readonly keep?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
}

interface Expressed {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

const MARSHALLING = { removeUndefinedValues: true } as const;

export function toItem(record: Readonly<Record<string, unknown>>): Record<string, AttributeValue> {
  return marshall(record, MARSHALLING);
}

/** The names and values that the expressions use, and no others: DynamoDB refuses the unused. */
export function express(expressions: readonly (string | undefined)[], values: Readonly<Record<string, unknown>> = {}, names: Readonly<Record<string, string>> = {}): Expressed {
  const text = expressions.join(' ');
  const used = [...new Set(text.match(/#\w+/g) ?? [])];
  const given = [...new Set(text.match(/:\w+/g) ?? [])].map((placeholder): [string, unknown] => [placeholder, values[placeholder.slice(1)]]);
  return {
    ...(used.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(used.map((placeholder) => [placeholder, names[placeholder.slice(1)] ?? placeholder.slice(1)])) }),
    ...(given.length === 0 ? {} : { ExpressionAttributeValues: toItem(Object.fromEntries(given)) }),
  };
}

/** An update expression and its values; those are called `new_<attribute>`, so that a condition may speak of the old ones by their own names. */
export function expressChange(change: Change): { readonly expression: string; readonly values: Record<string, unknown> } {
  const present = (values: Readonly<Record<string, unknown>> = {}) => Object.entries(values).filter(([, value]) => value !== undefined);
  const [set, keep, add] = [present(change.set), present(change.keep), present(change.add)];
  const sets = [...set.map(([name]) => `#${name} = :new_${name}`), ...keep.map(([name]) => `#${name} = if_not_exists(#${name}, :new_${name})`)];
  const sections = [
    sets.length === 0 ? '' : `SET ${sets.join(', ')}`,
    (change.remove ?? []).length === 0 ? '' : `REMOVE ${(change.remove ?? []).map((name) => `#${name}`).join(', ')}`,
    add.length === 0 ? '' : `ADD ${add.map(([name]) => `#${name} :new_${name}`).join(', ')}`,
  ];
  return {
    expression: sections.filter((section) => section !== '').join(' '),
    values: Object.fromEntries([...set, ...keep, ...add].map(([name, value]) => [`new_${name}`, value])),
  };
}
