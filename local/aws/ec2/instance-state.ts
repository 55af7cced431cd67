import type { InstanceStateName } from '@aws-sdk/client-ec2';
import type { InstanceRecord } from './records.ts';

/** How long an instance is `pending` and `shutting-down`: about what one sees on AWS, which promises nothing. */
export const PENDING_SECONDS = 15;
export const SHUTTING_DOWN_SECONDS = 30;
/** A terminated instance is shown for about an hour. Source: EC2 user guide, "Terminate Amazon EC2 instances". */
const REMEMBERED_SECONDS = 3600;

const CODES: Readonly<Record<string, number>> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 };

/** Nobody has asked for its end. */
export function isLive(instance: InstanceRecord): boolean {
  return instance.terminatedAt === undefined;
}

/** What an instance is at a moment; `forgotten` when EC2 tells of it no more. */
export function stateAt(instance: InstanceRecord, now: number): InstanceStateName | 'forgotten' {
  const { launchedAt, terminatedAt } = instance;
  if (terminatedAt === undefined) return now < launchedAt + PENDING_SECONDS * 1000 ? 'pending' : 'running';
  if (now < terminatedAt + SHUTTING_DOWN_SECONDS * 1000) return 'shutting-down';
  return now < terminatedAt + REMEMBERED_SECONDS * 1000 ? 'terminated' : 'forgotten';
}

export function stateView(name: InstanceStateName): { readonly Code: number; readonly Name: InstanceStateName } {
  return { Code: CODES[name] ?? 0, Name: name };
}
