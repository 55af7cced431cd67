import type { Step, Terms } from './operation.ts';
import type { Hop, PlannedStep, Stage } from './plan.ts';

/** The stages of a hop that replace nodes. */
const NODE_STAGES: ReadonlySet<Stage> = new Set<Stage>(['UpgradeCanaryNodegroup', 'UpgradeNodegroups']);

export function replacesNodes(step: Pick<PlannedStep, 'stage'>): boolean {
  return NODE_STAGES.has(step.stage);
}

/**
 * What of a hop is done now, and what is held. With `holdNodegroups` the nodes wait until the rest of the hop is done, has baked and was
 * let through; planned again then, the hop has nothing left but them. See docs/decisions/0011-the-way-back.md.
 */
export function partOf(hop: Hop, terms: Terms | undefined): { readonly hop: Hop; readonly held: readonly PlannedStep[] } {
  const held = hop.steps.filter(replacesNodes);
  if (terms?.holdNodegroups !== true || held.length === 0 || held.length === hop.steps.length) return { hop, held: [] };
  return { hop: { ...hop, steps: hop.steps.filter((step) => !replacesNodes(step)) }, held };
}

/** Whether a step of the plan waits for the bake of its own hop. */
export function isHeld(step: Step, terms: Terms | undefined): boolean {
  return terms?.holdNodegroups === true && replacesNodes(step) && step.state === 'Pending';
}

/** Whether a hop, now that it has come to rest, bakes: once all of it is done, or all that is not held. A hop whose held nodes have rolled has baked already. */
export function bakesNow(hop: string, steps: readonly Step[], terms: Terms | undefined): boolean {
  const own = steps.filter((step) => step.hop === hop);
  const due = own.filter((step) => !isHeld(step, terms));
  if (due.length === 0 || due.some((step) => step.state !== 'Succeeded')) return false;
  return terms?.holdNodegroups !== true || !due.some(replacesNodes) || !due.some((step) => !replacesNodes(step));
}
