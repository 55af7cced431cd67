import type { SimulatedAws } from '../aws/index.ts';
import type { VirtualClock } from '../clock.ts';
import type { DeployedFunction, Deployment } from '../deployment.ts';

/** Connects the functions to what calls them on AWS: the queue, the schedules, and EventBridge's rule on executions' ends. */
export function connectEvents(aws: SimulatedAws, clock: VirtualClock, deployment: Deployment): void {
  for (const fn of deployment.functions) {
    for (const event of fn.events) {
      if (event.kind === 'sqs') aws.sqs.subscribe(event.queueName, { batchSize: event.batchSize }, (records) => deliver(aws, fn, records));
      if (event.kind === 'schedule') everyInterval(aws, clock, fn, event.everySeconds * 1000);
      if (event.kind === 'eventBridge') {
        aws.stepfunctions.onStatusChange((change) => {
          if (matches(event.pattern, change)) clock.at(clock.now(), () => call(aws, fn, change));
        });
      }
    }
  }
}

async function deliver(aws: SimulatedAws, fn: DeployedFunction, records: readonly unknown[]): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const result = await aws.lambda.invoke(fn.arn, { Records: records });
  // A function that throws fails the whole batch, as on AWS.
  if ('functionError' in result) throw new Error(`${fn.name}: ${result.functionError.errorType}: ${result.functionError.errorMessage}`);
  return (result.payload as { batchItemFailures: { itemIdentifier: string }[] } | null) ?? { batchItemFailures: [] };
}

/** A schedule's tick never makes time jump by itself: it runs when time passes it. */
function everyInterval(aws: SimulatedAws, clock: VirtualClock, fn: DeployedFunction, intervalMs: number): void {
  const tick = (at: number): void => {
    clock.at(
      at,
      async () => {
        tick(Math.max(at + intervalMs, clock.now()));
        await call(aws, fn, { source: 'aws.events', 'detail-type': 'Scheduled Event', time: new Date(at).toISOString(), detail: {} });
      },
      { background: true },
    );
  };
  tick(Math.ceil((clock.now() + 1) / intervalMs) * intervalMs);
}

/** An asynchronous invocation. On AWS a failed one is tried twice more; here the schedule's next tick and the reconciler do the same. */
async function call(aws: SimulatedAws, fn: DeployedFunction, event: unknown): Promise<void> {
  const result = await aws.lambda.invoke(fn.arn, event);
  if ('functionError' in result) process.stderr.write(`${fn.name}: ${result.functionError.errorType}: ${result.functionError.errorMessage}\n`);
}

/** EventBridge's matching, as far as our rules use it: every member of the pattern is a list of values or a pattern of its own. */
function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((wanted) => wanted === event || (isPrefix(wanted) && typeof event === 'string' && event.startsWith(wanted.prefix)));
  if (typeof pattern !== 'object' || pattern === null || typeof event !== 'object' || event === null) return false;
  return Object.entries(pattern).every(([name, inner]) => matches(inner, (event as Record<string, unknown>)[name]));
}

function isPrefix(wanted: unknown): wanted is { prefix: string } {
  return typeof wanted === 'object' && wanted !== null && typeof (wanted as { prefix?: unknown }).prefix === 'string';
}
