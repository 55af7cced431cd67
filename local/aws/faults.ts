import type { Collection, Disk } from '../disk.ts';

/** Faults are scripted by tests and drills; nothing fails that nobody asked to fail. */
export const FAULT_KINDS = ['error', 'failUpdate', 'delay', 'loseAnswer', 'deny'] as const;

export interface Fault {
  readonly kind: (typeof FAULT_KINDS)[number];
  /** `error`: the error's name. `failUpdate`: the update's error code. */
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
  /** `delay`: virtual seconds before the call is carried out. */
  readonly seconds?: number;
}

export interface ScriptedFault {
  readonly id: string;
  /** `eks:UpdateNodegroupVersion` */
  readonly operation: string;
  readonly account?: string;
  readonly region?: string;
  /** A subset of the input that the call must have. */
  readonly match?: Readonly<Record<string, unknown>>;
  /** How often it still strikes. */
  readonly times: number;
  readonly fault: Fault;
}

/** Everything that may be written in a fault's request. */
export const FAULTS_MAX = 100;

/** Scripted faults, kept on the disk so that a restart in the middle of a drill does not heal them. */
export class Faults {
  readonly #faults: Collection<ScriptedFault>;

  constructor(disk: Disk) {
    this.#faults = disk.collection('sim-faults');
  }

  list(): ScriptedFault[] {
    return this.#faults.list();
  }

  add(fault: ScriptedFault): void {
    this.#faults.put(fault.id, fault);
  }

  clear(): void {
    for (const { id } of this.#faults.list()) this.#faults.delete(id);
  }

  /** The fault that strikes this call now, used up by one; `failUpdate` waits for the work that the call begins. */
  take(operation: string, account: string, region: string, input: unknown): Fault | undefined {
    return this.#take(operation, account, region, input, ({ kind }) => kind !== 'failUpdate');
  }

  /** For the simulated EKS: the update that this call begins is to fail. */
  takeFailUpdate(operation: string, account: string, region: string, input: unknown): Fault | undefined {
    return this.#take(operation, account, region, input, ({ kind }) => kind === 'failUpdate');
  }

  #take(operation: string, account: string, region: string, input: unknown, wanted: (fault: Fault) => boolean): Fault | undefined {
    const scripted = this.#faults
      .list()
      .find(
        (fault) =>
          fault.operation === operation &&
          (fault.account ?? account) === account &&
          (fault.region ?? region) === region &&
          wanted(fault.fault) &&
          (fault.match === undefined || isSubset(fault.match, input)),
      );
    if (scripted === undefined) return undefined;
    if (scripted.times <= 1) this.#faults.delete(scripted.id);
    else this.#faults.put(scripted.id, { ...scripted, times: scripted.times - 1 });
    return scripted.fault;
  }
}

/** Every member of `part` is in `whole`, with an equal value or a part of it; lists compare in whole. */
export function isSubset(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return part === whole;
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false;
  if (Array.isArray(part)) return part.length === (whole as unknown[]).length && part.every((item, index) => isSubset(item, (whole as unknown[])[index]));
  return Object.entries(part).every(([name, value]) => isSubset(value, (whole as Record<string, unknown>)[name]));
}
