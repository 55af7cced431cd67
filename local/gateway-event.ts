import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** What the gateway knows of a request beside the request itself. */
export interface Arrival {
  readonly body: Buffer;
  readonly requestId: string;
  /** `GET /v1/{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Virtual time, epoch milliseconds. */
  readonly now: number;
}

/** Content types whose bodies API Gateway hands on as text; all others come base64-encoded (source: HTTP API, "Working with binary media types"). */
const TEXT_TYPES = /^(text\/.*|application\/(json|xml|javascript|x-www-form-urlencoded|[\w.-]+\+(json|xml)))$/;

/** The event of an HTTP API in payload format 2.0 (source: "Working with AWS Lambda proxy integrations for HTTP APIs"). */
export function eventOf(request: IncomingMessage, arrival: Arrival): APIGatewayProxyEventV2 {
  const [path = '/', rawQueryString = ''] = splitTarget(request.url ?? '/');
  const rawPath = decoded(path);
  const { cookie, ...headers } = headersOf(request);
  const query = queryOf(rawQueryString);
  const text = isText(headers['content-type'], arrival.body);
  const at = new Date(arrival.now);
  return {
    version: '2.0',
    routeKey: arrival.routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(';').map((each) => each.trim()) }),
    headers,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'rehearsal',
      domainName: headers['host']?.replace(/:\d+$/, '') ?? '127.0.0.1',
      domainPrefix: 'rehearsal',
      http: { method: request.method ?? 'GET', path: rawPath, protocol: `HTTP/${request.httpVersion}`, sourceIp: request.socket.remoteAddress ?? '127.0.0.1', userAgent: headers['user-agent'] ?? '' },
      requestId: arrival.requestId,
      routeKey: arrival.routeKey,
      stage: '$default',
      time: commonLogTime(at),
      timeEpoch: arrival.now,
    },
    ...(Object.keys(arrival.pathParameters).length === 0 ? {} : { pathParameters: { ...arrival.pathParameters } }),
    ...(arrival.body.length === 0 ? {} : { body: arrival.body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: arrival.body.length > 0 && !text,
  };
}

/** Path and query of a request target, which may be absolute (`GET http://host/path`). */
function splitTarget(target: string): [string, string] {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const at = local.indexOf('?');
  const path = at === -1 ? local : local.slice(0, at);
  return [path.startsWith('/') ? path : `/${path}`, at === -1 ? '' : local.slice(at + 1)];
}

/** An HTTP API hands the path on decoded, `%2F` and all (source: live captures in hotsock/voker 8, told in middleapi/standard-server 93). */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Names in lower case, several values of one name joined by commas. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) headers[name] = (values ?? []).join(name === 'cookie' ? '; ' : ',');
  return headers;
}

function queryOf(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const given = new URLSearchParams(rawQueryString);
  return Object.fromEntries([...new Set(given.keys())].map((name) => [name, given.getAll(name).join(',')]));
}

/** Text is handed on as text only when it is: bytes that are no UTF-8 would be changed on the way. */
function isText(contentType: string | undefined, body: Buffer): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return TEXT_TYPES.test(type) && Buffer.from(body.toString('utf8'), 'utf8').equals(body);
}

/** `05/Oct/2026:09:00:00 +0000` */
function commonLogTime(at: Date): string {
  const [, day, month, year] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${at.toISOString().slice(11, 19)} +0000`;
}
