import type { Stage } from '../../domain/plan.ts';
import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** The states of a deletion that take parts of the cluster away are named as their stages: `RemoveParts`, `RemoveIdentities`. */
export const handler = waitingTask((event, ports) => carryOut(event, event.state as Stage, ports));
