import type { AwsError } from '../service.ts';
import { errorMembers, parseJsonBody } from './aws-json.ts';
import { checkScalar, checkStructure, readJson, writeJson } from './json-values.ts';
import type { ErrorShape, Member, Model, OperationShape, Structure } from './shape.ts';
import { readTimestamp, writeTimestamp } from './timestamp.ts';
import { missing, unfit, wrongType } from './wire.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';

interface Route {
  readonly operation: OperationShape;
  readonly segments: readonly string[];
  /** Fixed query parameters, which some operations are told apart by. */
  readonly query: URLSearchParams;
  readonly literals: number;
}

const routes = new WeakMap<Model, ReadonlyMap<string, readonly Route[]>>();

/** REST JSON: method and path say the operation; labels, query, headers and a JSON body carry the input. */
export const restJson: WireProtocol = {
  route: routeByPath,

  readInput(routed: Routed, request: WireRequest): unknown {
    const { input } = routed.operation;
    if (input.kind === 'unit') return {};
    const structure = input as Structure;
    const members = [...structure.members.values()];
    const payload = members.find((member) => member.traits.httpPayload !== undefined);
    const inBody = members.filter((member) => !isBound(member));
    const body = payload === undefined && inBody.length > 0 ? parseJsonBody(request.body) : {};
    const read: Record<string, unknown> = {};
    for (const member of members) {
      const value = member === payload ? readPayload(member, request) : isBound(member) ? readBound(member, routed, request) : readBody(member, body);
      if (value !== undefined) read[member.name] = value;
      else if (member.required) throw missing(member.name);
    }
    return read;
  },

  writeOutput(operation: OperationShape, output: unknown, _model: Model, requestId: string): WireAnswer {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
    let status = operation.http?.status ?? 200;
    if (operation.output.kind === 'unit') return { status, headers, body: '' };
    const structure = operation.output as Structure;
    const value = output ?? {};
    checkStructure(structure, value, '');
    const body: Record<string, unknown> = {};
    let payload: Uint8Array | string | undefined;
    for (const member of structure.members.values()) {
      const found = value[member.name];
      if (found === undefined) continue;
      if (member.traits.httpHeader !== undefined) headers[member.traits.httpHeader.toLowerCase()] = writeHeader(member, found);
      else if (member.traits.httpResponseCode !== undefined) status = checkScalar(member.shape, found, member.name) as number;
      else if (member.traits.httpPayload !== undefined) payload = writePayload(member, found);
      else body[member.traits.jsonName ?? member.name] = writeJson(member.shape, found, member.name);
    }
    return { status, headers, body: payload ?? JSON.stringify(body) };
  },

  writeError(error: AwsError, shape: ErrorShape | undefined, _model: Model, requestId: string): WireAnswer {
    const type = shape?.name ?? error.code;
    return {
      status: shape?.status ?? error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': type },
      body: JSON.stringify({ __type: type, ...errorMembers(error, shape) }),
    };
  },
};

/** The operation that a method and a path ask for. */
export function routeByPath(request: WireRequest, model: Model): Routed | string {
  const segments = split(request.path);
  for (const route of routesOf(model).get(request.method) ?? []) {
    const labels = match(route, segments);
    if (labels !== undefined && [...route.query].every(([name, value]) => request.query.get(name) === value)) return { operation: route.operation, labels };
  }
  return `${request.method} ${request.path}`;
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function routesOf(model: Model): ReadonlyMap<string, readonly Route[]> {
  const cached = routes.get(model);
  if (cached !== undefined) return cached;
  const byMethod = new Map<string, Route[]>();
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue;
    const [path = '', query = ''] = operation.http.path.split('?');
    const segments = split(path);
    const route = { operation, segments, query: new URLSearchParams(query), literals: segments.filter((segment) => !segment.startsWith('{')).length };
    byMethod.set(operation.http.method, [...(byMethod.get(operation.http.method) ?? []), route]);
  }
  // What is spelled out wins over what a label takes, whatever the order in the model.
  for (const list of byMethod.values()) list.sort((a, b) => b.literals - a.literals || [...b.query].length - [...a.query].length);
  routes.set(model, byMethod);
  return byMethod;
}

function match(route: Route, segments: readonly string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, expected] of route.segments.entries()) {
    if (expected.startsWith('{') && expected.endsWith('+}')) {
      labels[expected.slice(1, -2)] = segments.slice(index).map(decode).join('/');
      return segments.length > index ? labels : undefined;
    }
    const found = segments[index];
    if (found === undefined) return undefined;
    if (expected.startsWith('{')) labels[expected.slice(1, -1)] = decode(found);
    else if (expected !== found) return undefined;
  }
  return segments.length === route.segments.length ? labels : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const isBound = (member: Member): boolean =>
  member.traits.httpLabel !== undefined || member.traits.httpQuery !== undefined || member.traits.httpHeader !== undefined || member.traits.httpQueryParams !== undefined;

export function readBound(member: Member, routed: Routed, request: WireRequest): unknown {
  if (member.traits.httpLabel !== undefined) return fromText(member, routed.labels[member.name]);
  if (member.traits.httpHeader !== undefined) return fromText(member, request.headers[member.traits.httpHeader.toLowerCase()]);
  if (member.traits.httpQueryParams !== undefined) return Object.fromEntries(request.query);
  const name = member.traits.httpQuery ?? member.name;
  if (member.shape.kind === 'list') {
    const { item } = member.shape;
    const values = request.query.getAll(name);
    return values.length === 0 ? undefined : values.map((value) => fromText({ ...item, name: member.name }, value));
  }
  return fromText(member, request.query.get(name) ?? undefined);
}

function fromText(member: Member, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  switch (member.shape.kind) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrongType(member.name, 'boolean');
      return text === 'true';
    case 'number':
      if (text.trim() === '' || Number.isNaN(Number(text))) throw wrongType(member.name, 'number');
      return Number(text);
    case 'timestamp': {
      const time = readTimestamp(text);
      if (time === undefined) throw wrongType(member.name, 'timestamp');
      return time;
    }
    default:
      return text;
  }
}

function readBody(member: Member, body: Record<string, unknown>): unknown {
  const value = body[member.traits.jsonName ?? member.name];
  return value === undefined || value === null ? undefined : readJson(member.shape, value, member.name);
}

function readPayload(member: Member, request: WireRequest): unknown {
  if (member.shape.kind === 'blob') return request.body;
  if (member.shape.kind === 'string') return Buffer.from(request.body).toString('utf8');
  return request.body.byteLength === 0 ? undefined : readJson(member.shape, parseJsonBody(request.body), member.name);
}

function writePayload(member: Member, value: unknown): Uint8Array | string {
  if (member.shape.kind === 'blob') return checkScalar(member.shape, value, member.name) as Uint8Array;
  if (member.shape.kind === 'string') return checkScalar(member.shape, value, member.name) as string;
  return JSON.stringify(writeJson(member.shape, value, member.name));
}

export function writeHeader(member: Member, value: unknown): string {
  if (member.shape.kind === 'structure' || member.shape.kind === 'list' || member.shape.kind === 'map') throw unfit(member.name, 'cannot be written as a header');
  const checked = checkScalar(member.shape, value, member.name);
  if (member.shape.kind === 'timestamp') return String(writeTimestamp(checked as Date, member.shape.format, 'http-date'));
  return String(checked);
}
