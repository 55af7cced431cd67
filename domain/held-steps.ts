import type { Step, Terms } from './operation.ts';
import type { Hop, PlannedStep, Stage } from './plan.ts';

/** The stages of a hop that replace nodes. */
const NODE_STAGES: ReadonlySet<Stage> = new Set<Stage>(['UpgradeCanaryNodegroup', 'UpgradeNodegroups']);

export function replacesNodes(step: Pick<PlannedStep, 'stage'>): boolean {
  return NODE_STAGES.has(step.stage);
}

/** How much of a hop one pass of the machine does: all that is left, all but its nodes, or of its nodes the canary alone. */
export type Part = 'whole' | 'without-nodes' | 'with-canary';

/**
 * What of a hop is done now, and what is held for a pass of its own; planned again then, the hop has nothing left but that. With
 * `holdNodegroups` the nodes wait until the rest of the hop is done, has baked and was let through. With a canary the other groups wait
 * until the cluster was seen well with it. See docs/decisions/0013-parts-of-a-hop.md.
 */
export function partOf(hop: Hop, terms: Terms | undefined): { readonly hop: Hop; readonly held: readonly PlannedStep[]; readonly part: Part } {
  const nodes = hop.steps.filter(replacesNodes);
  if (terms?.holdNodegroups === true && nodes.length > 0 && nodes.length < hop.steps.length) return { ...without(hop, replacesNodes), part: 'without-nodes' };
  const others = nodes.filter((step) => step.stage !== 'UpgradeCanaryNodegroup');
  if (others.length > 0 && others.length < nodes.length) return { ...without(hop, (step) => others.includes(step)), part: 'with-canary' };
  return { hop, held: [], part: 'whole' };
}

function without(hop: Hop, isHeldBack: (step: PlannedStep) => boolean): { readonly hop: Hop; readonly held: readonly PlannedStep[] } {
  return { hop: { ...hop, steps: hop.steps.filter((step) => !isHeldBack(step)) }, held: hop.steps.filter(isHeldBack) };
}

/** Whether a step may stand unbegun when a pass over its hop is over. */
export function isLeftFor(step: Step, part: Part): boolean {
  if (step.state !== 'Pending') return false;
  return part === 'without-nodes' ? replacesNodes(step) : part === 'with-canary' && step.stage === 'UpgradeNodegroups';
}

/**
 * Whether a hop, now that it has come to rest, bakes: once all of it is done, or all but the nodes that are held. A hop whose held nodes
 * have rolled has baked already, and one whose nodes roll in two passes bakes after the second.
 */
export function bakesNow(hop: string, steps: readonly Step[], terms: Terms | undefined): boolean {
  const own = steps.filter((step) => step.hop === hop);
  const nodes = own.filter(replacesNodes);
  const rest = own.filter((step) => !replacesNodes(step));
  if (terms?.holdNodegroups !== true || rest.length === 0 || nodes.length === 0) return own.length > 0 && own.every((step) => step.state === 'Succeeded');
  return rest.every((step) => step.state === 'Succeeded') && nodes.every((step) => step.state === 'Pending');
}
