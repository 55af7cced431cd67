import type { AccessEntry, Cluster } from './cluster.ts';
import type { Operation, Step } from './operation.ts';

/** The access entries that an operation asks for; none when it is about something else. */
export function accessAsked({ request }: Pick<Operation, 'request'>): readonly AccessEntry[] {
  return (request['access'] as readonly AccessEntry[] | undefined) ?? [];
}

/**
 * Who can get in once these steps have come to what they came to. EKS is not asked for its entries, so the record changes only by
 * what a step is known to have done: an operation that stops halfway leaves it true, and a retry plans the rest.
 */
export function accessAfter(cluster: Pick<Cluster, 'access'>, operation: Pick<Operation, 'request'>, steps: readonly Step[]): readonly AccessEntry[] {
  const entries = new Map(cluster.access.map((entry) => [entry.principalArn, entry]));
  const asked = new Map(accessAsked(operation).map((entry) => [entry.principalArn, entry]));
  for (const { kind, subject, parameters } of steps.filter((step) => step.state === 'Succeeded').sort((a, b) => a.order - b.order)) {
    const removed = parameters?.['removeAccessEntry'];
    if (typeof removed === 'string') entries.delete(removed);
    const given = kind === 'create-access-entry' || kind === 'change-access-entry' ? asked.get(subject) : undefined;
    if (given !== undefined) entries.set(subject, given);
  }
  return [...entries.values()];
}
