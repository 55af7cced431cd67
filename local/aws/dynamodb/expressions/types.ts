import { compareDecimals, parseDecimal } from '../decimal.ts';
import { TYPE_NAMES, scalar, typeOf, type TypeName, type Value } from '../values.ts';
import { invalid, writtenPath, type Condition, type ExpressionKind, type Operand } from './syntax.ts';

type Call = Extract<Operand, { kind: 'call' }>;

interface Signature {
  readonly operands: number;
  /** Where it may stand. */
  readonly use: 'condition' | 'operand' | 'update';
  /** Types that a literal may have, by position. */
  readonly types: readonly (readonly TypeName[] | undefined)[];
  /** The first operand must be a document path. */
  readonly path: boolean;
}

const FUNCTIONS = new Map<string, Signature>(Object.entries({
  attribute_exists: { operands: 1, use: 'condition', types: [], path: true },
  attribute_not_exists: { operands: 1, use: 'condition', types: [], path: true },
  attribute_type: { operands: 2, use: 'condition', types: [undefined, ['S']], path: true },
  begins_with: { operands: 2, use: 'condition', types: [['S', 'B'], ['S', 'B']], path: false },
  contains: { operands: 2, use: 'condition', types: [['S', 'B', 'SS', 'NS', 'BS', 'L'], undefined], path: false },
  size: { operands: 1, use: 'operand', types: [['S', 'B', 'SS', 'NS', 'BS', 'M', 'L']], path: false },
  if_not_exists: { operands: 2, use: 'update', types: [], path: true },
  list_append: { operands: 2, use: 'update', types: [['L'], ['L']], path: false },
} satisfies Record<string, Signature>));

/** Refuses a call that cannot be right whatever the item holds: unknown name, wrong count, a literal of the wrong type. */
export function checkCall(kind: ExpressionKind, call: Call): Call {
  const signature = FUNCTIONS.get(call.name);
  if (signature === undefined) throw invalid(kind, `Invalid function name; function: ${call.name}`);
  if (kind === 'UpdateExpression' && signature.use !== 'update') throw invalid(kind, `The function is not allowed in an update expression; function: ${call.name}`);
  if (kind !== 'UpdateExpression' && signature.use === 'update') throw invalid(kind, `The function is not allowed in a condition expression; function: ${call.name}`);
  if (call.operands.length !== signature.operands) {
    throw invalid(kind, `Incorrect number of operands for operator or function; operator or function: ${call.name}, number of operands: ${call.operands.length}`);
  }
  if (signature.path && call.operands[0]?.kind !== 'path') throw invalid(kind, `Operator or function requires a document path; operator or function: ${call.name}`);
  for (const [index, operand] of call.operands.entries()) {
    refuseCondition(kind, operand);
    const allowed = signature.types[index];
    if (operand.kind === 'value' && allowed !== undefined && !allowed.includes(typeOf(operand.value))) throw wrongType(kind, call.name, typeOf(operand.value));
  }
  if (call.name === 'attribute_type') checkTypeName(kind, call.operands[1] as Operand);
  if (call.name === 'contains' || call.name === 'begins_with') refuseSame(kind, call.name, call.operands);
  return call;
}

function checkTypeName(kind: ExpressionKind, operand: Operand): void {
  if (operand.kind !== 'value') throw wrongType(kind, 'attribute_type', `{${TYPE_NAMES.join(',')}}`);
  const name = operand.value.S ?? '';
  if (!(TYPE_NAMES as readonly string[]).includes(name)) throw invalid(kind, `Invalid attribute type name found; type: ${name}, valid types: {${TYPE_NAMES.join(',')}}`);
}

/** Refuses a comparison that cannot be right whatever the item holds. */
export function checkCondition(kind: ExpressionKind, condition: Condition): Condition {
  if (condition.kind === 'call' && FUNCTIONS.get(condition.name)?.use !== 'condition') {
    throw invalid(kind, `The function is not allowed to be used this way in an expression; function: ${condition.name}`);
  }
  if (condition.kind === 'compare') {
    for (const operand of [condition.left, condition.right]) {
      refuseCondition(kind, operand);
      if (condition.operator !== '=' && condition.operator !== '<>') refuseUnordered(kind, condition.operator, operand);
    }
    refuseSame(kind, condition.operator, [condition.left, condition.right]);
  }
  if (condition.kind === 'between') {
    for (const operand of [condition.operand, condition.lower, condition.upper]) {
      refuseCondition(kind, operand);
      refuseUnordered(kind, 'BETWEEN', operand);
    }
    if (condition.lower.kind === 'value' && condition.upper.kind === 'value') checkBounds(kind, condition.lower.value, condition.upper.value);
  }
  if (condition.kind === 'in') {
    for (const operand of [condition.operand, ...condition.among]) refuseCondition(kind, operand);
    refuseSame(kind, 'IN', [condition.operand, ...condition.among]);
  }
  return condition;
}

function checkBounds(kind: ExpressionKind, lower: Value, upper: Value): void {
  const told = `lower bound operand: ${written(lower)}, upper bound operand: ${written(upper)}`;
  if (typeOf(lower) !== typeOf(upper)) throw invalid(kind, `The BETWEEN operator requires same data type for lower and upper bounds; ${told}`);
  if ((compareValues(lower, upper) ?? 0) > 0) throw invalid(kind, `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${told}`);
}

function written(value: Value): string {
  return `AttributeValue: {${typeOf(value)}:${scalar(value)}}`;
}

/** Negative, 0 or positive for two strings, numbers or binaries; undefined for anything else, which has no order. */
export function compareValues(a: Value, b: Value): number | undefined {
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(parseDecimal(a.N), parseDecimal(b.N));
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(a.B, b.B);
  return undefined;
}

function refuseCondition(kind: ExpressionKind, operand: Operand): void {
  if (operand.kind === 'call' && FUNCTIONS.get(operand.name)?.use === 'condition') {
    throw invalid(kind, `The function is not allowed to be used this way in an expression; function: ${operand.name}`);
  }
}

function refuseUnordered(kind: ExpressionKind, operator: string, operand: Operand): void {
  if (operand.kind === 'value' && !['S', 'N', 'B'].includes(typeOf(operand.value))) throw wrongType(kind, operator, typeOf(operand.value));
}

function refuseSame(kind: ExpressionKind, operator: string, operands: readonly Operand[]): void {
  const [first, ...rest] = operands;
  if (first?.kind !== 'path') return;
  const path = writtenPath(first.path);
  if (rest.some((operand) => operand.kind === 'path' && writtenPath(operand.path) === path)) {
    throw invalid(kind, `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${path}`);
  }
}

export function wrongType(kind: ExpressionKind, operator: string, type: string) {
  return invalid(kind, `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`);
}
