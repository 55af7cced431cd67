import { bakesNow, replacesNodes } from './held-steps.ts';
import { movesControlPlane } from './look-needed.ts';
import type { Operation, Step } from './operation.ts';
import type { PlannedStep } from './plan.ts';

/** Where an upgrade may be asked to stop for an approval. */
export const GATES = ['beforeControlPlane', 'beforeNodegroups', 'afterBake'] as const;
export type Gate = (typeof GATES)[number];

/** A yes at a gate, by somebody other than who asked for the upgrade. */
export interface Approval {
  readonly gate: Gate;
  /** The hop that it counts for, by its target minor; absent at the gate that is passed once. */
  readonly hop?: string;
  readonly by: string;
  readonly comment?: string;
  readonly at: string;
  /** The run that it let through; absent: the present one. */
  readonly run?: number;
}

/** Whether the upgrade is to stop at a gate of a hop and nobody has let it through yet. */
export function isShut(operation: Operation, gate: Gate, hop: string | undefined): boolean {
  if (operation.terms?.gates?.includes(gate) !== true) return false;
  return givenIn(operation, { gate, hop: hopOf(gate, hop) }) === undefined;
}

/** The approval of a passage in the present run: those of earlier runs are kept for the record alone. */
export function givenIn({ approvals = [], run }: Pick<Operation, 'approvals' | 'run'>, passage: { readonly gate: Gate; readonly hop?: string | undefined }): Approval | undefined {
  return approvals.find((approval) => approval.gate === passage.gate && approval.hop === passage.hop && (approval.run ?? run) === run);
}

/** The gates that stand before a step. Where no control plane is left to move there is nothing to let through before it. */
export function gatesBefore({ plan }: Pick<Operation, 'plan'>, step: Pick<PlannedStep, 'kind' | 'stage'>): Gate[] {
  const own: Gate[] = replacesNodes(step) ? ['beforeNodegroups'] : [];
  return movesControlPlane(step) || hasControlPlaneMove({ plan }) ? ['beforeControlPlane', ...own] : own;
}

function hasControlPlaneMove({ plan }: Pick<Operation, 'plan'>): boolean {
  return plan.hops.some((hop) => hop.steps.some(movesControlPlane));
}

/**
 * The passage that an approval given now counts for: the one that the operation stands at or comes to next. Undefined where none is ahead.
 * An approval may be given before the gate is reached, never for two passages at once, and that of a bake not before it bakes.
 */
export function passageAhead(operation: Operation, steps: readonly Step[], gate: Gate): Pick<Approval, 'hop'> | undefined {
  if (operation.terms?.gates?.includes(gate) !== true) return undefined;
  const hops = operation.plan.hops.map((hop) => hop.to);
  switch (gate) {
    case 'beforeControlPlane':
      return hasControlPlaneMove(operation) ? {} : undefined;
    case 'beforeNodegroups': {
      const hop = hops.find((to) => steps.some((step) => step.hop === to && replacesNodes(step) && step.state !== 'Succeeded'));
      return hop === undefined ? undefined : { hop };
    }
    case 'afterBake': {
      // A yes after the bake vouches for what was seen of the hop: there is nothing to see before it bakes.
      const hop = lastBegunHop(steps);
      return hop === undefined || !bakesNow(hop, steps, operation.terms) ? undefined : { hop };
    }
  }
}

/** The hop whose steps were begun last; undefined before the first. */
export function lastBegunHop(steps: readonly Step[]): string | undefined {
  return steps.filter((step) => step.state !== 'Pending').sort((a, b) => b.order - a.order)[0]?.hop;
}

function hopOf(gate: Gate, hop: string | undefined): string | undefined {
  return gate === 'beforeControlPlane' ? undefined : hop;
}
