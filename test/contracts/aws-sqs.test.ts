import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { Disk } from '../../local/disk.ts';
import { refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const HOME = '000000000000';

async function queue(stage: AwsStage, QueueName: string, Attributes: Record<string, string> = {}): Promise<{ sqs: SQSClient; QueueUrl: string }> {
  const sqs = new SQSClient(stage.as(HOME));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return { sqs, QueueUrl };
}

const redrive = (name: string, maxReceiveCount: number): string => JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:us-east-1:${HOME}:${name}`, maxReceiveCount });

describe('A queue', () => {
  it('is made once, found, changed, tagged and deleted', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks', { VisibilityTimeout: '60' });
    assert.equal(QueueUrl, `${stage.url}/${HOME}/looks`);
    assert.equal((await queue(stage, 'looks', { VisibilityTimeout: '60' })).QueueUrl, QueueUrl);
    assert.equal((await refusal(queue(stage, 'looks', { VisibilityTimeout: '61' }))).name, 'QueueNameExists');
    assert.equal((await sqs.send(new GetQueueUrlCommand({ QueueName: 'looks' }))).QueueUrl, QueueUrl);
    assert.deepEqual((await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'lo' }))).QueueUrls, [QueueUrl]);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '5' } }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    assert.deepEqual([Attributes?.['VisibilityTimeout'], Attributes?.['DelaySeconds'], Attributes?.['QueueArn']], ['60', '5', `arn:aws:sqs:us-east-1:${HOME}:looks`]);
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: '1', b: '2' } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
    assert.deepEqual((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags, { b: '2' });
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    assert.equal((await refusal(sqs.send(new GetQueueUrlCommand({ QueueName: 'looks' })))).name, 'QueueDoesNotExist');
  });

  it('is found by a URL that an earlier start made for another port', async (context) => {
    const stage = await startAws(context);
    await queue(stage, 'looks');
    const plain = new SQSClient({ ...stage.as(HOME), useQueueUrlAsEndpoint: false });
    assert.ok((await plain.send(new SendMessageCommand({ QueueUrl: `http://127.0.0.1:1/${HOME}/looks`, MessageBody: 'x' }))).MessageId);
  });

  const refused: readonly [string, (sqs: SQSClient, QueueUrl: string) => Promise<unknown>, string][] = [
    ['an attribute that there is not', (sqs) => sqs.send(new CreateQueueCommand({ QueueName: 'a', Attributes: { Colour: 'blue' } as Record<string, string> })), 'InvalidAttributeName'],
    ['a delay of 16 minutes', (sqs) => sqs.send(new CreateQueueCommand({ QueueName: 'a', Attributes: { DelaySeconds: '960' } })), 'InvalidAttributeValue'],
    ['dead letters to a queue that is not there', (sqs) => sqs.send(new CreateQueueCommand({ QueueName: 'a', Attributes: { RedrivePolicy: redrive('none', 3) } })), 'InvalidAttributeValue'],
    ['a name with a dot', (sqs) => sqs.send(new CreateQueueCommand({ QueueName: 'a.b' })), 'InvalidParameterValue'],
    ['an empty message', (sqs, QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '' })), 'MissingParameter'],
    ['a message with a control character', (sqs, QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '\u0001' })), 'InvalidMessageContents'],
    ['a message of more than 1 MiB', (sqs, QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x'.repeat(1_048_577) })), 'InvalidParameterValue'],
    ['a message delayed for 901 s', (sqs, QueueUrl) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 901 })), 'InvalidParameterValue'],
    ['an empty batch', (sqs, QueueUrl) => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] })), 'EmptyBatchRequest'],
    ['an id twice in a batch', (sqs, QueueUrl) => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'a', MessageBody: 'y' }] })), 'BatchEntryIdsNotDistinct'],
    ['eleven messages at once', (sqs, QueueUrl) => sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })), 'InvalidParameterValue'],
    ['a receipt handle that is none', (sqs, QueueUrl) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'x' })), 'ReceiptHandleIsInvalid'],
    ['another account’s queue', (sqs, QueueUrl) => sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrl.replace(HOME, '111111111111') })), 'AccessDeniedException'],
  ];
  it('refuses what breaks its rules', async (context) => {
    const { sqs, QueueUrl } = await queue(await startAws(context), 'looks');
    for (const [title, work, name] of refused) assert.equal((await refusal(work(sqs, QueueUrl))).name, name, title);
  });

  it('that is not standard is refused loudly', async (context) => {
    const sqs = new SQSClient((await startAws(context)).as(HOME));
    assert.equal((await refusal(sqs.send(new CreateQueueCommand({ QueueName: 'a.fifo', Attributes: { FifoQueue: 'true' } })))).status, 501);
  });
});

describe('A message', () => {
  it('arrives after its delay, with its attributes, and is gone when deleted', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'héllo', DelaySeconds: 30, MessageAttributes: { n: { DataType: 'Number', StringValue: '1' }, b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } } }));
    const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }));
    assert.equal((await receive()).Messages, undefined);
    assert.equal((await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesDelayed'] }))).Attributes?.['ApproximateNumberOfMessagesDelayed'], '1');
    await stage.pass(30);
    const [message] = (await receive()).Messages ?? [];
    assert.equal(message?.Body, 'héllo');
    assert.deepEqual([message?.MessageAttributes?.['n']?.StringValue, [...(message?.MessageAttributes?.['b']?.BinaryValue ?? [])]], ['1', [1, 2]]);
    assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    await stage.pass(31);
    assert.equal((await receive()).Messages, undefined);
  });

  it('is invisible while it is held, as long as its holder says', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.ReceiptHandle;
    const first = await receive();
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first, VisibilityTimeout: 120 }));
    await stage.pass(119);
    assert.equal(await receive(), undefined);
    await stage.pass(1);
    const second = await receive();
    assert.ok(second !== undefined && second !== first);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first }));
    assert.equal((await refusal(sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first, VisibilityTimeout: 0 })))).name, 'MessageNotInflight');
    const batch = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle: second, VisibilityTimeout: 0 }, { Id: 'b', ReceiptHandle: first, VisibilityTimeout: 0 }] }));
    assert.deepEqual([batch.Successful?.map(({ Id }) => Id), batch.Failed?.map(({ Id, Code }) => [Id, Code])], [['a'], [['b', 'MessageNotInflight']]]);
    assert.ok(await receive());
  });

  it('goes to the dead letters when it was received too often', async (context) => {
    const stage = await startAws(context);
    const dead = await queue(stage, 'dead');
    const { sqs, QueueUrl } = await queue(stage, 'looks', { RedrivePolicy: redrive('dead', 2), VisibilityTimeout: '10' });
    assert.deepEqual((await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.QueueUrl }))).queueUrls, [QueueUrl]);
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    for (const expected of [1, 1, 0]) {
      assert.equal((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.length ?? 0, expected);
      await stage.pass(10);
    }
    const [message] = (await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead.QueueUrl, MessageSystemAttributeNames: ['All'] }))).Messages ?? [];
    assert.deepEqual([message?.MessageId, message?.Attributes?.DeadLetterQueueSourceArn], [MessageId, `arn:aws:sqs:us-east-1:${HOME}:looks`]);
  });

  it('is forgotten when it has been kept long enough, or purged', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks', { MessageRetentionPeriod: '60' });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await stage.pass(61);
    assert.equal((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages, undefined);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    assert.equal((await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages, undefined);
    assert.equal((await refusal(sqs.send(new PurgeQueueCommand({ QueueUrl })))).name, 'PurgeQueueInProgress');
  });

  it('ends a long poll when it comes, and none ends it in time', async (context) => {
    const stage = await startAws(context, { speed: 'max' });
    const { sqs, QueueUrl } = await queue(stage, 'looks');
    const poll = () => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 7 }));
    const began = stage.world.clock.now();
    assert.equal((await poll()).Messages?.length, 1);
    assert.equal(stage.world.clock.now() - began, 7000);
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    assert.equal((await poll()).Messages, undefined);
    assert.equal(stage.world.clock.now() - began, 27_000);
  });

  it('goes to the first of those who wait, the next to the next', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks');
    for (const [MessageBody, DelaySeconds] of [['a', 5], ['b', 9]] as const) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
    const polls = [1, 2].map(() => sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })));
    while ((await stage.get('/_sim/calls')).body['sqs:ReceiveMessage'] !== 2) await new Promise((resolve) => setImmediate(resolve));
    await stage.pass(10);
    const bodies = (await Promise.all(polls)).map(({ Messages }) => Messages?.map(({ Body }) => Body).join());
    assert.deepEqual(bodies.sort(), ['a', 'b']);
  });

  it('is sent and deleted in batches', async (context) => {
    const { sqs, QueueUrl } = await queue(await startAws(context), 'looks');
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'b', MessageBody: '\u0001' }] }));
    assert.deepEqual([sent.Successful?.map(({ Id }) => Id), sent.Failed?.map(({ Id, SenderFault }) => [Id, SenderFault])], [['a'], [['b', true]]]);
    const [message] = (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
    const gone = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle }, { Id: 'b', ReceiptHandle: 'x' }] }));
    assert.deepEqual([gone.Successful?.map(({ Id }) => Id), gone.Failed?.map(({ Id }) => Id)], [['a'], ['b']]);
  });
});

describe('A subscriber', () => {
  it('gets every message once when it takes them, in batches of its size, each after its delay', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks');
    const got: { at: number; bodies: string[] }[] = [];
    const began = stage.world.clock.now();
    stage.aws.sqs.subscribe('looks', { batchSize: 2 }, (records) => {
      got.push({ at: (stage.world.clock.now() - began) / 1000, bodies: records.map(({ body }) => body) });
      return Promise.resolve();
    });
    for (const [MessageBody, DelaySeconds] of [['late', 60], ['a', 5], ['b', 5], ['c', 5]] as const) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
    await stage.pass(300);
    assert.deepEqual(got, [{ at: 5, bodies: ['a', 'b'] }, { at: 5, bodies: ['c'] }, { at: 60, bodies: ['late'] }]);
  });

  it('gets again what it named as failed, and only that, when the visibility timeout has passed', async (context) => {
    const stage = await startAws(context);
    const { sqs, QueueUrl } = await queue(stage, 'looks', { VisibilityTimeout: '30' });
    const got: string[] = [];
    const began = stage.world.clock.now();
    stage.aws.sqs.subscribe('looks', { batchSize: 10 }, (records) => {
      got.push(...records.map(({ body, attributes }) => `${(stage.world.clock.now() - began) / 1000} ${body} ${attributes['ApproximateReceiveCount']}`));
      return Promise.resolve({ batchItemFailures: records.filter(({ body, attributes }) => body === 'bad' && attributes['ApproximateReceiveCount'] === '1').map(({ messageId }) => ({ itemIdentifier: messageId })) });
    });
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'good' }, { Id: 'b', MessageBody: 'bad' }] }));
    await stage.pass(300);
    assert.deepEqual(got, ['0 good 1', '0 bad 1', '30 bad 2']);
  });

  it('that throws, or names nobody’s message, gets the whole batch again until the dead letters have it', async (context) => {
    for (const fail of [() => Promise.reject(new Error('broken')), () => Promise.resolve({ batchItemFailures: [{ itemIdentifier: 'nobody' }] })]) {
      const stage = await startAws(context);
      const dead = await queue(stage, 'dead');
      const { sqs, QueueUrl } = await queue(stage, 'looks', { RedrivePolicy: redrive('dead', 3), VisibilityTimeout: '10' });
      let calls = 0;
      stage.aws.sqs.subscribe('looks', { batchSize: 10 }, () => {
        calls += 1;
        return fail();
      });
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'b', MessageBody: 'y' }] }));
      await stage.pass(300);
      assert.equal(calls, 3);
      assert.equal((await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead.QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.length, 2);
    }
  });

  it('gets after a restart what was delayed or held when the process ended', async (context) => {
    const disk = new Disk(':memory:');
    const first = await startAws(context, { disk });
    const { sqs, QueueUrl } = await queue(first, 'looks', { VisibilityTimeout: '30' });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'held' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'delayed', DelaySeconds: 60 }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const second = await startAws(context, { disk });
    const got: string[] = [];
    second.aws.sqs.subscribe('looks', { batchSize: 10 }, (records) => Promise.resolve(void got.push(...records.map(({ body }) => body))));
    second.aws.resume();
    await second.pass(29);
    assert.deepEqual(got, []);
    await second.pass(31);
    assert.deepEqual(got, ['held', 'delayed']);
  });

  it('stays with its subscriber while that is at work, however fast virtual time flies', async (context) => {
    const stage = await startAws(context, { speed: 100_000 });
    const { sqs, QueueUrl } = await queue(stage, 'looks', { VisibilityTimeout: '30' });
    const counts: unknown[] = [];
    const taken = new Promise<void>((done) => {
      stage.aws.sqs.subscribe('looks', { batchSize: 1 }, async ([record]) => {
        counts.push(record?.attributes['ApproximateReceiveCount']);
        const late = stage.world.clock.now() + 600_000;
        while (stage.world.clock.now() < late) await new Promise((turn) => setImmediate(turn));
        done();
      });
    });
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'once' }));
    await taken;
    await stage.world.clock.idle();
    assert.deepEqual(counts, ['1']);
    assert.equal((await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }))).Attributes?.['ApproximateNumberOfMessagesNotVisible'], '0');
  });

  it('loses nothing and keeps nothing, whatever fails in between', async (context) => {
    const step = fc.record({ body: fc.integer({ min: 0, max: 9 }), delay: fc.integer({ min: 0, max: 100 }), failures: fc.integer({ min: 0, max: 2 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (steps, batchSize) => {
        const stage = await startAws(context);
        const { sqs, QueueUrl } = await queue(stage, 'looks', { VisibilityTimeout: '20' });
        const taken: string[] = [];
        stage.aws.sqs.subscribe('looks', { batchSize }, (records) => {
          const isFailing = (body: string, count: string | undefined): boolean => Number(count) <= (steps[Number(body)]?.failures ?? 0);
          const [failed, done] = [records.filter((record) => isFailing(record.body, record.attributes['ApproximateReceiveCount'])), records.filter((record) => !isFailing(record.body, record.attributes['ApproximateReceiveCount']))];
          taken.push(...done.map(({ body }) => body));
          return Promise.resolve({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });
        });
        for (const [index, { delay }] of steps.entries()) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: String(index), DelaySeconds: delay }));
        await stage.pass(600);
        assert.deepEqual(taken.map(Number).sort((a, b) => a - b), steps.map((_, index) => index));
        assert.equal((await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }))).Attributes?.['ApproximateNumberOfMessages'], '0');
      }),
      { numRuns: 15, seed: 7 },
    );
  });
});
