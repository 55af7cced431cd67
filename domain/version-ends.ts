import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { compareMinors, isMinor, type Minor } from './minor.ts';
import { AL2_LAST_MINOR } from './nodegroup-rolls.ts';
import type { Finding, Hop } from './plan.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/**
 * kube-proxy tells that its IPVS mode is to go from 1.35 on, and has none from 1.36 on (source: EKS release notes of 1.35; eksup K8S012).
 * Upstream has put the removal off since (kubernetes/enhancements 5495), which is why an approver may let it pass.
 */
const IPVS_DEPRECATED_IN: Minor = '1.35';
export const IPVS_REMOVED_IN: Minor = '1.36';

/** kube-proxy in a mode that a minor on the way no longer has would not start when it comes to that minor. */
export function kubeProxyModeFindings(mode: ReadinessFacts['kubeProxyMode'], hops: readonly Hop[]): readonly Finding[] {
  if (mode.kind === 'unknown' || mode.value !== 'ipvs') return [];
  const passed = hops.flatMap((hop) => (hop.from !== hop.to && isMinor(hop.to) ? [hop.to] : []));
  const removed = passed.find((minor) => compareMinors(minor, IPVS_REMOVED_IN) >= 0);
  const deprecated = passed.find((minor) => compareMinors(minor, IPVS_DEPRECATED_IN) >= 0);
  const remedy = 'Set mode to iptables or nftables in the kube-proxy add-on\'s configuration values, and restart it on every node.';
  if (removed !== undefined) return [finding('kube-proxy-ipvs', 'blocks', 'kube-proxy', { detail: `kube-proxy runs in IPVS mode, which it has no more from ${IPVS_REMOVED_IN} on: it would not start.`, remedy, hop: removed })];
  if (deprecated !== undefined) return [finding('kube-proxy-ipvs', 'advises', 'kube-proxy', { detail: `kube-proxy runs in IPVS mode, which goes away with ${IPVS_REMOVED_IN}.`, remedy, hop: deprecated })];
  return [];
}

/** Amazon Linux 2 groups at the last minor that has images for them: the next upgrade leaves them behind (source: eksup EKS008). */
export function lastImageFindings(facts: ClusterFacts, goal: Minor): readonly Finding[] {
  if (goal !== AL2_LAST_MINOR) return [];
  return facts.nodegroups
    .filter((group) => group.amiType.startsWith('AL2_') && group.status !== 'DELETING')
    .map((group) =>
      finding('al2-last-minor', 'advises', group.nodegroupName, {
        detail: `${goal} is the last minor for which EKS builds ${group.amiType} images.`,
        remedy: 'Make a node group with an AL2023 or Bottlerocket image type and move the workload before the next upgrade.',
        hop: goal,
      }),
    );
}
