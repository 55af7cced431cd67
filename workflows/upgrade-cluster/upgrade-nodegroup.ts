import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** A canary's pass over the hop has that group alone, and the pass after it the others. */
export const handler = waitingTask((event, ports) => carryOut(event, ['UpgradeCanaryNodegroup', 'UpgradeNodegroups'], ports));
