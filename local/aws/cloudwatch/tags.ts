import type { ListTagsForResourceCommandInput, TagResourceCommandInput, UntagResourceCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { arnOf } from './alarms.ts';
import type { AlarmRecord, Alarms } from './alarms.ts';

export function tagOperations(alarms: Alarms): Record<string, OperationHandler> {
  function tagged(arn: string | undefined, call: Call): AlarmRecord {
    const alarm = alarms.list(call).find((candidate) => arnOf(candidate) === arn);
    if (alarm === undefined) throw new AwsError('ResourceNotFoundException', `The resource ${arn ?? ''} does not exist.`, 404, { ResourceType: 'Alarm', ResourceId: arn ?? '' });
    return alarm;
  }
  return {
    ListTagsForResource: (input: ListTagsForResourceCommandInput, call: Call) => ({ Tags: tagged(input.ResourceARN, call).tags }),

    TagResource(input: TagResourceCommandInput, call: Call) {
      const alarm = tagged(input.ResourceARN, call);
      const added = (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
      alarms.put({ ...alarm, tags: [...alarm.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)), ...added] });
      return {};
    },

    UntagResource(input: UntagResourceCommandInput, call: Call) {
      const alarm = tagged(input.ResourceARN, call);
      alarms.put({ ...alarm, tags: alarm.tags.filter(({ Key }) => input.TagKeys?.includes(Key) !== true) });
      return {};
    },
  };
}
