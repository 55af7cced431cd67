import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** Both Maps of a hop use it: what the target minor does not list moves before the control plane, all else after it. */
export const handler = waitingTask((event, ports) => carryOut(event, event.state === 'PrepareAddon' ? 'PrepareAddons' : 'UpgradeAddons', ports));
