import { accessStep, nameOf } from './access-policies.ts';
import type { AccessEntry, Cluster } from './cluster.ts';
import { estimateWork } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { defined } from './parameters.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { planParts } from './parts/plan-parts.ts';
import { wantedResources } from './parts/wanted-resources.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { dayOf, offerOf, supportAt } from './support-dates.ts';
import { updateInProgress } from './update-in-progress.ts';

/**
 * Plans a change of a cluster's settings: one step for each kind of update, since EKS takes one kind in a call ("Only one type of
 * update can be allowed"). What EKS has no part in (labels, team) needs no step; a plan without steps is a change of the record alone.
 */
export function planClusterChange({ before, after, facts, now }: { readonly before: Cluster; readonly after: Cluster; readonly facts: ClusterFacts; readonly now: string }): Plan | Refusal {
  const refusal = refuseEndpoint(after) ?? refuseSupportType(before, after, facts, now);
  if (refusal !== undefined) return refusal;
  const { version, name } = facts.cluster;
  const parts = wantedResources({ cluster: after, addonCatalogue: facts.addonCatalogue, subnets: facts.subnets, ...(facts.cluster.oidcIssuer === undefined ? {} : { oidcIssuer: facts.cluster.oidcIssuer }) });
  if (isRefusal(parts)) return parts;
  const steps = [...endpointStep(before, after, version), ...supportTypeStep(before, after, version), ...deletionProtectionStep(before, after, version), ...accessSteps(before, after, version), ...planParts({ made: before.made ?? [], wanted: parts.resources, version, stageOf: () => 'CarryOut' })];
  if (steps.length > 0 && facts.cluster.status !== 'ACTIVE' && facts.cluster.status !== 'UPDATING') {
    return refuse('cluster-not-active', `The control plane of ${name} is ${facts.cluster.status}; EKS changes only an ACTIVE one.`, { remedy: 'Wait until it is ACTIVE, then ask again.' });
  }
  return { from: version, to: version, hops: [{ from: version, to: version, steps }], findings: [...updateInProgress(facts), ...parts.findings], notLookedAt: [], estimate: estimateWork(steps) };
}

function refuseEndpoint(after: Cluster): Refusal | undefined {
  const broken = (path: string, message: string) => refuse('rules-broken', `${message}.`, { errors: [{ path: `resourcesVpcConfig${path}`, message }] });
  if (!after.endpointPublicAccess && !after.endpointPrivateAccess) return broken('', 'Public or private access to the endpoint must be on');
  return undefined;
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

/** New entries come first, so that nobody is locked out between; an entry whose role changes is taken away just before it is given anew. */
function accessSteps(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  const was = new Map(before.access.map((entry) => [entry.principalArn, entry]));
  const is = new Set(after.access.map((entry) => entry.principalArn));
  const added = after.access.filter((entry) => !was.has(entry.principalArn));
  const changed = after.access.filter((entry) => {
    const earlier = was.get(entry.principalArn);
    return earlier !== undefined && textOf(earlier) !== textOf(entry);
  });
  const removed = before.access.filter((entry) => !is.has(entry.principalArn));
  return [
    ...added.map((entry) => accessStep(entry, version, 'CarryOut')),
    ...changed.flatMap((entry) => [removalStep(entry, after.name, version, 'Its rights change, and EKS would keep the old ones beside the new.'), accessStep(entry, version, 'CarryOut')]),
    ...removed.map((entry) => removalStep(entry, after.name, version, 'It is no longer among those who may get in.')),
  ];
}

function removalStep(entry: AccessEntry, clusterName: string, version: string, reason: string): PlannedStep {
  return {
    id: `${version}/config/remove-access/${entry.principalArn}`,
    title: `Shutting ${nameOf(entry.principalArn)} out`,
    kind: 'update-cluster-config',
    stage: 'CarryOut',
    subject: clusterName,
    reason,
    parameters: { removeAccessEntry: entry.principalArn },
  };
}

function configStep(what: string, clusterName: string, title: string, version: string, parameters: Record<string, unknown>): PlannedStep {
  return { id: `${version}/config/${what}`, title, kind: 'update-cluster-config', stage: 'CarryOut', subject: clusterName, reason: 'Asked for; EKS takes one kind of change at a time.', parameters };
}

function textOf({ role, namespaces }: AccessEntry): string {
  return JSON.stringify([role, namespaces === undefined ? null : [...namespaces].sort()]);
}
