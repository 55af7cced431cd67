import type { Step } from '../../domain/operation.ts';
import type { Stage } from '../../domain/plan.ts';
import { answer, fail, plainTask } from '../task.ts';

/** The first state of every workflow but an upgrade's: marks the run as begun and names, stage by stage, what there is to do. */
export const handler = plainTask(async (event, ports) => {
  const record = await ports.store.operation(event.operationId);
  if (record === undefined || record.operation.endedAt !== undefined || record.operation.run !== event.run) return fail('OperationEnded', 'The operation has ended or runs anew.');
  await ports.store.recordStart(event.operationId, event.run, ports.clock.now());
  return answer({
    accessEntries: subjectsOf(record.steps, 'CreateAccessEntries'),
    networkAddons: subjectsOf(record.steps, 'CreateNetworkAddons'),
    nodegroups: [...subjectsOf(record.steps, 'CreateNodegroups'), ...subjectsOf(record.steps, 'DeleteNodegroups')],
    addons: subjectsOf(record.steps, 'CreateAddons'),
  });
});

function subjectsOf(steps: readonly Step[], stage: Stage): string[] {
  return [...new Set(steps.filter((step) => step.stage === stage).map((step) => step.subject))];
}
