import type { ScalingProcessQuery, SetInstanceHealthCommandInput } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { invalid } from './configuration.ts';
import { groupAt } from './groups.ts';
import { endMembers, liveMembers, scale } from './members.ts';
import type { Stage } from './members.ts';
import { Book } from './records.ts';
import type { GroupRecord } from './records.ts';

// Instances that are unhealthy, and whether they are replaced.

/** After so long an unhealthy instance is noticed and replaced. */
export const NOTICED_SECONDS = 60;
const PROCESSES = ['Launch', 'Terminate', 'AddToLoadBalancer', 'AlarmNotification', 'AZRebalance', 'HealthCheck', 'InstanceRefresh', 'ReplaceUnhealthy', 'ScheduledActions'];
/** The one that groups here have, and those of which they do nothing, so that they stand still as it is. */
const SUSPENDABLE = ['ReplaceUnhealthy', 'AddToLoadBalancer', 'AlarmNotification', 'AZRebalance', 'ScheduledActions'];

export function unhealthyOperations(stage: Stage): Record<string, OperationHandler> {
  const { book, timetable } = stage;

  return {
    /** Source: Auto Scaling API reference, SetInstanceHealth. */
    SetInstanceHealth({ InstanceId: id = '', HealthStatus, ShouldRespectGracePeriod }: SetInstanceHealthCommandInput, call: Call) {
      if (HealthStatus !== 'Healthy' && HealthStatus !== 'Unhealthy') throw invalid('Valid instance health states are: [Healthy, Unhealthy].');
      const group = book.groups(call).find(({ members }) => members.some(({ instanceId }) => instanceId === id));
      const member = group?.members.find(({ instanceId }) => instanceId === id);
      if (group === undefined || member === undefined) throw invalid(`Instance Id not found - No managed instance found for instance ID: ${id}`);
      const graceEnds = member.launchedAt + (group.settings.HealthCheckGracePeriod ?? 0) * 1000;
      if (HealthStatus === 'Unhealthy' && ShouldRespectGracePeriod !== false && call.now < graceEnds) return;
      book.putGroup({ ...group, members: group.members.map((one) => (one === member ? { ...one, healthy: HealthStatus === 'Healthy' } : one)) });
      if (HealthStatus === 'Unhealthy') timetable.schedule({ kind: 'replace', at: call.now + NOTICED_SECONDS * 1000, group: Book.key(group) });
    },

    SuspendProcesses(input: ScalingProcessQuery, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const asked = namedProcesses(input);
      const strange = asked.filter((name) => !SUSPENDABLE.includes(name));
      if (strange.length > 0) throw new AwsError('NotImplemented', `The simulated AWS does not support suspending ${strange.join(', ')}.`, 501);
      const others = (group.suspended ?? []).filter(({ name }) => !asked.includes(name));
      book.putGroup({ ...group, suspended: [...others, ...asked.map((name) => ({ name, at: call.now }))] });
    },

    /** What was unhealthy meanwhile is replaced at once. Source: Auto Scaling user guide, "How suspended processes affect other processes". */
    ResumeProcesses(input: ScalingProcessQuery, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      const asked = namedProcesses(input);
      book.putGroup({ ...group, suspended: (group.suspended ?? []).filter(({ name }) => !asked.includes(name)) });
      replaceUnhealthy(stage, Book.key(group), call.now);
    },
  };
}

function namedProcesses({ ScalingProcesses }: ScalingProcessQuery): readonly string[] {
  const asked = ScalingProcesses === undefined || ScalingProcesses.length === 0 ? PROCESSES : ScalingProcesses;
  const unknown = asked.find((name) => !PROCESSES.includes(name));
  if (unknown !== undefined) throw invalid(`Invalid scaling process: ${unknown}. Valid processes are: ${PROCESSES.join(', ')}.`);
  return asked;
}

/** Whether unhealthy instances stay: they are still marked so, and nobody replaces them. Source: as above. */
export function keepsUnhealthy({ suspended = [] }: GroupRecord): boolean {
  return suspended.some(({ name }) => name === 'ReplaceUnhealthy');
}

/** Ends the group's unhealthy instances and launches others, unless it is to keep them. */
export function replaceUnhealthy(stage: Stage, key: string, now: number): void {
  const group = stage.book.group(key);
  if (group === undefined || keepsUnhealthy(group)) return;
  const unhealthy = liveMembers(group).filter(({ healthy }) => !healthy);
  if (unhealthy.length === 0) return;
  endMembers(stage, key, unhealthy.map(({ instanceId }) => instanceId), now, `At ${new Date(now).toISOString().replace('.000Z', 'Z')} an instance was taken out of service in response to a health check.`);
  scale(stage, key, now, 'an instance was started in response to a difference between desired and actual capacity');
}
