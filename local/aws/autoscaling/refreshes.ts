import type {
  CancelInstanceRefreshCommandInput,
  DescribeInstanceRefreshesCommandInput,
  InstanceRefresh,
  RefreshPreferences,
  RollbackInstanceRefreshCommandInput,
  StartInstanceRefreshCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { checkedConfiguration, invalid, isMadeAs } from './configuration.ts';
import { groupAt } from './groups.ts';
import { liveMembers } from './members.ts';
import type { Stage } from './members.ts';
import { paged } from './pages.ts';
import { Book, isActive } from './records.ts';
import type { Configuration, GroupRecord, RefreshRecord } from './records.ts';
import { percentageOf, rollBack, scheduleStep, TAKEN_UP_SECONDS } from './rolling.ts';

const PREFERENCES = ['MinHealthyPercentage', 'MaxHealthyPercentage', 'InstanceWarmup', 'SkipMatching', 'AutoRollback', 'ScaleInProtectedInstances', 'StandbyInstances', 'AlarmSpecification', 'BakeTime'] as const satisfies readonly (keyof RefreshPreferences)[];

export function refreshOperations(stage: Stage): Record<string, OperationHandler> {
  const { book, faults, world, ec2 } = stage;

  const activeOf = (group: GroupRecord, now: number): RefreshRecord | undefined => book.refreshes(Book.key(group), now).find(isActive);

  return {
    StartInstanceRefresh(input: StartInstanceRefreshCommandInput, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const key = Book.key(group);
      const { Strategy = 'Rolling', Preferences: preferences = {}, DesiredConfiguration } = input;
      if (Strategy !== 'Rolling') throw new AwsError('NotImplemented', `The simulated AWS does not support the strategy ${Strategy} of StartInstanceRefresh.`, 501);
      if (activeOf(group, call.now) !== undefined) throw new AwsError('InstanceRefreshInProgressFault', 'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.', 400);
      const asked: Configuration | undefined = DesiredConfiguration === undefined ? undefined : (DesiredConfiguration as Configuration);
      checkPreferences(preferences, group, asked);
      const target = asked === undefined ? undefined : checkedConfiguration(ec2, call, asked, group.subnetIds[0], call.now);
      const live = liveMembers(group);
      const matching = preferences.SkipMatching === true ? live.filter((member) => isMadeAs(ec2, group, target ?? group.configuration, member, call.now)) : [];
      const remaining = live.filter((member) => !matching.includes(member)).map(({ instanceId }) => instanceId);
      const failure = faults.takeFailUpdate('autoscaling:StartInstanceRefresh', call.accountId, call.region, input);
      const refresh: RefreshRecord = {
        id: world.newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
        group: key,
        number: (book.refreshes(key, call.now)[0]?.number ?? 0) + 1,
        status: 'Pending',
        createdAt: call.now,
        preferences,
        ...(asked === undefined ? {} : { desiredConfiguration: asked }),
        ...(target === undefined ? {} : { target }),
        before: group.configuration,
        remaining,
        total: remaining.length,
        replacements: [],
        ...(failure === undefined ? {} : { failure: { ...(failure.code === undefined ? {} : { code: failure.code }), ...(failure.message === undefined ? {} : { message: failure.message }) } }),
        awaitedAt: 0,
      };
      scheduleStep(stage, refresh, call.now + TAKEN_UP_SECONDS * 1000);
      return { InstanceRefreshId: refresh.id };
    },

    DescribeInstanceRefreshes(input: DescribeInstanceRefreshesCommandInput, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const ids = input.InstanceRefreshIds ?? [];
      const fit = book.refreshes(Book.key(group), call.now).filter(({ id }) => ids.length === 0 || ids.includes(id));
      const { items, ...rest } = paged(fit, input);
      return { InstanceRefreshes: items.map((refresh) => view(group, refresh)), ...rest };
    },

    CancelInstanceRefresh(input: CancelInstanceRefreshCommandInput, call: Call) {
      if (input.WaitForTransitioningInstances === false) throw new AwsError('NotImplemented', 'The simulated AWS waits for transitioning instances when a refresh is cancelled.', 501);
      const refresh = activeOf(groupAt(book, call, input.AutoScalingGroupName), call.now);
      if (refresh === undefined || refresh.status === 'Cancelling') throw notActive();
      const cancelling: RefreshRecord = { ...refresh, status: 'Cancelling' };
      // Instances that are on their way are waited for.
      if (refresh.batch?.phase === 'warm') book.putRefresh(cancelling);
      else scheduleStep(stage, cancelling, call.now + TAKEN_UP_SECONDS * 1000);
      return { InstanceRefreshId: refresh.id };
    },

    RollbackInstanceRefresh(input: RollbackInstanceRefreshCommandInput, call: Call) {
      const refresh = activeOf(groupAt(book, call, input.AutoScalingGroupName), call.now);
      if (refresh === undefined || (refresh.status !== 'InProgress' && refresh.status !== 'Pending' && refresh.status !== 'Baking')) throw notActive();
      if (refresh.desiredConfiguration === undefined || !isNumbered(refresh.before)) throw new AwsError('IrreversibleInstanceRefreshFault', 'The instance refresh cannot be rolled back: it has no desired configuration, or the group follows $Latest or $Default.', 400);
      rollBack(stage, refresh, call.now, 'Rollback was requested by the user.');
      return { InstanceRefreshId: refresh.id };
    },
  };
}

function notActive(): AwsError {
  return new AwsError('ActiveInstanceRefreshNotFoundFault', 'No in progress or pending Instance Refresh found.', 400);
}

/** Sources: RefreshPreferences; Auto Scaling user guide, "Undo changes with a manual or auto rollback". */
function checkPreferences(preferences: RefreshPreferences, group: GroupRecord, asked: Configuration | undefined): void {
  const unsupported = Object.keys(preferences).find((name) => !PREFERENCES.some((supported) => supported === name));
  if (unsupported !== undefined) throw new AwsError('NotImplemented', `The simulated AWS does not support the preference ${unsupported} of StartInstanceRefresh.`, 501);
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = preferences;
  if (min !== undefined && (min < 0 || min > 100)) throw invalid('MinHealthyPercentage must be between 0 and 100.');
  if (max !== undefined && (max < 100 || max > 200)) throw invalid('MaxHealthyPercentage must be between 100 and 200.');
  if (max !== undefined && (min === undefined || max - min > 100)) throw invalid('MaxHealthyPercentage needs MinHealthyPercentage, and the difference between them cannot be greater than 100.');
  if (preferences.AutoRollback === true && (asked === undefined || !isNumbered(group.configuration))) throw invalid('AutoRollback needs a desired configuration, and a group whose launch template has a numbered version.');
}

/** Whether a template's version is a number, and thus the same later on. */
function isNumbered({ LaunchTemplate, MixedInstancesPolicy }: Configuration): boolean {
  const version = (LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification)?.Version;
  return /^\d+$/.test(version ?? '');
}

function view(group: GroupRecord, refresh: RefreshRecord): InstanceRefresh {
  const { rollback, remaining } = refresh;
  const progress = { PercentageComplete: percentageOf(refresh), InstancesToUpdate: remaining.length };
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: refresh.status,
    ...(refresh.statusReason === undefined ? {} : { StatusReason: refresh.statusReason }),
    ...(refresh.startedAt === undefined ? {} : { StartTime: new Date(refresh.startedAt) }),
    ...(refresh.endedAt === undefined ? {} : { EndTime: new Date(refresh.endedAt) }),
    ...(refresh.status === 'Pending' ? {} : { ...progress, ProgressDetails: { LivePoolProgress: progress } }),
    Preferences: refresh.preferences,
    ...(refresh.desiredConfiguration === undefined ? {} : { DesiredConfiguration: refresh.desiredConfiguration }),
    ...(rollback === undefined ? {} : { RollbackDetails: { RollbackReason: rollback.reason, RollbackStartTime: new Date(rollback.startedAt), PercentageCompleteOnRollback: rollback.percentage, InstancesToUpdateOnRollback: rollback.left } }),
    Strategy: 'Rolling',
  };
}
