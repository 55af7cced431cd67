import { explainFailure } from './explain-failure.ts';
import type { Step, Terms } from './operation.ts';

/** Tries of a roll beyond the first, at most, whatever is asked. */
export const NODEGROUP_RETRIES_MAX = 3;
/** Before each further try the pause is longer: what time mends (a budget, a sold-out type) rarely mends in a minute. */
const RETRY_PAUSES_SECONDS = [300, 900, 2700] as const;

export type AfterFailedRoll =
  | { readonly kind: 'retry'; readonly afterSeconds: number; readonly because: string }
  | { readonly kind: 'stop'; readonly because: string };

/**
 * What becomes of an upgrade whose node group failed to roll: tried again by itself, if the ask lets it and the failure is one that
 * time may mend, or stopped for people. `attempts` counts the tries that have failed, this one included. Force is never decided
 * here: it is an approver's.
 */
export function decideAfterFailedRoll(step: Step, terms: Pick<Terms, 'nodegroupRetries'>, attempts: number): AfterFailedRoll {
  const code = step.error?.code ?? 'StepFailed';
  if (step.kind !== 'upgrade-nodegroup' && step.kind !== 'refresh-instances') return { kind: 'stop', because: `${step.title} failed with ${code}, and only rolls of nodes are tried again by themselves.` };
  const { policy } = explainFailure(step.error ?? { code, message: '' }, { cluster: '', region: '', clusterId: '', to: '', stepKind: step.kind, subject: step.subject });
  if (policy === 'mend-first') return { kind: 'stop', because: `${step.subject} failed with ${code}, which fails again until somebody has mended it.` };
  if (policy === 'stop') return { kind: 'stop', because: `${step.subject} failed with ${code}, from which this group does not come back.` };
  const allowed = Math.min(terms.nodegroupRetries ?? 0, NODEGROUP_RETRIES_MAX);
  if (attempts > allowed) {
    return { kind: 'stop', because: allowed === 0 ? `${step.subject} failed with ${code}, and the upgrade asked for no further tries.` : `${step.subject} failed with ${code} ${attempts} times, as often as the upgrade lets it be tried.` };
  }
  const afterSeconds = RETRY_PAUSES_SECONDS[Math.max(0, attempts - 1)] ?? RETRY_PAUSES_SECONDS[2];
  return { kind: 'retry', afterSeconds, because: `${step.subject} failed with ${code}, which may pass: try ${attempts + 1} of ${allowed + 1} in ${afterSeconds / 60} minutes.` };
}

/** A failed roll as it is tried again: the next attempt, of which nothing has begun. */
export function nextAttempt(step: Step): Step {
  const { updateId: _update, adopted: _adopted, intentAt: _intent, startedAt: _started, endedAt: _ended, error: _error, outcome: _outcome, ...planned } = step;
  return { ...planned, state: 'Pending', attempt: Math.max(1, step.attempt) + 1 };
}

/** When a failed roll may be tried again, epoch ms, and why; undefined where it is not, or has not failed. */
export function triedAgainAt(step: Step, terms: Pick<Terms, 'nodegroupRetries'>): { readonly at: number; readonly because: string } | undefined {
  if (step.state !== 'Failed' || step.endedAt === undefined) return undefined;
  const after = decideAfterFailedRoll(step, terms, Math.max(1, step.attempt));
  return after.kind === 'retry' ? { at: Date.parse(step.endedAt) + after.afterSeconds * 1000, because: after.because } : undefined;
}
