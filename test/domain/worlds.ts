import type { Account } from '../../domain/account.ts';
import type { Addon, Cluster, Nodegroup } from '../../domain/cluster.ts';
import type { AddonCatalogue, AddonFacts, AddonOffer, ClusterFacts, CreationFacts, NodegroupFacts, SubnetFacts, VersionOffer } from '../../domain/facts.ts';
import { compareMinors, type Minor } from '../../domain/minor.ts';
import type { Plan, PlannedStep } from '../../domain/plan.ts';
import type { Stage } from '../../domain/plan.ts';
import type { Looked, ReadinessFacts } from '../../domain/readiness-facts.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';

/** A small healthy world that each test spoils in one place. */

export const NOW = '2026-09-01T12:00:00.000Z';
export const ACCOUNT_ID = '111111111111';

export const MINORS: readonly Minor[] = ['1.24', '1.25', '1.26', '1.27', '1.28', '1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'];

const DATES: Readonly<Record<string, readonly [string, string]>> = {
  '1.32': ['2026-03-23', '2027-03-23'],
  '1.33': ['2026-07-29', '2027-07-29'],
  '1.34': ['2026-12-02', '2027-12-02'],
  '1.35': ['2027-03-27', '2028-03-27'],
  '1.36': ['2027-08-02', '2028-08-02'],
};

export const OFFERS: readonly VersionOffer[] = MINORS.map((version) => {
  const [standard = '2025-01-01', extended = '2027-01-01'] = DATES[version] ?? [];
  return { version, defaultVersion: version === '1.36', versionStatus: Date.parse(standard) > Date.parse(NOW) ? 'STANDARD_SUPPORT' : 'EXTENDED_SUPPORT', endOfStandardSupportDate: `${standard}T00:00:00.000Z`, endOfExtendedSupportDate: `${extended}T00:00:00.000Z` };
});

function offer(addonVersion: string, compatibleWith: readonly Minor[], ...defaultFor: readonly Minor[]): AddonOffer {
  return { addonVersion, compatibleWith, defaultFor };
}

/** What EKS lists, in the small: versions newest first. */
export const ADDONS: AddonCatalogue = {
  'vpc-cni': [
    offer('v1.22.2-eksbuild.1', ['1.34', '1.35', '1.36']),
    // A known risk speaks against EKS's default.
    offer('v1.22.1-eksbuild.1', ['1.34', '1.35', '1.36'], '1.36'),
    offer('v1.21.1-eksbuild.1', ['1.33', '1.34', '1.35', '1.36'], '1.35'),
    offer('v1.20.4-eksbuild.2', ['1.32', '1.33', '1.34', '1.35', '1.36'], '1.34'),
    offer('v1.19.5-eksbuild.1', ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'], '1.33', '1.32'),
  ],
  coredns: [
    offer('v1.13.1-eksbuild.1', ['1.35', '1.36'], '1.36'),
    offer('v1.12.4-eksbuild.1', ['1.33', '1.34', '1.35', '1.36'], '1.35'),
    offer('v1.12.1-eksbuild.2', ['1.33', '1.34', '1.35'], '1.34', '1.33'),
    offer('v1.11.4-eksbuild.2', ['1.31', '1.32', '1.33'], '1.32'),
  ],
  'kube-proxy': [
    offer('v1.36.0-eksbuild.2', ['1.36'], '1.36'),
    offer('v1.35.3-eksbuild.2', ['1.35', '1.36'], '1.35'),
    offer('v1.34.3-eksbuild.2', ['1.34', '1.35', '1.36'], '1.34'),
    offer('v1.33.7-eksbuild.2', ['1.33', '1.34', '1.35', '1.36'], '1.33'),
    offer('v1.32.9-eksbuild.2', ['1.32', '1.33', '1.34', '1.35'], '1.32'),
  ],
  'eks-pod-identity-agent': [
    offer('v1.3.10-eksbuild.1', ['1.32', '1.33', '1.34', '1.35', '1.36'], '1.33', '1.34', '1.35', '1.36'),
    offer('v1.3.4-eksbuild.1', ['1.31', '1.32', '1.33', '1.34', '1.35', '1.36'], '1.32'),
  ],
};

export const SUBNETS: readonly SubnetFacts[] = [
  { subnetId: 'subnet-0000000a', vpcId: 'vpc-1', zoneId: 'use1-az1', zoneName: 'us-east-1a', availableIpAddressCount: 4000 },
  { subnetId: 'subnet-0000000b', vpcId: 'vpc-1', zoneId: 'use1-az2', zoneName: 'us-east-1b', availableIpAddressCount: 4000 },
];

export function nodegroupFacts(nodegroupName: string, version: Minor | undefined, more: Partial<NodegroupFacts> = {}): NodegroupFacts {
  return {
    nodegroupName,
    ...(version === undefined ? {} : { version }),
    status: 'ACTIVE',
    amiType: 'AL2023_x86_64_STANDARD',
    instanceTypes: ['m5.large'],
    subnetIds: SUBNETS.map((subnet) => subnet.subnetId),
    nodeRole: `arn:aws:iam::${ACCOUNT_ID}:role/eks-node`,
    scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 },
    updateConfig: { maxUnavailable: 1 },
    customAmi: false,
    labels: {},
    taints: [],
    healthIssues: [],
    ...more,
  };
}

export function addonFacts(addonName: string, addonVersion: string, more: Partial<AddonFacts> = {}): AddonFacts {
  return { addonName, addonVersion, status: 'ACTIVE', healthIssues: [], ...more };
}

export function clusterFacts(version: Minor, more: Partial<Omit<ClusterFacts, 'cluster'>> & { readonly cluster?: Partial<ClusterFacts['cluster']> } = {}): ClusterFacts {
  const { cluster, ...rest } = more;
  return {
    observedAt: NOW,
    cluster: {
      name: 'prod',
      arn: `arn:aws:eks:us-east-1:${ACCOUNT_ID}:cluster/prod`,
      version,
      status: 'ACTIVE',
      roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-cluster`,
      vpcId: 'vpc-1',
      subnetIds: SUBNETS.map((subnet) => subnet.subnetId),
      securityGroupIds: [],
      authenticationMode: 'API',
      supportType: 'EXTENDED',
      deletionProtection: false,
      autoMode: false,
      healthIssues: [],
      tags: {},
      ...cluster,
    },
    nodegroups: [],
    addons: [],
    catalogue: { offers: OFFERS },
    addonCatalogue: ADDONS,
    subnets: SUBNETS,
    updatesInProgress: [],
    ...rest,
  };
}

/** A cluster at 1.33 as most are: four add-ons in their default versions, two node groups. */
export function at133(more: Parameters<typeof clusterFacts>[1] = {}): ClusterFacts {
  return clusterFacts('1.33', {
    nodegroups: [nodegroupFacts('blue', '1.33'), nodegroupFacts('green', '1.33', { scalingConfig: { minSize: 2, maxSize: 20, desiredSize: 12 }, updateConfig: { maxUnavailablePercentage: 25 } })],
    addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2'), addonFacts('eks-pod-identity-agent', 'v1.3.10-eksbuild.1'), addonFacts('kube-proxy', 'v1.33.7-eksbuild.2'), addonFacts('vpc-cni', 'v1.19.5-eksbuild.1')],
    ...more,
  });
}

export function account(more: Partial<Account> = {}): Account {
  return {
    accountId: ACCOUNT_ID,
    name: 'payments-prod',
    regions: ['us-east-1'],
    labels: {},
    roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/slipway-access`,
    externalId: 'new-id',
    conditions: [{ type: 'AccessVerified', status: 'True', reason: 'RoleAssumed', message: 'Works.', lastTransitionTime: NOW }],
    createdAt: NOW,
    createdBy: 'ada',
    generation: 1,
    ...more,
  };
}

export function nodegroup(nodegroupName: string, more: Partial<Nodegroup> = {}): Nodegroup {
  return { nodegroupName, status: 'Planned', nodeRole: `arn:aws:iam::${ACCOUNT_ID}:role/eks-node`, scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 }, ...more };
}

export function cluster(version: Minor, more: Partial<Cluster> = {}): Cluster {
  return {
    clusterId: 'c-1',
    name: 'prod',
    accountId: ACCOUNT_ID,
    region: 'us-east-1',
    labels: {},
    version,
    desiredVersion: version,
    roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-cluster`,
    subnetIds: SUBNETS.map((subnet) => subnet.subnetId),
    securityGroupIds: [],
    endpointPublicAccess: true,
    endpointPrivateAccess: true,
    publicAccessCidrs: ['203.0.113.0/24'],
    supportType: 'EXTENDED',
    deletionProtection: false,
    access: [{ principalArn: `arn:aws:iam::${ACCOUNT_ID}:role/team-a`, role: 'admin' }],
    nodegroups: [],
    addons: [],
    conditions: [],
    origin: 'created',
    exists: true,
    createdAt: NOW,
    createdBy: 'ada',
    generation: 1,
    revision: 1,
    ...more,
  };
}

export function addon(addonName: string, addonVersion?: string): Addon {
  return { addonName, status: 'Planned', ...(addonVersion === undefined ? {} : { addonVersion }) };
}

export function creationFacts(more: Partial<CreationFacts> = {}): CreationFacts {
  return { observedAt: NOW, nameTaken: false, catalogue: { offers: OFFERS }, subnets: SUBNETS, addonCatalogue: ADDONS, ...more };
}

/** The plan, or an error that tells the refusal. */
export function planned(plan: Plan | Refusal): Plan {
  if (isRefusal(plan)) throw new Error(`${plan.code}: ${plan.detail}`);
  return plan;
}

export function refused(plan: Plan | Refusal): Refusal {
  if (!isRefusal(plan)) throw new Error(`Not refused: ${stepIds(plan).join(', ')}`);
  return plan;
}

export function steps(plan: Plan): readonly PlannedStep[] {
  return plan.hops.flatMap((hop) => hop.steps);
}

export function stepIds(plan: Plan): string[] {
  return steps(plan).map((step) => step.id);
}

/** The world after a step: what EKS would have made of it. */
export function after(facts: ClusterFacts, step: PlannedStep): ClusterFacts {
  switch (step.kind) {
    case 'upgrade-control-plane':
    case 'rollback-control-plane':
      return { ...facts, cluster: { ...facts.cluster, version: step.to as Minor }, ...(facts.readiness === undefined ? {} : { readiness: followed(facts.readiness, step.to as Minor) }) };
    case 'upgrade-addon':
      return { ...facts, addons: facts.addons.map((known) => (known.addonName === step.subject ? { ...known, addonVersion: step.to ?? '' } : known)) };
    case 'upgrade-nodegroup':
      return { ...facts, nodegroups: facts.nodegroups.map((known) => (known.nodegroupName === step.subject ? { ...known, version: step.to as Minor } : known)) };
    case 'refresh-instances':
      return { ...facts, ...(facts.readiness === undefined ? {} : { readiness: refreshed(facts.readiness, step) }) };
    default:
      throw new Error(`No upgrade takes a step ${step.kind}`);
  }
}

/** Nodes of Karpenter and Auto Mode follow a control plane by themselves. */
function followed(readiness: ReadinessFacts, minor: Minor): ReadinessFacts {
  return { ...readiness, pooledNodes: { kind: 'seen', value: seenOf(readiness.pooledNodes).map((pool) => ({ ...pool, kubelets: pool.kubelets.map(() => minor) })) } };
}

function refreshed(readiness: ReadinessFacts, step: PlannedStep): ReadinessFacts {
  const version = String(step.parameters?.['launchTemplateVersion']);
  const selfManagedGroups = seenOf(readiness.selfManagedGroups).map((group) => {
    if (group.groupName !== step.subject) return group;
    const minor = group.images.find((image) => image.version === version)?.minor;
    return { ...group, kubelets: group.kubelets.map(() => minor ?? null), launchTemplate: { id: String(step.parameters?.['launchTemplateId']), version } };
  });
  return { ...readiness, selfManagedGroups: { kind: 'seen', value: selfManagedGroups } };
}

/** What was seen, and nothing where nobody saw. */
export function seenOf<T>(looked: Looked<readonly T[]> | undefined): readonly T[] {
  return looked?.kind === 'seen' ? looked.value : [];
}

export const STAGES: readonly Stage[] = ['PrepareAddons', 'UpgradeControlPlane', 'UpgradeAddons', 'UpgradeCanaryNodegroup', 'UpgradeNodegroups', 'RollBackNodegroups', 'RollBackAddons', 'RollBackControlPlane'];

/** The steps that may be taken next: those of the first stage of the first hop that has any left, the first of each subject. */
export function nextSteps(plan: Plan): readonly PlannedStep[] {
  const [hop] = plan.hops;
  const stage = STAGES.find((candidate) => hop?.steps.some((step) => step.stage === candidate));
  const due = hop?.steps.filter((step) => step.stage === stage) ?? [];
  return due.filter((step, index) => due.findIndex((other) => other.subject === step.subject) === index);
}

export function older(a: Minor, b: Minor): boolean {
  return compareMinors(a, b) < 0;
}
