import type { OperationRecord, Ports } from '../aws/ports.ts';
import { withIntent } from '../domain/new-operation.ts';
import type { Intent, Operation } from '../domain/operation.ts';
import { refuse, type Refusal } from '../domain/refusal.ts';
import { accepted, type Outcome } from './answers.ts';
import type { Ask } from './route.ts';

type Asked = Pick<Ask<string, unknown, { readonly reason?: string | undefined }>, 'caller' | 'now' | 'nowMs' | 'requestId' | 'body' | 'remember'>;

/** Who asks, why and when, to be noted on an operation. */
export function intentOf({ caller, body, now }: Pick<Asked, 'caller' | 'body' | 'now'>): Intent {
  return { by: caller.sub, ...(body.reason === undefined ? {} : { reason: body.reason }), at: now };
}

/** Notes a wish to cancel or pause. Commands write intent, looks and the next step obey it. */
export async function recordIntent(ask: Asked, ports: Ports, record: OperationRecord, which: 'cancel' | 'pause'): Promise<Outcome> {
  const { operation, steps } = record;
  if (operation.endedAt !== undefined) return notActive(operation);
  const intent = intentOf(ask);
  const answer = accepted(withIntent(operation, which, intent), steps);
  const written = await ports.store.recordIntent(operation.id, which, intent, ask.remember(answer));
  if (written.kind === 'answered') return written;
  if (written.kind === 'ended') return notActive(written.operation);
  await lookAtWaits(ask, ports, record);
  return answer;
}

/**
 * Has every wait looked at that may end by what was just written. EKS's own work for us cannot be told to stop, so its waits
 * keep their time; a rollback alone may be, where EKS lets it. A look that could not be queued is made up for by the schedule, at the wait's own time.
 */
export async function lookAtWaits({ nowMs, requestId }: Pick<Asked, 'nowMs' | 'requestId'>, { looks, log }: Ports, { operation, steps, waits }: OperationRecord): Promise<void> {
  const mayStop = new Set(steps.filter((step) => step.kind === 'rollback-control-plane').map((step) => step.id));
  const waiting = waits.filter((wait) => wait.kind !== 'EksUpdate' || wait.foreignUpdateId !== undefined || mayStop.has(wait.stepId));
  try {
    await Promise.all(waiting.map((wait) => looks.queue(wait, nowMs, nowMs)));
  } catch (error) {
    log.warn('A look could not be queued; the schedule will', { requestId, operation: operation.id, cluster: operation.clusterId, error: String(error) });
  }
}

export function notActive(operation: Operation): Refusal {
  return refuse('operation-not-active', `Operation ${operation.id} has ended: ${operation.state}.`);
}
