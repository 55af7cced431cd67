import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Calls } from './calls.ts';
import { createDispatch } from './dispatch.ts';
import type { Dispatched } from './dispatch.ts';
import type { WireAnswer, WireRequest } from './protocols/wire.ts';
import type { SimulatedService, World } from './service.ts';
import { simRoute } from './sim-routes.ts';

/** DynamoDB takes the largest bodies: 16 MB. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const HEADER_BYTES_MAX = 64 * 1024;
const HEADERS_MAX = 100;
/** An idle connection is kept so long for the SDKs' agents. */
const KEEP_ALIVE_SECONDS = 30;

export interface EndpointOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Routes beside AWS's (`GET /_sim/jwks.json`); undefined when the path is not theirs. */
  readonly extraRoutes?: (method: string, path: string) => { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } | undefined;
  /** Where failures of the simulation itself are told; the process's error output by default. */
  readonly log?: (line: string) => void;
  /** The machine's own clock, epoch ms: credentials expire by it. */
  readonly machineNow?: () => number;
}

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** How often each operation was called. */
  readonly calls: Calls;
  /** Takes a request from within this process. */
  take(request: WireRequest): Promise<Dispatched>;
  close(): Promise<void>;
}

/** Serves all simulated services on one address of this machine; the SigV4 credential scope says which of them is asked. Rejects when the port is taken. */
export async function startEndpoint(world: World, services: readonly SimulatedService[], options: EndpointOptions): Promise<Endpoint> {
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const { calls, faults, knows, dispatch } = createDispatch(world, services, log, options.machineNow ?? Date.now);
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000 }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      log(`The simulated AWS failed before any service was reached: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (!outgoing.headersSent) send(outgoing, { status: 500, headers: {}, body: '' });
      else outgoing.destroy();
    });
  });
  server.maxHeadersCount = HEADERS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (body === 'too-large') return send(outgoing, { status: 413, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ __type: 'RequestEntityTooLarge', message: `Bodies end at ${BODY_BYTES_MAX} bytes.` }) });
    if (body === 'broken') return;
    const request = requestOf(incoming, body);
    const extra = options.extraRoutes?.(request.method, request.path);
    if (extra !== undefined) return send(outgoing, extra);
    if (request.path.startsWith('/_sim/')) return send(outgoing, await simRoute(request, { world, services, calls, faults, knows, machineNow: options.machineNow ?? Date.now }));
    const dispatched: Dispatched = await dispatch(request, url);
    if (dispatched === 'drop') incoming.socket.destroy();
    else send(outgoing, dispatched);
  }

  return {
    url,
    port,
    calls,
    take: (request) => dispatch(request, url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): WireRequest {
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]));
  return { method: incoming.method ?? 'GET', path, query: new URLSearchParams(query), headers, body };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Reads a body to its end, also one that is too large, so that the client hears why. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array | 'too-large' | 'broken'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    }
  } catch {
    return 'broken';
  }
  return bytes > BODY_BYTES_MAX ? 'too-large' : Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, answer: WireAnswer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': body.byteLength });
  outgoing.end(body);
}
