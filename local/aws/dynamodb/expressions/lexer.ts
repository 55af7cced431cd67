import { invalid, type ExpressionKind } from './syntax.ts';

export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** "The maximum length of any expression string is 4 KB" (DynamoDB developer guide, limits). */
const EXPRESSION_BYTES_MAX = 4096;
const PATTERN = /\s+|[A-Za-z][A-Za-z0-9_]*|#[A-Za-z0-9_]+|:[A-Za-z0-9_]+|\d+|<>|<=|>=|[=<>()[\],.+-]|./gsu;

export function tokenise(kind: ExpressionKind, text: string): Token[] {
  if (text.trim() === '') throw invalid(kind, 'The expression can not be empty;');
  if (Buffer.byteLength(text) > EXPRESSION_BYTES_MAX) throw invalid(kind, `Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`);
  const tokens: Token[] = [];
  for (const match of text.matchAll(PATTERN)) {
    if (match[0].trim() !== '') tokens.push({ kind: kindOf(match[0]), text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return [...tokens, { kind: 'end', text: '<EOF>', start: text.length, end: text.length }];
}

function kindOf(text: string): Token['kind'] {
  if (/^[A-Za-z]/.test(text)) return 'word';
  if (/^#./.test(text)) return 'name';
  if (/^:./.test(text)) return 'value';
  return /^\d/.test(text) ? 'number' : 'symbol';
}

/** Reads tokens one by one; what it did not expect it refuses as AWS does, with what stood around it. */
export class Tokens {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    this.#text = text;
    this.#tokens = tokenise(kind, text);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether a symbol or keyword comes next; keywords in any case. */
  isNext(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' ? token.text === text : token.kind === 'word' && token.text.toUpperCase() === text;
  }

  takeIf(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.takeIf(text)) throw this.unexpected();
  }

  unexpected() {
    const [token, before, after] = [this.peek(), this.#at === 0 ? this.peek() : this.peek(-1), this.peek(1)];
    const until = after.kind === 'end' ? token.end : after.end;
    return invalid(this.kind, `Syntax error; token: "${token.text}", near: "${this.#text.slice(before.start, until)}"`);
  }
}
