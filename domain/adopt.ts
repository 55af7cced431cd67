import type { UpdateFacts } from './facts.ts';
import { movesControlPlane } from './look-needed.ts';
import type { Step } from './operation.ts';
import type { Hop } from './plan.ts';
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

/**
 * The control plane's update of somebody else that a hop waits for before it begins anything, if one is under way. Where the hop begins
 * with the control plane itself its step judges that: it takes the update over, or waits for it.
 */
export function foreignBefore(hop: Hop, updates: readonly UpdateFacts[]): Extract<Foreign, { kind: 'wait' }> | undefined {
  const [first] = hop.steps;
  const [update] = updates;
  if (first === undefined || update === undefined || movesControlPlane(first)) return undefined;
  const { updateId, type, createdAt } = update;
  return { kind: 'wait', updateId, because: `The control plane is held by another update: ${type} ${updateId}, begun ${createdAt}. What is left is planned when it has ended.` };
}

/**
 * The hop without what was to be done before its control plane, where somebody else moves that already as was planned: there is no
 * before any more. What add-ons lack then is planned after it.
 */
export function hopTakenOver(hop: Hop, updates: readonly UpdateFacts[]): Hop {
  const place = hop.steps.findIndex(movesControlPlane);
  const move = hop.steps[place];
  const isTaken = move !== undefined && updates.some((update) => matches(move, update));
  return isTaken ? { ...hop, steps: hop.steps.slice(place) } : hop;
}

/** Which of the updates that EKS lists is the one that this step's lost answer had begun, if any. `updates` began at or after the intent. */
export function findOwnUpdate(step: Step, updates: readonly UpdateFacts[]): UpdateFacts | undefined {
  return updates.find((update) => update.status !== 'Failed' && update.status !== 'Cancelled' && matches(step, update));
}

function matches(step: Pick<Step, 'kind' | 'to'>, update: UpdateFacts): boolean {
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
