import type { ListTagsForResourceCommandInput, Tag, TagResourceCommandInput, UntagResourceCommandInput } from '@aws-sdk/client-ecr';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { arnOf } from './records.ts';
import type { EcrRecords, RepositoryRecord } from './records.ts';
import { invalid } from './validation.ts';

const TAGS_MAX = 50;

export function checkedTags(tags: readonly Tag[] | undefined): Tag[] {
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (Key.length < 1 || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key)) throw new AwsError('InvalidTagParameterException', `Invalid parameter at 'tags' failed to satisfy constraint: the tag '${Key}' is not one that can be set`);
  }
  if ((tags ?? []).length > TAGS_MAX) throw new AwsError('TooManyTagsException', `Tag limit exceeded: a repository has at most ${TAGS_MAX} tags.`);
  return (tags ?? []).map(({ Key, Value }) => ({ Key, Value }));
}

export function tagOperations(records: EcrRecords): Record<string, OperationHandler> {
  function tagged(arn: string | undefined, call: Call): RepositoryRecord {
    const name = /^arn:aws:ecr:[a-z0-9-]+:\d{12}:repository\/(.+)$/.exec(arn ?? '')?.[1];
    if (name === undefined || arnOf(call, name) !== arn) throw invalid('resourceArn', `Invalid ARN ${arn ?? ''}`);
    return records.at(call, name);
  }
  return {
    ListTagsForResource: (input: ListTagsForResourceCommandInput, call: Call) => ({ tags: tagged(input.resourceArn, call).tags }),

    TagResource(input: TagResourceCommandInput, call: Call) {
      const repository = tagged(input.resourceArn, call);
      const added = checkedTags(input.tags);
      records.put({ ...repository, tags: checkedTags([...repository.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)), ...added]) });
      return {};
    },

    UntagResource(input: UntagResourceCommandInput, call: Call) {
      const repository = tagged(input.resourceArn, call);
      records.put({ ...repository, tags: repository.tags.filter(({ Key }) => input.tagKeys?.includes(Key ?? '') !== true) });
      return {};
    },
  };
}
