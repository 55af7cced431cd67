import type { Cluster } from './cluster.ts';
import { nextOpening } from './maintenance.ts';
import type { Terms } from './operation.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import type { RequestUpgrade, UpgradePlanQuery } from './requests.ts';
import { alarmOutOfReach } from './rollback-alarms.ts';

/** What is planned further ahead than this is planned on another world. */
const START_DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** How an upgrade is to go, as asked: `next-window` becomes the moment at which it opens, and what says nothing is left out. Whether the canary can go first is the plan's to say. */
export function upgradeTerms(asked: RequestUpgrade, cluster: Cluster, now: number): Terms | Refusal {
  const contradictory = contradiction(asked, cluster);
  if (contradictory !== undefined) return contradictory;
  const startAt = startOf(asked.startAt, cluster, now);
  if (typeof startAt === 'object') return startAt;
  const { ignoreWindows, gates, bakeMinutes, holdNodegroups, canaryNodegroup, maxParallelNodegroups, nodegroupRetries, rollbackOn } = asked;
  return {
    ...(startAt === undefined ? {} : { startAt }),
    ...(ignoreWindows === true ? { ignoreWindows } : {}),
    ...(gates === undefined || gates.length === 0 ? {} : { gates }),
    ...(bakeMinutes === undefined || bakeMinutes === 0 ? {} : { bakeMinutes }),
    ...(holdNodegroups === true ? { holdNodegroups } : {}),
    ...(canaryNodegroup === undefined ? {} : { canaryNodegroup }),
    ...(maxParallelNodegroups === undefined ? {} : { maxParallelNodegroups }),
    ...(nodegroupRetries === undefined || nodegroupRetries === 0 ? {} : { nodegroupRetries }),
    ...(rollbackOn === undefined ? {} : { rollbackOn }),
  };
}

/** The terms that a dry run was asked with, refused as those of an upgrade are, under the names of the query. */
export function plannedTerms({ alarmArns, ...asked }: UpgradePlanQuery, cluster: Cluster, now: number): Terms | Refusal {
  const terms = upgradeTerms({ ...asked, ...(alarmArns === undefined ? {} : { rollbackOn: { alarmArns } }) }, cluster, now);
  if (!isRefusal(terms) || terms.errors === undefined) return terms;
  return { ...terms, errors: terms.errors.map((error) => ({ ...error, path: error.path.replace(/^rollbackOn(\.alarmArns)?/, 'alarmArns') })) };
}

/** Wishes that cannot all be granted: each is said under its own name. */
function contradiction({ startAt, ignoreWindows, bakeMinutes = 0, rollbackOn }: RequestUpgrade, cluster: Cluster): Refusal | undefined {
  const errors: { path: string; message: string }[] = [];
  if (startAt === 'next-window' && ignoreWindows === true) errors.push({ path: 'ignoreWindows', message: 'An upgrade that waits for the next window does not ignore the windows.' });
  if (rollbackOn !== undefined && bakeMinutes === 0) errors.push({ path: 'rollbackOn', message: 'Alarms are watched while a hop bakes, so `bakeMinutes` has to be more than 0.' });
  for (const [index, arn] of (rollbackOn?.alarmArns ?? []).entries()) {
    const message = alarmOutOfReach(arn, cluster);
    if (message !== undefined) errors.push({ path: `rollbackOn.alarmArns.${index}`, message });
  }
  const [first] = errors;
  return first === undefined ? undefined : refuse('rules-broken', first.message, { errors });
}

function startOf(asked: string | undefined, { name, maintenancePolicy }: Cluster, now: number): string | undefined | Refusal {
  if (asked === undefined) return undefined;
  if (asked === 'next-window') {
    const opens = maintenancePolicy === undefined ? undefined : nextOpening(maintenancePolicy, now);
    return opens === undefined ? refuse('no-maintenance-window', `Cluster ${name} has no maintenance window to wait for.`, { remedy: 'Name a moment, or give the cluster a window.' }) : new Date(opens).toISOString();
  }
  const at = Date.parse(asked);
  const wrong = at < now ? `The start ${asked} has passed.` : at > now + START_DAYS_MAX * DAY_MS ? `The start ${asked} is more than ${START_DAYS_MAX} days ahead.` : undefined;
  return wrong === undefined ? asked : refuse('rules-broken', wrong, { remedy: 'Leave `startAt` out to begin now.', errors: [{ path: 'startAt', message: wrong }] });
}
