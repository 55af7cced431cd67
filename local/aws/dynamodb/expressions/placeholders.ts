import { normalise, type Item, type Value } from '../values.ts';
import { validationError } from '../validation.ts';
import { invalid, type ExpressionKind } from './syntax.ts';

/** A request's ExpressionAttributeNames and ExpressionAttributeValues. Knows which of them its expressions used, since AWS refuses the unused. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Item;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  /** `expressions`: those that the request has, by kind; some are undefined. */
  constructor(names: Readonly<Record<string, string>> | undefined, values: Readonly<Record<string, Value>> | undefined, expressions: Readonly<Partial<Record<ExpressionKind, string | undefined>>>) {
    const given = Object.values(expressions).some((expression) => expression !== undefined);
    if (names !== undefined) {
      if (!given) throw validationError('ExpressionAttributeNames can only be specified when using expressions');
      if (Object.keys(names).length === 0) throw validationError('ExpressionAttributeNames must not be empty');
      for (const key of Object.keys(names)) checkPlaceholder('ExpressionAttributeNames', key, /^#[A-Za-z0-9_]+$/);
    }
    if (values !== undefined) {
      const takers = Object.keys(expressions).filter((kind) => kind !== 'ProjectionExpression');
      if (takers.every((kind) => expressions[kind as ExpressionKind] === undefined)) {
        throw validationError(`ExpressionAttributeValues can only be specified when using expressions: ${takers.join(' and ')} ${takers.length > 1 ? 'are' : 'is'} null`);
      }
      if (Object.keys(values).length === 0) throw validationError('ExpressionAttributeValues must not be empty');
      for (const key of Object.keys(values)) checkPlaceholder('ExpressionAttributeValues', key, /^:[A-Za-z0-9_]+$/);
    }
    this.#names = names ?? {};
    this.#values = Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, valueUnder(key, value)]));
  }

  name(kind: ExpressionKind, placeholder: string): string {
    const name = this.#names[placeholder];
    if (name === undefined) throw invalid(kind, `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`);
    this.#usedNames.add(placeholder);
    return name;
  }

  value(kind: ExpressionKind, placeholder: string): Value {
    const value = this.#values[placeholder];
    if (value === undefined) throw invalid(kind, `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
    this.#usedValues.add(placeholder);
    return value;
  }

  refuseUnused(): void {
    refuseUnused('ExpressionAttributeNames', Object.keys(this.#names), this.#usedNames);
    refuseUnused('ExpressionAttributeValues', Object.keys(this.#values), this.#usedValues);
  }
}

function checkPlaceholder(member: string, key: string, pattern: RegExp): void {
  if (!pattern.test(key)) throw validationError(`${member} contains invalid key: Syntax error; key: "${key}"`);
}

function valueUnder(key: string, value: Value): Value {
  try {
    return normalise(value);
  } catch (error) {
    throw validationError(`ExpressionAttributeValues contains invalid value: ${(error as Error).message} for key ${key}`);
  }
}

function refuseUnused(member: string, given: readonly string[], used: ReadonlySet<string>): void {
  const unused = given.filter((key) => !used.has(key));
  if (unused.length > 0) throw validationError(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
}
