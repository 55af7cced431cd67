import type { Timer } from '../../clock.ts';
import type { World } from '../service.ts';
import { redriveOf } from './attributes.ts';
import { md5, Queues } from './queues.ts';
import type { MessageRecord, QueueRecord } from './queues.ts';

/** A message as Lambda hands it to a function. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export type Deliver = (records: SqsRecord[]) => Promise<{ batchItemFailures: readonly { itemIdentifier: string }[] } | void>;

interface Subscription {
  readonly batchSize: number;
  readonly deliver: Deliver;
  running: number;
}

interface Waiter {
  readonly limit: number;
  readonly visibilitySeconds: number;
  readonly until: number;
  readonly timer: Timer;
  readonly resolve: (messages: MessageRecord[]) => void;
}

/** Batches of one queue that are with its subscriber at the same time: an event source mapping begins with five. */
const CONCURRENT_BATCHES_MAX = 5;

/** Who gets which message when: receivers that ask, receivers that wait, and subscribers. All in virtual time. */
export class Delivery {
  readonly #world: World;
  readonly #queues: Queues;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #waiters = new Map<string, Waiter[]>();
  readonly #timers = new Map<string, Timer>();
  /** Numbers of the messages that a subscriber is at work on in this process. */
  readonly #inWork = new Set<number>();

  constructor(world: World, queues: Queues) {
    this.#world = world;
    this.#queues = queues;
  }

  subscribe(key: string, batchSize: number, deliver: Deliver): void {
    this.#subscriptions.set(key, { batchSize, deliver, running: 0 });
    this.arm(key);
  }

  /** Arms every subscription from what is on the disk. */
  resume(): void {
    for (const key of this.#subscriptions.keys()) this.arm(key);
  }

  /** Takes what can be received now: it is invisible to others for `visibilitySeconds`. What was received too often goes to the dead letters instead. */
  receive(queue: QueueRecord, limit: number, visibilitySeconds: number): MessageRecord[] {
    const key = Queues.key(queue);
    const now = this.#world.clock.now();
    this.#queues.expire(key, now - Number(queue.attributes['MessageRetentionPeriod']) * 1000);
    const redrive = redriveOf(queue.attributes['RedrivePolicy']);
    const target = redrive === undefined ? undefined : this.#queues.queueByArn(redrive.deadLetterTargetArn);
    const taken: MessageRecord[] = [];
    while (taken.length < limit) {
      const [message] = this.#queues.visible(key, now, 1);
      if (message === undefined) break;
      // A function is work by the machine's clock. On AWS it ends long before the timeout, however fast time is played here.
      if (this.#inWork.has(message.number)) {
        this.#queues.update({ ...message, visibleAt: now + Math.max(Number(queue.attributes['VisibilityTimeout']), 1) * 1000 });
        continue;
      }
      if (redrive !== undefined && target !== undefined && message.receives >= redrive.maxReceiveCount) {
        this.#queues.update({ ...message, queue: Queues.key(target), visibleAt: now, receipt: '', deadLetterSource: queue.arn });
        this.arm(Queues.key(target));
        continue;
      }
      const received = {
        ...message,
        receives: message.receives + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
        // A timeout of nothing leaves it visible, but not for this very receive again.
        visibleAt: now + Math.max(visibilitySeconds * 1000, 1),
        receipt: `${message.number}.${this.#world.newId()}`,
      };
      this.#queues.update(received);
      taken.push(received);
    }
    return taken;
  }

  /** A long poll: the messages when there are some, none when `waitSeconds` have passed. */
  wait(queue: QueueRecord, limit: number, visibilitySeconds: number, waitSeconds: number): Promise<MessageRecord[]> {
    const key = Queues.key(queue);
    return new Promise((resolve) => {
      const until = this.#world.clock.now() + waitSeconds * 1000;
      const timer = this.#world.clock.at(until, () => this.#serve(key));
      this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), { limit, visibilitySeconds, until, timer, resolve }]);
      this.arm(key);
    });
  }

  /** Looks at a queue again at the moment its next message can be received, if anybody waits there. Call it after every change. */
  arm(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const subscription = this.#subscriptions.get(key);
    const subscribed = subscription !== undefined && subscription.running < CONCURRENT_BATCHES_MAX;
    if (!subscribed && (this.#waiters.get(key) ?? []).length === 0) return;
    const at = this.#queues.nextVisibleAt(key);
    if (at === undefined) return;
    this.#timers.set(
      key,
      this.#world.clock.at(at, () => this.#serve(key)),
    );
  }

  #serve(key: string): void {
    const queue = this.#queues.queue(key);
    this.#world.disk.transaction(() => {
      this.#serveWaiters(key, queue);
      if (queue !== undefined) this.#serveSubscription(key, queue);
    });
    this.arm(key);
  }

  #serveWaiters(key: string, queue: QueueRecord | undefined): void {
    const now = this.#world.clock.now();
    const still = (this.#waiters.get(key) ?? []).filter((waiter) => {
      const messages = queue === undefined ? [] : this.receive(queue, waiter.limit, waiter.visibilitySeconds);
      if (messages.length === 0 && now < waiter.until && queue !== undefined) return true;
      waiter.timer.cancel();
      waiter.resolve(messages);
      return false;
    });
    this.#waiters.set(key, still);
  }

  #serveSubscription(key: string, queue: QueueRecord): void {
    const subscription = this.#subscriptions.get(key);
    if (subscription === undefined) return;
    while (subscription.running < CONCURRENT_BATCHES_MAX) {
      const messages = this.receive(queue, subscription.batchSize, Number(queue.attributes['VisibilityTimeout']));
      if (messages.length === 0) return;
      subscription.running += 1;
      for (const { number } of messages) this.#inWork.add(number);
      void this.#world.clock.during(async () => {
        await this.#deliver(queue, messages, subscription.deliver);
        for (const { number } of messages) this.#inWork.delete(number);
        subscription.running -= 1;
        this.arm(key);
      });
    }
  }

  /** Deletes what the subscriber took; the rest is visible again when its timeout has passed. */
  async #deliver(queue: QueueRecord, messages: readonly MessageRecord[], deliver: Deliver): Promise<void> {
    let failed: ReadonlySet<string> | 'all';
    try {
      const answer = await deliver(messages.map((message) => recordOf(queue, message)));
      const identifiers = (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
      // An identifier that is nobody's fails the whole batch, as in Lambda.
      failed = identifiers.every((identifier) => messages.some(({ messageId }) => messageId === identifier)) ? new Set(identifiers) : 'all';
    } catch {
      // The subscriber has told its own failure; here it only means that the messages come back.
      failed = 'all';
    }
    if (failed === 'all') return;
    const done = messages.filter(({ messageId }) => !failed.has(messageId));
    this.#world.disk.transaction(() => {
      for (const { number, receipt } of done) if (this.#queues.message(number)?.receipt === receipt) this.#queues.delete(number);
    });
  }
}

/** What SQS tells about a message besides its body. */
export function systemAttributes(message: MessageRecord): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentAt),
    SenderId: message.senderId,
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    ...(message.deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
  };
}

function recordOf(queue: QueueRecord, message: MessageRecord): SqsRecord {
  const attributes = Object.entries(message.attributes).map(([name, attribute]) => [
    name,
    {
      ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
      ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ]);
  return {
    messageId: message.messageId,
    receiptHandle: handleOf(message),
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes) as Record<string, unknown>,
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: queue.region,
  };
}

/** The receipt handle names the queue, the message and the receive. */
export function handleOf(message: MessageRecord): string {
  return Buffer.from(`${message.queue} ${message.receipt}`).toString('base64');
}
