import { addDecimals, formatDecimal, negate, parseDecimal } from '../decimal.ts';
import { membersOf, normalise, typeOf, type Item, type TypeName, type Value } from '../values.ts';
import { validationError } from '../validation.ts';
import { valueAt } from './evaluate.ts';
import { Parser } from './parser.ts';
import type { Placeholders } from './placeholders.ts';
import { invalid, refuseOverlaps, type Operand, type Path, type Update } from './syntax.ts';
import { wrongType } from './types.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
/** How AWS names a type in the refusals of ADD and DELETE. */
const LONG_NAMES: Readonly<Record<TypeName, string>> = {
  S: 'STRING', N: 'NUMBER', B: 'BINARY', SS: 'STRING_SET', NS: 'NUMBER_SET', BS: 'BINARY_SET', M: 'MAP', L: 'LIST', NULL: 'NULL', BOOL: 'BOOLEAN',
};

/** Reads an update expression: each section at most once, in any order, no path twice. */
export function parseUpdate(text: string, placeholders: Placeholders): Update {
  const parser = new Parser('UpdateExpression', text, placeholders);
  const update = { set: [] as Update['set'][number][], remove: [] as Path[], add: [] as Update['add'][number][], delete: [] as Update['delete'][number][] };
  parser.whole(() => readSections(parser, update));
  refuseOverlaps('UpdateExpression', pathsOf(update));
  return update;
}

function readSections(parser: Parser, update: { set: Update['set'][number][]; remove: Path[]; add: Update['add'][number][]; delete: Update['delete'][number][] }): void {
  const seen = new Set<string>();
  do {
    const section = SECTIONS.find((name) => parser.tokens.isNext(name));
    if (section === undefined) throw parser.tokens.unexpected();
    parser.tokens.take();
    if (seen.has(section)) throw invalid('UpdateExpression', `The "${section}" section can only be used once in an update expression;`);
    seen.add(section);
    if (section === 'SET') update.set.push(...parser.list(() => readAssignment(parser)));
    if (section === 'REMOVE') update.remove.push(...parser.list(() => parser.path()));
    if (section === 'ADD') update.add.push(...parser.list(() => readChange(parser, 'ADD', ['N', 'SS', 'NS', 'BS'])));
    if (section === 'DELETE') update.delete.push(...parser.list(() => readChange(parser, 'DELETE', ['SS', 'NS', 'BS'])));
  } while (parser.tokens.peek().kind !== 'end');
}

function readAssignment(parser: Parser): { path: Path; operand: Operand } {
  const path = parser.path();
  parser.tokens.expect('=');
  const operand = parser.sum();
  checkSum(operand);
  return { path, operand };
}

function checkSum(operand: Operand): void {
  if (operand.kind !== 'sum') return;
  for (const part of [operand.left, operand.right]) {
    if (part.kind === 'value' && part.value.N === undefined) throw wrongType('UpdateExpression', operand.operator, typeOf(part.value));
    checkSum(part);
  }
}

function readChange(parser: Parser, section: 'ADD' | 'DELETE', types: readonly TypeName[]): { path: Path; value: Value } {
  const path = parser.path();
  const value = parser.value();
  if (!types.includes(typeOf(value))) {
    throw invalid('UpdateExpression', `Incorrect operand type for operator or function; operator: ${section}, operand type: ${LONG_NAMES[typeOf(value)]}, typeSet: ALLOWED_FOR_${section}_OPERAND`);
  }
  return { path, value };
}

/** Every path that an update touches. */
export function pathsOf(update: Update): Path[] {
  return [...update.set.map((action) => action.path), ...update.remove, ...update.add.map((action) => action.path), ...update.delete.map((action) => action.path)];
}

/** The item after an update. Every right-hand side sees the item as it was; list positions are those of the list as it was. */
export function applyUpdate(update: Update, before: Item): Item {
  const item = structuredClone(before);
  const assignments = update.set.map(({ path, operand }) => ({ path, value: valueOf(operand, before) }));
  for (const { path, value } of assignments) place(item, path, value);
  for (const { path, value } of update.add) place(item, path, sumOf(valueAt(before, path), value));
  for (const { path, value } of update.delete) place(item, path, without(valueAt(before, path), value));
  for (const path of update.remove) place(item, path, undefined);
  for (const path of pathsOf(update)) closeList(item, path);
  return item;
}

function valueOf(operand: Operand, item: Item): Value {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return present(valueAt(item, operand.path));
  if (operand.kind === 'sum') {
    const [left, right] = [numberOf(valueOf(operand.left, item)), numberOf(valueOf(operand.right, item))];
    return { N: formatDecimal(addDecimals(left, operand.operator === '+' ? right : negate(right))) };
  }
  const [first, second] = operand.operands as [Operand, Operand];
  if (operand.name === 'if_not_exists') return (first.kind === 'path' ? valueAt(item, first.path) : undefined) ?? valueOf(second, item);
  const [head, tail] = [valueOf(first, item).L, valueOf(second, item).L];
  if (head === undefined || tail === undefined) throw wrongOperand();
  return { L: [...head, ...tail] };
}

function present(value: Value | undefined): Value {
  if (value === undefined) throw validationError('The provided expression refers to an attribute that does not exist in the item');
  return value;
}

function numberOf(value: Value) {
  if (value.N === undefined) throw wrongOperand();
  return parseDecimal(value.N);
}

function wrongOperand() {
  return validationError('An operand in the update expression has an incorrect data type');
}

function sumOf(here: Value | undefined, added: Value): Value {
  if (here === undefined) return added;
  if (typeOf(here) !== typeOf(added)) throw wrongOperand();
  if (added.N !== undefined) return { N: formatDecimal(addDecimals(numberOf(here), numberOf(added))) };
  const known = new Set(membersOf(here));
  const fresh = (membersOf(added) ?? []).filter((member) => !known.has(member));
  return normalise(setLike(here, [...known, ...fresh]));
}

function without(here: Value | undefined, removed: Value): Value | undefined {
  if (here === undefined) return undefined;
  if (typeOf(here) !== typeOf(removed)) throw wrongOperand();
  const gone = new Set(membersOf(removed));
  const left = (membersOf(here) ?? []).filter((member) => !gone.has(member));
  return left.length === 0 ? undefined : setLike(here, left);
}

function setLike(sample: Value, members: readonly string[]): Value {
  if (sample.SS !== undefined) return { SS: [...members] };
  if (sample.NS !== undefined) return { NS: [...members] };
  return { BS: members.map((member) => new Uint8Array(Buffer.from(member, 'base64'))) };
}

/** Writes at a path, or takes away with `undefined`. In a list a hole is left (or made, past its end): `closeList` closes it when all is written. */
function place(item: Item, path: Path, value: Value | undefined): void {
  const parent = path.length === 1 ? { M: item } : valueAt(item, path.slice(0, -1));
  const last = path.at(-1) as string | number;
  if (typeof last === 'string' && parent?.M !== undefined) {
    if (value === undefined) delete parent.M[last];
    else parent.M[last] = value;
  } else if (typeof last === 'number' && parent?.L !== undefined) {
    if (value !== undefined) parent.L[last] = value;
    else if (last < parent.L.length) delete parent.L[last];
  } else {
    throw validationError('The document path provided in the update expression is invalid for update');
  }
}

function closeList(item: Item, path: Path): void {
  for (let length = path.length - 1; length > 0; length -= 1) {
    const list = valueAt(item, path.slice(0, length))?.L;
    // `filter` skips the holes.
    if (list !== undefined) list.splice(0, list.length, ...list.filter(() => true));
  }
}
