import { HOME_ACCOUNT_ID, HOME_REGION, type World } from '../service.ts';

export interface LambdaContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  getRemainingTimeInMillis(): number;
}

export interface RegisteredFunction {
  readonly name: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly handler: (event: unknown, context: LambdaContext) => Promise<unknown>;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: string[];
}

export type FunctionResult = { readonly payload: unknown } | { readonly functionError: FunctionError };

/** A synchronous payload may have 6 MB (source: Lambda quotas). */
const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;
const TRACE_LINES_MAX = 20;

/** Runs one invocation: events and answers pass through JSON, as they do on AWS, and time does not jump while it runs. */
export function run(world: World, fn: RegisteredFunction, event: unknown): Promise<FunctionResult> {
  const awsRequestId = world.newId();
  const began = performance.now();
  const context: LambdaContext = {
    functionName: fn.name,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:${HOME_REGION}:${HOME_ACCOUNT_ID}:function:${fn.name}:live`,
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: 'stage',
    getRemainingTimeInMillis: () => Math.max(0, fn.timeoutSeconds * 1000 - (performance.now() - began)),
  };
  return world.clock.during(async () => {
    try {
      const answer = await withinTimeout(fn, awsRequestId, fn.handler(throughJson(event), context));
      const text = JSON.stringify(answer ?? null);
      if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) return tooLarge(text);
      return { payload: JSON.parse(text) as unknown };
    } catch (error) {
      return { functionError: errorOf(error) };
    }
  });
}

/** A function's own time limit is by the machine's clock: it is real work that takes it. */
async function withinTimeout<T>(fn: RegisteredFunction, requestId: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`RequestId: ${requestId} Error: Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds`), { name: 'Sandbox.Timedout' }));
    }, fn.timeoutSeconds * 1000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function throughJson(event: unknown): unknown {
  return JSON.parse(JSON.stringify(event ?? null)) as unknown;
}

function tooLarge(text: string): FunctionResult {
  return { functionError: { errorType: 'Function.ResponseSizeTooLarge', errorMessage: `Response payload size (${Buffer.byteLength(text)} bytes) exceeded maximum allowed payload size (${PAYLOAD_BYTES_MAX} bytes).` } };
}

/** As the Node runtime tells an error: its name, its message, and the lines of its stack. */
function errorOf(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n').slice(0, TRACE_LINES_MAX) };
}
