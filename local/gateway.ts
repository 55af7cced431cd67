import { randomBytes } from 'node:crypto';
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { problem, sealProblem } from '../handlers/problems.ts';
import type { VirtualClock } from './clock.ts';
import { eventOf } from './gateway-event.ts';
import { findRoute, type GatewayRoute } from './gateway-routes.ts';

export interface GatewayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: VirtualClock;
  readonly routes: readonly GatewayRoute[];
  /** Runs a function with an event. What it throws becomes a 500, as a failed function's does on AWS. */
  invoke(functionName: string, event: APIGatewayProxyEventV2): Promise<unknown>;
}

export interface Gateway {
  readonly url: string;
  /** Stops taking requests, lets those under way end, and closes. */
  close(): Promise<void>;
}

/** API Gateway's own limits (source: "Quotas for HTTP APIs"). */
const PAYLOAD_BYTES_MAX = 10 * 1024 * 1024;
const HEADERS_BYTES_MAX = 10 * 1024;
/** How long a client may take to send its headers, and all of its request. */
const HEADERS_SECONDS_MAX = 10;
const REQUEST_SECONDS_MAX = 30;
const KEEP_ALIVE_SECONDS = 60;
/** How long requests under way may take when the gateway closes. */
const CLOSING_SECONDS_MAX = 5;

/**
 * The HTTP API in front of the functions, on one machine: what API Gateway does with payload format 2.0, no more. It
 * decides nothing about tokens, bodies or answers; that is the functions' own.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer({ maxHeaderSize: HEADERS_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000, headersTimeout: HEADERS_SECONDS_MAX * 1000, requestTimeout: REQUEST_SECONDS_MAX * 1000 });
  server.on('request', (request, response) => void serve(options, request, response));
  server.on('clientError', refuseUnread);
  const port = await listen(server, options.port);
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Loopback only: the rehearsal stage is nobody else's.
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A request that could not even be read is answered on the bare connection, in the API's form of errors. */
function refuseUnread(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable) return;
  const headers = error.code === 'HPE_HEADER_OVERFLOW';
  const status = headers ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const detail = headers ? `Headers have at most ${HEADERS_BYTES_MAX} bytes.` : status === 408 ? 'The request took too long to arrive.' : 'This is no HTTP request.';
  const { headers: sealed, body = '' } = sealProblem(problem('invalid-request', detail), randomBytes(12).toString('base64url'));
  const told = JSON.stringify({ ...(JSON.parse(body) as object), status });
  const lines = Object.entries({ ...sealed, 'content-length': String(Buffer.byteLength(told)), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${told}`);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), CLOSING_SECONDS_MAX * 1000);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serve(options: GatewayOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomBytes(12).toString('base64url');
  try {
    // The whole body is read whatever its size, so that a client that is still sending gets to read the answer.
    const body = await readBody(request);
    if (body === 'too-large') return send(response, sealProblem(problem('body-too-large', `A body has at most ${PAYLOAD_BYTES_MAX} bytes.`), requestId), requestId);
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const found = findRoute(options.routes, request.method ?? 'GET', path.replace(/^https?:\/\/[^/]*/i, ''));
    if (found === undefined) return answer(response, 404, { message: 'Not Found' }, requestId);
    const { routeKey, pathParameters } = found;
    const event = eventOf(request, { body, requestId, routeKey, pathParameters, now: options.clock.now() });
    const result = await options.clock.during(() => options.invoke(found.route.function, event));
    send(response, responseOf(result), requestId);
  } catch {
    // The function has failed, and its log knows why: the client learns no more than on AWS.
    if (!response.headersSent) answer(response, 500, { message: 'Internal Server Error' }, requestId);
    else response.destroy();
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= PAYLOAD_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > PAYLOAD_BYTES_MAX ? 'too-large' : Buffer.concat(chunks);
}

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** A function may answer with a response, or with anything else, which is the body of a 200 (payload format 2.0). */
function responseOf(result: unknown): Structured {
  if (typeof result === 'object' && result !== null && 'statusCode' in result) return result as Structured;
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: typeof result === 'string' ? result : JSON.stringify(result ?? null) };
}

function send(response: ServerResponse, { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded }: Structured, requestId: string): void {
  const bytes = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  response.setHeader('apigw-requestid', requestId);
  // A 204 has neither body nor length.
  if (statusCode !== 204) response.setHeader('content-length', bytes.length);
  response.writeHead(statusCode).end(statusCode === 204 ? undefined : bytes);
}

function answer(response: ServerResponse, statusCode: number, body: unknown, requestId: string): void {
  send(response, { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }, requestId);
}
