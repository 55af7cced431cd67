import type { ClusterFacts } from './facts.ts';

export type Health =
  | { readonly kind: 'healthy' }
  /** Something still settles: look again. */
  | { readonly kind: 'settling'; readonly because: string }
  /** `canary` is the group that ails, where it is a canary, and `resourceIds` what EKS says that it concerns. */
  | { readonly kind: 'unhealthy'; readonly because: string; readonly canary?: string; readonly resourceIds: readonly string[] };

/** Longest time that a cluster, a node group or an add-on may take to read ACTIVE again after its work was done. */
const SETTLING_MINUTES_MAX = 20;

/**
 * Whether all that was worked on is ACTIVE again. A DEGRADED add-on does not hold the work up: it is told as a condition of
 * the cluster (CoreDNS without nodes stays DEGRADED for ever). `minutes` is how long it has been settling;
 * of `canaries`, which have just rolled, EKS may name no issue either.
 */
export function judgeHealth(facts: ClusterFacts, minutes: number, canaries: readonly string[] = []): Health {
  const ailing = facts.nodegroups.filter((group) => canaries.includes(group.nodegroupName) && group.healthIssues.length > 0);
  const busy = [
    ...(facts.cluster.status === 'ACTIVE' ? [] : [`the control plane is ${facts.cluster.status}`]),
    ...facts.nodegroups.filter((group) => group.status !== 'ACTIVE').map((group) => `node group ${group.nodegroupName} is ${group.status}`),
    ...ailing.flatMap((group) => group.healthIssues.map((issue) => `the canary ${group.nodegroupName} has the issue ${issue.code}: ${issue.message.replace(/\.$/, '')}`)),
    ...facts.addons.filter((addon) => addon.status === 'UPDATING').map((addon) => `add-on ${addon.addonName} is ${addon.status}`),
  ];
  if (busy.length === 0) return { kind: 'healthy' };
  const because = `${busy.join(', ')}.`;
  if (minutes < SETTLING_MINUTES_MAX) return { kind: 'settling', because };
  const [canary] = ailing;
  const issues = canary === undefined ? [...facts.nodegroups.filter((group) => group.status !== 'ACTIVE'), ...(facts.cluster.status === 'ACTIVE' ? [] : [facts.cluster])].flatMap((one) => one.healthIssues) : canary.healthIssues;
  return { kind: 'unhealthy', because: `After ${SETTLING_MINUTES_MAX} minutes ${because}`, ...(canary === undefined ? {} : { canary: canary.nodegroupName }), resourceIds: [...new Set(issues.flatMap((issue) => issue.resourceIds))] };
}
