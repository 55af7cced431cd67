import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Clock, Ports } from './ports.ts';
import { livePorts } from './live-ports.ts';
import type { Transport } from './transport.ts';

/** What differs between AWS and the rehearsal stage: nothing but where AWS is and how it is reached, credentials and the clock. */
export interface Wiring extends Transport {
  readonly clock: Clock;
  /** Absent on AWS: the function's role, as the SDK finds it. */
  readonly credentials?: AwsCredentialIdentityProvider;
}

let wiring: Wiring = { clock: { now: () => Date.now() } };
let wired: Ports | undefined;

/** Everything a handler or task can reach, made at the first ask and kept while the function is warm. */
export function ports(): Ports {
  wired ??= livePorts(wiring, process.env);
  return wired;
}

/** The rehearsal stage says where its simulated AWS is. */
export function configureWiring(next: Wiring): void {
  wiring = next;
  wired = undefined;
}

/** A test's own small world. */
export function setPorts(next: Ports | undefined): void {
  wired = next;
}
