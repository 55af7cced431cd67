import type { Cluster } from './cluster.ts';
import { nextOpening } from './maintenance.ts';
import type { Terms } from './operation.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { RequestUpgrade } from './requests.ts';

/** What is planned further ahead than this is planned on another world. */
const START_DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** How an upgrade is to go, as asked: `next-window` becomes the moment at which it opens. */
export function upgradeTerms(asked: RequestUpgrade, cluster: Cluster, now: number): Terms | Refusal {
  const startAt = startOf(asked.startAt, cluster, now);
  if (typeof startAt === 'object') return startAt;
  const { ignoreWindows, gates, bakeMinutes } = asked;
  return {
    ...(startAt === undefined ? {} : { startAt }),
    ...(ignoreWindows === true ? { ignoreWindows } : {}),
    ...(gates === undefined || gates.length === 0 ? {} : { gates }),
    ...(bakeMinutes === undefined || bakeMinutes === 0 ? {} : { bakeMinutes }),
  };
}

function startOf(asked: string | undefined, { name, maintenancePolicy }: Cluster, now: number): string | undefined | Refusal {
  if (asked === undefined) return undefined;
  if (asked === 'next-window') {
    const opens = maintenancePolicy === undefined ? undefined : nextOpening(maintenancePolicy, now);
    return opens === undefined ? refuse('no-maintenance-window', `Cluster ${name} has no maintenance window to wait for.`, { remedy: 'Name a moment, or give the cluster a window.' }) : new Date(opens).toISOString();
  }
  const at = Date.parse(asked);
  if (at < now) return refuse('rules-broken', `The start ${asked} has passed.`, { remedy: 'Leave `startAt` out to begin now.' });
  return at > now + START_DAYS_MAX * DAY_MS ? refuse('rules-broken', `The start ${asked} is more than ${START_DAYS_MAX} days ahead.`) : asked;
}
