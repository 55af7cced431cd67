import { PARALLEL_NODEGROUPS_MAX, surgeNodesOf, zonesOf } from './estimate.ts';
import type { ClusterFacts, NodegroupFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Finding, Hop } from './plan.ts';
import type { LaunchTemplateFacts, QuotaFacts } from './readiness-facts.ts';

/** A group that rolls at a hop, and what its nodes count against one quota. */
interface Surge {
  readonly group: string;
  /** vCPUs of all the nodes that its roll may add, with the largest of its types. */
  readonly most: number;
  /** With the smallest of its types, vCPUs of one node a zone: less, and its roll does not begin (source: EKS user guide, managed node update behavior). */
  readonly least: number;
}

/**
 * Whether the account's EC2 quotas hold the nodes that rolls add, when the widest groups of a hop roll together. It is advice: what is
 * used changes by the minute, quotas rise on request, and a control plane is not held for room that only nodes would need.
 */
export function quotaFindings(quotas: readonly QuotaFacts[], facts: ClusterFacts, hops: readonly Hop[], lanes = PARALLEL_NODEGROUPS_MAX): readonly Finding[] {
  const types = typesOf(facts);
  return hops.flatMap((hop) => {
    const rolled = rollsAt(hop, facts);
    const stuck = rolled.flatMap((group) => cannotBegin(group, facts, quotas, types, hop.to));
    const told = new Set(stuck.map((found) => found.subject));
    return [...stuck, ...quotas.flatMap((quota) => tooNarrow(quota, rolled.filter((group) => !told.has(group.nodegroupName)), facts, types, hop.to, lanes))];
  });
}

/** Groups that roll with nodes beside the old ones, of which no quota is known: which instance types they launch is not told, or counts against none. */
export function groupsWithoutQuota(quotas: readonly QuotaFacts[], facts: ClusterFacts, hops: readonly Hop[]): readonly string[] {
  const types = typesOf(facts);
  const rolled = hops.flatMap((hop) => rollsAt(hop, facts)).filter((group) => surgeNodesOf(group, facts.subnets) > 0);
  return [...new Set(rolled.filter((group) => quotas.every((quota) => vcpusIn(quota, group, types).length === 0)).map((group) => group.nodegroupName))];
}

/** A group that may launch types of several quotas is stuck only where each of them is full. */
function cannotBegin(group: NodegroupFacts, facts: ClusterFacts, quotas: readonly QuotaFacts[], types: Types, hop: string): Finding[] {
  const counted = quotas.flatMap((quota) => {
    const surge = surgeIn(quota, group, facts, types);
    return surge === undefined ? [] : [{ quota, surge }];
  });
  if (counted.length === 0 || counted.some(({ quota, surge }) => surge.least <= freeOf(quota))) return [];
  return [
    finding('vcpu-quota-short', 'advises', group.nodegroupName, {
      detail: `Its roll cannot even begin with what is left: it needs ${counted[0]?.surge.least ?? 0} vCPUs at least, one node a zone, and ${counted.map(({ quota }) => left(quota)).join('; ')}.`,
      remedy: 'Ask Service Quotas for more, end what is not needed, or set the update strategy MINIMAL, which adds no nodes and gives up capacity meanwhile.',
      hop,
    }),
  ];
}

function tooNarrow(quota: QuotaFacts, rolled: readonly NodegroupFacts[], facts: ClusterFacts, types: Types, hop: string, lanes: number): Finding[] {
  const widest = rolled
    .flatMap((group) => surgeIn(quota, group, facts, types) ?? [])
    .sort((a, b) => b.most - a.most || (a.group < b.group ? -1 : 1))
    .slice(0, lanes);
  const most = widest.reduce((sum, surge) => sum + surge.most, 0);
  if (most <= freeOf(quota)) return [];
  return [
    finding('vcpu-quota-short', 'advises', quota.code, {
      detail: `Rolling ${widest.map((surge) => surge.group).join(', ')} together adds nodes of up to ${most} vCPUs, and ${left(quota)}.`,
      remedy: 'Ask Service Quotas for more, or let fewer groups roll at once (maxParallelNodegroups), or fewer nodes of a group (updateConfig).',
      hop,
    }),
  ];
}

function surgeIn(quota: QuotaFacts, group: NodegroupFacts, facts: ClusterFacts, types: Types): Surge | undefined {
  const vcpus = vcpusIn(quota, group, types);
  const nodes = surgeNodesOf(group, facts.subnets);
  if (vcpus.length === 0 || nodes === 0) return undefined;
  return { group: group.nodegroupName, most: nodes * Math.max(...vcpus), least: zonesOf(group, facts.subnets) * Math.min(...vcpus) };
}

type Types = (group: NodegroupFacts) => readonly string[];

/** A group's instance types are its own, or stand in its launch template. */
function typesOf({ readiness }: ClusterFacts): Types {
  const templates: readonly LaunchTemplateFacts[] = readiness?.launchTemplates.kind === 'seen' ? readiness.launchTemplates.value : [];
  return (group) => (group.instanceTypes.length > 0 ? group.instanceTypes : templates.filter((template) => template.usedBy.includes(group.nodegroupName)).flatMap((template) => template.instanceType ?? []));
}

function vcpusIn(quota: QuotaFacts, group: NodegroupFacts, types: Types): readonly number[] {
  if (quota.spot !== (group.capacityType === 'SPOT')) return [];
  return types(group).flatMap((type) => (Object.hasOwn(quota.vcpusByType, type) ? (quota.vcpusByType[type] ?? []) : []));
}

function rollsAt(hop: Hop, facts: ClusterFacts): readonly NodegroupFacts[] {
  const subjects = new Set(hop.steps.filter((step) => step.kind === 'upgrade-nodegroup').map((step) => step.subject));
  return facts.nodegroups.filter((group) => subjects.has(group.nodegroupName));
}

function freeOf(quota: QuotaFacts): number {
  return Math.max(0, quota.limitVcpus - quota.usedVcpus);
}

function left(quota: QuotaFacts): string {
  return `${quota.name} (${quota.code}) has ${freeOf(quota)} left of ${quota.limitVcpus}`;
}
