import { bakesNow, replacesNodes } from './held-steps.ts';
import type { Operation, Step } from './operation.ts';

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
}

/** Whether the upgrade is to stop at a gate of a hop and nobody has let it through yet. */
export function isShut(operation: Operation, gate: Gate, hop: string | undefined): boolean {
  if (operation.terms?.gates?.includes(gate) !== true) return false;
  return operation.approvals?.some((approval) => approval.gate === gate && approval.hop === hopOf(gate, hop)) !== true;
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
      return {};
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
