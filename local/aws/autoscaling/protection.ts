import type { SetInstanceProtectionQuery } from '@aws-sdk/client-auto-scaling';
import type { Call, OperationHandler } from '../service.ts';
import { invalid } from './configuration.ts';
import { groupAt } from './groups.ts';
import type { Stage } from './members.ts';

/** Instances that one call names, at most. Source: Auto Scaling API reference, SetInstanceProtection. */
const INSTANCES_MAX = 50;

export function protectionOperations({ book }: Stage): Record<string, OperationHandler> {
  return {
    /** Whether instances of a group are kept when it gets smaller, and by instance refreshes unless they are told otherwise. Not of a warm pool's. Source: as above. */
    SetInstanceProtection({ AutoScalingGroupName, InstanceIds = [], ProtectedFromScaleIn }: Partial<SetInstanceProtectionQuery>, call: Call) {
      const group = groupAt(book, call, AutoScalingGroupName);
      if (ProtectedFromScaleIn === undefined) throw invalid('ProtectedFromScaleIn is required.');
      if (InstanceIds.length === 0 || InstanceIds.length > INSTANCES_MAX) throw invalid(`From 1 to ${INSTANCES_MAX} instance ids may be named.`);
      const strange = InstanceIds.find((id) => !group.members.some(({ instanceId }) => instanceId === id));
      if (strange !== undefined) throw invalid(`The instance ${strange} is not part of Auto Scaling group ${group.name}.`);
      book.putGroup({ ...group, members: group.members.map((member) => (InstanceIds.includes(member.instanceId) ? { ...member, isProtected: ProtectedFromScaleIn } : member)) });
    },
  };
}
