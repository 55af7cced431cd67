import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { formatDecimal, parseDecimal } from './decimal.ts';
import { validationError } from './validation.ts';

export type Value = AttributeValue;
export type Item = Record<string, Value>;
export type TypeName = 'S' | 'N' | 'B' | 'SS' | 'NS' | 'BS' | 'M' | 'L' | 'NULL' | 'BOOL';

export const TYPE_NAMES: readonly TypeName[] = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'];
/** "Up to 32 levels deep" (DynamoDB developer guide, data types). */
const NESTING_MAX = 32;

export function typeOf(value: Value): TypeName {
  const type = TYPE_NAMES.find((name) => (value as unknown as Record<string, unknown>)[name] !== undefined);
  if (type === undefined) throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  return type;
}

/** The value as it is stored: checked, numbers in their one way of writing, so that equal values are written alike. */
export function normalise(value: Value, depth = 1): Value {
  if (depth > NESTING_MAX) throw validationError('Nesting Levels have exceeded supported limits');
  const given = TYPE_NAMES.filter((name) => (value as unknown as Record<string, unknown>)[name] !== undefined);
  if (given.length > 1) throw validationError('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes');
  if (value.N !== undefined) return { N: number(value.N) };
  if (value.NS !== undefined) return { NS: setOf(value.NS.map(number), 'number') };
  if (value.SS !== undefined) return { SS: setOf([...value.SS], 'string') };
  if (value.BS !== undefined) return { BS: binarySet(value.BS) };
  if (value.M !== undefined) return { M: mapValues(value.M, (inner) => normalise(inner, depth + 1)) };
  if (value.L !== undefined) return { L: value.L.map((inner) => normalise(inner, depth + 1)) };
  if (value.NULL === false) throw validationError('One or more parameter values were invalid: Null attribute value types must have the value of true');
  typeOf(value);
  return value;
}

export function mapValues(map: Readonly<Record<string, Value>>, change: (value: Value) => Value): Item {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

function number(text: string): string {
  return formatDecimal(parseDecimal(text));
}

function setOf(members: string[], kind: string): string[] {
  if (members.length === 0) throw validationError(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  if (new Set(members).size < members.length) throw validationError(`One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`);
  return members;
}

function binarySet(members: readonly Uint8Array[]): Uint8Array[] {
  setOf(members.map(base64), 'binary');
  return [...members];
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Equal as DynamoDB compares: same type, numbers by value, sets whatever their order. */
export function equal(a: Value, b: Value): boolean {
  const type = typeOf(a);
  if (type !== typeOf(b)) return false;
  if (a.M !== undefined && b.M !== undefined) {
    const names = Object.keys(a.M);
    const other = b.M;
    return names.length === Object.keys(other).length && names.every((name) => other[name] !== undefined && equal((a.M as Item)[name] as Value, other[name]));
  }
  if (a.L !== undefined && b.L !== undefined) {
    const other = b.L;
    return a.L.length === other.length && a.L.every((value, index) => equal(value, other[index] as Value));
  }
  const members = membersOf(a);
  if (members !== undefined) {
    const others = new Set(membersOf(b));
    return members.length === others.size && members.every((member) => others.has(member));
  }
  return scalar(a) === scalar(b);
}

/** A set's members, each as text that is equal when the members are; undefined when the value is no set. */
export function membersOf(value: Value): string[] | undefined {
  return value.SS ?? value.NS ?? value.BS?.map(base64);
}

/** A scalar as text that is equal when the values are (numbers are normalised already). */
export function scalar(value: Value): string {
  return value.B === undefined ? String(value.S ?? value.N ?? value.BOOL ?? value.NULL) : base64(value.B);
}

/** The value's size in bytes as DynamoDB counts it (developer guide, "item sizes and formats"). */
export function sizeOf(value: Value): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.SS !== undefined) return total(value.SS.map((member) => Buffer.byteLength(member)));
  if (value.NS !== undefined) return total(value.NS.map(numberSize));
  if (value.BS !== undefined) return total(value.BS.map((member) => member.byteLength));
  if (value.M !== undefined) return 3 + itemSize(value.M) + Object.keys(value.M).length;
  if (value.L !== undefined) return 3 + total(value.L.map((member) => 1 + sizeOf(member)));
  return 1;
}

export function itemSize(item: Readonly<Record<string, Value>>): number {
  return total(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + sizeOf(value)));
}

function numberSize(text: string): number {
  const { sign, digits } = parseDecimal(text);
  return sign === 0 ? 1 : Math.ceil(digits.length / 2) + 1 + (sign < 0 ? 1 : 0);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

/** An item as text on the disk: JSON, with bytes in base64. */
export function toText(item: Item): string {
  // A Buffer turns itself into an array of numbers before the replacer sees it, so the replacer looks at what held it.
  return JSON.stringify(item, function (this: Record<string, unknown>, key, value: unknown) {
    const held = this[key];
    return held instanceof Uint8Array ? { $bytes: base64(held) } : value;
  });
}

export function fromText(text: string): Item {
  // The reviver is slow and most items hold no bytes.
  return JSON.parse(text, text.includes('"$bytes"') ? (_key, value: unknown) => bytesOf(value) : undefined) as Item;
}

function bytesOf(value: unknown): unknown {
  const encoded = typeof value === 'object' && value !== null ? (value as { $bytes?: unknown }).$bytes : undefined;
  return typeof encoded === 'string' ? new Uint8Array(Buffer.from(encoded, 'base64')) : value;
}
