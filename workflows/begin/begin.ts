import { subjectsOf } from '../../domain/hop-entry.ts';
import { answer, plainTask, withRecord } from '../task.ts';

/** The first state of every workflow but an upgrade's: marks the run as begun and names, stage by stage, what there is to do. */
export const handler = plainTask(
  withRecord(async (event, ports, { steps }) => {
    await ports.store.recordStart(event.operationId, event.run, ports.clock.now());
    return answer({
      accessEntries: subjectsOf(steps, 'CreateAccessEntries'),
      networkAddons: subjectsOf(steps, 'CreateNetworkAddons'),
      nodegroups: subjectsOf(steps, 'CreateNodegroups', 'DeleteNodegroups'),
      addons: subjectsOf(steps, 'CreateAddons'),
    });
  }),
);
