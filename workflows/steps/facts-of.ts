import type { Ports, Session } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { RememberedReadiness } from '../../domain/readiness-facts.ts';
import { rememberReadiness, stillRemembered } from '../../domain/remembered-readiness.ts';

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
  const seen = await withReadiness(ports, session, facts, stillRemembered(last?.remembered, facts.observedAt), readiness);
  await ports.store.recordObservation(where.clusterId, seen);
  return seen;
}

/** What changes seldom is carried over from look to look, so that the next look at readiness need not read it again. */
async function withReadiness(ports: Ports, session: Session, facts: ClusterFacts, remembered: RememberedReadiness | undefined, asked: true | undefined): Promise<ClusterFacts> {
  const known = remembered === undefined ? facts : { ...facts, remembered };
  if (asked === undefined) return known;
  const readiness = await ports.eks.readiness(session, known, facts.observedAt);
  return { ...known, readiness, remembered: rememberReadiness(readiness, remembered) };
}

/** What was seen since `since` and at most `maxAgeSeconds` ago, or else a new look. */
export async function factsOf(ports: Ports, where: Where, since: number, maxAgeSeconds: number): Promise<ClusterFacts | 'absent'> {
  const last = await ports.store.observation(where.clusterId);
  const seenAt = last === undefined ? 0 : Date.parse(last.observedAt);
  if (last !== undefined && seenAt >= since && ports.clock.now() - seenAt <= maxAgeSeconds * 1000) return last;
  return lookAtCluster(ports, where);
}
