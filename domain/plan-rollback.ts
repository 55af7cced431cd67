import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { rollbackWay } from './rollback-way.ts';
import type { Waiver } from './waiver.ts';

export interface RollbackAsk {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
  readonly waivers?: readonly Waiver[];
  readonly askedBy?: string;
}

/** Plans the way back by one minor: nodes first, then add-ons, then the control plane. Refuses with `rollback-unavailable`. */
export function planRollback({ cluster, now }: RollbackAsk): Plan | Refusal {
  const way = rollbackWay(cluster, now);
  return refuse('rollback-unavailable', way.because);
}
