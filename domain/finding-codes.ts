import type { Finding } from './plan.ts';

/**
 * Every finding that planning can make, with what it may do: `blocks` refuses the work, `advises` is told and the work is
 * done all the same, `either` depends on whether the work needs what was found. Each has a heading in docs/checks.md.
 */
export const FINDINGS = {
  'control-plane-not-active': 'blocks',
  'control-plane-unhealthy': 'either',
  'cluster-role-missing': 'blocks',
  'kms-key-unusable': 'blocks',
  'cluster-subnet-missing': 'blocks',
  'cluster-addresses-short': 'blocks',
  'zone-addresses-short': 'advises',
  'surge-addresses-short': 'advises',
  'update-in-progress': 'advises',
  'insight-error': 'either',
  'insight-warning': 'advises',
  'insight-unknown': 'blocks',
  'insights-stale': 'either',
  'insights-not-seen': 'blocks',
  'insight-misconfiguration': 'advises',
  'vcpu-quota-short': 'advises',
  'node-role-missing': 'either',
  'pod-execution-role-missing': 'advises',
  'launch-template-missing': 'either',
  'launch-template-behind': 'advises',
  'nodegroup-subnet-missing': 'either',
  'nodegroup-unhealthy': 'either',
  'nodegroup-busy': 'advises',
  'nodegroup-newer-than-control-plane': 'advises',
  'kubelet-skew': 'advises',
  'kubelet-version-unknown': 'advises',
  'self-managed-no-image': 'either',
  'custom-ami': 'either',
  'al2-not-offered': 'either',
  'al2-last-minor': 'advises',
  'self-managed-unhealthy': 'advises',
  'self-managed-busy': 'advises',
  'fargate-pods-stay': 'advises',
  'fargate-profile-unhealthy': 'advises',
  'karpenter-nodes': 'advises',
  'pooled-nodes-skew': 'blocks',
  'hybrid-nodes': 'advises',
  'addon-unhealthy': 'advises',
  'addon-busy': 'advises',
  'addon-not-in-catalogue': 'advises',
  'addon-not-listed': 'either',
  'addon-step-missing': 'either',
  'kube-proxy-skew': 'blocks',
  'kube-proxy-newer-than-control-plane': 'advises',
  'kube-proxy-ipvs': 'either',
  'auto-mode-nodes': 'advises',
  'closes-way-back': 'advises',
  'rollback-not-ready': 'either',
  'rollback-not-held': 'advises',
  'known-risk': 'either',
  'extended-support': 'advises',
  'target-in-extended-support': 'advises',
  'auto-upgrade-ahead': 'advises',
  'controller-behind': 'either',
  'controller-not-listed': 'either',
  'capability-leaves-resources': 'advises',
  'karpenter-nodes-stay': 'advises',
  'load-balancers-stay': 'advises',
  'dns-owner-named': 'advises',
  'zones-of-another-account': 'advises',
  'zone-of-another-vpc': 'advises',
  'interruptions-unseen': 'advises',
  'load-balancer-subnets-untagged': 'advises',
  'nobody-can-get-in': 'advises',
  'subnet-addresses-low': 'advises',
  'fargate-without-dns': 'advises',
  'fargate-selects-system': 'advises',
  'pod-identity-on-fargate': 'advises',
  'config-map-ends': 'advises',
  'auto-mode-cluster-role': 'advises',
  'auto-mode-brings-addon': 'advises',
  'endpoint-open-to-the-world': 'advises',
  'addons-await-nodes': 'advises',
  'network-addon-left-out': 'advises',
  'addon-not-asked-for': 'advises',
  'subnet-runs-out': 'advises',
  'endpoint-private-alone': 'advises',
  'subnets-of-another-account': 'advises',
  'pod-groups-without-prefixes': 'advises',
  'cni-settings-need-new-nodes': 'advises',
  'scale-down-ignores-budgets': 'advises',
  'last-nodegroup': 'advises',
  'access-not-manageable': 'advises',
  'iam-roles-stay': 'advises',
  'launch-templates-stay': 'advises',
  'log-group-stays': 'advises',
  'pod-identity-on-windows': 'advises',
} as const satisfies Record<string, 'blocks' | 'advises' | 'either'>;

export type FindingCode = keyof typeof FINDINGS;

/** A finding of the catalogue. `hop` is the target minor that it concerns, or null for all of the work. */
export function finding(code: FindingCode, severity: Finding['severity'], subject: string, told: Told): Finding {
  const { detail, remedy, hop = null, evidence = [] } = told;
  return { code, severity, subject, detail, remedy, hop, ...(evidence.length === 0 ? {} : { evidence: shortened(evidence) }) };
}

interface Told {
  readonly detail: string;
  readonly remedy: string;
  readonly hop?: string | null;
  readonly evidence?: readonly string[];
}

/** Lines of evidence that a finding carries at most: it travels in every answer and record. */
const EVIDENCE_LINES_MAX = 20;

function shortened(evidence: readonly string[]): readonly string[] {
  if (evidence.length <= EVIDENCE_LINES_MAX) return evidence;
  return [...evidence.slice(0, EVIDENCE_LINES_MAX - 1), `and ${evidence.length - EVIDENCE_LINES_MAX + 1} more.`];
}

/** Whether a finding refuses the work: it blocks, and no waiver is in force for it. */
export function blocks(found: Finding): boolean {
  return found.severity === 'blocks' && found.waiver === undefined;
}

/** What stands in the way before what is worth knowing, each in the order in which it was found. */
export function blockingFirst(findings: readonly Finding[]): Finding[] {
  return [...findings.filter(blocks), ...findings.filter((found) => !blocks(found))];
}
