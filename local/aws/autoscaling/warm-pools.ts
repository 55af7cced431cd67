import type { DeleteWarmPoolCommandInput, DescribeWarmPoolCommandInput, PutWarmPoolCommandInput, WarmPoolConfiguration } from '@aws-sdk/client-auto-scaling';
import type { Call, OperationHandler } from '../service.ts';
import { invalid } from './configuration.ts';
import { groupAt } from './groups.ts';
import type { Stage } from './members.ts';

const STATES = ['Stopped', 'Running', 'Hibernated'];

/**
 * Warm pools, as far as they are settings of a group: they are kept, told and taken away. No instance waits in one here, so the pool
 * is told empty. Source: Auto Scaling API reference, PutWarmPool.
 */
export function warmPoolOperations({ book }: Stage): Record<string, OperationHandler> {
  return {
    PutWarmPool(input: PutWarmPoolCommandInput, call: Call) {
      const group = groupAt(book, call, input.AutoScalingGroupName);
      if (group.configuration.MixedInstancesPolicy !== undefined) throw invalid('You can\'t add a warm pool to an Auto Scaling group that has a mixed instances policy.');
      const { MinSize = 0, PoolState = 'Stopped', MaxGroupPreparedCapacity, InstanceReusePolicy } = input;
      if (MinSize < 0) throw invalid('MinSize of a warm pool must not be negative.');
      if (!STATES.includes(PoolState)) throw invalid(`PoolState must be one of ${STATES.join(', ')}.`);
      // -1 says that there is no limit of its own.
      if (MaxGroupPreparedCapacity !== undefined && MaxGroupPreparedCapacity !== -1 && MaxGroupPreparedCapacity < group.desired) throw invalid('MaxGroupPreparedCapacity must be at least the desired capacity of the group.');
      const warmPool: WarmPoolConfiguration = {
        MinSize,
        PoolState,
        ...(MaxGroupPreparedCapacity === undefined || MaxGroupPreparedCapacity === -1 ? {} : { MaxGroupPreparedCapacity }),
        ...(InstanceReusePolicy === undefined ? {} : { InstanceReusePolicy }),
      };
      book.putGroup({ ...group, warmPool });
      return {};
    },

    DescribeWarmPool(input: DescribeWarmPoolCommandInput, call: Call) {
      const { warmPool } = groupAt(book, call, input.AutoScalingGroupName);
      return { ...(warmPool === undefined ? {} : { WarmPoolConfiguration: warmPool }), Instances: [] };
    },

    DeleteWarmPool(input: DeleteWarmPoolCommandInput, call: Call) {
      const { warmPool, ...group } = groupAt(book, call, input.AutoScalingGroupName);
      if (warmPool === undefined) throw invalid(`No warm pool found for the Auto Scaling group ${group.name}.`);
      book.putGroup(group);
      return {};
    },
  };
}
