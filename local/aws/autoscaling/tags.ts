import type { CreateOrUpdateTagsCommandInput, DeleteTagsCommandInput, DescribeTagsCommandInput, Tag } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { invalid } from './configuration.ts';
import { paged } from './pages.ts';
import { Book } from './records.ts';
import type { GroupRecord, TagRecord } from './records.ts';

const TAGS_MAX = 50;

export function tagOperations(book: Book): Record<string, OperationHandler> {
  function groupOf(tag: Tag, { accountId, region }: Call): GroupRecord {
    if (tag.ResourceType !== 'auto-scaling-group') throw invalid('ResourceType must be auto-scaling-group.');
    const group = book.group(Book.key({ accountId, region, name: tag.ResourceId ?? '' }));
    if (group === undefined) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup ${tag.ResourceId ?? ''} not found`);
    return group;
  }

  return {
    CreateOrUpdateTags(input: CreateOrUpdateTagsCommandInput, call: Call) {
      for (const tag of input.Tags ?? []) {
        const group = groupOf(tag, call);
        book.putGroup({ ...group, tags: tagsOf(group.tags, [tag]) });
      }
    },

    DeleteTags(input: DeleteTagsCommandInput, call: Call) {
      for (const tag of input.Tags ?? []) {
        const group = groupOf(tag, call);
        book.putGroup({ ...group, tags: group.tags.filter(({ Key, Value }) => Key !== tag.Key || (tag.Value !== undefined && Value !== tag.Value)) });
      }
    },

    DescribeTags(input: DescribeTagsCommandInput, call: Call) {
      const all = book.groups(call).flatMap(({ name, tags }) => tags.map((tag) => ({ ...tag, ResourceId: name, ResourceType: 'auto-scaling-group' })));
      const saying = (tag: (typeof all)[number], filter: string): string => {
        const said: Readonly<Record<string, string>> = { 'auto-scaling-group': tag.ResourceId, key: tag.Key, value: tag.Value, 'propagate-at-launch': String(tag.PropagateAtLaunch) };
        const found = said[filter];
        if (found === undefined) throw invalid(`Filter type ${filter} is not correct. Allowed Filter types are: [auto-scaling-group, key, value, propagate-at-launch]`);
        return found;
      };
      const { items, ...rest } = paged(all.filter((tag) => (input.Filters ?? []).every(({ Name = '', Values = [] }) => Values.includes(saying(tag, Name)))), input);
      return { Tags: items, ...rest };
    },
  };
}

/** Tags with others put over them. */
export function tagsOf(existing: readonly TagRecord[], added: readonly Tag[] | undefined): TagRecord[] {
  const tags = new Map(existing.map((tag) => [tag.Key, tag]));
  for (const { Key = '', Value = '', PropagateAtLaunch = false } of added ?? []) {
    if (Key === '' || Key.length > 128 || Key.startsWith('aws:')) throw invalid(`Tag keys have 1 to 128 characters and do not begin with aws: '${Key.slice(0, 200)}'`);
    tags.set(Key, { Key, Value, PropagateAtLaunch });
  }
  if (tags.size > TAGS_MAX) throw new AwsError('LimitExceededFault', `A group has at most ${TAGS_MAX} tags.`, 400);
  return [...tags.values()];
}
