import type { Ports } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';

/** EKS adds versions some times a month: what was read of its catalogues within this time is still true enough to plan on; EKS checks again. */
const CATALOGUE_FRESH_MINUTES = 60;
const MINUTE_MS = 60_000;

interface Where {
  readonly accountId: string;
  readonly region: string;
  readonly clusterId: string;
  readonly clusterName: string;
}

/** Looks at a cluster, and at what the readiness checks judge where that is asked, and keeps what was seen. Throws AccountUnreachable; `absent` is EKS's own word. */
export async function lookAtCluster(ports: Ports, where: Where, readiness?: true): Promise<ClusterFacts | 'absent'> {
  const now = ports.clock.now();
  const last = await ports.store.observation(where.clusterId);
  const fresh = last !== undefined && now - Date.parse(last.observedAt) < CATALOGUE_FRESH_MINUTES * MINUTE_MS;
  const session = await ports.accounts.watch(where.accountId, where.region);
  const facts = await ports.eks.facts(session, where.clusterName, {
    now: new Date(now).toISOString(),
    ...(fresh ? { catalogue: last.catalogue, addonCatalogue: last.addonCatalogue } : {}),
  });
  if (facts === 'absent') return facts;
  const seen = readiness === undefined ? facts : { ...facts, readiness: await ports.eks.readiness(session, facts, facts.observedAt) };
  await ports.store.recordObservation(where.clusterId, seen);
  return seen;
}

/** What was seen since `since` and at most `maxAgeSeconds` ago, or else a new look. */
export async function factsOf(ports: Ports, where: Where, since: number, maxAgeSeconds: number): Promise<ClusterFacts | 'absent'> {
  const last = await ports.store.observation(where.clusterId);
  const seenAt = last === undefined ? 0 : Date.parse(last.observedAt);
  if (last !== undefined && seenAt >= since && ports.clock.now() - seenAt <= maxAgeSeconds * 1000) return last;
  return lookAtCluster(ports, where);
}
