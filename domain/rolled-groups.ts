import type { Hop } from './plan.ts';

/** The groups whose nodes the plan replaces, each with the first hop that does it. */
export function rolledGroups(hops: readonly Hop[]): ReadonlyMap<string, string> {
  const rolls = hops.flatMap((hop) => hop.steps.filter((step) => step.kind === 'upgrade-nodegroup' || step.kind === 'refresh-instances').map((step) => [step.subject, hop.to] as const));
  return new Map([...rolls].reverse());
}
