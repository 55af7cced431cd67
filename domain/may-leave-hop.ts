import { isShut, lastBegunHop } from './gates.ts';
import { bakesNow } from './held-steps.ts';
import type { MayBegin } from './may-begin.ts';
import type { Operation, Step } from './operation.ts';

const MINUTE_MS = 60_000;

/**
 * Whether an upgrade may leave the hop that it has just done, or go on to its nodes where they are held: once it has baked, and was
 * approved where that was asked. A hop that did not come to a good end has nothing to bake. `healthyAt` is when everything was seen well again, epoch ms.
 */
export function mayLeaveHop(operation: Operation, steps: readonly Step[], healthyAt: number, now: number): MayBegin {
  const hop = lastBegunHop(steps);
  if (hop === undefined || !bakesNow(hop, steps, operation.terms)) return { kind: 'yes' };
  const bakedAt = healthyAt + (operation.terms?.bakeMinutes ?? 0) * MINUTE_MS;
  if (operation.turnBack !== undefined && operation.cancel === undefined) return { kind: 'no', error: 'AlarmFired', because: operation.turnBack.reason ?? 'An alarm fired.' };
  const shut = isShut(operation, 'afterBake', hop);
  if (now >= bakedAt && !shut) return { kind: 'yes' };
  if (operation.cancel !== undefined) return { kind: 'no', error: 'OperationCancelled', because: `Cancelled by ${operation.cancel.by}.` };
  if (operation.pause !== undefined) return { kind: 'hold', wait: 'Paused', because: `Paused by ${operation.pause.by}${operation.pause.reason === undefined ? '' : `: ${operation.pause.reason}`}.` };
  if (now < bakedAt) return { kind: 'hold', wait: 'Bake', until: bakedAt, because: `The hop to ${hop} is done, and bakes for ${operation.terms?.bakeMinutes} minutes.` };
  return { kind: 'hold', wait: 'Approval', because: `The hop to ${hop} has to be approved (gate afterBake) before the upgrade goes on.` };
}
