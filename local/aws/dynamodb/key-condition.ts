import { keyAttributes, typeOfKey, type KeyNames, type TableDefinition } from './definition.ts';
import { hashBytes, orderedBytes, checkNotEmpty } from './keys.ts';
import type { Condition, Operand } from './expressions/syntax.ts';
import type { Bound } from './rows.ts';
import { typeOf, type Value } from './values.ts';
import { validationError } from './validation.ts';

/** What a key condition asks: one partition, and a stretch of its sort keys. */
export interface KeyRange {
  readonly hash: Uint8Array;
  readonly hashValue: Value;
  readonly lower?: Bound;
  readonly upper?: Bound;
}

interface KeyTest {
  readonly name: string;
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';
  readonly values: readonly Value[];
}

const TURNED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

export function keyRangeOf(table: TableDefinition, key: KeyNames, condition: Condition): KeyRange {
  const tests = testsOf(condition);
  const names = tests.map((test) => test.name);
  if (new Set(names).size < names.length) throw validationError('KeyConditionExpressions must only contain one condition per key');
  const missing = keyAttributes(key).find((name, index) => !names.includes(name) && (index === 0 || tests.length > 1));
  if (missing !== undefined || tests.length > 2) throw validationError(`Query condition missed key schema element: ${missing ?? key.hash}`);
  if (names.some((name) => !keyAttributes(key).includes(name))) throw validationError('Query condition missed key schema element');
  for (const test of tests) checkTypes(table, test);
  const [hash, range] = [tests.find((test) => test.name === key.hash), tests.find((test) => test.name === key.range)];
  const hashValue = hash?.values[0];
  if (hash?.operator !== '=' || hashValue === undefined) throw validationError('Query key condition not supported');
  return { hash: hashBytes(hashValue), hashValue, ...(range === undefined ? {} : boundsOf(range)) };
}

function testsOf(condition: Condition): KeyTest[] {
  if (condition.kind === 'and') return [...testsOf(condition.left), ...testsOf(condition.right)];
  if (condition.kind === 'or' || condition.kind === 'not' || condition.kind === 'in') {
    throw validationError(`Invalid operator used in KeyConditionExpression: ${condition.kind.toUpperCase()}`);
  }
  if (condition.kind === 'between') return [testOn(condition.operand, 'BETWEEN', [condition.lower, condition.upper])];
  if (condition.kind === 'call') {
    if (condition.name !== 'begins_with') throw validationError(`Invalid operator used in KeyConditionExpression: ${condition.name}`);
    return [testOn(condition.operands[0] as Operand, 'begins_with', [condition.operands[1] as Operand])];
  }
  const { left, right, operator } = condition;
  if (operator === '<>') throw validationError('Invalid operator used in KeyConditionExpression: <>');
  return [left.kind === 'path' ? testOn(left, operator, [right]) : testOn(right, TURNED[operator], [left])];
}

function testOn(subject: Operand, operator: KeyTest['operator'], operands: readonly Operand[]): KeyTest {
  if ([subject, ...operands].some((operand) => operand.kind === 'call')) throw validationError('KeyConditionExpressions cannot contain nested operations');
  if (subject.kind !== 'path') throw validationError('Invalid condition in KeyConditionExpression: No key attribute specified');
  if (subject.path.length > 1) throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
  const values = operands.map((operand) => {
    if (operand.kind !== 'value') throw validationError('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
    return operand.value;
  });
  return { name: String(subject.path[0]), operator, values };
}

function checkTypes(table: TableDefinition, test: KeyTest): void {
  for (const value of test.values) {
    if (typeOf(value) !== typeOfKey(table, test.name)) throw validationError('One or more parameter values were invalid: Condition parameter type does not match schema type');
    if (test.operator === '=') checkNotEmpty(test.name, value);
  }
}

function boundsOf({ operator, values }: KeyTest): { lower?: Bound; upper?: Bound } {
  const [first, second] = values.map(orderedBytes) as [Uint8Array, Uint8Array];
  if (operator === '=') return { lower: { bytes: first, inclusive: true }, upper: { bytes: first, inclusive: true } };
  if (operator === 'BETWEEN') return { lower: { bytes: first, inclusive: true }, upper: { bytes: second, inclusive: true } };
  if (operator === 'begins_with') {
    const upper = after(first);
    return { lower: { bytes: first, inclusive: true }, ...(upper === undefined ? {} : { upper: { bytes: upper, inclusive: false } }) };
  }
  const bound = { bytes: first, inclusive: operator.endsWith('=') };
  return operator.startsWith('<') ? { upper: bound } : { lower: bound };
}

/** The least bytes that sort after everything beginning with `prefix`; undefined when nothing does. */
export function after(prefix: Uint8Array): Uint8Array | undefined {
  const end = prefix.findLastIndex((byte) => byte < 0xff);
  return end === -1 ? undefined : Uint8Array.of(...prefix.subarray(0, end), (prefix[end] ?? 0) + 1);
}

/** Whether a sort key lies in the range. */
export function withinRange(range: KeyRange, bytes: Uint8Array): boolean {
  const [low, high] = [range.lower === undefined ? 1 : Buffer.compare(bytes, range.lower.bytes), range.upper === undefined ? -1 : Buffer.compare(bytes, range.upper.bytes)];
  return (low > 0 || (low === 0 && range.lower?.inclusive === true)) && (high < 0 || (high === 0 && range.upper?.inclusive === true));
}
