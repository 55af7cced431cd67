import type { Stage } from '../../domain/plan.ts';
import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** The states of a creation that make parts of the cluster are named as their stages: `MakeRoles`, `MakeIdentities`, `MakeNodes`, `MakeParts`. */
export const handler = waitingTask((event, ports) => carryOut(event, event.state as Stage, ports));
