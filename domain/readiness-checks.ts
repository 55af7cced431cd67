import type { ClusterFacts } from './facts.ts';
import { insightFindings } from './insight-findings.ts';
import { keyFindings } from './key-findings.ts';
import { launchTemplateFindings } from './launch-template-findings.ts';
import type { Minor } from './minor.ts';
import { fargateFindings, hybridFindings, pooledNodesFindings, selfManagedFindings } from './other-nodes-findings.ts';
import type { Finding, Hop } from './plan.ts';
import { quotaFindings } from './quota-findings.ts';
import type { Looked } from './readiness-facts.ts';
import { awaitsNodes } from './workload-findings.ts';
import { roleFindings } from './role-findings.ts';
import { kubeProxyModeFindings, lastImageFindings } from './version-ends.ts';

export interface ReadinessAsk {
  readonly facts: ClusterFacts;
  readonly hops: readonly Hop[];
  readonly to: Minor;
  /** RFC 3339. */
  readonly now: string;
  /** When the control plane last moved as far as it was seen, RFC 3339. */
  readonly movedAt?: string | undefined;
  /** Nobody looks again before the first hop of these: what is stale then blocks. */
  readonly lastLook?: boolean | undefined;
  /** Groups that roll at once at most. */
  readonly maxParallelNodegroups?: number | undefined;
}

/**
 * The readiness checks over what was looked at for them. Where nobody looked they are silent, and the plan's `notLookedAt` says so;
 * a part that could not be seen is told as Unknown, here or there, never taken for a pass.
 */
export function readinessFindings({ facts, hops, to, now, movedAt, lastLook, maxParallelNodegroups }: ReadinessAsk): readonly Finding[] {
  const { readiness, cluster } = facts;
  const images = lastImageFindings(facts, to);
  if (readiness === undefined) return images;
  return [
    ...images,
    ...insightFindings(readiness.insights, { clusterName: cluster.name, controlPlane: cluster.version, hops, nodegroups: facts.nodegroups, addons: facts.addons, awaitNodes: facts.addons.filter((addon) => awaitsNodes(addon, facts)).map((addon) => addon.addonName), now, movedAt, lastLook }),
    ...whereSeen(readiness.roles, (roles) => roleFindings(roles, hops)),
    ...whereSeen(readiness.kmsKey, keyFindings),
    ...whereSeen(readiness.launchTemplates, (templates) => launchTemplateFindings(templates, hops)),
    ...whereSeen(readiness.quotas, (quotas) => quotaFindings(quotas, facts, hops, maxParallelNodegroups)),
    ...kubeProxyModeFindings(readiness.kubeProxyMode, hops),
    ...whereSeen(readiness.selfManagedGroups, selfManagedFindings),
    ...whereSeen(readiness.fargateProfiles, (profiles) => fargateFindings(profiles, hops)),
    ...whereSeen(readiness.pooledNodes, (pools) => pooledNodesFindings(pools, hops)),
    ...hybridFindings(facts, hops),
  ];
}

/** What could not be seen stands in the plan's `notLookedAt`, with why (domain/not-looked-at.ts). */
function whereSeen<T>(looked: Looked<T>, judge: (value: T) => readonly Finding[]): readonly Finding[] {
  return looked.kind === 'seen' ? judge(looked.value) : [];
}
