import type { CloserLooks, Ports, Session } from '../../aws/ports.ts';
import type { ClusterFacts, ControlPlaneFacts } from '../../domain/facts.ts';
import { addonsLeftAlone } from '../../domain/left-alone.ts';
import type { Step } from '../../domain/operation.ts';
import type { RememberedReadiness } from '../../domain/readiness-facts.ts';
import { rememberReadiness, stillRemembered } from '../../domain/remembered-readiness.ts';

/** EKS adds versions some times a month: what was read of its catalogues within this time is still true enough to plan on; EKS checks again. Most upgrades read them once. */
const CATALOGUE_FRESH_MINUTES = 120;
/** A control plane that was seen ACTIVE so shortly ago is not looked at again. */
const CONTROL_PLANE_AGE_SECONDS_MAX = 15;
const MINUTE_MS = 60_000;

/** Facts that nothing of ours has moved since are fresh enough to plan on, and to begin a control-plane step on. EKS checks again when it is asked. */
export const FACTS_AGE_SECONDS_MAX = 600;

/** What is looked at beside what every look sees. */
interface Besides {
  readonly readiness?: true | undefined;
  readonly fargateProfiles?: true | undefined;
  readonly pooledNodes?: true | undefined;
  /** As in KnownCatalogues. */
  readonly addonsCloser?: readonly string[] | undefined;
  readonly subnetIds?: readonly string[] | undefined;
  /** For an operation that is under way. */
  readonly atWork?: true | undefined;
  /** Between two hops of one: its steps. Add-ons that they have left alone stand as they were seen. */
  readonly betweenHops?: readonly Step[] | undefined;
}

interface Where {
  readonly accountId: string;
  readonly region: string;
  readonly clusterId: string;
  readonly clusterName: string;
}

/** Looks at a cluster, and at what the readiness checks judge where that is asked, and keeps what was seen. Throws AccountUnreachable; `absent` is EKS's own word. */
export async function lookAtCluster(ports: Ports, where: Where, { readiness, fargateProfiles, pooledNodes, addonsCloser, subnetIds, atWork, betweenHops }: Besides = {}): Promise<ClusterFacts | 'absent'> {
  const now = ports.clock.now();
  const last = await ports.store.observation(where.clusterId);
  const known = stillKnown(last, now);
  const standing = last === undefined || betweenHops === undefined ? [] : addonsLeftAlone(last, betweenHops, now);
  const session = await ports.accounts.watch(where.accountId, where.region);
  const facts = await ports.eks.facts(session, where.clusterName, {
    now: new Date(now).toISOString(),
    ...(addonsCloser === undefined ? {} : { addonsCloser }),
    ...(subnetIds === undefined ? {} : { subnetIds }),
    ...(known === undefined ? {} : { catalogue: known.catalogue, addonCatalogue: known.addonCatalogue }),
    ...(fargateProfiles === undefined ? {} : { fargateProfiles }),
    ...(pooledNodes === undefined ? {} : { pooledNodes }),
    ...(standing.length === 0 ? {} : { addons: standing }),
    ...(atWork !== undefined && last !== undefined && seenJustNow(last, now) ? { cluster: last.cluster } : {}),
  });
  if (facts === 'absent') return facts;
  const dated = { ...facts, cataloguesReadAt: known?.cataloguesReadAt ?? facts.observedAt };
  if (readiness === undefined) return keep(ports, where, withMemory(dated, stillRemembered(last?.remembered, facts.observedAt)));
  // Whoever asks now may have raised a quota or made a profile a minute ago: nothing of an earlier look stands in for one now.
  return keep(ports, where, await withReadiness(ports, session, dated, now, 'all'));
}

/** The control plane that its move was judged done by is kept: the look at all of the cluster, which follows at once, need not read it again. */
export async function keepControlPlane(ports: Ports, { clusterId }: Pick<Where, 'clusterId'>, cluster: ControlPlaneFacts): Promise<void> {
  const last = await ports.store.observation(clusterId);
  const now = new Date(ports.clock.now()).toISOString();
  if (last !== undefined) await ports.store.recordObservation(clusterId, { ...last, cluster, updatesInProgress: [], amendedAt: now, controlPlaneSeenAt: now });
}

function seenJustNow({ cluster, controlPlaneSeenAt }: ClusterFacts, now: number): boolean {
  return cluster.status === 'ACTIVE' && controlPlaneSeenAt !== undefined && now - Date.parse(controlPlaneSeenAt) <= CONTROL_PLANE_AGE_SECONDS_MAX * 1000;
}

/** The last look, where its catalogues are still fresh. Their age goes on from when they were read: nothing is kept for longer by being asked for often. */
function stillKnown(last: ClusterFacts | undefined, now: number): ClusterFacts | undefined {
  if (last?.cataloguesReadAt === undefined) return undefined;
  return now - Date.parse(last.cataloguesReadAt) < CATALOGUE_FRESH_MINUTES * MINUTE_MS ? last : undefined;
}

/** What the readiness checks judge, looked at now on top of what was seen of the cluster at most `maxAgeSeconds` ago. An operation goes on whatever EKS only warns of. */
export async function lookAtReadiness(ports: Ports, where: Where, maxAgeSeconds: number, refreshAskedAt?: string): Promise<ClusterFacts | 'absent'> {
  const now = ports.clock.now();
  const last = await seenSince(ports, where, 0, maxAgeSeconds);
  if (last === undefined) return lookAtCluster(ports, where, { readiness: true, atWork: true });
  const session = await ports.accounts.watch(where.accountId, where.region);
  const { remembered, ...facts } = last;
  const at = new Date(now).toISOString();
  return keep(ports, where, { ...(await withReadiness(ports, session, withMemory(facts, stillRemembered(remembered, at)), now, 'may-stop', refreshAskedAt)), amendedAt: at });
}

/** Keeps that EKS was asked to look anew for an operation, which must do with what there is: EKS may not be asked, does not answer, or does not say when it looked. */
export async function takeAsItIs(ports: Ports, where: Where, operationId: string, facts: ClusterFacts | 'absent'): Promise<ClusterFacts | 'absent'> {
  if (facts === 'absent' || facts.readiness === undefined) return facts;
  return keep(ports, where, { ...facts, readiness: { ...facts.readiness, asItIsFor: operationId } });
}

/** What settles, looked at again: the control plane, and whatever else did not read ACTIVE. The rest stands as it was seen since `since` and at most `maxAgeSeconds` ago. `betweenHops` as in Besides. */
export async function lookAtSettling(ports: Ports, where: Where, since: number, maxAgeSeconds: number, betweenHops?: readonly Step[]): Promise<ClusterFacts | 'absent'> {
  const last = await seenSince(ports, where, since, maxAgeSeconds);
  if (last === undefined) return lookAtCluster(ports, where, { atWork: true, betweenHops });
  const session = await ports.accounts.watch(where.accountId, where.region);
  const { clusterName } = where;
  const cluster = await ports.eks.controlPlane(session, clusterName);
  if (cluster === 'absent') return cluster;
  const nodegroups = await Promise.all(last.nodegroups.map(async (group) => (group.status === 'ACTIVE' ? group : ports.eks.nodegroup(session, clusterName, group.nodegroupName))));
  const addons = await Promise.all(last.addons.map(async (addon) => (addon.status === 'ACTIVE' ? addon : ports.eks.addon(session, clusterName, addon.addonName))));
  return keep(ports, where, {
    ...last,
    amendedAt: new Date(ports.clock.now()).toISOString(),
    cluster,
    nodegroups: nodegroups.filter((group) => group !== 'absent'),
    addons: addons.filter((addon) => addon !== 'absent'),
    updatesInProgress: cluster.status === 'ACTIVE' ? [] : last.updatesInProgress,
  });
}

/** What was seen, with the control plane looked at again where another's update was under way then: it may have ended, well or not. */
export async function withUpdatesAsTheyAre(ports: Ports, where: Where, seen: ClusterFacts | 'absent'): Promise<ClusterFacts | 'absent'> {
  return seen === 'absent' || seen.updatesInProgress.length === 0 ? seen : lookAtSettling(ports, where, 0, FACTS_AGE_SECONDS_MAX);
}

/** What was seen of the cluster and of its readiness at most `maxAgeSeconds` ago; undefined when either is older. */
export async function readySeen(ports: Ports, where: Where, maxAgeSeconds: number): Promise<ClusterFacts | undefined> {
  const last = await seenSince(ports, where, 0, maxAgeSeconds);
  const seenAt = Date.parse(last?.readiness?.observedAt ?? '');
  return ports.clock.now() - seenAt <= maxAgeSeconds * 1000 ? last : undefined;
}

/** What was seen since `since` and at most `maxAgeSeconds` ago, or else a new look. */
export async function factsOf(ports: Ports, where: Where, since: number, maxAgeSeconds: number): Promise<ClusterFacts | 'absent'> {
  return (await seenSince(ports, where, since, maxAgeSeconds)) ?? lookAtCluster(ports, where, { atWork: true });
}

async function seenSince({ store, clock }: Ports, where: Where, since: number, maxAgeSeconds: number): Promise<ClusterFacts | undefined> {
  const last = await store.observation(where.clusterId);
  const seenAt = Date.parse(last?.observedAt ?? '');
  return seenAt >= since && clock.now() - seenAt <= maxAgeSeconds * 1000 ? last : undefined;
}

/** What changes seldom is carried over from look to look, so that the next look at readiness need not read it again. */
function withMemory(facts: ClusterFacts, remembered: RememberedReadiness | undefined): ClusterFacts {
  return remembered === undefined ? facts : { ...facts, remembered };
}

async function withReadiness(ports: Ports, session: Session, facts: ClusterFacts, now: number, closer: CloserLooks, refreshAskedAt?: string): Promise<ClusterFacts> {
  const readiness = await ports.eks.readiness(session, facts, new Date(now).toISOString(), closer, refreshAskedAt);
  return { ...facts, readiness, remembered: rememberReadiness(readiness, facts.remembered) };
}

async function keep(ports: Ports, where: Where, facts: ClusterFacts): Promise<ClusterFacts> {
  await ports.store.recordObservation(where.clusterId, facts);
  return facts;
}
