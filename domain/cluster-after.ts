import { accessCondition } from './access-condition.ts';
import { authorityAfter, authorityCondition } from './certificate-authority.ts';
import type { Addon, Cluster, Nodegroup } from './cluster.ts';
import { withCondition, type Condition } from './condition.ts';
import type { AddonFacts, ClusterFacts, NodegroupFacts } from './facts.ts';
import { oldestSeenAt } from './left-alone.ts';
import { isMinor } from './minor.ts';
import type { Step } from './operation.ts';

/** The cluster's record brought up to date with what was seen of it. Pure: the store writes it. */
export function clusterAfter(cluster: Cluster, facts: ClusterFacts): Cluster {
  const nodes = facts.nodegroups.reduce((sum, group) => sum + group.scalingConfig.desiredSize, 0);
  const authority = authorityAfter(cluster.certificateAuthority, facts.cluster.certificateAuthority, facts.observedAt);
  const addons = facts.addons.map((addon) => addonAfter(cluster.addons.find((known) => known.addonName === addon.addonName), addon, nodes));
  return {
    ...cluster,
    exists: true,
    lookedAt: oldestSeenAt(facts),
    version: facts.cluster.version,
    desiredVersion: facts.cluster.version,
    ...(facts.cluster.ipFamily === undefined ? {} : { ipFamily: facts.cluster.ipFamily }),
    ...(facts.cluster.serviceIpv4Cidr === undefined ? {} : { serviceIpv4Cidr: facts.cluster.serviceIpv4Cidr }),
    subnetIds: facts.cluster.subnetIds,
    securityGroupIds: facts.cluster.securityGroupIds,
    endpointPublicAccess: facts.cluster.endpointPublicAccess ?? cluster.endpointPublicAccess,
    endpointPrivateAccess: facts.cluster.endpointPrivateAccess ?? cluster.endpointPrivateAccess,
    publicAccessCidrs: facts.cluster.publicAccessCidrs ?? cluster.publicAccessCidrs,
    deletionProtection: facts.cluster.deletionProtection,
    ...(facts.cluster.authenticationMode === undefined ? {} : { authenticationMode: facts.cluster.authenticationMode }),
    ...(facts.cluster.supportType === undefined ? {} : { supportType: facts.cluster.supportType }),
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
    nodegroups: facts.nodegroups.map((group) => nodegroupAfter(cluster.nodegroups.find((known) => known.nodegroupName === group.nodegroupName), group)),
    addons,
    conditions: conditionsAfter({ ...cluster, certificateAuthority: authority }, facts, addons),
  };
}

/**
 * The record once the control plane's moves among `steps` are counted in: an upgrade opens the way back, from when its end was seen; a
 * rollback closes it. A step that found its version there already tells nothing: when that one came is not known.
 */
export function withWayBack(cluster: Cluster, steps: readonly Step[]): Cluster {
  const moves = steps.filter((step) => step.state === 'Succeeded' && step.updateId !== undefined && (step.kind === 'upgrade-control-plane' || step.kind === 'rollback-control-plane'));
  const last = moves.sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? '')).at(-1);
  if (last === undefined) return cluster;
  const { upgraded: _before, ...record } = cluster;
  const { kind, from, to, endedAt } = last;
  if (kind === 'rollback-control-plane') return record;
  return from === undefined || to === undefined || endedAt === undefined || !isMinor(from) || !isMinor(to) ? cluster : { ...record, upgraded: { from, to, at: endedAt } };
}

/** The record when the cluster could not be looked at: what was known stays, and says that it may be old. */
export function clusterUnseen(cluster: Cluster, because: string, now: string): Cluster {
  return { ...cluster, conditions: withCondition(cluster.conditions, { type: 'Healthy', status: 'Unknown', reason: 'NotLookedAt', message: because }, now) };
}

function nodegroupAfter(known: Nodegroup | undefined, seen: NodegroupFacts): Nodegroup {
  return {
    ...known,
    nodegroupName: seen.nodegroupName,
    ...(seen.version === undefined ? {} : { version: seen.version }),
    ...(seen.releaseVersion === undefined ? {} : { releaseVersion: seen.releaseVersion }),
    status: seen.status,
    amiType: seen.amiType,
    ...(seen.capacityType === undefined ? {} : { capacityType: seen.capacityType as NonNullable<Nodegroup['capacityType']> }),
    instanceTypes: seen.instanceTypes,
    subnets: seen.subnetIds,
    ...(seen.nodeRole === undefined ? {} : { nodeRole: seen.nodeRole }),
    scalingConfig: seen.scalingConfig,
    updateConfig: seen.updateConfig as NonNullable<Nodegroup['updateConfig']>,
    ...(seen.nodeRepairConfig === undefined ? {} : { nodeRepairConfig: seen.nodeRepairConfig }),
    ...(seen.warmPoolConfig === undefined ? {} : { warmPoolConfig: seen.warmPoolConfig }),
    labels: seen.labels,
    taints: seen.taints as NonNullable<Nodegroup['taints']>,
    ...(seen.launchTemplate === undefined ? {} : { launchTemplate: seen.launchTemplate }),
    customAmi: seen.customAmi,
  };
}

function addonAfter(known: Addon | undefined, seen: AddonFacts, nodes: number): Addon {
  const { reason: _earlier, ...kept } = known ?? { addonName: seen.addonName, status: seen.status };
  const reason = seen.status !== 'DEGRADED' ? undefined : nodes === 0 ? 'AwaitingNodes' : (seen.healthIssues[0]?.code ?? 'Degraded');
  const { configurationValues, podIdentityAssociations, owner } = seen;
  return {
    ...kept,
    addonName: seen.addonName,
    addonVersion: seen.addonVersion,
    status: seen.status,
    ...(reason === undefined ? {} : { reason }),
    ...(configurationValues === undefined ? {} : { configurationValues }),
    ...(podIdentityAssociations === undefined ? {} : { podIdentityAssociations }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function conditionsAfter(cluster: Pick<Cluster, 'origin' | 'access' | 'conditions'> & { readonly certificateAuthority: Cluster['certificateAuthority'] | undefined }, facts: ClusterFacts, addons: readonly Addon[]): Condition[] {
  const issues = [
    ...facts.cluster.healthIssues.map((issue) => `${issue.code}: ${issue.message}`),
    ...facts.nodegroups.flatMap((group) => group.healthIssues.map((issue) => `${group.nodegroupName}: ${issue.code}: ${issue.message}`)),
  ];
  const healthy = facts.cluster.status === 'ACTIVE' && issues.length === 0;
  const awaiting = addons.filter((addon) => addon.reason === 'AwaitingNodes').map((addon) => addon.addonName);
  const degraded = addons.filter((addon) => addon.reason !== undefined && addon.reason !== 'AwaitingNodes').map((addon) => `${addon.addonName} (${addon.reason})`);
  const authority = authorityCondition(cluster.certificateAuthority);
  const withAccess = withCondition(cluster.conditions, accessCondition(cluster), facts.observedAt);
  const withHealth = withCondition(
    authority === undefined ? withAccess : withCondition(withAccess, authority, facts.observedAt),
    healthy
      ? { type: 'Healthy', status: 'True', reason: 'Active', message: 'The control plane is ACTIVE and EKS names no issue.' }
      : { type: 'Healthy', status: 'False', reason: facts.cluster.healthIssues[0]?.code ?? 'IssuesReported', message: issues.join(' ') || `The control plane is ${facts.cluster.status}.` },
    facts.observedAt,
  );
  return withCondition(
    withHealth,
    degraded.length > 0
      ? { type: 'AddonsReady', status: 'False', reason: 'Degraded', message: `Degraded: ${degraded.join(', ')}.` }
      : awaiting.length > 0
        ? { type: 'AddonsReady', status: 'False', reason: 'AwaitingNodes', message: `As soon as the cluster has a node: ${awaiting.join(', ')}.` }
        : { type: 'AddonsReady', status: 'True', reason: 'Active', message: 'Every add-on is ACTIVE.' },
    facts.observedAt,
  );
}
