import { Tokens } from './lexer.ts';
import type { Placeholders } from './placeholders.ts';
import reserved from './reserved-words.json' with { type: 'json' };
import { invalid, refuseOverlaps, type Comparator, type Condition, type ExpressionKind, type Operand, type Path } from './syntax.ts';
import { checkCall, checkCondition } from './types.ts';

const RESERVED = new Set(reserved);
const COMPARATORS: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];
/** "The maximum number of operators or functions is 300" (DynamoDB developer guide, limits); parentheses count too here, so that nesting has an end. */
const OPERATORS_MAX = 300;
const PATH_DEPTH_MAX = 32;

/** Reads a condition, filter or key condition: OR binds loosest, then AND, then NOT. */
export function parseCondition(kind: ExpressionKind, text: string, placeholders: Placeholders): Condition {
  const parser = new Parser(kind, text, placeholders);
  return parser.whole(() => parser.condition());
}

export function parseProjection(text: string, placeholders: Placeholders): Path[] {
  const parser = new Parser('ProjectionExpression', text, placeholders);
  const paths = parser.whole(() => parser.list(() => parser.path()));
  refuseOverlaps('ProjectionExpression', paths);
  return paths;
}

/** What the grammars of conditions and updates share, and the conditions themselves. */
export class Parser {
  readonly tokens: Tokens;
  readonly kind: ExpressionKind;
  readonly #placeholders: Placeholders;
  #operators = 0;

  constructor(kind: ExpressionKind, text: string, placeholders: Placeholders) {
    this.kind = kind;
    this.tokens = new Tokens(kind, text);
    this.#placeholders = placeholders;
  }

  whole<T>(read: () => T): T {
    const result = read();
    if (this.tokens.peek().kind !== 'end') throw this.tokens.unexpected();
    return result;
  }

  list<T>(read: () => T): T[] {
    const members = [read()];
    while (this.tokens.takeIf(',')) members.push(read());
    return members;
  }

  condition(): Condition {
    let left = this.#conjunction();
    while (this.tokens.takeIf('OR')) left = this.#counted({ kind: 'or', left, right: this.#conjunction() });
    return left;
  }

  #conjunction(): Condition {
    let left = this.#negation();
    while (this.tokens.takeIf('AND')) left = this.#counted({ kind: 'and', left, right: this.#negation() });
    return left;
  }

  #negation(): Condition {
    if (!this.tokens.takeIf('NOT')) return this.#primary();
    return this.#counted({ kind: 'not', condition: this.#negation() });
  }

  #primary(): Condition {
    if (this.tokens.isNext('(') && !this.#parenthesesHoldOperand()) {
      this.tokens.take();
      this.#count();
      if (this.tokens.isNext('(') && this.#closesTogether()) throw invalid(this.kind, 'The expression has redundant parentheses;');
      const condition = this.condition();
      this.tokens.expect(')');
      return condition;
    }
    return this.#counted(this.#comparison());
  }

  /** `(a) = :b`: parentheses may stand around a lone operand. */
  #parenthesesHoldOperand(): boolean {
    const close = this.#closing(0);
    const next = this.tokens.peek(close + 1);
    return close > 0 && (COMPARATORS.some((operator) => next.text === operator) || ['IN', 'BETWEEN'].includes(next.text.toUpperCase()));
  }

  /** Two parentheses opened in a row that also close in a row. */
  #closesTogether(): boolean {
    const inner = this.#closing(0);
    return inner > 0 && this.tokens.isNext(')', inner + 1);
  }

  /** How many tokens ahead the parenthesis at `from` closes; -1 when it does not. */
  #closing(from: number): number {
    let depth = 0;
    for (let ahead = from; this.tokens.peek(ahead).kind !== 'end'; ahead += 1) {
      if (this.tokens.isNext('(', ahead)) depth += 1;
      if (this.tokens.isNext(')', ahead)) depth -= 1;
      if (depth === 0) return ahead;
    }
    return -1;
  }

  #comparison(): Condition {
    const operand = this.operand();
    const comparator = COMPARATORS.find((operator) => this.tokens.isNext(operator));
    if (comparator !== undefined) {
      this.tokens.take();
      return checkCondition(this.kind, { kind: 'compare', operator: comparator, left: operand, right: this.operand() });
    }
    if (this.tokens.takeIf('BETWEEN')) {
      const lower = this.operand();
      this.tokens.expect('AND');
      return checkCondition(this.kind, { kind: 'between', operand, lower, upper: this.operand() });
    }
    if (this.tokens.takeIf('IN')) {
      this.tokens.expect('(');
      const among = this.list(() => this.operand());
      this.tokens.expect(')');
      return checkCondition(this.kind, { kind: 'in', operand, among });
    }
    if (operand.kind !== 'call') throw this.tokens.unexpected();
    return checkCondition(this.kind, operand);
  }

  operand(): Operand {
    const token = this.tokens.peek();
    if (token.kind === 'value') return { kind: 'value', value: this.value() };
    if (this.tokens.takeIf('(')) {
      this.#count();
      const operand = this.kind === 'UpdateExpression' ? this.sum() : this.operand();
      this.tokens.expect(')');
      return operand;
    }
    if (token.kind === 'word' && this.tokens.isNext('(', 1)) return this.#call();
    return { kind: 'path', path: this.path() };
  }

  /** Only updates add and subtract, and only once. */
  sum(): Operand {
    const left = this.operand();
    const operator = this.tokens.takeIf('+') ? '+' : this.tokens.takeIf('-') ? '-' : undefined;
    if (operator === undefined) return left;
    this.#count();
    return { kind: 'sum', operator, left, right: this.operand() };
  }

  #call(): Operand {
    const name = this.tokens.take().text;
    this.tokens.expect('(');
    this.#count();
    const operands = this.list(() => this.operand());
    this.tokens.expect(')');
    return checkCall(this.kind, { kind: 'call', name, operands });
  }

  value(): ReturnType<Placeholders['value']> {
    if (this.tokens.peek().kind !== 'value') throw this.tokens.unexpected();
    return this.#placeholders.value(this.kind, this.tokens.take().text);
  }

  path(): Path {
    const path: (string | number)[] = [this.#name()];
    for (;;) {
      if (this.tokens.takeIf('.')) path.push(this.#name());
      else if (this.tokens.takeIf('[')) {
        if (this.tokens.peek().kind !== 'number') throw this.tokens.unexpected();
        path.push(Number(this.tokens.take().text));
        this.tokens.expect(']');
      } else break;
    }
    if (path.length > PATH_DEPTH_MAX) throw invalid(this.kind, `The document path has too many nesting elements; nesting levels: ${path.length}`);
    return path;
  }

  #name(): string {
    const token = this.tokens.peek();
    if (token.kind === 'name') return this.#placeholders.name(this.kind, this.tokens.take().text);
    if (token.kind !== 'word') throw this.tokens.unexpected();
    if (RESERVED.has(token.text.toUpperCase())) {
      if (['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'SET', 'REMOVE', 'ADD', 'DELETE'].includes(token.text.toUpperCase())) throw this.tokens.unexpected();
      throw invalid(this.kind, `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return this.tokens.take().text;
  }

  #counted(condition: Condition): Condition {
    this.#count();
    return condition;
  }

  #count(): void {
    this.#operators += 1;
    if (this.#operators > OPERATORS_MAX) throw invalid(this.kind, `The expression contains too many operators; operator count: ${this.#operators}`);
  }
}
