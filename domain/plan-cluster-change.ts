import { planAddons, type AddonsAsk } from './addons/plan-addons.ts';
import { accessFindings, accessSteps } from './access-steps.ts';
import { authenticationFindings, authenticationStep, refuseAuthentication, refuseEntries } from './authentication-mode.ts';
import type { Cluster } from './cluster.ts';
import { estimateWork } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { refuseBroken } from './nodegroup-rules.ts';
import { defined } from './parameters.ts';
import type { Finding, Plan, PlannedStep } from './plan.ts';
import { capabilityLeavings } from './parts/capability-leavings.ts';
import { karpenterGoes, karpenterLeavings, karpenterUnseen, loadBalancerLeavings } from './parts/controller-leavings.ts';
import { standingOf } from './parts/made-after.ts';
import { planParts } from './parts/plan-parts.ts';
import type { Resource } from './parts/resource.ts';
import { wantedUnder } from './parts/wanted-resources.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { dayOf, offerOf, supportAt } from './support-dates.ts';
import { updateInProgress } from './update-in-progress.ts';
import { accessCidrErrors, networkFindings, refuseSubnetChange, vpcConfigStep } from './vpc-config.ts';

export interface ClusterChange {
  readonly before: Cluster;
  readonly after: Cluster;
  readonly facts: ClusterFacts;
  readonly now: string;
  /** Whether the change names the add-ons anew, or one of them by its own route. */
  readonly addons?: Pick<AddonsAsk, 'listed' | 'only'>;
}

/**
 * Plans a change of a cluster's settings: one step for each kind of update, since EKS takes one kind in a call ("Only one type of
 * update can be allowed"). What EKS has no part in (labels, team) needs no step; a plan without steps is a change of the record alone.
 */
export function planClusterChange({ before, after, facts, now, addons: of }: ClusterChange): Plan | Refusal {
  const refusal = refuseEndpoint(before, after) ?? refuseSubnetChange(before, after, facts) ?? refuseSupportType(before, after, facts, now) ?? refuseAuthentication(before, after, facts);
  if (refusal !== undefined) return refusal;
  const { version, name } = facts.cluster;
  const parts = wantedUnder(after, facts);
  if (isRefusal(parts)) return parts;
  const addons = planAddons({ version, facts, needs: parts.addons, shares: before.addonShares ?? [], before: before.addonsAsked ?? [], asked: after.addonsAsked ?? [], listed: false, ...of });
  if (isRefusal(addons)) return addons;
  const steps: PlannedStep[] = [
    ...endpointStep(before, after, version),
    ...vpcConfigStep(before, after, version),
    ...supportTypeStep(before, after, version),
    ...deletionProtectionStep(before, after, version),
    ...authenticationStep(before, after, facts),
    ...accessSteps(before, after, version),
    ...planParts({ ...standingOf(before), wanted: parts.resources, version, stageOf: () => 'CarryOut', addons: addons.steps, others: { access: [...before.access, ...after.access], nodegroups: facts.nodegroups } }),
  ];
  const closed = refuseEntries(steps, facts);
  if (closed !== undefined) return closed;
  if (steps.length > 0 && facts.cluster.status !== 'ACTIVE' && facts.cluster.status !== 'UPDATING') {
    return refuse('cluster-not-active', `The control plane of ${name} is ${facts.cluster.status}; EKS changes only an ACTIVE one.`, { remedy: 'Wait until it is ACTIVE, then ask again.' });
  }
  return { from: version, to: version, hops: [{ from: version, to: version, steps }], findings: [...updateInProgress(facts), ...accessFindings(before, after), ...authenticationFindings(before, after, facts), ...networkAdvice(before, after, facts), ...parts.findings, ...addons.findings, ...leavings(after, facts, parts.resources)], notLookedAt: karpenterGoes(after) ? karpenterUnseen(facts.pooledNodes) : [], estimate: estimateWork(steps) };
}

/** What parts leave behind that are to go. */
function leavings(after: Cluster, { pooledNodes }: ClusterFacts, wanted: readonly Resource[]): readonly Finding[] {
  const { made = [] } = after;
  return [...capabilityLeavings(made, wanted), ...(karpenterGoes(after) ? karpenterLeavings(pooledNodes, 'karpenter') : []), ...loadBalancerLeavings(made, wanted)];
}

/** What a change of the network means; what was so before is not told again. */
function networkAdvice(before: Cluster, after: Cluster, { subnets }: ClusterFacts): readonly Finding[] {
  const of = (cluster: Cluster) => networkFindings(cluster, subnets.filter(({ subnetId }) => cluster.subnetIds.includes(subnetId)), cluster.accountId);
  const told = new Set(of(before).map(({ code, subject }) => `${code} ${subject}`));
  return of(after).filter(({ code, subject }) => !told.has(`${code} ${subject}`));
}

function refuseEndpoint(before: Cluster, after: Cluster): Refusal | undefined {
  const broken = (path: string, message: string) => refuse('rules-broken', `${message}.`, { errors: [{ path: `resourcesVpcConfig${path}`, message }] });
  if (!after.endpointPublicAccess && !after.endpointPrivateAccess) return broken('', 'Public or private access to the endpoint must be on');
  return after.publicAccessCidrs.join() === before.publicAccessCidrs.join() ? undefined : refuseBroken(accessCidrErrors(after));
}

/** The policy can be switched only while the version is in standard support (source: EKS field documentation, upgradePolicy). */
function refuseSupportType(before: Cluster, after: Cluster, facts: ClusterFacts, now: string): Refusal | undefined {
  const { version } = facts.cluster;
  if (before.supportType === after.supportType || supportAt(version, facts.catalogue, now) !== 'extended') return undefined;
  const end = offerOf(version, facts.catalogue)?.endOfStandardSupportDate;
  const message = 'Can be switched only while the version is in standard support';
  return refuse('rules-broken', `${version} is in extended support${end === undefined ? '' : ` since ${dayOf(end)}`}, and the upgrade policy can be switched only in standard support.`, {
    remedy: 'Upgrade to a version in standard support first; that ends the cost too.',
    errors: [{ path: 'upgradePolicy.supportType', message }],
  });
}

/** Access to the endpoint and who may reach it are one kind of update to EKS, so they go in one call. */
function endpointStep(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  const switched = before.endpointPublicAccess !== after.endpointPublicAccess || before.endpointPrivateAccess !== after.endpointPrivateAccess;
  const cidrs = [...before.publicAccessCidrs].sort().join() !== [...after.publicAccessCidrs].sort().join();
  if (!switched && !cidrs) return [];
  const { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs } = after;
  const resourcesVpcConfig = defined({ endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs: endpointPublicAccess && publicAccessCidrs.length > 0 ? publicAccessCidrs : undefined });
  const open = [endpointPublicAccess ? `public (${publicAccessCidrs.length === 0 ? 'every address' : publicAccessCidrs.join(', ')})` : '', endpointPrivateAccess ? 'private' : ''].filter(Boolean).join(' and ');
  return [configStep('endpoint-access', after.name, `Changing access to the API server to ${open}`, version, { resourcesVpcConfig })];
}

function supportTypeStep(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  if (before.supportType === after.supportType) return [];
  return [configStep('upgrade-policy', after.name, `Setting the upgrade policy to ${after.supportType}`, version, { upgradePolicy: { supportType: after.supportType } })];
}

function deletionProtectionStep(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  if (before.deletionProtection === after.deletionProtection) return [];
  return [configStep('deletion-protection', after.name, `Turning deletion protection ${after.deletionProtection ? 'on' : 'off'}`, version, { deletionProtection: after.deletionProtection })];
}

function configStep(what: string, clusterName: string, title: string, version: string, parameters: Record<string, unknown>): PlannedStep {
  return { id: `${version}/config/${what}`, title, kind: 'update-cluster-config', stage: 'CarryOut', subject: clusterName, reason: 'Asked for; EKS takes one kind of change at a time.', parameters };
}
