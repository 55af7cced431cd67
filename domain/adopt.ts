import type { UpdateFacts } from './facts.ts';
import type { Step } from './operation.ts';
import type { InstanceRefreshFacts } from './readiness-facts.ts';

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
    case 'rollback-control-plane':
      return update.type === 'VersionRollback' && update.params['Version'] === step.to;
    case 'upgrade-nodegroup':
      return update.type === 'VersionUpdate' && (update.params['Version'] === undefined || update.params['Version'] === step.to);
    case 'upgrade-addon':
      return update.type === 'AddonUpdate' && update.params['AddonVersion'] === step.to;
    default:
      return false;
  }
}

/** Statuses of an instance refresh that holds its group (source: Auto Scaling API reference, InstanceRefresh). */
const REFRESH_UNDER_WAY: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking']);

export function isUnderWay(refresh: InstanceRefreshFacts): boolean {
  return REFRESH_UNDER_WAY.has(refresh.status);
}

/** Judges an instance refresh that holds the group of `step`: it is the step's if it brings the same version of the launch template. */
export function judgeForeignRefresh(step: Step, refresh: InstanceRefreshFacts): Foreign {
  const { refreshId, startedAt = 'a while ago' } = refresh;
  return brings(step, refresh)
    ? { kind: 'adopt', updateId: refreshId, because: `A refresh to the same version was already under way (${refreshId}, begun ${startedAt}).` }
    : { kind: 'wait', updateId: refreshId, because: `Another instance refresh holds it: ${refreshId}, begun ${startedAt}.` };
}

/** The refresh that this step's lost answer had begun, if any: Auto Scaling takes no token, so what it brings and when it began must tell. */
export function findOwnRefresh(step: Step, refreshes: readonly InstanceRefreshFacts[], intentAt: string): InstanceRefreshFacts | undefined {
  return refreshes.find((refresh) => brings(step, refresh) && (refresh.startedAt ?? intentAt) >= intentAt && (isUnderWay(refresh) || refresh.status === 'Successful'));
}

function brings(step: Step, refresh: InstanceRefreshFacts): boolean {
  const wanted = step.parameters?.['launchTemplateVersion'];
  return refresh.launchTemplateVersion === (wanted === undefined ? undefined : String(wanted));
}
