import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** Both Maps of a hop use it: the canary rolls alone, then the others. */
export const handler = waitingTask((event, ports) => carryOut(event, event.state === 'UpgradeCanary' ? 'UpgradeCanaryNodegroup' : 'UpgradeNodegroups', ports));
