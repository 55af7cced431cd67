import type { Stage } from '../stage.ts';
import type { OperationHandler } from '../aws/service.ts';
import type { Usage } from './cost.ts';

/** Log lines that a task or look writes, on average: its own, and a metric or two. */
const LOG_LINES_AN_INVOCATION = 3;

interface Capacity {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

const READS = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);

/** Counts from now on what the stage's functions use: invocations, queue requests, and the capacity that the table itself works out. */
export function meter(stage: Stage): { usage(): Omit<Usage, 'transitions'> } {
  const used = { invocations: 0, sqsRequests: 0, writeUnits: 0, readUnits: 0 };
  const invoke = stage.aws.lambda.invoke.bind(stage.aws.lambda);
  stage.aws.lambda.invoke = (name, payload) => {
    // A schedule's tick is the fleet's, not the hop's.
    if (!/-(sweep|reconcile)(:live)?$/.test(name)) used.invocations += 1;
    // A message is sent, received and deleted.
    if (/-look(:live)?$/.test(name)) used.sqsRequests += 3;
    return invoke(name, payload);
  };
  const operations = stage.aws.dynamodb.operations as Record<string, OperationHandler>;
  for (const [name, operation] of Object.entries(operations)) {
    if (!READS.has(name) && !/^(Put|Update|Delete|BatchWrite|TransactWrite)Items?$/.test(name)) continue;
    operations[name] = async (input, call) => {
      const output = (await operation({ ...input, ReturnConsumedCapacity: 'TOTAL' }, call)) as { ConsumedCapacity?: Capacity | Capacity[] };
      const { ConsumedCapacity, ...rest } = output;
      for (const capacity of ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat()) used[READS.has(name) ? 'readUnits' : 'writeUnits'] += capacity.CapacityUnits ?? 0;
      return rest;
    };
  }
  return { usage: () => ({ ...used, logLines: used.invocations * LOG_LINES_AN_INVOCATION }) };
}
