import * as autoscaling from '@aws-sdk/client-auto-scaling';
import type { SimulatedEc2 } from '../ec2/index.ts';
import { Faults } from '../faults.ts';
import type { OperationHandler, SimulatedService, World } from '../service.ts';
import { groupOperations } from './groups.ts';
import { scale } from './members.ts';
import type { Stage } from './members.ts';
import { needsOf } from './needs.ts';
import { protectionOperations } from './protection.ts';
import { Book } from './records.ts';
import type { Where } from './records.ts';
import { refreshOperations } from './refreshes.ts';
import { step } from './rolling.ts';
import { tagOperations } from './tags.ts';
import { Timetable } from './timetable.ts';
import type { Due } from './timetable.ts';
import { keepsUnhealthy, NOTICED_SECONDS, replaceUnhealthy, unhealthyOperations } from './unhealthy.ts';
import { warmPoolOperations } from './warm-pools.ts';

export interface SimulatedAutoScaling extends SimulatedService {
  /** Arms again, from the disk, everything that was waiting for its time. */
  resume(): void;
}

/** What Auto Scaling sees of the other services. */
export interface Around {
  readonly ec2: SimulatedEc2;
  isFiring(where: Where, alarmName: string): boolean;
}

/** Auto Scaling groups from launch templates, and instance refreshes, in virtual time. Their instances are those of the simulated EC2. */
export function createAutoScaling(world: World, { ec2, isFiring }: Around): SimulatedAutoScaling {
  const book = new Book(world.disk);
  const timetable = new Timetable(world, (due) => happen(due));
  const stage: Stage = { world, ec2, faults: new Faults(world.disk), book, timetable, isFiring };

  function happen({ kind, group: key, at, instanceIds = [], refreshId }: Due): void {
    const group = book.group(key);
    if (group === undefined) return;
    if (kind === 'refresh') return step(stage, key, refreshId, at);
    if (kind === 'scale') return scale(stage, key, at, 'a difference between desired and actual capacity was found');
    if (kind === 'replace') return replaceUnhealthy(stage, key, at);
    const changed = kind === 'gone' ? group.members.filter(({ instanceId }) => !instanceIds.includes(instanceId)) : group.members.map((member) => (instanceIds.includes(member.instanceId) && member.state === 'Pending' ? { ...member, state: 'InService' as const } : member));
    if (group.isDeleting === true && changed.length === 0) book.removeGroup(group);
    else book.putGroup({ ...group, members: changed });
  }

  // Instances that somebody ends by EC2 are found unhealthy, and replaced unless the group keeps such.
  ec2.onTermination((where, ids, now) => {
    for (const group of book.groups(where)) {
      const lost = group.members.filter(({ instanceId, state }) => ids.includes(instanceId) && state !== 'Terminating').map(({ instanceId }) => instanceId);
      if (lost.length === 0) continue;
      const key = Book.key(group);
      const kept = keepsUnhealthy(group);
      book.putGroup({ ...group, members: group.members.map((member) => (lost.includes(member.instanceId) ? { ...member, healthy: false, ...(kept ? {} : { state: 'Terminating' }) } : member)) });
      if (kept) continue;
      timetable.schedule({ kind: 'gone', at: now + NOTICED_SECONDS * 1000, group: key, instanceIds: lost });
      timetable.schedule({ kind: 'scale', at: now + NOTICED_SECONDS * 1000, group: key });
    }
  });

  const settled =
    (operation: OperationHandler): OperationHandler =>
    (input, call) => {
      timetable.settle(call.now);
      return operation(input, call);
    };

  return {
    name: 'autoscaling',
    protocol: 'aws-query',
    schemas: { ...autoscaling },
    operations: Object.fromEntries(Object.entries({ ...groupOperations(stage), ...refreshOperations(stage), ...tagOperations(book), ...warmPoolOperations(stage), ...unhealthyOperations(stage), ...protectionOperations(stage) }).map(([name, operation]) => [name, settled(operation)])),
    needs: (operation, input, call) => needsOf(operation, input as Parameters<typeof needsOf>[1], call, book, ec2),
    resume: () => timetable.resume(),
  };
}
