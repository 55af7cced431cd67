import type { AwsError } from '../service.ts';
import { isObject, readJson, writeJson } from './json-values.ts';
import type { ErrorShape, Model, OperationShape } from './shape.ts';
import { MalformedInput } from './wire.ts';
import type { Routed, WireAnswer, WireProtocol, WireRequest } from './wire.ts';

/** AWS JSON 1.0 and 1.1: one path, the operation in `X-Amz-Target: <prefix>.<operation>`, input and output as JSON bodies. */
export function awsJson(version: '1.0' | '1.1'): WireProtocol {
  const contentType = `application/x-amz-json-${version}`;
  return {
    route(request, model) {
      const target = request.headers['x-amz-target'] ?? '';
      const name = target.slice(target.lastIndexOf('.') + 1);
      const operation = model.operations.get(name);
      return operation === undefined ? name : { operation, labels: {} };
    },
    readInput(routed: Routed, request: WireRequest): unknown {
      if (routed.operation.input.kind === 'unit') return {};
      return readJson(routed.operation.input, parseJsonBody(request.body));
    },
    writeOutput(operation: OperationShape, output: unknown, _model: Model, requestId: string): WireAnswer {
      const body = operation.output.kind === 'unit' ? {} : writeJson(operation.output, output ?? {});
      return { status: 200, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body: JSON.stringify(body) };
    },
    writeError(error: AwsError, shape: ErrorShape | undefined, model: Model, requestId: string): WireAnswer {
      const type = shape === undefined ? error.code : `${model.namespace}#${shape.name}`;
      return {
        status: shape?.status ?? error.status,
        headers: { 'content-type': contentType, 'x-amzn-requestid': requestId, ...queryErrorHeader(shape) },
        body: JSON.stringify({ __type: type, ...errorMembers(error, shape) }),
      };
    },
  };
}

/** Clients of services that once spoke the query protocol read the old code from this header. */
export function queryErrorHeader(shape: ErrorShape | undefined): Record<string, string> {
  return shape?.queryCode === undefined ? {} : { 'x-amzn-query-error': `${shape.queryCode};${shape.fault === 'client' ? 'Sender' : 'Receiver'}` };
}

/** An error's message and further members as JSON, held against the error's shape. */
export function errorMembers(error: AwsError, shape: ErrorShape | undefined): Record<string, unknown> {
  if (shape === undefined) return { message: error.message, ...error.members };
  const messageName = [...shape.structure.members.keys()].find((name) => name.toLowerCase() === 'message');
  const members = { ...(messageName === undefined ? {} : { [messageName]: error.message }), ...error.members };
  const written = writeJson(shape.structure, members, shape.name) as Record<string, unknown>;
  return messageName === undefined ? { message: error.message, ...written } : written;
}

/** A JSON body; none at all counts as an empty object. */
export function parseJsonBody(body: Uint8Array): Record<string, unknown> {
  if (body.byteLength === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new MalformedInput('body', '', 'The body is not JSON.');
  }
  if (!isObject(parsed)) throw new MalformedInput('body', '', 'The body is not a JSON object.');
  return parsed;
}
