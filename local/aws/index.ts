import { createSts } from './sts/index.ts';
import type { SimulatedSts } from './sts/index.ts';
import type { SimulatedService, World } from './service.ts';

export interface SimulatedAws {
  readonly services: readonly SimulatedService[];
  readonly sts: SimulatedSts;
  /** Arms again, from the disk, everything that was waiting for its time when the process ended. */
  resume(): void;
}

/** The whole simulated AWS on one world. Call `resume` once, after whatever is to listen has been registered. */
export function createSimulatedAws(world: World): SimulatedAws {
  const sts = createSts(world);
  return { services: [sts], sts, resume: () => undefined };
}
