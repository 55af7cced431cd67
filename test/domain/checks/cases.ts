import type { AddonOffer, ClusterFacts } from '../../../domain/facts.ts';
import type { FindingCode } from '../../../domain/finding-codes.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { Finding } from '../../../domain/plan.ts';
import { addonFacts, at133, clusterFacts, nodegroupFacts, NOW, OFFERS, SUBNETS } from '../worlds.ts';
import { DEPRECATED, insight, insights, ready, seen, unseen } from './ready.ts';

/** One case of a check: facts that raise its finding, and facts as near to them as can be that do not. Without the check its first half fails. */
export interface CheckCase {
  readonly code: FindingCode;
  readonly severity: Finding['severity'];
  readonly raised: ClusterFacts;
  readonly not: ClusterFacts;
  readonly to: Minor;
  readonly lastLook?: boolean;
}

/** Found by other work than upgrades: tested with it. */
export const OF_OTHER_WORK: readonly FindingCode[] = [
  'nobody-can-get-in',
  'subnet-addresses-low',
  'endpoint-open-to-the-world',
  'network-addon-left-out',
  'scale-down-ignores-budgets',
  'last-nodegroup',
  'access-not-manageable',
  'iam-roles-stay',
  'launch-templates-stay',
  'log-group-stays',
];

const only = (offers: readonly AddonOffer[]) => ({ coredns: offers });
const coredns = { addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2')], nodegroups: [] };
const issue = (code: string) => [{ code, message: 'Told by EKS.', resourceIds: ['thing-1'] }];
const cni = (...offers: readonly AddonOffer[]) => at133({ addons: [addonFacts('vpc-cni', 'v1.19.5-eksbuild.1')], addonCatalogue: { 'vpc-cni': offers } });
const foreign = [{ updateId: 'u-1', status: 'InProgress', type: 'VersionUpdate', params: { Version: '1.34' }, createdAt: NOW, errors: [] }];
const free = (count: number) => SUBNETS.map((subnet) => ({ ...subnet, availableIpAddressCount: count }));
const ending = (version: Minor, endOfStandardSupportDate: string) => ({ offers: OFFERS.map((offer) => (offer.version === version ? { ...offer, endOfStandardSupportDate } : offer)) });
const healthy = at133();
const readied = (more: Parameters<typeof ready>[0]) => at133({ readiness: ready(more) });
const at = (code: FindingCode, severity: Finding['severity'], raised: ClusterFacts, not: ClusterFacts = healthy, to: Minor = '1.34', lastLook = false): CheckCase => ({ code, severity, raised, not, to, lastLook });

const STANDING: readonly CheckCase[] = [
  at('control-plane-not-active', 'blocks', at133({ cluster: { status: 'CREATING' } })),
  at('update-in-progress', 'advises', at133({ cluster: { status: 'UPDATING' } })),
  at('update-in-progress', 'advises', at133({ updatesInProgress: foreign })),
  at('control-plane-unhealthy', 'advises', at133({ cluster: { healthIssues: issue('ClusterUnreachable') } })),
  at('control-plane-unhealthy', 'blocks', at133({ cluster: { healthIssues: issue('Ec2SecurityGroupNotFound') } })),
  at('cluster-role-missing', 'blocks', at133({ cluster: { healthIssues: issue('IamRoleNotFound') } })),
  at('kms-key-unusable', 'blocks', at133({ cluster: { healthIssues: issue('KmsKeyDisabled') } })),
  at('cluster-subnet-missing', 'blocks', at133({ subnets: SUBNETS.slice(1) })),
  at('cluster-addresses-short', 'blocks', at133({ subnets: free(2) }), at133({ subnets: free(3) })),
  at('zone-addresses-short', 'advises', at133({ subnets: [{ ...SUBNETS[0]!, availableIpAddressCount: 4 }, SUBNETS[1]!] }), at133({ subnets: free(5) })),
  at(
    'surge-addresses-short',
    'advises',
    at133({ nodegroups: [nodegroupFacts('blue', '1.33', { updateConfig: { maxUnavailable: 20 } })], subnets: free(9) }),
    at133({ nodegroups: [nodegroupFacts('blue', '1.33', { updateConfig: { maxUnavailable: 20 } })], subnets: free(10) }),
  ),
  at('nodegroup-unhealthy', 'blocks', at133({ nodegroups: [nodegroupFacts('blue', '1.33', { status: 'DEGRADED', healthIssues: issue('AsgInstanceLaunchFailures') })] })),
  at('nodegroup-unhealthy', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.33', { healthIssues: issue('NodeCreationFailure') })] })),
  at('nodegroup-busy', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.33', { status: 'DELETING' })] })),
  at('nodegroup-newer-than-control-plane', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.34')] })),
  at('kubelet-skew', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.29')] }), at133({ nodegroups: [nodegroupFacts('blue', '1.30')] })),
  at('kubelet-version-unknown', 'advises', at133({ nodegroups: [nodegroupFacts('blue', undefined, { customAmi: true, amiType: 'CUSTOM' })] })),
  at('custom-ami', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.33', { customAmi: true, amiType: 'CUSTOM' })] })),
  at('custom-ami', 'blocks', at133({ nodegroups: [nodegroupFacts('blue', '1.30', { customAmi: true, amiType: 'CUSTOM' })] })),
  at('al2-not-offered', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.32', { amiType: 'AL2_x86_64' })] })),
  at('al2-not-offered', 'blocks', at133({ nodegroups: [nodegroupFacts('blue', '1.32', { amiType: 'AL2_ARM_64' })] }), healthy, '1.36'),
  at('addon-unhealthy', 'advises', at133({ addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2', { status: 'DEGRADED', healthIssues: issue('InsufficientNumberOfReplicas') })] })),
  at('addon-busy', 'advises', at133({ addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2', { status: 'UPDATING' })] })),
  at('addons-await-nodes', 'advises', at133({ ...coredns, addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2', { status: 'DEGRADED' })] })),
  at('addon-not-in-catalogue', 'advises', at133({ addons: [addonFacts('datadog_operator', 'v0.1.9-eksbuild.1')] })),
  at('addon-not-listed', 'blocks', at133({ ...coredns, addonCatalogue: only([{ addonVersion: 'v1.12.1-eksbuild.2', compatibleWith: ['1.33'], defaultFor: [] }]) })),
  at('addon-not-listed', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.32')], addons: [addonFacts('coredns', 'v1.14.0-eksbuild.1')] }), healthy, '1.33'),
  at('addon-step-missing', 'blocks', cni({ addonVersion: 'v1.21.1-eksbuild.1', compatibleWith: ['1.33', '1.34'], defaultFor: ['1.34'] }, { addonVersion: 'v1.19.5-eksbuild.1', compatibleWith: ['1.33'], defaultFor: [] })),
  at('addon-step-missing', 'advises', cni({ addonVersion: 'v1.21.1-eksbuild.1', compatibleWith: ['1.34'], defaultFor: ['1.34'] }, { addonVersion: 'v1.19.5-eksbuild.1', compatibleWith: ['1.33', '1.34'], defaultFor: [] })),
  at('kube-proxy-skew', 'blocks', at133({ addons: [addonFacts('kube-proxy', 'v1.30.1-eksbuild.1')], addonCatalogue: { 'kube-proxy': [{ addonVersion: 'v1.30.1-eksbuild.1', compatibleWith: ['1.30', '1.31', '1.32', '1.33'], defaultFor: [] }] } })),
  at('kube-proxy-newer-than-control-plane', 'advises', at133({ addons: [addonFacts('kube-proxy', 'v1.34.3-eksbuild.2')] })),
  at('auto-mode-nodes', 'advises', at133({ cluster: { autoMode: true } })),
  at('extended-support', 'advises', healthy, clusterFacts('1.34'), '1.35'),
  at('target-in-extended-support', 'advises', clusterFacts('1.32'), clusterFacts('1.32', { catalogue: ending('1.33', '2026-10-01T00:00:00.000Z') }), '1.33'),
  at(
    'auto-upgrade-ahead',
    'advises',
    clusterFacts('1.34', { cluster: { supportType: 'STANDARD' }, catalogue: ending('1.34', '2026-11-01T00:00:00.000Z') }),
    clusterFacts('1.34', { cluster: { supportType: 'STANDARD' } }),
    '1.35',
  ),
];

const passing = readied({});
const INSIGHTS: readonly CheckCase[] = [
  at('insight-error', 'blocks', readied({ insights: insights([DEPRECATED]) }), readied({ insights: insights([{ ...DEPRECATED, status: 'PASSING' }]) })),
  at(
    'insight-error',
    'advises',
    at133({
      nodegroups: [],
      addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2')],
      readiness: ready({ insights: insights([insight({ name: 'EKS add-on version compatibility', status: 'ERROR', addons: [{ name: 'coredns', compatibleVersions: ['v1.12.1-eksbuild.2', 'v1.12.4-eksbuild.1'] }] })]) }),
    }),
    passing,
  ),
  at('insight-warning', 'advises', readied({ insights: insights([{ ...DEPRECATED, status: 'WARNING' }]) }), passing),
  at('insight-unknown', 'blocks', readied({ insights: insights([insight({ status: 'UNKNOWN' })]) }), passing),
  // EKS's enums are open: a word that nobody knows is no pass either.
  at('insight-unknown', 'blocks', readied({ insights: insights([insight({ status: 'DEFERRED' })]) }), passing),
  at('insights-stale', 'advises', readied({ insights: seen({ refresh: { status: 'FAILED', message: 'Internal failure' }, insights: [insight()] }) }), passing),
  at('insights-stale', 'blocks', readied({ insights: insights([insight({ lastRefreshTime: '2026-08-31T11:59:59.000Z' })]) }), readied({ insights: insights([insight({ lastRefreshTime: '2026-08-31T12:00:00.000Z' })]) }), '1.34', true),
  at('insights-stale', 'blocks', readied({ insights: seen({ refresh: { status: 'IN_PROGRESS' }, insights: [insight()] }) }), passing, '1.34', true),
  at('insights-not-seen', 'blocks', readied({ insights: unseen }), passing),
  at('insights-not-seen', 'blocks', readied({ insights: insights([], []) }), passing),
  at('insights-not-seen', 'blocks', readied({ insights: insights([], ['1.33']) }), passing),
  at('insight-misconfiguration', 'advises', readied({ insights: insights([insight({ category: 'MISCONFIGURATION', status: 'WARNING' })]) }), readied({ insights: insights([insight({ category: 'MISCONFIGURATION' })]) })),
];

export const CASES: readonly CheckCase[] = [...STANDING, ...INSIGHTS];
