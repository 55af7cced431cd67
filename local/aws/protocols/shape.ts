/**
 * The official client packages export the service models as small arrays. This file reads them into shapes that a
 * server can walk: the same models that drive the SDK's requests drive the answers of the simulated AWS.
 */

export type TimestampFormat = 'default' | 'date-time' | 'http-date' | 'epoch-seconds';

/** Traits that bear on the wire, of a member together with those of its target. */
export interface Traits {
  readonly httpLabel?: unknown;
  readonly httpPayload?: unknown;
  readonly httpResponseCode?: unknown;
  readonly httpQueryParams?: unknown;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly jsonName?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: unknown;
  readonly ec2QueryName?: string;
  readonly sparse?: unknown;
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly traits: Traits;
  readonly required: boolean;
}

export interface Structure {
  readonly kind: 'structure' | 'union';
  readonly name: string;
  readonly members: ReadonlyMap<string, Member>;
}

export interface ListShape {
  readonly kind: 'list';
  readonly item: Member;
}

export interface MapShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
}

export type Shape =
  | Structure
  | ListShape
  | MapShape
  | { readonly kind: 'string' | 'boolean' | 'number' | 'big-integer' | 'big-decimal' | 'blob' | 'document' | 'unit' }
  | { readonly kind: 'timestamp'; readonly format: TimestampFormat };

export interface ErrorShape {
  /** The shape's name: `ResourceInUseException`. */
  readonly name: string;
  readonly fault: 'client' | 'server';
  readonly status: number | undefined;
  /** The code that query protocols write, where it differs: `NoSuchEntity`. */
  readonly queryCode: string | undefined;
  readonly structure: Structure;
}

export interface OperationShape {
  readonly name: string;
  readonly http: { readonly method: string; readonly path: string; readonly status: number } | undefined;
  readonly input: Shape;
  readonly output: Shape;
}

/** A service's model, as its client package tells it. */
export interface Model {
  /** `com.amazonaws.eks` */
  readonly namespace: string;
  readonly operations: ReadonlyMap<string, OperationShape>;
  /** By shape name, and by query code. */
  readonly errors: ReadonlyMap<string, ErrorShape>;
}

const TRAIT_BITS = ['httpLabel', 'idempotent', 'idempotencyToken', 'sensitive', 'httpPayload', 'httpResponseCode', 'httpQueryParams'];
const STRUCTURE = 3;
const UNION = 4;
const ERROR = -3;
const OPERATION = 9;
const LIST = 1;
const MAP = 2;
const SIMPLE = 0;
const LIST_OF = 64;
const MAP_OF = 128;

const SIMPLE_SHAPES: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'number' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp', format: 'default' },
  5: { kind: 'timestamp', format: 'date-time' },
  6: { kind: 'timestamp', format: 'http-date' },
  7: { kind: 'timestamp', format: 'epoch-seconds' },
  15: { kind: 'document' },
  17: { kind: 'big-integer' },
  19: { kind: 'big-decimal' },
  21: { kind: 'blob' },
  42: { kind: 'blob' },
};
const UNIT: Shape = { kind: 'unit' };

const known = new WeakMap<readonly unknown[], Shape>();

/** Reads a client package's exports. */
export function readModel(schemas: Readonly<Record<string, unknown>>): Model {
  const operations = new Map<string, OperationShape>();
  const errors = new Map<string, ErrorShape>();
  let namespace = '';
  for (const exported of Object.values(schemas)) {
    if (!Array.isArray(exported)) continue;
    if (exported[0] === OPERATION) {
      const operation = readOperation(exported);
      operations.set(operation.name, operation);
      namespace = String(exported[1]);
    } else if (exported[0] === ERROR) {
      const error = readError(exported);
      errors.set(error.name, error);
      if (error.queryCode !== undefined && !errors.has(error.queryCode)) errors.set(error.queryCode, error);
    }
  }
  return { namespace, operations, errors };
}

function readOperation(schema: readonly unknown[]): OperationShape {
  const http = traitsOf(schema[3]) as { http?: [string, string, number] };
  return {
    name: String(schema[2]),
    http: http.http === undefined ? undefined : { method: http.http[0], path: http.http[1], status: http.http[2] },
    input: readShape(schema[4]),
    output: readShape(schema[5]),
  };
}

function readError(schema: readonly unknown[]): ErrorShape {
  const traits = traitsOf(schema[3]) as { error?: string; httpError?: number; awsQueryError?: [string, number] };
  return {
    name: String(schema[2]),
    fault: traits.error === 'server' ? 'server' : 'client',
    status: traits.httpError ?? traits.awsQueryError?.[1],
    queryCode: traits.awsQueryError?.[0],
    structure: readShape(schema) as Structure,
  };
}

function readShape(reference: unknown): Shape {
  const schema = typeof reference === 'function' ? (reference as () => unknown)() : reference;
  if (schema === 'unit' || schema === undefined) return UNIT;
  if (typeof schema === 'number') return numberedShape(schema);
  if (!Array.isArray(schema)) throw new Error(`A client package holds a schema of an unknown form: ${String(schema)}`);
  if (schema.length === 2) return readShape(schema[0]);
  const cached = known.get(schema);
  if (cached !== undefined) return cached;
  const shape = arrayShape(schema);
  known.set(schema, shape);
  return shape;
}

function numberedShape(schema: number): Shape {
  if (schema >= MAP_OF) return { kind: 'map', key: member('key', 0, false), value: member('value', schema - MAP_OF, false) };
  if (schema >= LIST_OF) return { kind: 'list', item: member('member', schema - LIST_OF, false) };
  const shape = SIMPLE_SHAPES[schema];
  if (shape === undefined) throw new Error(`A client package holds a schema of an unknown number: ${schema}`);
  return shape;
}

/** Structures name each other in circles, so their parts are read when they are first asked for. */
function arrayShape(schema: readonly unknown[]): Shape {
  switch (schema[0]) {
    case SIMPLE:
      return readShape(schema[4]);
    case STRUCTURE:
    case ERROR:
    case UNION:
      return new LazyStructure(schema);
    case LIST:
      return new LazyList(schema);
    case MAP:
      return new LazyMap(schema);
    default:
      throw new Error(`A client package holds a schema of an unknown kind: ${String(schema[0])}`);
  }
}

class LazyStructure implements Structure {
  readonly kind: 'structure' | 'union';
  readonly name: string;
  readonly #schema: readonly unknown[];
  #members: ReadonlyMap<string, Member> | undefined;

  constructor(schema: readonly unknown[]) {
    this.#schema = schema;
    this.kind = schema[0] === UNION ? 'union' : 'structure';
    this.name = String(schema[2]);
  }

  get members(): ReadonlyMap<string, Member> {
    if (this.#members === undefined) {
      const names = this.#schema[4] as string[];
      const references = this.#schema[5] as unknown[];
      const requiredCount = this.kind === 'union' ? 0 : ((this.#schema[6] as number | undefined) ?? 0);
      this.#members = new Map(names.map((name, index) => [name, member(name, references[index], index < requiredCount)]));
    }
    return this.#members;
  }
}

class LazyList implements ListShape {
  readonly kind = 'list';
  readonly #schema: readonly unknown[];
  #item: Member | undefined;

  constructor(schema: readonly unknown[]) {
    this.#schema = schema;
  }

  get item(): Member {
    this.#item ??= member('member', this.#schema[4], false);
    return this.#item;
  }
}

class LazyMap implements MapShape {
  readonly kind = 'map';
  readonly #schema: readonly unknown[];
  #key: Member | undefined;
  #value: Member | undefined;

  constructor(schema: readonly unknown[]) {
    this.#schema = schema;
  }

  get key(): Member {
    this.#key ??= member('key', this.#schema[4], false);
    return this.#key;
  }

  get value(): Member {
    this.#value ??= member('value', this.#schema[5], false);
    return this.#value;
  }
}

function member(name: string, reference: unknown, required: boolean): Member {
  let target = reference;
  let traits: Traits = {};
  while (Array.isArray(target) && target.length === 2) {
    traits = { ...traitsOf(target[1]), ...traits };
    target = target[0];
  }
  const schema: unknown = typeof target === 'function' ? (target as () => unknown)() : target;
  const own: Traits = Array.isArray(schema) ? traitsOf(schema[3]) : {};
  return { name, shape: readShape(schema), traits: { ...own, ...traits }, required };
}

function traitsOf(indicator: unknown): Traits {
  if (typeof indicator === 'object' && indicator !== null) return indicator;
  const bits = Number(indicator ?? 0);
  return Object.fromEntries(TRAIT_BITS.filter((_, index) => ((bits >> index) & 1) === 1).map((name) => [name, 1]));
}
