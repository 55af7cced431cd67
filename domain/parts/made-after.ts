import type { Cluster } from '../cluster.ts';
import { NOT_TRIED } from '../going-on.ts';
import type { Step } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';
import type { PlannedResource } from './part-states.ts';
import { isOfEks } from './entries-of-eks.ts';
import type { Standing } from './only-after.ts';
import { keyOf, type Resource } from './resource.ts';
import { removesResource } from './steps-of-resource.ts';

/** A resource that could not be brought to where it shall be, as its step told. */
export interface PartTrouble {
  readonly resource: string;
  readonly code: string;
  readonly message: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What Slipway has made once these steps have come to what they came to. The record changes by what a step is known to have done alone, so that a retry plans the rest. */
export function madeAfter(made: readonly Resource[], steps: readonly Step[]): readonly Resource[] {
  const standing = new Map(made.map((resource) => [keyOf(resource), resource]));
  for (const { kind, resource, state } of inOrder(steps)) {
    if (resource === undefined) continue;
    // What EKS had made is known of by the step alone that was to take it away: until one has, the record keeps it.
    if (isOfEks(resource) && state !== 'Succeeded') standing.set(keyOf(resource), resource);
    if (state !== 'Succeeded') continue;
    if (removesResource(kind)) standing.delete(keyOf(resource));
    else standing.set(keyOf(resource), resource);
  }
  return [...standing.values()];
}

/** What of the record decides how the next difference is planned. */
export function standingOf({ made = [], partTroubles = [], planned = [], addonShares = [] }: Pick<Cluster, 'made' | 'partTroubles' | 'planned' | 'addonShares'>): Standing {
  return { made, troubled: new Set(partTroubles.map(({ resource }) => resource)), planned: new Set(planned.map(keyOf)), addonShares };
}

/** The cluster with what the steps of an operation under way have made: its record tells that only at the operation's end. */
export function withMade(cluster: Cluster, steps: readonly Step[]): Cluster {
  return steps.some(({ resource }) => resource !== undefined) ? { ...cluster, made: madeAfter(cluster.made ?? [], steps) } : cluster;
}

/** What shall be there once all these steps are done: what the record remembers as planned when an operation begins. */
export function plannedAfter(planned: readonly PlannedResource[], steps: readonly PlannedStep[]): readonly PlannedResource[] {
  const standing = new Map<string, PlannedResource>(planned.map((resource) => [keyOf(resource), resource]));
  for (const { kind, resource } of steps) {
    if (resource === undefined) continue;
    if (removesResource(kind)) standing.delete(keyOf(resource));
    else standing.set(keyOf(resource), resource);
  }
  return [...standing.values()].map(({ kind, name, part, partName }) => ({ kind, name, part, partName }));
}

/** The troubles that stand once these steps have ended: of a resource the last word counts. */
export function troublesAfter(troubles: readonly PartTrouble[], steps: readonly Step[]): readonly PartTrouble[] {
  const standing = new Map(troubles.map((trouble) => [trouble.resource, trouble]));
  for (const { resource, state, error, outcome = '', endedAt = '' } of inOrder(steps)) {
    if (resource === undefined) continue;
    const trouble = { resource: keyOf(resource), at: endedAt };
    if (state === 'Succeeded') standing.delete(keyOf(resource));
    if (state === 'Failed' && error !== undefined) standing.set(keyOf(resource), { ...trouble, code: error.code, message: error.message });
    if (state === 'Skipped') standing.set(keyOf(resource), { ...trouble, code: NOT_TRIED, message: outcome });
  }
  return [...standing.values()];
}

function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((a, b) => a.run - b.run || a.order - b.order);
}
