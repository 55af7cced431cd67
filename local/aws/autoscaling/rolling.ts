import { AwsError } from '../service.ts';
import { endMembers, LAUNCH_SECONDS, launchMembers, liveMembers, noteFailure, RETRY_SECONDS, scale } from './members.ts';
import type { Stage } from './members.ts';
import { isActive } from './records.ts';
import type { Batch, GroupRecord, RefreshRecord } from './records.ts';

// How instances are replaced, batch after batch. Source: Auto Scaling user guide, "How an instance refresh works".

/** A refresh that cannot go on tries again for an hour, and then fails. Source: the same page, "Limitations". */
const STUCK_SECONDS_MAX = 3600;
const MIN_HEALTHY_DEFAULT = 90;
const MAX_HEALTHY_DEFAULT = 100;
/** From Pending, or from the order to cancel, until somebody takes it up. */
export const TAKEN_UP_SECONDS = 5;

export function scheduleStep({ book, timetable }: Stage, refresh: RefreshRecord, at: number): void {
  book.putRefresh({ ...refresh, awaitedAt: at });
  timetable.schedule({ kind: 'refresh', at, group: refresh.group, refreshId: refresh.id });
}

/** What the group's and the refresh's settings come to. Source: RefreshPreferences, "Instance maintenance policies". */
export function healthyLimits(group: GroupRecord, { preferences }: RefreshRecord): { readonly min: number; readonly max: number } {
  const policy = group.settings.InstanceMaintenancePolicy;
  const set = (percentage: number | undefined): number | undefined => (percentage === undefined || percentage < 0 ? undefined : percentage);
  return { min: preferences.MinHealthyPercentage ?? set(policy?.MinHealthyPercentage) ?? MIN_HEALTHY_DEFAULT, max: preferences.MaxHealthyPercentage ?? set(policy?.MaxHealthyPercentage) ?? MAX_HEALTHY_DEFAULT };
}

/** The next step of a refresh, when its time has come. */
export function step(stage: Stage, key: string, refreshId: string | undefined, at: number): void {
  const group = stage.book.group(key);
  const refresh = stage.book.refresh(key, refreshId);
  if (group === undefined || refresh === undefined || !isActive(refresh) || refresh.awaitedAt !== at) return;
  const { AlarmSpecification } = refresh.preferences;
  const firing = AlarmSpecification?.Alarms?.find((name) => stage.isFiring(group, name));
  if (refresh.status === 'Pending') return takeUp(stage, group, refresh, at);
  if (refresh.status === 'Cancelling' && refresh.batch?.phase !== 'warm') return end(stage, refresh, 'Cancelled', at, 'Cancelled by user request.');
  if (firing !== undefined && (refresh.status === 'InProgress' || refresh.status === 'Baking')) return fail(stage, refresh, at, `The CloudWatch alarm ${firing} is in the ALARM state.`);
  if (refresh.status === 'Baking') return succeed(stage, group, refresh, at);
  if (refresh.batch === undefined) return beginBatch(stage, group, refresh, at);
  if (refresh.batch.phase === 'launch') return launchBatch(stage, refresh, refresh.batch, at);
  endBatch(stage, refresh, refresh.batch, at);
}

function takeUp(stage: Stage, group: GroupRecord, refresh: RefreshRecord, at: number): void {
  beginBatch(stage, group, { ...refresh, status: 'InProgress', startedAt: at }, at);
}

function beginBatch(stage: Stage, group: GroupRecord, refresh: RefreshRecord, at: number): void {
  const live = liveMembers(group);
  const ignored = refresh.preferences.ScaleInProtectedInstances === 'Ignore';
  const remaining = refresh.remaining.filter((id) => live.some((member) => member.instanceId === id && !(ignored && member.isProtected)));
  const current: RefreshRecord = { ...refresh, remaining };
  if (remaining.length === 0) return allReplaced(stage, group, current, at);
  const free = remaining.filter((id) => refresh.preferences.ScaleInProtectedInstances === 'Refresh' || !live.some((member) => member.instanceId === id && member.isProtected));
  if (free.length === 0) return stuck(stage, current, at, `Waiting for ${remaining.length} instances that are protected from scale in.`);
  const { min, max } = healthyLimits(group, refresh);
  const mayMiss = Math.floor((group.desired * (100 - min)) / 100);
  const mayExceed = Math.floor((group.desired * (max - 100)) / 100);
  const launchFirst = max > 100;
  const healthy = live.filter(({ state, healthy: fit }) => state === 'InService' && fit).length;
  // However small the group and the limits, one instance at a time is replaced.
  const size = Math.max(1, mayMiss + mayExceed);
  const missing = Math.max(0, group.desired - healthy);
  if (!launchFirst && missing >= Math.max(1, mayMiss)) return stuck(stage, current, at, `Waiting for healthy instances: ${healthy} of ${group.desired} are healthy, and ${min} percent must be.`);
  const leaving = free.slice(0, launchFirst ? size : Math.max(1, size - missing));
  const batch: Batch = { leaving, launchFirst, phase: 'launch', launched: [] };
  if (!launchFirst) endMembers(stage, refresh.group, leaving, at, causeOf(at));
  launchBatch(stage, { ...current, batch }, batch, at);
}

const causeOf = (at: number): string => `At ${new Date(at).toISOString().replace('.000Z', 'Z')} an instance was replaced in response to an instance refresh.`;

function launchBatch(stage: Stage, refresh: RefreshRecord, batch: Batch, at: number): void {
  const { book, world } = stage;
  // Without it the batch would not be on the disk when the launch reads the group.
  book.putRefresh(refresh);
  const group = book.group(refresh.group);
  if (group === undefined) return;
  if (refresh.failure !== undefined && refresh.rollback === undefined) {
    const why = refresh.failure.message ?? `New instances do not come up: ${refresh.failure.code ?? 'LaunchFailure'}.`;
    noteFailure(book, refresh.group, { id: world.newId(), startedAt: at, endedAt: at, cause: causeOf(at) }, why);
    return stuck(stage, refresh, at, why);
  }
  const launched: string[] = [...batch.launched];
  try {
    launched.push(...launchMembers(stage, refresh.group, refresh.target ?? group.configuration, batch.leaving.length - launched.length, at, causeOf(at)));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return stuck(stage, refresh, at, error.message);
  }
  const warmup = refresh.preferences.InstanceWarmup ?? group.settings.DefaultInstanceWarmup ?? group.settings.HealthCheckGracePeriod ?? 0;
  const { stuckAt: _stuckAt, statusReason: _statusReason, ...going } = refresh;
  scheduleStep(stage, { ...going, batch: { ...batch, launched, phase: 'warm' } }, at + (LAUNCH_SECONDS + Math.max(0, warmup)) * 1000);
}

function endBatch(stage: Stage, refresh: RefreshRecord, batch: Batch, at: number): void {
  if (batch.launchFirst) endMembers(stage, refresh.group, batch.leaving, at, causeOf(at));
  const { batch: _batch, ...rest } = refresh;
  const done: RefreshRecord = { ...rest, remaining: refresh.remaining.filter((id) => !batch.leaving.includes(id)), replacements: [...refresh.replacements, ...batch.launched] };
  stage.book.putRefresh(done);
  scale(stage, refresh.group, at, 'a difference between desired and actual capacity was found');
  const group = stage.book.group(refresh.group);
  if (group === undefined) return;
  if (done.status === 'Cancelling') return end(stage, done, 'Cancelled', at, 'Cancelled by user request.');
  beginBatch(stage, group, done, at);
}

function allReplaced(stage: Stage, group: GroupRecord, refresh: RefreshRecord, at: number): void {
  const { BakeTime = 0 } = refresh.preferences;
  if (refresh.rollback !== undefined) return end(stage, refresh, 'RollbackSuccessful', at);
  if (BakeTime > 0) return scheduleStep(stage, { ...refresh, status: 'Baking' }, at + BakeTime * 1000);
  succeed(stage, group, refresh, at);
}

/** The desired configuration becomes the group's own when the refresh has succeeded. Source: "Start an instance refresh", "Update the launch template". */
function succeed(stage: Stage, group: GroupRecord, refresh: RefreshRecord, at: number): void {
  if (refresh.target !== undefined) stage.book.putGroup({ ...group, configuration: refresh.target });
  end(stage, refresh, 'Successful', at);
}

function stuck(stage: Stage, refresh: RefreshRecord, at: number, why: string): void {
  const stuckAt = refresh.stuckAt ?? at;
  if (at - stuckAt >= STUCK_SECONDS_MAX * 1000) return fail(stage, refresh, at, why);
  scheduleStep(stage, { ...refresh, stuckAt, statusReason: why }, at + RETRY_SECONDS * 1000);
}

function fail(stage: Stage, refresh: RefreshRecord, at: number, why: string): void {
  if (refresh.rollback !== undefined) return end(stage, refresh, 'RollbackFailed', at, why);
  if (refresh.preferences.AutoRollback === true) return rollBack(stage, refresh, at, why);
  end(stage, refresh, 'Failed', at, why);
}

/** Replaces what was deployed so far by instances of the group's own configuration. */
export function rollBack(stage: Stage, refresh: RefreshRecord, at: number, why: string): void {
  const { batch, stuckAt: _stuckAt, ...rest } = refresh;
  const replacements = [...refresh.replacements, ...(batch?.launched ?? [])];
  const rollback = { reason: why, startedAt: at, percentage: percentageOf(refresh), left: replacements.length };
  const back: RefreshRecord = { ...rest, status: 'RollbackInProgress', statusReason: why, target: refresh.before, remaining: replacements, replacements: [], rollback };
  stage.book.putRefresh(back);
  scale(stage, refresh.group, at, 'a difference between desired and actual capacity was found');
  scheduleStep(stage, back, at + TAKEN_UP_SECONDS * 1000);
}

function end(stage: Stage, refresh: RefreshRecord, status: RefreshRecord['status'], at: number, why?: string): void {
  const { batch: _batch, stuckAt: _stuckAt, statusReason: _statusReason, ...rest } = refresh;
  stage.book.putRefresh({ ...rest, status, endedAt: at, ...(why === undefined ? {} : { statusReason: why }) });
  scale(stage, refresh.group, at, 'a difference between desired and actual capacity was found');
}

/** How much of a refresh is done; in a rollback it goes back to zero. */
export function percentageOf({ remaining, total, rollback, status }: RefreshRecord): number {
  if (rollback !== undefined) return rollback.left === 0 ? 0 : Math.floor((rollback.percentage * remaining.length) / rollback.left);
  if (total === 0) return status === 'Pending' ? 0 : 100;
  return Math.floor(((total - remaining.length) / total) * 100);
}
