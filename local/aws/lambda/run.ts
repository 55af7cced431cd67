import { HOME_REGION } from '../service.ts';
import type { LambdaContext, RegisteredFunction } from './index.ts';

export type Outcome = { readonly payload: unknown } | { readonly functionError: { readonly errorType: string; readonly errorMessage: string; readonly trace?: string[] } };

const RESPONSE_BYTES_MAX = 6 * 1024 * 1024;
const TRACE_LINES_MAX = 20;

/** One run of a function: what goes in and comes out is JSON, as between two machines; what it throws is told as Node's runtime tells it. */
export async function runFunction(fn: RegisteredFunction, arn: string, payload: unknown, requestId: string): Promise<Outcome> {
  const startedAt = performance.now();
  const limitMs = fn.timeoutSeconds * 1000;
  const event: unknown = payload === undefined ? {} : JSON.parse(JSON.stringify(payload));
  const context = contextOf(fn, arn, requestId, () => Math.max(0, limitMs - (performance.now() - startedAt)));
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<'timed out'>((resolve) => {
    timer = setTimeout(() => resolve('timed out'), limitMs);
  });
  try {
    // A handler that throws before it first waits has failed like any other.
    const answer = await Promise.race([Promise.resolve().then(() => fn.handler(event, context)).then((result) => ({ result })), timedOut]);
    if (answer === 'timed out') return { functionError: { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} Error: Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds` } };
    return responseOf(answer.result);
  } catch (error) {
    return { functionError: errorOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function responseOf(result: unknown): Outcome {
  const text = JSON.stringify(result ?? null);
  if (Buffer.byteLength(text) > RESPONSE_BYTES_MAX) {
    return { functionError: { errorType: 'Function.ResponseSizeTooLarge', errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).` } };
  }
  return { payload: JSON.parse(text) as unknown };
}

function errorOf(error: unknown): { errorType: string; errorMessage: string; trace?: string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n').slice(0, TRACE_LINES_MAX) };
}

function contextOf(fn: RegisteredFunction, arn: string, requestId: string, remainingMs: () => number): LambdaContext {
  const unused = (): void => {
    throw new Error('The callbacks of the first Node runtimes are not there; return a promise.');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: fn.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: '1024',
    awsRequestId: requestId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    logGroupName: `/aws/lambda/${fn.name}`,
    logStreamName: `${HOME_REGION}/[$LATEST]${requestId}`,
    getRemainingTimeInMillis: remainingMs,
    done: unused,
    fail: unused,
    succeed: unused,
  };
}
