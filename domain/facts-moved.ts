import type { ClusterFacts } from './facts.ts';
import { isMinor } from './minor.ts';
import type { Step } from './operation.ts';

/** What was seen of a cluster, with what EKS says that our own steps have moved since: a successful update needs no second look. */
export function withMoved(facts: ClusterFacts, steps: readonly Step[]): ClusterFacts {
  const since = steps.filter((step) => step.state === 'Succeeded' && (step.endedAt ?? '') >= facts.observedAt).sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''));
  const movedTo = (kind: Step['kind'], subject: string): string | undefined => since.findLast((step) => step.kind === kind && step.subject === subject)?.to;
  return {
    ...facts,
    addons: facts.addons.map((addon) => ({ ...addon, addonVersion: movedTo('upgrade-addon', addon.addonName) ?? addon.addonVersion })),
    nodegroups: facts.nodegroups.map((group) => {
      const version = movedTo('upgrade-nodegroup', group.nodegroupName);
      return version !== undefined && isMinor(version) ? { ...group, version } : group;
    }),
  };
}
