import type { HttpRequest, HttpResponse } from '@smithy/types';
import type { Transport } from '../../aws/transport.ts';
import type { Dispatched } from './dispatch.ts';
import type { WireRequest } from './protocols/wire.ts';

/**
 * Carries the functions' requests to the simulated AWS of the same process: the official clients write and sign them, the services
 * read and answer them byte for byte as on the wire, and only the sockets between are spared, which cost more than all the rest.
 * Everybody else comes through the endpoint.
 */
export function carryStraight(dispatch: (request: WireRequest) => Promise<Dispatched>): NonNullable<Transport['requestHandler']> {
  return {
    async handle(request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      const answer = await unlessAborted(dispatch(wireRequestOf(request)), abortSignal);
      // What the SDK makes of a connection that breaks before the answer.
      if (answer === 'drop') throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
      const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
      return { response: { statusCode: answer.status, headers: { ...answer.headers, 'content-length': String(body.byteLength) }, body } as HttpResponse };
    },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function wireRequestOf({ method, path, query = {}, headers, body }: HttpRequest): WireRequest {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of Array.isArray(value) ? value : [value ?? '']) asked.append(name, one);
  return { method, path, query: asked, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])), body: bytesOf(body) };
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  // Some clients' bodies are byte arrays with ways of their own.
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError('The rehearsal stage takes no streams from its functions.');
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError', cause: signal.reason as unknown });
  if (signal.aborted) throw aborted();
  return new Promise((resolve, reject) => {
    const give = (): void => reject(aborted());
    signal.addEventListener('abort', give, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
