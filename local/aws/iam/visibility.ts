import * as z from 'zod';
import type { Collection, Disk } from '../../disk.ts';

/** `POST /_sim/iam/visibility`: for how long after its making other services do not know a role, in virtual seconds. 0, as it is to begin with: not at all. */
export const VisibilityRequest = z.strictObject({ seconds: z.int().min(0).max(3600) });

/** How fast roles come through to other services, on the disk. AWS promises no number. */
export class RoleVisibility {
  readonly #settings: Collection<{ readonly seconds: number }>;

  constructor(disk: Disk) {
    this.#settings = disk.collection('iam-visibility');
  }

  seconds(): number {
    return this.#settings.get('roles')?.seconds ?? 0;
  }

  set(seconds: number): void {
    this.#settings.put('roles', { seconds });
  }
}
