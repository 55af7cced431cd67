import type { UpdateFacts } from './facts.ts';
import type { Step } from './operation.ts';

/** What another update under way means for a step that wants to begin. */
export type Foreign =
  /** It does what the step was going to do: watch it as ours. */
  | { readonly kind: 'adopt'; readonly updateId: string; readonly because: string }
  /** It does something else: wait for its end, then begin. */
  | { readonly kind: 'wait'; readonly updateId: string; readonly because: string };

/**
 * Judges an update that EKS lists while `step` has none of its own. Type and parameters must be the step's; an update is
 * never fought, and EKS cannot be told to stop it.
 */
export function judgeForeign(step: Step, update: UpdateFacts): Foreign {
  const same = matches(step, update);
  return same
    ? { kind: 'adopt', updateId: update.updateId, because: `An update to ${step.to ?? 'the same state'} was already under way (${update.updateId}, begun ${update.createdAt}).` }
    : { kind: 'wait', updateId: update.updateId, because: `Another update holds it: ${update.type} ${update.updateId}, begun ${update.createdAt}.` };
}

/** Which of the updates that EKS lists is the one that this step's lost answer had begun, if any. `updates` began at or after the intent. */
export function findOwnUpdate(step: Step, updates: readonly UpdateFacts[]): UpdateFacts | undefined {
  return updates.find((update) => update.status !== 'Failed' && update.status !== 'Cancelled' && matches(step, update));
}

function matches(step: Step, update: UpdateFacts): boolean {
  switch (step.kind) {
    case 'upgrade-control-plane':
      return update.type === 'VersionUpdate' && update.params['Version'] === step.to;
    case 'upgrade-nodegroup':
      return update.type === 'VersionUpdate' && (update.params['Version'] === undefined || update.params['Version'] === step.to);
    case 'upgrade-addon':
      return update.type === 'AddonUpdate' && update.params['AddonVersion'] === step.to;
    default:
      return false;
  }
}
