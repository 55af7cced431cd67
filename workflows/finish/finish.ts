import { answer, plainTask } from '../task.ts';
import { endOperation } from './end-operation.ts';

/** The last state of a run that went well. */
export const handler = plainTask(async (event, ports) => {
  await endOperation(ports, event.operationId, event.run, { kind: 'succeeded' });
  return answer();
});
