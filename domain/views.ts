import type * as z from 'zod';
import type { Account } from './account.ts';
import type { AccountSetup } from './account-setup.ts';
import type { Addon, Cluster, Nodegroup } from './cluster.ts';
import { clusterStatus } from './cluster-status.ts';
import type { VersionCatalogue } from './facts.ts';
import type { Operation, OperationError, OperationEvent, Step, Terms } from './operation.ts';
import type { Estimate, Finding, Plan } from './plan.ts';
import { partStates } from './parts/part-states.ts';
import { writtenProfile, type Profile } from './profile.ts';
import { rollbackWay } from './rollback-way.ts';
import type { AccountSetupView, AccountView, AddonView, ClusterView, EventView, FreezeView, NodegroupView, OperationErrorView, OperationSummaryView, OperationView, PlanView, ProfileView, StepView, VersionView, WaiverView } from './view.ts';
import type { Waiver, WithdrawnWaiver } from './waiver.ts';

/** From records to what clients are told. Pure mappings: what a record gains is not told until it is named here. */

export function viewAccount(account: Account): z.input<typeof AccountView> {
  return {
    accountId: account.accountId,
    name: account.name,
    regions: [...account.regions],
    labels: { ...account.labels },
    ...(account.teams === undefined ? {} : { teams: [...account.teams] }),
    ...(account.dnsZones === undefined ? {} : { dnsZones: structuredClone(account.dnsZones) as { hostedZoneId: string; teams?: string[] }[] }),
    roleArn: account.roleArn,
    conditions: [...account.conditions],
    createdAt: account.createdAt,
    createdBy: account.createdBy,
    generation: account.generation,
  };
}

/** One account with what its owner needs to make the role. Only for admins: it holds the external id. `templateUrl` where the template was published. */
export function viewAccountSetup(account: Account, setup: AccountSetup, templateUrl?: string): z.input<typeof AccountSetupView> {
  return {
    ...viewAccount(account),
    externalId: account.externalId,
    ...(account.previousExternalId === undefined ? {} : { previousExternalId: account.previousExternalId }),
    trustPolicy: { ...setup.trustPolicy },
    permissionsPolicy: { ...setup.permissionsPolicy },
    boundaryPolicy: { ...setup.boundaryPolicy },
    template: setup.template,
    ...(templateUrl === undefined ? {} : { templateUrl }),
  };
}

/** `now`, RFC 3339: how long the way back of an upgrade is open yet. */
export function viewCluster(cluster: Cluster, now: string): z.input<typeof ClusterView> {
  return {
    clusterId: cluster.clusterId,
    name: cluster.name,
    accountId: cluster.accountId,
    region: cluster.region,
    version: cluster.version,
    desiredVersion: cluster.desiredVersion,
    status: clusterStatus(cluster),
    conditions: [...cluster.conditions],
    ...(cluster.lookedAt === undefined ? {} : { lookedAt: cluster.lookedAt }),
    ...(cluster.activeOperation === undefined ? {} : { activeOperation: cluster.activeOperation }),
    roleArn: cluster.roleArn,
    resourcesVpcConfig: {
      subnetIds: [...cluster.subnetIds],
      securityGroupIds: [...cluster.securityGroupIds],
      endpointPublicAccess: cluster.endpointPublicAccess,
      endpointPrivateAccess: cluster.endpointPrivateAccess,
      publicAccessCidrs: [...cluster.publicAccessCidrs],
    },
    ...(cluster.ipFamily === undefined && cluster.serviceIpv4Cidr === undefined ? {} : { kubernetesNetworkConfig: { ...(cluster.ipFamily === undefined ? {} : { ipFamily: cluster.ipFamily }), ...(cluster.serviceIpv4Cidr === undefined ? {} : { serviceIpv4Cidr: cluster.serviceIpv4Cidr }) } }),
    ...(cluster.certificateAuthority === undefined ? {} : { certificateAuthority: viewCertificateAuthority(cluster.certificateAuthority) }),
    ...(cluster.authenticationMode === undefined ? {} : { authenticationMode: cluster.authenticationMode }),
    access: cluster.access.map((entry) => structuredClone(entry) as z.input<typeof ClusterView>['access'][number]),
    nodegroups: cluster.nodegroups.map(viewNodegroup),
    addons: cluster.addons.map((addon) => viewAddon(addon, cluster)),
    labels: { ...cluster.labels },
    ...(cluster.team === undefined ? {} : { team: cluster.team }),
    upgradePolicy: { supportType: cluster.supportType },
    deletionProtection: cluster.deletionProtection,
    ...(cluster.maintenancePolicy === undefined ? {} : { maintenancePolicy: structuredClone(cluster.maintenancePolicy) }),
    rollback: rollbackWay(cluster, now),
    ...(cluster.tags === undefined ? {} : { tags: { ...cluster.tags } }),
    ...structuredClone(cluster.wanted ?? {}),
    ...(cluster.profile === undefined ? {} : { profile: writtenProfile(cluster.profile) }),
    parts: partStates(cluster),
    origin: cluster.origin,
    createdAt: cluster.createdAt,
    createdBy: cluster.createdBy,
    generation: cluster.generation,
  };
}

function viewCertificateAuthority({ before: _before, ...seen }: NonNullable<Cluster['certificateAuthority']>): NonNullable<z.input<typeof ClusterView>['certificateAuthority']> {
  return seen;
}

/** With what the record knows of it: who asked for it. */
export function viewAddon(addon: Addon, { addonsAsked = [], addonShares = [] }: Pick<Cluster, 'addonsAsked' | 'addonShares'>): z.input<typeof AddonView> {
  const { addonVersion, reason, configurationValues, resolveConflicts, podIdentityAssociations, owner } = addon;
  const broughtBy = addonShares.find(({ addonName }) => addonName === addon.addonName)?.broughtBy;
  return {
    addonName: addon.addonName,
    ...(addonVersion === undefined ? {} : { addonVersion }),
    status: addon.status,
    ...(reason === undefined ? {} : { reason }),
    ...(configurationValues === undefined ? {} : { configurationValues }),
    ...(resolveConflicts === undefined ? {} : { resolveConflicts }),
    ...(podIdentityAssociations === undefined ? {} : { podIdentityAssociations: podIdentityAssociations.map((one) => ({ ...one })) }),
    ...(owner === undefined ? {} : { owner }),
    asked: addonsAsked.some(({ addonName }) => addonName === addon.addonName),
    ...(broughtBy === undefined ? {} : { broughtBy: [...broughtBy] }),
  };
}

export function viewNodegroup(group: Nodegroup): z.input<typeof NodegroupView> {
  const { version, releaseVersion, amiType, capacityType, instanceTypes, diskSize, nodeRole, subnets, updateConfig, nodeRepairConfig, warmPoolConfig, labels, taints, launchTemplate, customAmi } = group;
  return {
    nodegroupName: group.nodegroupName,
    ...(version === undefined ? {} : { version }),
    ...(releaseVersion === undefined ? {} : { releaseVersion }),
    status: group.status,
    ...(amiType === undefined ? {} : { amiType }),
    ...(capacityType === undefined ? {} : { capacityType }),
    ...(instanceTypes === undefined ? {} : { instanceTypes: [...instanceTypes] }),
    ...(diskSize === undefined ? {} : { diskSize }),
    ...(nodeRole === undefined ? {} : { nodeRole }),
    ...(subnets === undefined ? {} : { subnets: [...subnets] }),
    scalingConfig: { minSize: group.scalingConfig.minSize, maxSize: group.scalingConfig.maxSize, desiredSize: group.scalingConfig.desiredSize },
    ...(updateConfig === undefined ? {} : { updateConfig }),
    ...(nodeRepairConfig === undefined ? {} : { nodeRepairConfig }),
    ...(warmPoolConfig === undefined ? {} : { warmPoolConfig }),
    ...(labels === undefined ? {} : { labels: { ...labels } }),
    ...(taints === undefined ? {} : { taints: [...taints] }),
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
    ...(customAmi === undefined ? {} : { customAmi }),
  };
}

/** A list's line of an operation: without plan and steps. */
export function viewOperationSummary(operation: Operation): z.input<typeof OperationSummaryView> {
  const { waitingFor, team, reason, startedAt, endedAt, cancel, pause, terms, causedBy, succeededBy, askedAgainBy, approvals } = operation;
  return {
    id: operation.id,
    kind: operation.kind,
    clusterId: operation.clusterId,
    clusterName: operation.clusterName,
    accountId: operation.accountId,
    region: operation.region,
    ...(team === undefined ? {} : { team }),
    state: operation.state,
    run: operation.run,
    progress: operation.progress,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    errors: operation.errors.map(viewError),
    requestedBy: operation.requestedBy,
    ...(reason === undefined ? {} : { reason }),
    createdAt: operation.createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    updatedAt: operation.updatedAt,
    ...(cancel === undefined ? {} : { cancel }),
    ...(pause === undefined ? {} : { pause }),
    ...(terms === undefined ? {} : { terms: viewTerms(terms) }),
    ...(causedBy === undefined ? {} : { causedBy }),
    ...(succeededBy === undefined ? {} : { succeededBy }),
    ...(askedAgainBy === undefined ? {} : { askedAgainBy }),
    ...(approvals === undefined ? {} : { approvals: approvals.map((approval) => ({ ...approval, run: approval.run ?? operation.run })) }),
    generation: operation.generation,
  };
}

function viewTerms({ gates, rollbackOn, forceNodegroups, ...terms }: Terms): NonNullable<z.input<typeof OperationSummaryView>['terms']> {
  return {
    ...terms,
    ...(gates === undefined ? {} : { gates: [...gates] }),
    ...(rollbackOn === undefined ? {} : { rollbackOn: { alarmArns: [...rollbackOn.alarmArns] } }),
    ...(forceNodegroups === undefined ? {} : { forceNodegroups: [...forceNodegroups] }),
  };
}

/** An operation with its plan and the steps of its current run, in their order. */
export function viewOperation(operation: Operation, steps: readonly Step[]): z.input<typeof OperationView> {
  const inOrder = steps.filter((step) => step.run === operation.run).sort((a, b) => a.order - b.order);
  return { ...viewOperationSummary(operation), plan: viewPlan(operation.plan), steps: inOrder.map((step) => viewStep(asEnded(operation, step))) };
}

export function viewPlan(plan: Plan): z.input<typeof PlanView> {
  return {
    from: plan.from,
    to: plan.to,
    hops: plan.hops.map((hop) => ({ from: hop.from, to: hop.to, steps: hop.steps.map(({ resource, addonShare: _share, onlyAfter: _after, ...step }) => ({ ...step, ...(resource === undefined ? {} : { resource: { ...resource } }) })) })),
    findings: plan.findings.map(viewFinding),
    ...(plan.nodes === undefined ? {} : { nodes: plan.nodes.map((line) => ({ ...line })) }),
    notLookedAt: [...plan.notLookedAt],
    estimate: viewEstimate(plan.estimate),
    ...(plan.lookedAt === undefined ? {} : { lookedAt: plan.lookedAt }),
    ...(plan.insightsRefreshedAt === undefined ? {} : { insightsRefreshedAt: plan.insightsRefreshedAt }),
  };
}

function viewEstimate({ assumes, ...estimate }: Estimate): z.input<typeof PlanView>['estimate'] {
  return { ...estimate, ...(assumes === undefined ? {} : { assumes: [...assumes] }) };
}

function viewFinding({ evidence, ...found }: Finding): z.input<typeof PlanView>['findings'][number] {
  return { ...found, ...(evidence === undefined ? {} : { evidence: [...evidence] }) };
}

export function viewProfile(profile: Profile): z.input<typeof ProfileView> {
  const { name, version, description, team, parts, reason, createdAt, createdBy } = profile;
  return { name, version, ...(description === undefined ? {} : { description }), ...(team === undefined ? {} : { team }), parts: { ...parts }, ...(reason === undefined ? {} : { reason }), createdAt, createdBy };
}

export function viewWaiver(waiver: Waiver): z.input<typeof WaiverView> {
  const { waiverId, clusterId, code, subject, owner, reason, until, by, at } = waiver;
  return { waiverId, clusterId, code, ...(subject === undefined ? {} : { subject }), owner, reason, until, by, at };
}

export function viewWithdrawn(waiver: WithdrawnWaiver): z.input<typeof WaiverView> {
  const { withdrawnAt, withdrawnBy, withdrawnReason } = waiver;
  return { ...viewWaiver(waiver), withdrawnAt, withdrawnBy, ...(withdrawnReason === undefined ? {} : { withdrawnReason }) };
}

/** A step that was not begun is not to come either, once its operation has ended. */
function asEnded({ endedAt, state }: Operation, step: Step): Step {
  if (endedAt === undefined || step.state !== 'Pending') return step;
  const how = state === 'Failed' ? 'failed' : state === 'Cancelled' ? 'was cancelled' : 'ended';
  return { ...step, state: 'Skipped', outcome: `Not begun: the operation ${how} before it.` };
}

function viewStep(step: Step): z.input<typeof StepView> {
  const { from, to, startedAt, endedAt, updateId, adopted, outcome, error } = step;
  return {
    id: step.id,
    title: step.title,
    kind: step.kind,
    subject: step.subject,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    reason: step.reason,
    hop: step.hop,
    order: step.order,
    state: step.state,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    attempt: step.attempt,
    run: step.run,
    ...(updateId === undefined ? {} : { updateId }),
    ...(adopted === undefined ? {} : { adopted }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error: viewError(error) }),
  };
}

function viewError(error: OperationError): z.input<typeof OperationErrorView> {
  const { resourceIds, nextActions, ...rest } = error;
  return { ...rest, ...(nextActions === undefined ? {} : { nextActions: [...nextActions] }), ...(resourceIds === undefined ? {} : { resourceIds: [...resourceIds] }) };
}

export function viewEvent(event: OperationEvent): z.input<typeof EventView> {
  return {
    at: event.at,
    sequence: event.sequence,
    type: event.type,
    ...(event.step === undefined ? {} : { step: event.step }),
    message: event.message,
    ...(event.by === undefined ? {} : { by: event.by }),
  };
}

/** The minors on offer, newest last as EKS counts them. */
export function viewVersions(catalogue: VersionCatalogue): z.input<typeof VersionView>[] {
  return catalogue.offers.map((offer) => ({ ...offer }));
}

export function viewFreeze(freeze: { readonly by: string; readonly reason: string; readonly at: string } | undefined): z.input<typeof FreezeView> {
  return freeze === undefined ? { frozen: false } : { frozen: true, by: freeze.by, reason: freeze.reason, at: freeze.at };
}
