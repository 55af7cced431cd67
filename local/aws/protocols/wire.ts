import type { AwsError } from '../service.ts';
import type { ErrorShape, Model, OperationShape } from './shape.ts';

/** A request as it came, its body read. */
export interface WireRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Which operation a request asks for. */
export interface Routed {
  readonly operation: OperationShape;
  /** Labels of the path, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One of the ways in which AWS services speak. */
export interface WireProtocol {
  /** The operation that is asked for; a string is a name that the model does not know. */
  route(request: WireRequest, model: Model): Routed | string;
  /** The input, in the SDK's shape. Throws MalformedInput. */
  readInput(routed: Routed, request: WireRequest): unknown;
  /** Throws UnfitOutput when the output does not match the model. */
  writeOutput(operation: OperationShape, output: unknown, model: Model, requestId: string): WireAnswer;
  writeError(error: AwsError, shape: ErrorShape | undefined, model: Model, requestId: string): WireAnswer;
}

/** The input does not have the model's shape. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
  /** `missing`: a required member is not there. `type`: a value of a wrong type. `body`: nothing could be read at all. */
  readonly problem: 'missing' | 'type' | 'body';
  /** The member's path, dots between: `scalingConfig.minSize`. */
  readonly member: string;

  constructor(problem: 'missing' | 'type' | 'body', member: string, message: string) {
    super(message);
    this.problem = problem;
    this.member = member;
  }
}

/** A simulated service answered something that its model does not have: a fault of ours, told loudly so that a test finds it. */
export class UnfitOutput extends Error {
  override readonly name = 'UnfitOutput';
}

export function missing(path: string): MalformedInput {
  return new MalformedInput('missing', path, `${path} is required`);
}

export function wrongType(path: string, expected: string): MalformedInput {
  return new MalformedInput('type', path, `${path === '' ? 'the body' : path} must be a ${expected}`);
}

export function unfit(path: string, why: string): UnfitOutput {
  return new UnfitOutput(`${path === '' ? 'the output' : path} ${why}`);
}
