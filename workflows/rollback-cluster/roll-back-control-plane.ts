import { carryOut } from '../steps/carry-out.ts';
import { waitingTask } from '../task.ts';

export const handler = waitingTask((event, ports) => carryOut(event, 'RollBackControlPlane', ports));
