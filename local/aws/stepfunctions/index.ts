import * as sfn from '@aws-sdk/client-sfn';
import type { SimulatedService, World } from '../service.ts';
import type { Around } from './engine.ts';
import { Engine } from './engine.ts';
import { executionOperations } from './executions.ts';
import { machineOperations } from './machines.ts';
import { needs } from './needs.ts';
import type { StatusChange } from './records.ts';
import { Storage } from './storage.ts';
import { tokenOperations } from './tokens.ts';

export type { Around } from './engine.ts';
export type { StatusChange, StatusChangeDetail } from './records.ts';

export interface SimulatedStepFunctions extends SimulatedService {
  /** Goes on with what ran when the process ended. Call it once, after the listeners are there. */
  resume(): void;
  /** Ends the engine's work without ending any execution: call it before the disk is closed. */
  close(): void;
  /** Tells of every start and end of an execution, as EventBridge does: at least once, and in order. */
  onStatusChange(listener: (event: StatusChange) => void | Promise<void>): void;
  /** State transitions of an execution as AWS bills them: every state entered, and every retry. */
  transitions(executionArn: string): number;
}

/**
 * AWS Step Functions, simulated: standard state machines in JSONata, durable on the world's disk, in virtual time.
 * What it carries out is listed in `support.ts`; whatever else a definition holds is refused when it is created.
 */
export function createStepFunctions(world: World, around: Around): SimulatedStepFunctions {
  const storage = new Storage(world.disk);
  const engine = new Engine(world, storage, around);
  return {
    name: 'states',
    protocol: 'aws-json-1.0',
    schemas: sfn as unknown as Readonly<Record<string, unknown>>,
    operations: { ...machineOperations(world, storage), ...executionOperations(world, storage, engine), ...tokenOperations(storage, engine) },
    needs,
    resume: () => engine.resume(),
    close: () => engine.close(),
    onStatusChange: (listener) => engine.onStatusChange(listener),
    transitions: (executionArn) => storage.execution(executionArn)?.transitions ?? 0,
  };
}
