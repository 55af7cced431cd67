import { HOME_ACCOUNT_ID, HOME_REGION, type World } from '../service.ts';
import { queueArn, visibilitySeconds, type MessageRecord, type QueueRecord, type Queues } from './records.ts';

/** A message as Lambda's event source mapping hands it to a function. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, never>>;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export type Deliver = (records: SqsRecord[]) => Promise<{ batchItemFailures: { itemIdentifier: string }[] } | void>;

interface Subscription {
  readonly batchSize: number;
  readonly deliver: Deliver;
}

/** Who receives a queue's messages and when: visibility, receipts, dead letters, and the event source mapping. */
export class Delivery {
  readonly #world: World;
  readonly #queues: Queues;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(world: World, queues: Queues) {
    this.#world = world;
    this.#queues = queues;
  }

  subscribe(queueName: string, batchSize: number, deliver: Deliver): void {
    this.#subscriptions.set(queueName, { batchSize, deliver });
  }

  /** Messages that may be received now, hidden for `visibilityMs`. One received too often goes to the dead letters. */
  receive(queue: QueueRecord, count: number, visibilityMs: number, now: number): MessageRecord[] {
    return this.#world.disk.transaction(() => {
      const due = this.#queues
        .messages(queue)
        .filter((message) => message.visibleAt <= now)
        .sort((a, b) => a.visibleAt - b.visibleAt || a.sentAt - b.sentAt);
      const received: MessageRecord[] = [];
      for (const message of due) {
        if (received.length === count) break;
        if (this.#buryIfSpent(queue, message, now)) continue;
        const receiveCount = message.receiveCount + 1;
        const held = { ...message, receiveCount, visibleAt: now + visibilityMs, receipt: `${message.messageId}#${receiveCount}`, firstReceivedAt: message.firstReceivedAt ?? now };
        this.#queues.putMessage(queue, held);
        received.push(held);
      }
      return received;
    });
  }

  /** Has the subscriber called when a message can be received. */
  arm(queue: QueueRecord, at: number): void {
    if (queue.accountId !== HOME_ACCOUNT_ID || !this.#subscriptions.has(queue.name)) return;
    this.#world.clock.at(at, () => this.#poll(queue));
  }

  resume(): void {
    for (const queue of this.#queues.list(HOME_ACCOUNT_ID, HOME_REGION)) {
      for (const message of this.#queues.messages(queue)) this.arm(queue, message.visibleAt);
    }
  }

  async #poll(queue: QueueRecord): Promise<void> {
    const subscription = this.#subscriptions.get(queue.name);
    const current = this.#queues.find(queue.accountId, queue.region, queue.name);
    if (subscription === undefined || current === undefined) return;
    const now = this.#world.clock.now();
    const batch = this.receive(current, subscription.batchSize, visibilitySeconds(current) * 1000, now);
    if (batch.length === 0) return;
    const failed = await this.#call(subscription, current, batch);
    this.#world.disk.transaction(() => {
      for (const message of batch) {
        if (failed.has(message.messageId)) this.arm(current, message.visibleAt);
        else if (this.#queues.message(current, message.messageId)?.receipt === message.receipt) this.#queues.deleteMessage(current, message.messageId);
      }
    });
  }

  /** Which of the batch are to come back: those that the function named, or all when it threw. */
  async #call(subscription: Subscription, queue: QueueRecord, batch: readonly MessageRecord[]): Promise<Set<string>> {
    try {
      const answer = await subscription.deliver(batch.map((message) => recordOf(queue, message)));
      return new Set((answer?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier));
    } catch {
      return new Set(batch.map((message) => message.messageId));
    }
  }

  #buryIfSpent(queue: QueueRecord, message: MessageRecord, now: number): boolean {
    const policy = queue.attributes['RedrivePolicy'];
    if (policy === undefined) return false;
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as { deadLetterTargetArn: string; maxReceiveCount: number | string };
    if (message.receiveCount < Number(maxReceiveCount)) return false;
    const dead = this.#queues.byArn(deadLetterTargetArn);
    if (dead === undefined) return false;
    this.#queues.deleteMessage(queue, message.messageId);
    this.#queues.putMessage(dead, { ...message, visibleAt: now });
    return true;
  }
}

function recordOf(queue: QueueRecord, message: MessageRecord): SqsRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receipt ?? '',
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: queue.accountId,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    },
    messageAttributes: {},
    md5OfBody: message.md5,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: queue.region,
  };
}
