import type { VirtualClock } from '../clock.ts';
import type { Disk } from '../disk.ts';

/** Who makes a call, as the simulated AWS worked it out from the credentials that signed it. */
export interface Caller {
  /** The account that the call counts against and whose state it sees. */
  readonly accountId: string;
  /** `arn:aws:iam::<id>:root` for a 12-digit access key id (allowed everything), or `arn:aws:sts::<id>:assumed-role/<role>/<session>`. */
  readonly arn: string;
  /** The assumed role, when the credentials came from AssumeRole. Policies are evaluated only then. */
  readonly role?: { readonly name: string; readonly arn: string; readonly sessionName: string };
  /** The session policy that AssumeRole was given, as JSON text. */
  readonly sessionPolicy?: string;
  readonly sessionTags: Readonly<Record<string, string>>;
  /** The session tags that go on into a role that this session assumes. */
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
}

/** One call of one operation. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** Virtual time of the call, epoch milliseconds. */
  readonly now: number;
  /** Where the simulated AWS listens, for answers that carry an address (`http://127.0.0.1:4566`). */
  readonly endpoint: string;
}

/** What the policies of the caller's role must allow before an operation runs. */
export interface Needed {
  /** `eks:UpdateClusterVersion` */
  readonly action: string;
  /** The resource's ARN, or `*` where IAM knows no other. */
  readonly resource: string;
  /** Condition keys and their values, e.g. `{'iam:PassedToService': 'eks.amazonaws.com'}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** An operation takes the input as the official SDK shapes it (PascalCase or camelCase as in the model, Dates, Uint8Arrays) and answers the output so. */
// The inputs and outputs are typed in each service by the official client's own types; this table holds all of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type OperationHandler = (input: any, call: Call) => unknown;

export type Protocol = 'rest-json' | 'aws-json-1.0' | 'aws-json-1.1' | 'aws-query' | 'ec2-query' | 'rest-xml' | 'rpc-v2-cbor';

/** A simulated service: what its operations do. Everything about wires, shapes, callers, faults and counts is the endpoint's. */
export interface SimulatedService {
  /** The service's name in IAM actions and, unless `signedAs` says another, in the SigV4 credential scope: `eks`, `states`, `dynamodb`. */
  readonly name: string;
  /** The name in the credential scope, where IAM has another: CloudWatch is signed as `monitoring`. */
  readonly signedAs?: string;
  readonly protocol: Protocol;
  /** Older and newer ways in which other clients of this service speak. */
  readonly alsoSpeaks?: readonly Protocol[];
  /** The official client package's module: its exported schemas (`CreateCluster$`) give the routes and shapes. */
  readonly schemas: Readonly<Record<string, unknown>>;
  /** What it supports, by operation name. Whatever else the model knows is refused with 501 and its name. */
  readonly operations: Readonly<Record<string, OperationHandler>>;
  /** What the caller's role must be allowed. Absent or answering `undefined`: the action of the operation's own name on `*`. An empty list: nothing. */
  needs?(operation: string, input: unknown, call: Call): readonly Needed[] | undefined;
  /** What the service does before it decides on an authorised call. It stays done when the call is then refused. */
  beforehand?(operation: string, input: unknown, call: Call): void;
}

/** An error as the service's model names it. `members` are the error shape's further members. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What every simulated service is built on. */
export interface World {
  readonly clock: VirtualClock;
  readonly disk: Disk;
  /** 0 <= x < 1, from the stage's seed. */
  readonly random: () => number;
  /** An unguessable id in production, a counted one in a test with a seed: 32 lower-case hex digits. */
  readonly newId: () => string;
}

/** Slipway's own account and region on the rehearsal stage. */
export const HOME_ACCOUNT_ID = '000000000000';
export const HOME_REGION = 'us-east-1';

/**
 * What a handler answers when its answer comes later in virtual time (a long poll): the wait is not work, so the clock
 * may pass it.
 */
export class Later {
  readonly answer: Promise<unknown>;

  constructor(answer: Promise<unknown>) {
    this.answer = answer;
  }
}
