/** A client of Slipway's HTTP API, for the demo, the bench and the tests that play a whole story. */
export interface ApiClient {
  /** The answer whatever its status. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  /** The body of a 2xx answer; throws what the problem says otherwise. */
  get<T = Json>(path: string): Promise<T>;
  post<T = Json>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<T>;
  patch<T = Json>(path: string, body: unknown): Promise<T>;
  delete<T = Json>(path: string): Promise<T>;
}

// Answers are read by people and by tests that name what they expect; typing them here would only repeat the contract.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
}

export function createApiClient(url: string, token: string | undefined): ApiClient {
  async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : parsed(text) };
  }

  async function expectWell<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
    const answer = await ask(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body as T;
  }

  return {
    ask,
    get: (path) => expectWell('GET', path),
    post: (path, body, headers) => expectWell('POST', path, body, headers),
    patch: (path, body) => expectWell('PATCH', path, body),
    delete: (path) => expectWell('DELETE', path),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
