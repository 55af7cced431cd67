import { AwsError } from '../service.ts';
import type { Queues } from './queues.ts';

/** A queue's settings: which there are, their bounds and defaults. Source: SQS API reference, CreateQueue. */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly byDefault: string;
}

const NUMBERS: Readonly<Record<string, Bounds>> = {
  DelaySeconds: { min: 0, max: 900, byDefault: '0' },
  MaximumMessageSize: { min: 1024, max: 1_048_576, byDefault: '1048576' },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, byDefault: '345600' },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, byDefault: '0' },
  VisibilityTimeout: { min: 0, max: 43_200, byDefault: '30' },
  KmsDataKeyReusePeriodSeconds: { min: 60, max: 86_400, byDefault: '300' },
};
/** Kept and shown; they change nothing that can be seen here. */
const KEPT = ['SqsManagedSseEnabled', 'KmsMasterKeyId', 'RedriveAllowPolicy'];
const UNSUPPORTED = ['Policy', 'FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export const ATTRIBUTE_DEFAULTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(NUMBERS).filter(([name]) => !name.startsWith('Kms')).map(([name, { byDefault }]) => [name, byDefault])),
  SqsManagedSseEnabled: 'true',
};

/** The attributes as they are kept. An empty text unsets a policy. Throws InvalidAttributeName and InvalidAttributeValue. */
export function checkedAttributes(queues: Queues, asked: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, checked(queues, name, value)]));
}

function checked(queues: Queues, name: string, value: string): string {
  if (UNSUPPORTED.includes(name)) throw new AwsError('NotImplemented', `The simulated AWS does not support the queue attribute ${name}.`, 501);
  const bounds = NUMBERS[name];
  if (bounds !== undefined) {
    const number = Number(value);
    if (value.trim() === '' || !Number.isInteger(number) || number < bounds.min || number > bounds.max) throw invalidValue(name);
    return String(number);
  }
  if (name === 'RedrivePolicy') return value === '' ? '' : checkedRedrive(queues, value);
  if (!KEPT.includes(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, 400);
  return value;
}

function checkedRedrive(queues: Queues, value: string): string {
  const policy = redriveOf(value);
  if (policy === undefined) throw new AwsError('InvalidAttributeValue', `Value ${value} for parameter RedrivePolicy is invalid. Reason: Redrive policy is not a valid JSON map of deadLetterTargetArn and maxReceiveCount (1 to 1000).`, 400);
  if (queues.queueByArn(policy.deadLetterTargetArn) === undefined) {
    throw new AwsError('InvalidAttributeValue', `Value ${value} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`, 400);
  }
  return JSON.stringify({ deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount: policy.maxReceiveCount });
}

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export function redriveOf(text: string | undefined): Redrive | undefined {
  if (text === undefined || text === '') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { deadLetterTargetArn, maxReceiveCount } = (parsed ?? {}) as { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  const count = Number(maxReceiveCount);
  return typeof deadLetterTargetArn === 'string' && Number.isInteger(count) && count >= 1 && count <= 1000 ? { deadLetterTargetArn, maxReceiveCount: count } : undefined;
}

/** A number in a request, within its bounds. */
export function within(name: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < min || value > max)) {
    throw new AwsError('InvalidParameterValue', `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`, 400);
  }
}

function invalidValue(name: string): AwsError {
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, 400);
}
