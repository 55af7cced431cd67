import type { Cluster } from '../cluster.ts';
import type { ClusterFacts } from '../facts.ts';
import { isRefusal } from '../refusal.ts';
import { keyOf } from './resource.ts';
import { wantedUnder } from './wanted-resources.ts';

/**
 * The record without what was planned for it once, is wished no more and was never made, and without its troubles: no step takes that away, so
 * that nothing else would forget it.
 */
export function withoutForgotten(cluster: Cluster, facts: ClusterFacts): Cluster {
  const { planned = [], partTroubles = [], made = [] } = cluster;
  const wanted = wantedUnder(cluster, facts);
  if (isRefusal(wanted)) return cluster;
  const standing = new Set([...wanted.resources, ...made].map(keyOf));
  const meant = planned.filter((resource) => standing.has(keyOf(resource)));
  if (meant.length === planned.length) return cluster;
  return { ...cluster, planned: meant, partTroubles: partTroubles.filter(({ resource }) => standing.has(resource)) };
}
