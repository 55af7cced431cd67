import type { Member, Shape, Structure } from './shape.ts';
import { readTimestamp, writeTimestamp } from './timestamp.ts';
import { missing, unfit, wrongType } from './wire.ts';

/** How deep a value may nest; DynamoDB's own limit is 32 levels, each of which takes two here. */
const DEPTH_MAX = 100;

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** A parsed JSON value to the SDK's shape: dates, bytes, `undefined` for null. Members that the model does not know are passed over, as AWS does. */
export function readJson(shape: Shape, value: unknown, path = '', depth = 0): unknown {
  if (depth > DEPTH_MAX) throw wrongType(path, `value nested at most ${DEPTH_MAX} levels deep`);
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return readStructure(shape, value, path, depth);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'list');
      return value.flatMap((item, index) => readItem(shape.item, item, `${path}.${index + 1}.member`, depth));
    case 'map':
      if (!isObject(value)) throw wrongType(path, 'map');
      return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => readItem(shape.value, item, join(path, key), depth).map((read) => [key, read])));
    default:
      return readScalar(shape, value, path);
  }
}

function readItem(item: Member, value: unknown, path: string, depth: number): unknown[] {
  if (value === null) return item.traits.sparse === undefined ? [] : [null];
  return [readJson(item.shape, value, path, depth + 1)];
}

function readStructure(shape: Structure, value: unknown, path: string, depth: number): unknown {
  if (!isObject(value)) throw wrongType(path, 'structure');
  const read: Record<string, unknown> = {};
  for (const [name, member] of shape.members) {
    const found = value[member.traits.jsonName ?? name];
    if (found === undefined || found === null) {
      if (member.required) throw missing(join(path, name));
      continue;
    }
    read[name] = readJson(member.shape, found, join(path, name), depth + 1);
  }
  if (shape.kind === 'union' && Object.keys(read).length !== 1) throw wrongType(path, 'union with exactly one member');
  return read;
}

function readScalar(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(path, 'string');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'boolean');
      return value;
    case 'number':
    case 'big-integer':
    case 'big-decimal':
      if (typeof value !== 'number') throw wrongType(path, 'number');
      return value;
    case 'blob':
      if (typeof value !== 'string') throw wrongType(path, 'base64 string');
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'timestamp': {
      const time = readTimestamp(value);
      if (time === undefined) throw wrongType(path, 'timestamp');
      return time;
    }
    default:
      return value;
  }
}

/** The SDK's shape to a JSON value, each member held against the model: a member that it does not know, or a value of a wrong type, throws. */
export function writeJson(shape: Shape, value: unknown, path = ''): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return writeStructure(shape, value, path);
    case 'list':
      if (!Array.isArray(value)) throw unfit(path, 'is not a list');
      return value.map((item, index) => (item === null && shape.item.traits.sparse !== undefined ? null : writeJson(shape.item.shape, item, `${path}[${index}]`)));
    case 'map':
      if (!isObject(value)) throw unfit(path, 'is not a map');
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [key, writeJson(shape.value.shape, item, join(path, key))]),
      );
    case 'timestamp':
      return writeTimestamp(checkScalar(shape, value, path) as Date, shape.format, 'epoch-seconds');
    case 'blob':
      return Buffer.from(checkScalar(shape, value, path) as Uint8Array).toString('base64');
    default:
      return checkScalar(shape, value, path);
  }
}

function writeStructure(shape: Structure, value: unknown, path: string): unknown {
  checkStructure(shape, value, path);
  const written: Record<string, unknown> = {};
  for (const [name, found] of Object.entries(value as Record<string, unknown>)) {
    const member = shape.members.get(name);
    if (member === undefined || found === undefined) continue;
    written[member.traits.jsonName ?? name] = writeJson(member.shape, found, join(path, name));
  }
  return written;
}

/** Throws when the value is no structure of this shape: unknown members, required ones that are not there, a union of none or several. */
export function checkStructure(shape: Structure, value: unknown, path: string): asserts value is Record<string, unknown> {
  if (!isObject(value)) throw unfit(path, `is not a structure (${shape.name})`);
  let present = 0;
  for (const [name, found] of Object.entries(value)) {
    if (found === undefined) continue;
    if (!shape.members.has(name)) throw unfit(join(path, name), `is no member of ${shape.name}`);
    present += 1;
  }
  if (shape.kind === 'union' && present !== 1) throw unfit(path, `has ${present} members of the union ${shape.name}`);
  for (const [name, member] of shape.members) {
    if (member.required && value[name] === undefined) throw unfit(join(path, name), `is required in ${shape.name} and is not there`);
  }
}

/** Throws when the value is not of the shape's simple type. */
export function checkScalar(shape: Shape, value: unknown, path: string): unknown {
  const fits = {
    string: () => typeof value === 'string',
    boolean: () => typeof value === 'boolean',
    number: () => typeof value === 'number' && Number.isFinite(value),
    'big-integer': () => typeof value === 'bigint' || Number.isInteger(value),
    'big-decimal': () => typeof value === 'number' && Number.isFinite(value),
    blob: () => value instanceof Uint8Array,
    timestamp: () => value instanceof Date && !Number.isNaN(value.getTime()),
    document: () => value !== undefined,
    unit: () => value === undefined,
    structure: () => false,
    union: () => false,
    list: () => false,
    map: () => false,
  }[shape.kind];
  if (!fits()) throw unfit(path, `is not a ${shape.kind} but ${value === null ? 'null' : typeof value}`);
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}
