import { answer, plainTask } from '../task.ts';
import { endOperation } from './end-operation.ts';

/** Where every Catch leads: the record is told before the execution ends in `Fail`. */
export const handler = plainTask(async (event, ports) => {
  await endOperation(ports, event.operationId, event.run, { kind: 'failed', failure: event.failure ?? {} });
  return answer();
});
