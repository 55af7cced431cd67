import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import type { World } from '../service.ts';
import type { Json, Template } from './definition.ts';
import { expressionText, isExpression } from './definition.ts';
import { StateFailure } from './failure.ts';
import { EVALUATION_MILLISECONDS_MAX, RANGE_ITEMS_MAX } from './limits.ts';

/** What an expression may look at. */
export interface Scope {
  readonly state: string;
  /** Id of the event that entered the state; AWS names it in its error texts. */
  readonly entered: number;
  readonly variables: Readonly<Record<string, Json>>;
  readonly states: { readonly input: Json; readonly result?: Json; readonly errorOutput?: Json; readonly context: Json };
  /** What `$now()` and `$millis()` answer, epoch milliseconds. */
  readonly now: number;
}

/** Name of the hidden variable that carries the virtual time into `$now()`; no ASL variable can have a space. */
const NOW = 'virtual now';

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

/**
 * JSONata as Step Functions speaks it: the language's own functions without `$eval`, and `$partition`, `$range`, `$hash`,
 * `$random`, `$uuid`, `$parse` besides. Compiled expressions are kept.
 * Source: "Transforming data with JSONata" in the developer guide.
 */
export class Expressions {
  readonly #world: Pick<World, 'random' | 'newId'>;
  readonly #compiled = new Map<string, jsonata.Expression>();

  constructor(world: Pick<World, 'random' | 'newId'>) {
    this.#world = world;
  }

  /** The value of a template: expressions evaluated wherever they stand, all else as written. `location` is the field, for errors. */
  async template(template: Template, scope: Scope, location: string): Promise<Json> {
    if (isExpression(template)) return this.evaluate(template, scope, location);
    if (template === null || typeof template !== 'object') return template;
    if (Array.isArray(template)) {
      const items: Json[] = [];
      for (const [index, item] of (template as readonly Json[]).entries()) items.push(await this.template(item, scope, `${location}[${index}]`));
      return items;
    }
    const fields: Record<string, Json> = {};
    for (const [name, value] of Object.entries(template)) fields[name] = await this.template(value, scope, `${location}/${name}`);
    return fields;
  }

  /** The value of one `{% … %}` expression. Throws StateFailure States.QueryEvaluationError in AWS's words. */
  async evaluate(expression: string, scope: Scope, location: string): Promise<Json> {
    const text = expressionText(expression);
    let value: unknown;
    try {
      value = await this.#compile(text).evaluate(undefined, { ...scope.variables, states: scope.states, [NOW]: scope.now });
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message?: string };
      throw evaluationFailure(scope, location, `${quoted(text, location)} threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message ?? ''}`);
    }
    if (value === undefined) throw evaluationFailure(scope, location, `${quoted(text, location)} returned nothing (undefined).`);
    const json = typeof value === 'function' || isLambda(value) ? undefined : JSON.stringify(value);
    if (json === undefined) throw evaluationFailure(scope, location, `${quoted(text, location)} returned an unsupported result type.`);
    return JSON.parse(json) as Json;
  }

  /** As `template`, with the answer's type checked: `number`, `string`, `boolean` or `array`. */
  async typed<T extends Json>(template: Template, type: 'number' | 'string' | 'boolean' | 'array', scope: Scope, location: string): Promise<T> {
    const value = await this.template(template, scope, location);
    const found = typeOf(value);
    if (found === type) return value as T;
    const what = isExpression(template) ? quoted(expressionText(template), location) : `The value specified for the field '${location}'`;
    throw evaluationFailure(scope, location, `${what} returned an unexpected result type. Expected '${type}', but was '${found}' for value: ${JSON.stringify(value)}`);
  }

  #compile(text: string): jsonata.Expression {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const expression = jsonata(text, { timeout: EVALUATION_MILLISECONDS_MAX });
    this.#register(expression);
    this.#compiled.set(text, expression);
    return expression;
  }

  #register(expression: jsonata.Expression): void {
    const { random, newId } = this.#world;
    expression.assign('eval', undefined);
    expression.registerFunction('partition', partition, '<a-n:a>');
    expression.registerFunction('range', range, '<nnn:a>');
    expression.registerFunction('hash', hash, '<s-s?:s>');
    expression.registerFunction('random', (seed?: number) => (seed === undefined ? random() : seeded(seed)), '<n?:n>');
    expression.registerFunction('uuid', () => asUuid(newId()), '<:s>');
    expression.registerFunction('parse', (text?: string) => (text === undefined ? undefined : (JSON.parse(text) as unknown)), '<s-:x>');
    expression.registerFunction('millis', function () {
      return this.environment.lookup(NOW) as number;
    }, '<:n>');
    expression.registerFunction('now', async function (picture?: string, zone?: string) {
      const now = this.environment.lookup(NOW) as number;
      return picture === undefined ? new Date(now).toISOString() : (FORMAT_NOW.evaluate(undefined, { now, picture, zone }) as Promise<string>);
    }, '<s?s?:s>');
  }
}

const FORMAT_NOW = jsonata('$fromMillis($now, $picture, $zone)');

export function evaluationFailure(scope: Pick<Scope, 'state' | 'entered'>, location: string | undefined, what: string, afterEntry = false): StateFailure {
  const cause = `An error occurred while executing the state '${scope.state}' (entered at the event id #${scope.entered}). ${what}`;
  return new StateFailure('States.QueryEvaluationError', cause, { ...(location === undefined ? {} : { location }), ...(afterEntry ? { afterEntry } : {}) });
}

function quoted(text: string, location: string): string {
  return `The JSONata expression '${text}' specified for the field '${location}'`;
}

/** JSONata's own functions are objects, with these marks. */
function isLambda(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value);
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function partition(items: unknown[] | undefined, size: number): unknown[][] | undefined {
  if (items === undefined) return undefined;
  if (!(Math.floor(size) > 0)) throw new Error('The second argument of $partition must be a positive number');
  const parts: unknown[][] = [];
  for (let at = 0; at < items.length; at += Math.floor(size)) parts.push(items.slice(at, at + Math.floor(size)));
  return parts;
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new Error('The step of $range must not be 0');
  const length = Math.floor((last - first) / step) + 1;
  if (length > RANGE_ITEMS_MAX) throw new Error(`$range makes at most ${RANGE_ITEMS_MAX} numbers`);
  return Array.from({ length: Math.max(0, length) }, (_, index) => first + index * step);
}

function hash(text: string | undefined, algorithm = 'SHA-256'): string | undefined {
  if (text === undefined) return undefined;
  const name = HASHES[algorithm];
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}, not ${algorithm}`);
  return createHash(name).update(text).digest('hex');
}

/** 0 <= x < 1, the same for the same seed. */
function seeded(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUInt32BE(0) / 2 ** 32;
}

function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
