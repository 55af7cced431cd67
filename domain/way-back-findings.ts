import { movesBack } from './addon-moves-back.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { refreshBack } from './instance-refreshes.ts';
import { compareMinors, isMinor, type Minor } from './minor.ts';
import { canRollTo } from './nodegroup-rolls.ts';
import type { Terms } from './operation.ts';
import { poolName } from './other-nodes-findings.ts';
import type { Finding, Hop } from './plan.ts';
import { rollbackWay } from './rollback-way.ts';
import { supportAt } from './support-dates.ts';
import type { Walk, World } from './walk-hops.ts';

interface Ask {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  readonly walk: Walk;
  /** RFC 3339. */
  readonly now: string;
  readonly terms: Terms | undefined;
}

/** What an upgrade means for the way back: which hop closes one, and which could not be turned back after it. Where an alarm is to turn the upgrade back, a way that is surely shut blocks it. */
export function wayBackFindings(ask: Ask): readonly Finding[] {
  const { facts, walk } = ask;
  const moves = walk.hops.flatMap((hop, index) => (hop.from !== hop.to && isMinor(hop.from) && isMinor(hop.to) ? [{ from: hop.from, to: hop.to, world: walk.worlds[index] }] : []));
  if (moves.length === 0) return [];
  const closing = moves.flatMap((hop, index) => closes(ask, hop, moves[index - 1]?.from ?? openNow(ask)));
  return [...closing, ...moves.flatMap(({ from, to, world }) => (world === undefined ? [] : notReady(ask, from, to, world))), ...uncertain(facts)];
}

function openNow({ cluster, facts, now }: Ask): Minor | undefined {
  return rollbackWay({ ...cluster, version: facts.cluster.version }, now).to;
}

function closes({ facts }: Ask, hop: Pick<Hop, 'from' | 'to'>, back: string | undefined): Finding[] {
  if (back === undefined) return [];
  return [
    finding('closes-way-back', 'advises', facts.cluster.name, {
      detail: `The hop to ${hop.to} closes the way back to ${back}: EKS takes a control plane back by one minor only.`,
      remedy: `Let ${hop.from} bake as long as you would want to go back from it: \`bakeMinutes\`, or the gate \`afterBake\`.`,
      hop: hop.to,
    }),
  ];
}

/** What would surely be in the way of going back after a hop, as the cluster will stand then. */
function notReady({ facts, now, terms }: Ask, from: Minor, to: Minor, world: World): Finding[] {
  const severity = terms?.rollbackOn === undefined ? 'advises' : 'blocks';
  const told = (subject: string, detail: string, remedy: string) => finding('rollback-not-ready', severity, subject, { detail: `After the hop to ${to} there is no going back to ${from}: ${detail}`, remedy, hop: to });
  return [
    ...world.addons.flatMap((addon) => movesBack(addon, to, from).findings.map((found) => told(found.subject, found.detail, found.remedy))),
    ...world.nodegroups
      .filter((group) => group.version !== undefined && compareMinors(group.version, from) > 0 && !canRollTo(group, from))
      .map((group) => told(group.nodegroupName, `its nodes are at ${group.version}, and EKS cannot roll them to ${from}.`, `Keep an image with a kubelet of ${from} ready.`)),
    ...world.selfManaged
      .filter((group) => group.newest !== undefined && compareMinors(group.newest, from) > 0 && refreshBack(group, to, from) === undefined)
      .map((group) => told(group.groupName, `its instances are at ${group.newest}, and no version of its launch template has an image of ${from} or older that fits.`, `Keep a version of its launch template with an image of ${from}.`)),
    ...(supportAt(from, facts.catalogue, now) === 'extended' && facts.cluster.supportType === 'STANDARD'
      ? [told(facts.cluster.name, `${from} is in extended support, and the cluster's upgrade policy is STANDARD.`, 'Set the policy to EXTENDED before.')]
      : []),
  ];
}

/** What may be in the way of going back after any hop, and AWS does not tell: advice, whoever asks. */
function uncertain({ cluster, readiness }: ClusterFacts): Finding[] {
  const profiles = readiness?.fargateProfiles.kind === 'seen' ? readiness.fargateProfiles.value : [];
  const pools = readiness?.pooledNodes.kind === 'seen' ? readiness.pooledNodes.value.filter((pool) => pool.kind === 'karpenter') : [];
  const evidence = [
    ...profiles.map((profile) => `${profile.profileName}: Fargate pods that were started anew after a hop must be deleted first.`),
    ...pools.map((pool) => `${poolName(pool)}: Karpenter nodes that followed by drift must be brought back by hand first.`),
    ...(readiness?.hybridNodes === true || cluster.hybridNodes === true ? ['Hybrid nodes that were upgraded must be brought back by hand first.'] : []),
  ];
  if (evidence.length === 0) return [];
  return [
    finding('rollback-not-ready', 'advises', cluster.name, {
      detail: 'Nodes that Slipway does not replace may bar the way back once they have followed a hop: EKS takes no control plane back under newer kubelets.',
      remedy: 'Leave them behind while a hop bakes: restart no Fargate pods, hold drift with a budget, upgrade no hybrid nodes.',
      evidence,
    }),
  ];
}
