import type {
  CreateQueueCommandInput,
  DeleteQueueCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueUrlCommandInput,
  ListDeadLetterSourceQueuesCommandInput,
  ListQueuesCommandInput,
  ListQueueTagsCommandInput,
  PurgeQueueCommandInput,
  SetQueueAttributesCommandInput,
  TagQueueCommandInput,
  UntagQueueCommandInput,
} from '@aws-sdk/client-sqs';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { ATTRIBUTE_DEFAULTS, checkedAttributes, redriveOf, within } from './attributes.ts';
import { Queues } from './queues.ts';
import type { QueueRecord } from './queues.ts';

const QUEUES_PAGE_MAX = 1000;
const PURGE_SECONDS = 60;
const TAGS_MAX = 50;

export function queueOperations(queues: Queues): Record<string, OperationHandler> {
  return {
    CreateQueue(input: CreateQueueCommandInput, call: Call) {
      const name = input.QueueName ?? '';
      if (name.endsWith('.fifo')) throw new AwsError('NotImplemented', 'The simulated AWS has no FIFO queues.', 501);
      if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError('InvalidParameterValue', 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length', 400);
      const attributes = checkedAttributes(queues, defined(input.Attributes));
      const key = Queues.key({ ...call, name });
      const existing = queues.queue(key);
      const changed = existing === undefined ? undefined : Object.keys(attributes).find((attribute) => attributes[attribute] !== existing.attributes[attribute]);
      if (changed !== undefined) throw new AwsError('QueueNameExists', `A queue already exists with the same name and a different value for attribute ${changed}`, 400);
      if (existing === undefined) {
        queues.put({
          accountId: call.accountId,
          region: call.region,
          name,
          arn: `arn:aws:sqs:${call.region}:${call.accountId}:${name}`,
          attributes: { ...ATTRIBUTE_DEFAULTS, ...attributes },
          tags: defined(input.tags),
          createdAt: call.now,
          modifiedAt: call.now,
        });
      }
      return { QueueUrl: urlOf(call, call.accountId, name) };
    },

    GetQueueUrl(input: GetQueueUrlCommandInput, call: Call) {
      const name = input.QueueName ?? '';
      const accountId = input.QueueOwnerAWSAccountId ?? call.accountId;
      if (accountId !== call.accountId || queues.queue(Queues.key({ ...call, name })) === undefined) throw noSuchQueue();
      return { QueueUrl: urlOf(call, accountId, name) };
    },

    ListQueues(input: ListQueuesCommandInput, call: Call) {
      within('MaxResults', input.MaxResults, 1, QUEUES_PAGE_MAX);
      const names = queues.list(call.accountId, call.region).map(({ name }) => name).filter((name) => name.startsWith(input.QueueNamePrefix ?? ''));
      const after = input.NextToken === undefined ? '' : Buffer.from(input.NextToken, 'base64url').toString('utf8');
      const rest = names.filter((name) => name > after);
      const page = rest.slice(0, input.MaxResults ?? QUEUES_PAGE_MAX);
      const last = page.at(-1);
      // SQS pages only for who asked for a page's size.
      const more = input.MaxResults !== undefined && rest.length > page.length && last !== undefined;
      return { ...(page.length === 0 ? {} : { QueueUrls: page.map((name) => urlOf(call, call.accountId, name)) }), ...(more ? { NextToken: Buffer.from(last).toString('base64url') } : {}) };
    },

    GetQueueAttributes(input: GetQueueAttributesCommandInput, call: Call) {
      const all = shownAttributes(queues, queueAt(queues, input.QueueUrl, call), call.now);
      const names: readonly string[] = input.AttributeNames ?? [];
      const unknown = names.find((name) => name !== 'All' && !(name in all) && !['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'FifoQueue'].includes(name));
      if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`, 400);
      const shown = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name)));
      return Object.keys(shown).length === 0 ? {} : { Attributes: shown };
    },

    SetQueueAttributes(input: SetQueueAttributesCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      const asked = checkedAttributes(queues, defined(input.Attributes));
      const attributes = Object.fromEntries(Object.entries({ ...queue.attributes, ...asked }).filter(([, value]) => value !== ''));
      queues.put({ ...queue, attributes, modifiedAt: call.now });
    },

    DeleteQueue(input: DeleteQueueCommandInput, call: Call) {
      queues.remove(Queues.key(queueAt(queues, input.QueueUrl, call)));
    },

    PurgeQueue(input: PurgeQueueCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      if (queue.purgedAt !== undefined && call.now < queue.purgedAt + PURGE_SECONDS * 1000) {
        throw new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${queue.name} is allowed every ${PURGE_SECONDS} seconds.`, 403);
      }
      queues.purge(Queues.key(queue));
      queues.put({ ...queue, purgedAt: call.now });
    },

    ListDeadLetterSourceQueues(input: ListDeadLetterSourceQueuesCommandInput, call: Call) {
      const { arn } = queueAt(queues, input.QueueUrl, call);
      const sources = queues.list(call.accountId, call.region).filter(({ attributes }) => redriveOf(attributes['RedrivePolicy'])?.deadLetterTargetArn === arn);
      return { queueUrls: sources.map(({ name }) => urlOf(call, call.accountId, name)) };
    },

    TagQueue(input: TagQueueCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      const tags = { ...queue.tags, ...defined(input.Tags) };
      if (Object.keys(tags).length > TAGS_MAX) throw new AwsError('InvalidParameterValue', `Too many tags added for queue ${queue.name}.`, 400);
      queues.put({ ...queue, tags });
    },

    UntagQueue(input: UntagQueueCommandInput, call: Call) {
      const queue = queueAt(queues, input.QueueUrl, call);
      queues.put({ ...queue, tags: Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !(input.TagKeys ?? []).includes(key))) });
    },

    ListQueueTags(input: ListQueueTagsCommandInput, call: Call) {
      const { tags } = queueAt(queues, input.QueueUrl, call);
      return Object.keys(tags).length === 0 ? {} : { Tags: tags };
    },
  };
}

/** The queue of a URL, whatever address the URL was made for: account and name are its last two parts. */
export function queueAt(queues: Queues, url: string | undefined, call: Call): QueueRecord {
  const form = /^https?:\/\/[^/]+\/(\d{12})\/([\w-]{1,80})$/.exec(url ?? '');
  if (form === null) throw new AwsError('InvalidAddress', `The address ${url ?? ''} is not valid for this endpoint.`, 404);
  // There are no queue policies here, so nobody reads another account's queues.
  if (form[1] !== call.accountId) throw new AwsError('AccessDeniedException', `User: ${call.caller.arn} is not authorized to perform: sqs:${call.operation} on resource: ${form[2]} of account ${form[1]}`, 403);
  const queue = queues.queue(Queues.key({ ...call, name: form[2] ?? '' }));
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

function noSuchQueue(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
}

const urlOf = (call: Call, accountId: string, name: string): string => `${call.endpoint}/${accountId}/${name}`;

function shownAttributes(queues: Queues, queue: QueueRecord, now: number): Record<string, string> {
  const { visible, delayed, inFlight } = queues.counts(Queues.key(queue), now);
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
  };
}

/** Without the members that are there but undefined. */
function defined(record: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(record ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
