import type { AddonOffer, ClusterFacts, NodegroupFacts } from '../../../domain/facts.ts';
import type { FindingCode } from '../../../domain/finding-codes.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { Terms } from '../../../domain/operation.ts';
import type { Finding } from '../../../domain/plan.ts';
import type { FargateProfileFacts, LaunchTemplateFacts, PooledNodesFacts, RoleFacts, SelfManagedGroupFacts } from '../../../domain/readiness-facts.ts';
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
  readonly terms?: Terms;
}

/** Found by other work than upgrades: tested with it. */
export const OF_OTHER_WORK: readonly FindingCode[] = [
  'rollback-not-held',
  'nobody-can-get-in',
  'config-map-ends',
  'subnet-addresses-low',
  'fargate-without-dns',
  'fargate-selects-system',
  'pod-identity-on-fargate',
  'pod-identity-on-windows',
  'auto-mode-cluster-role',
  'auto-mode-brings-addon',
  'endpoint-open-to-the-world',
  'network-addon-left-out',
  'addon-not-asked-for',
  'pod-groups-without-prefixes',
  'endpoint-private-alone',
  'subnets-of-another-account',
  'cni-settings-need-new-nodes',
  'scale-down-ignores-budgets',
  'last-nodegroup',
  'access-not-manageable',
  'iam-roles-stay',
  'launch-templates-stay',
  'log-group-stays',
  'controller-behind',
  'controller-not-listed',
  'capability-leaves-resources',
  'karpenter-nodes-stay',
  'load-balancers-stay',
  'dns-owner-named',
  'zones-of-another-account',
  'zone-of-another-vpc',
  'interruptions-unseen',
  'load-balancer-subnets-untagged',
];

/** Severities that no world raises at present, each with the reason why. */
export const NOT_RAISED: Readonly<Record<string, string>> = {
  'known-risk blocks': 'No known risk blocks now; that one could is held by made-up risks in test/domain/known-risks.test.ts.',
};

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
  at(
    'subnet-runs-out',
    'advises',
    at133({ subnets: free(50), readiness: ready({ instanceLimits: seen([{ instanceType: 'm5.large', vcpus: 2, interfaces: 3, addressesPerInterface: 10 }]) }) }),
    at133({ subnets: free(120), readiness: ready({ instanceLimits: seen([{ instanceType: 'm5.large', vcpus: 2, interfaces: 3, addressesPerInterface: 10 }]) }) }),
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

const role = (usedBy: RoleFacts['usedBy'], subject: string, exists: boolean) => seen([{ roleArn: 'arn:aws:iam::111111111111:role/eks-node', usedBy, subjects: [subject], exists }]);
const key = (state: string) => seen({ keyArn: 'arn:aws:kms:us-east-1:111111111111:key/k-1', state });
const template = (more: Partial<LaunchTemplateFacts>) => seen([{ id: 'lt-1', name: 'nodes', version: '3', defaultVersion: '3', latestVersion: '3', exists: true, usedBy: ['blue'], ...more }]);
/** Two groups in two zones roll four nodes more each, of two vCPUs; each must begin with two. */
const quota = (limitVcpus: number, usedVcpus = 30) => seen([{ code: 'L-1216C47A', name: 'Running On-Demand Standard instances', family: 'standard', spot: false, limitVcpus, usedVcpus, vcpusByType: { 'm5.large': 2 } }]);
const own = (more: Partial<SelfManagedGroupFacts>) => seen([{ groupName: 'asg-1', desiredCapacity: 3, minSize: 0, maxSize: 5, kubelets: ['1.33' as Minor], images: [], subnetIds: [], unhealthyInstances: 0, ...more }]);
const profile = (more: Partial<FargateProfileFacts> = {}) => seen([{ profileName: 'jobs', status: 'ACTIVE', subnetIds: [], namespaces: ['batch'], healthIssues: [], ...more }]);
const pool = (kind: PooledNodesFacts['kind'], kubelet: Minor | null) => seen([{ kind, pool: 'general', count: 4, kubelets: [kubelet] }]);
const unrolled = (more: Parameters<typeof ready>[0]) => at133({ nodegroups: [nodegroupFacts('blue', '1.34')], readiness: ready(more) });
const elsewhere = (subnetId: string, version: Minor) => at133({ nodegroups: [nodegroupFacts('blue', version, { subnetIds: [subnetId] })], readiness: ready() });
const in131 = (more: Partial<NodegroupFacts>) => clusterFacts('1.31', { nodegroups: [nodegroupFacts('blue', '1.31', more)] });
const to135 = { insights: insights([], ['1.34', '1.35']) };

const READINESS: readonly CheckCase[] = [
  at('cluster-role-missing', 'blocks', readied({ roles: role('cluster', 'prod', false) }), readied({ roles: role('cluster', 'prod', true) })),
  at('node-role-missing', 'blocks', readied({ roles: role('nodegroup', 'blue', false) }), readied({ roles: role('nodegroup', 'blue', true) })),
  at('node-role-missing', 'advises', unrolled({ roles: role('nodegroup', 'blue', false) }), unrolled({ roles: role('nodegroup', 'blue', true) })),
  at('pod-execution-role-missing', 'advises', readied({ roles: role('fargate-profile', 'jobs', false) }), readied({ roles: role('fargate-profile', 'jobs', true) })),
  at('kms-key-unusable', 'blocks', readied({ kmsKey: key('PendingDeletion') }), readied({ kmsKey: key('Enabled') })),
  at('kms-key-unusable', 'blocks', readied({ kmsKey: key('NotFound') }), readied({ kmsKey: key('Updating') })),
  at('launch-template-missing', 'blocks', readied({ launchTemplates: template({ exists: false }) }), readied({ launchTemplates: template({}) })),
  at('launch-template-missing', 'advises', unrolled({ launchTemplates: template({ exists: false }) }), unrolled({ launchTemplates: template({}) })),
  at('launch-template-behind', 'advises', readied({ launchTemplates: template({ latestVersion: '10' }) }), readied({ launchTemplates: template({}) })),
  at('nodegroup-subnet-missing', 'blocks', elsewhere('subnet-gone', '1.33'), elsewhere('subnet-0000000a', '1.33')),
  at('nodegroup-subnet-missing', 'advises', elsewhere('subnet-gone', '1.34'), elsewhere('subnet-0000000a', '1.34')),
  at('vcpu-quota-short', 'advises', readied({ quotas: quota(45) }), readied({ quotas: quota(46) })),
  at('kube-proxy-ipvs', 'blocks', readied({ kubeProxyMode: seen('ipvs') }), readied({ kubeProxyMode: seen('nftables') }), '1.36'),
  at('kube-proxy-ipvs', 'advises', readied({ ...to135, kubeProxyMode: seen('ipvs') }), readied({ ...to135, kubeProxyMode: seen('iptables') }), '1.35'),
  at('al2-last-minor', 'advises', in131({ amiType: 'AL2_x86_64' }), in131({}), '1.32'),
  at('self-managed-unhealthy', 'advises', readied({ selfManagedGroups: own({ unhealthyInstances: 1 }) }), readied({ selfManagedGroups: own({}) })),
  at('self-managed-busy', 'advises', readied({ selfManagedGroups: own({ refreshInProgress: 'r-1' }) }), readied({ selfManagedGroups: own({}) })),
  at('fargate-pods-stay', 'advises', readied({ fargateProfiles: profile() }), readied({})),
  at('fargate-profile-unhealthy', 'advises', readied({ fargateProfiles: profile({ healthIssues: issue('PodExecutionRoleAlreadyInUse') }) }), readied({ fargateProfiles: profile() })),
  at('fargate-profile-unhealthy', 'advises', readied({ fargateProfiles: profile({ status: 'CREATE_FAILED' }) }), readied({ fargateProfiles: profile() })),
  at('karpenter-nodes', 'advises', readied({ pooledNodes: pool('karpenter', '1.33') }), readied({ pooledNodes: pool('auto-mode', '1.33') })),
  at('pooled-nodes-skew', 'blocks', readied({ pooledNodes: pool('karpenter', '1.30') }), readied({ pooledNodes: pool('karpenter', '1.31') })),
  at('pooled-nodes-skew', 'blocks', readied({ pooledNodes: pool('auto-mode', '1.29') }), readied({ pooledNodes: pool('karpenter', null) })),
  at('hybrid-nodes', 'advises', readied({ hybridNodes: true }), readied({})),
];

const images = (...minors: readonly Minor[]) => minors.map((minor, index) => ({ version: String(index + 1), imageId: `ami-${index + 1}`, minor }));
const refreshed = (kubelet: Minor, ...minors: readonly Minor[]) => readied({ selfManagedGroups: own({ kubelets: [kubelet], launchTemplate: { id: 'lt-1', version: '1' }, images: images(...minors) }) });
const kubeProxy = (...listedFor133: readonly Minor[]) =>
  at133({
    addons: [addonFacts('kube-proxy', 'v1.33.7-eksbuild.2')],
    addonCatalogue: { 'kube-proxy': [{ addonVersion: 'v1.34.3-eksbuild.2', compatibleWith: ['1.34'], defaultFor: ['1.34'] }, { addonVersion: 'v1.33.7-eksbuild.2', compatibleWith: listedFor133, defaultFor: ['1.33'] }] },
  });

const WAY_BACK: readonly CheckCase[] = [
  at('self-managed-no-image', 'advises', refreshed('1.33', '1.33'), refreshed('1.33', '1.33', '1.34')),
  at('self-managed-no-image', 'blocks', refreshed('1.30', '1.30'), refreshed('1.30', '1.30', '1.32')),
  at('closes-way-back', 'advises', healthy, clusterFacts('1.34'), '1.35'),
  at('rollback-not-ready', 'advises', kubeProxy('1.33'), kubeProxy('1.33', '1.34')),
  at('rollback-not-ready', 'advises', readied({ fargateProfiles: profile() }), readied({})),
  { ...at('rollback-not-ready', 'blocks', kubeProxy('1.33'), kubeProxy('1.33', '1.34')), terms: { rollbackOn: { alarmArns: ['arn:aws:cloudwatch:us-east-1:111111111111:alarm:errors'] } } },
];

const RISKS: readonly CheckCase[] = [at('known-risk', 'advises', at133({ nodegroups: [nodegroupFacts('blue', '1.33')] }), at133({ nodegroups: [] }))];

export const CASES: readonly CheckCase[] = [...RISKS, ...STANDING, ...INSIGHTS, ...READINESS, ...WAY_BACK];
