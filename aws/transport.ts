import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { Session } from './ports.ts';

/** Where AWS is, and how a request gets there. Empty on AWS: the SDK knows both. */
export interface Transport {
  /** `http://127.0.0.1:4566` on the rehearsal stage. */
  readonly endpoint?: string;
  /** What carries requests in the place of the SDK's connections. */
  readonly requestHandler?: NonNullable<STSClientConfig['requestHandler']>;
}

/** Of anything that says more, the transport alone. */
export function transportOf({ endpoint, requestHandler }: Transport): Transport {
  return { ...(endpoint === undefined ? {} : { endpoint }), ...(requestHandler === undefined ? {} : { requestHandler }) };
}

/** Makes a thing once for each session: a client's connections, and what it has worked out, serve all calls of its session, and go with it. */
export function bySession<Made>(make: (session: Session) => Made): (session: Session) => Made {
  const made = new WeakMap<Session, { readonly value: Made }>();
  return (session) => {
    const kept = made.get(session) ?? { value: make(session) };
    made.set(session, kept);
    return kept.value;
  };
}
