/** What one run used of the services that are billed by use. */
export interface Usage {
  readonly transitions: number;
  readonly invocations: number;
  readonly sqsRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly logLines: number;
}

/**
 * List prices in us-east-1, dollars (aws.amazon.com, 2026): Step Functions Standard 25 a million transitions; Lambda arm64 0.20 a
 * million requests and 0.0000133334 a GB-second; SQS 0.40 a million; DynamoDB on demand 0.625 a million write units and 0.125 a
 * million read units; CloudWatch Logs 0.50 a GB.
 */
const PRICES = { transition: 25e-6, invocation: 0.2e-6, gigabyteSecond: 0.0000133334, sqsRequest: 0.4e-6, writeUnit: 0.625e-6, readUnit: 0.125e-6, logGigabyte: 0.5 };

/** Not measured here but assumed: how long a warm task runs on Lambda, its memory, and the size of a log line. */
const SECONDS_AN_INVOCATION = 0.2;
const GIGABYTES_A_FUNCTION = 0.5;
const BYTES_A_LOG_LINE = 400;

/** The bill of some runs, and its lines for people. Idle costs (schedules, storage) belong to the fleet, not to a hop. */
export function costOf(usages: readonly Usage[]): { readonly usd: number; readonly lines: readonly string[] } {
  const total = (name: keyof Usage): number => usages.reduce((sum, usage) => sum + usage[name], 0);
  const lines: [string, number, number][] = [
    ['Step Functions transitions', total('transitions'), total('transitions') * PRICES.transition],
    ['Lambda invocations', total('invocations'), total('invocations') * (PRICES.invocation + SECONDS_AN_INVOCATION * GIGABYTES_A_FUNCTION * PRICES.gigabyteSecond)],
    ['SQS requests', total('sqsRequests'), total('sqsRequests') * PRICES.sqsRequest],
    ['DynamoDB write units', total('writeUnits'), total('writeUnits') * PRICES.writeUnit],
    ['DynamoDB read units', total('readUnits'), total('readUnits') * PRICES.readUnit],
    ['Log lines', total('logLines'), (total('logLines') * BYTES_A_LOG_LINE * PRICES.logGigabyte) / 1e9],
  ];
  return { usd: lines.reduce((sum, [, , usd]) => sum + usd, 0), lines: lines.map(([name, count, usd]) => `${name}: ${Math.round(count)} ($${usd.toFixed(6)})`) };
}
