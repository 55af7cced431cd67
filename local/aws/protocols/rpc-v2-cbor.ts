import { cbor, tag } from '@smithy/core/cbor';
import type { AwsError } from '../service.ts';
import { errorMembers, queryErrorHeader } from './aws-json.ts';
import { isObject, readJson, writeJson } from './json-values.ts';
import type { ErrorShape, Model, OperationShape, Shape } from './shape.ts';
import { MalformedInput } from './wire.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';

/** The tag of times as epoch seconds. Source: RFC 8949, 3.4.2. */
const EPOCH_TAG = 1;

/** Smithy RPC v2 with CBOR: the operation in the path, input and output as CBOR maps. Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol". */
export const rpcV2Cbor: WireProtocol = {
  route(request, model) {
    const name = /^\/service\/\w+\/operation\/(\w+)$/.exec(request.path)?.[1] ?? '';
    const operation = model.operations.get(name);
    return operation === undefined ? name : { operation, labels: {} };
  },

  readInput(routed: Routed, request: WireRequest): unknown {
    if (routed.operation.input.kind === 'unit') return {};
    let decoded: unknown = {};
    try {
      if (request.body.byteLength > 0) decoded = cbor.deserialize(request.body);
    } catch {
      throw new MalformedInput('body', '', 'The body is not CBOR.');
    }
    return readJson(routed.operation.input, plain(decoded));
  },

  writeOutput(operation: OperationShape, output: unknown, _model: Model, requestId: string): WireAnswer {
    const written = operation.output.kind === 'unit' ? {} : tagged(operation.output, writeJson(operation.output, output ?? {}));
    return answer(200, requestId, {}, written);
  },

  writeError(error: AwsError, shape: ErrorShape | undefined, model: Model, requestId: string): WireAnswer {
    const type = shape === undefined ? error.code : `${model.namespace}#${shape.name}`;
    return answer(shape?.status ?? error.status, requestId, queryErrorHeader(shape), { __type: type, ...errorMembers(error, shape) });
  },
};

function answer(status: number, requestId: string, headers: Readonly<Record<string, string>>, body: unknown): WireAnswer {
  return { status, headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor', 'x-amzn-requestid': requestId, ...headers }, body: cbor.serialize(body) };
}

/** What was decoded, as JSON would have it: times as seconds, bytes as base64. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if ('tag' in value && 'value' in value && Object.keys(value).length === 2) return plain(value['value']);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** What JSON has as seconds or base64 is a tagged time, or bytes, here. */
function tagged(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return Object.fromEntries(Object.entries(value as Record<string, unknown>).flatMap(([name, member]) => (shape.members.has(name) ? [[name, tagged(shape.members.get(name)?.shape ?? shape, member)]] : [])));
    case 'list':
      return (value as unknown[]).map((item) => (item === null ? null : tagged(shape.item.shape, item)));
    case 'map':
      return Object.fromEntries(Object.entries(value as Record<string, unknown>).map(([name, item]) => [name, tagged(shape.value.shape, item)]));
    case 'timestamp':
      return tag({ tag: EPOCH_TAG, value: typeof value === 'string' ? Date.parse(value) / 1000 : value });
    case 'blob':
      return new Uint8Array(Buffer.from(String(value), 'base64'));
    default:
      return value;
  }
}
