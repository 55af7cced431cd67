import type { Cluster } from './cluster.ts';
import type { Minor } from './minor.ts';

/** EKS takes a control plane back for this long after its upgrade (source: EKS user guide, version rollback). */
export const ROLLBACK_DAYS = 7;
const DAY_MS = 86_400_000;

/** Whether the last upgrade can still be undone, until when, and why or why not. `to` is where it would lead. */
export interface RollbackWay {
  readonly availableUntil?: string;
  readonly to?: Minor;
  readonly because: string;
}

/** The way back as far as the cluster's record tells it; `now` is RFC 3339. */
export function rollbackWay(cluster: Pick<Cluster, 'upgraded' | 'origin' | 'version'>, now: string): RollbackWay {
  const { upgraded, origin, version } = cluster;
  if (upgraded === undefined) {
    return { because: origin === 'imported' ? 'Unknown: the cluster was imported, so when its control plane last moved was not seen.' : 'Its control plane has not been upgraded, or went back already.' };
  }
  if (upgraded.to !== version) return { because: `Unknown: its control plane is at ${version}, and the last upgrade that was seen led to ${upgraded.to}.` };
  const until = Date.parse(upgraded.at) + ROLLBACK_DAYS * DAY_MS;
  if (Date.parse(now) >= until) return { because: `The upgrade to ${upgraded.to} ended at ${upgraded.at}, and EKS goes back for ${ROLLBACK_DAYS} days only.` };
  return { availableUntil: new Date(until).toISOString(), to: upgraded.from, because: `The control plane came to ${upgraded.to} at ${upgraded.at}, and EKS goes back for ${ROLLBACK_DAYS} days.` };
}
