import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

/** Both Maps of the creation use it: the network's add-ons come before the nodes, those that need a node after them. */
export const handler = waitingTask((event, ports) => carryOut(event, event.state === 'CreateNetworkAddon' ? 'CreateNetworkAddons' : 'CreateAddons', ports));
