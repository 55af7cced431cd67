import { AwsError, type Call, type World } from '../service.ts';
import type { Collection } from '../../disk.ts';

export interface QueueRecord {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

export interface MessageRecord {
  readonly messageId: string;
  readonly body: string;
  readonly md5: string;
  readonly sentAt: number;
  /** Epoch ms from which it may be received: after its delay, or after the visibility timeout of its last receipt. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  /** The receipt of its last delivery. */
  readonly receipt?: string;
}

/** Queues and their messages, on disk. Messages sort by the moment from which they may be received. */
export class Queues {
  readonly #queues: Collection<QueueRecord>;
  readonly #messages: Collection<MessageRecord>;

  constructor(world: World) {
    this.#queues = world.disk.collection('sqs-queues');
    this.#messages = world.disk.collection('sqs-messages');
  }

  list(accountId: string, region: string): QueueRecord[] {
    return this.#queues.list(`${accountId}/${region}/`);
  }

  find(accountId: string, region: string, name: string): QueueRecord | undefined {
    return this.#queues.get(`${accountId}/${region}/${name}`);
  }

  /** The queue of a URL, told by its last two parts, whatever host it was written with. */
  byUrl(url: string | undefined, call: Call): QueueRecord {
    const [accountId = '', name = ''] = (url ?? '').split('/').slice(-2);
    const found = this.find(accountId, call.region, name);
    if (found === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', 400);
    return found;
  }

  byArn(arn: string): QueueRecord | undefined {
    const [, , , region = '', accountId = '', name = ''] = arn.split(':');
    return this.find(accountId, region, name);
  }

  put(queue: QueueRecord): void {
    this.#queues.put(keyOf(queue), queue);
  }

  delete(queue: QueueRecord): void {
    this.#queues.delete(keyOf(queue));
    for (const [key] of this.#messages.entries(`${keyOf(queue)}/`)) this.#messages.delete(key);
  }

  messages(queue: QueueRecord): MessageRecord[] {
    return this.#messages.list(`${keyOf(queue)}/`);
  }

  putMessage(queue: QueueRecord, message: MessageRecord): void {
    this.#messages.put(`${keyOf(queue)}/${message.messageId}`, message);
  }

  message(queue: QueueRecord, messageId: string): MessageRecord | undefined {
    return this.#messages.get(`${keyOf(queue)}/${messageId}`);
  }

  deleteMessage(queue: QueueRecord, messageId: string): void {
    this.#messages.delete(`${keyOf(queue)}/${messageId}`);
  }
}

export function queueArn(queue: QueueRecord): string {
  return `arn:aws:sqs:${queue.region}:${queue.accountId}:${queue.name}`;
}

export function visibilitySeconds(queue: QueueRecord): number {
  return Number(queue.attributes['VisibilityTimeout'] ?? '30');
}

function keyOf(queue: Pick<QueueRecord, 'accountId' | 'region' | 'name'>): string {
  return `${queue.accountId}/${queue.region}/${queue.name}`;
}
