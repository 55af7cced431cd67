import { createHash } from 'node:crypto';
import type { Begun, OperationRecord, Ports, Session, StepEnd } from '../../aws/ports.ts';
import { findOwnRefresh, findOwnUpdate, isUnderWay, judgeForeign, judgeForeignRefresh, type Foreign } from '../../domain/adopt.ts';
import { nextAttempt, triedAgainAt } from '../../domain/failed-roll.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { missingBefore, notTried } from '../../domain/going-on.ts';
import { withMoved } from '../../domain/facts-moved.ts';
import { EKS_LOOK_MINUTES_MAX, lookedAnew, movesControlPlane } from '../../domain/look-needed.ts';
import { mayBegin, obeysPolicy } from '../../domain/may-begin.ts';
import { deadlineFor, firstLook } from '../../domain/next-look.ts';
import type { Operation, Step } from '../../domain/operation.ts';
import { withMade } from '../../domain/parts/made-after.ts';
import { PART_STEP_KINDS } from '../../domain/parts/steps-of-resource.ts';
import type { Stage } from '../../domain/plan.ts';
import { stillRight } from '../../domain/still-right.ts';
import { fail, withRecord, type TaskAnswer, type TaskEvent } from '../task.ts';
import { afterStep, onwards } from './after-step.ts';
import { dueStep } from './due-step.ts';
import { FACTS_AGE_SECONDS_MAX, readySeen, withUpdatesAsTheyAre } from './facts-of.ts';
import { UNNAMED_UPDATE, updateOf, WATCH_RESOURCE } from './look-at.ts';
import { momentOf } from './moment-of.ts';
import { hold, park, reaching, stopped } from './park.ts';
import { readCluster } from './read-cluster.ts';
import { sizeOf } from './size-of.ts';

/** How soon a begin that met a 409 without a name is tried again. */
const IN_USE_RETRY_SECONDS = 30;

/** How long AWS is asked again that does not know a role, and how often. IAM says no more than that a change takes a while; the makers of terraform-provider-aws wait as long. */
const NEW_ROLE_SECONDS_MAX = 120;
const NEW_ROLE_RETRY_SECONDS = 15;

/** A step at work: what the functions below hand to one another. */
export interface Work {
  readonly ports: Ports;
  readonly event: TaskEvent;
  readonly record: OperationRecord;
  readonly operation: Operation;
  readonly step: Step;
  readonly stages: Stage | readonly Stage[];
}

/**
 * Carries out the next step of a stage: adopts the work or begins it, stores EKS's id, then parks. Every line may be the
 * last before a crash: what was meant is written before EKS is asked, and what EKS answered before anything waits.
 */
export function carryOut(event: TaskEvent, stages: Stage | readonly Stage[], ports: Ports): Promise<TaskAnswer> {
  return withRecord<TaskEvent>((_event, _ports, record) => carryOutDue(event, stages, ports, record))(event, ports);
}

async function carryOutDue(event: TaskEvent, stages: Stage | readonly Stage[], ports: Ports, record: OperationRecord): Promise<TaskAnswer> {
  const { operation } = record;
  const due = dueStep(record.steps, stages, event, operation.terms);
  if (due === undefined) return onwards(record.steps, [stages].flat(), event);
  const again = triedAgainAt(due, operation.terms ?? {});
  const step = again === undefined ? due : nextAttempt(due);
  const work: Work = { ports, event, record, operation, step, stages };
  if (step.updateId !== undefined) return watch(work, step);

  const cluster = obeysPolicy(operation) || movesControlPlane(step) ? await ports.store.cluster(operation.clusterId) : undefined;
  const verdict = mayBegin(operation, step, record.steps, await ports.store.freeze(), await momentOf(ports, operation, step, cluster));
  return reaching(ports, event, operation, step.id, async () => {
    // What EKS may have taken from an earlier try is watched to its end, whatever stands in the way of beginning it now.
    const own = step.intentAt === undefined ? undefined : await findLostUpdate(work, step.intentAt);
    if (own !== undefined) return remember(work, own, 'found');
    if (verdict.kind === 'no') return fail(verdict.error, verdict.because);
    if (verdict.kind === 'hold') return hold(ports, event, operation, verdict, step.id);
    if (again !== undefined && again.at > ports.clock.now()) return hold(ports, event, operation, { kind: 'hold', wait: 'RollRetry', until: again.at, because: again.because }, step.id);
    const missing = missingBefore(step, record.steps);
    if (missing !== undefined) return endHere(work, { state: 'Skipped', outcome: notTried(missing) });
    return (await goneOver(work, cluster)) ?? adoptOrBegin(work);
  });
}

/** Asks once more, right before a control plane moves, which cannot be undone at once: on what was seen a short while ago, with what our own steps have moved since. */
async function goneOver({ ports, operation, record, step }: Work, cluster: Cluster | undefined): Promise<TaskAnswer | undefined> {
  if (!movesControlPlane(step) || step.intentAt !== undefined || cluster === undefined) return undefined;
  const seen = await readySeen(ports, operation, FACTS_AGE_SECONDS_MAX);
  if (seen === undefined) return fail('PlanAgain', `What was seen of the cluster is more than ${FACTS_AGE_SECONDS_MAX} seconds old.`);
  const current = await withUpdatesAsTheyAre(ports, operation, seen);
  if (current === 'absent') return fail('PlanAgain', 'EKS no longer knows the cluster.');
  const now = ports.clock.now();
  if (!lookedAnew(seen.readiness, { operationId: operation.id, movedAt: 0 }, now)) return fail('PlanAgain', `EKS began its last look at the cluster more than ${EKS_LOOK_MINUTES_MAX} minutes ago.`);
  const right = stillRight({ operation, step, cluster: withMade(cluster, record.steps), facts: withMoved(current, record.steps), now: new Date(now).toISOString(), waivers: await ports.store.waivers(cluster.clusterId, now) });
  if (right.kind === 'yes') return undefined;
  return right.kind === 'stop' ? fail('OperationStopped', JSON.stringify(right.errors)) : fail('PlanAgain', right.because);
}

async function adoptOrBegin(work: Work): Promise<TaskAnswer> {
  const { ports, operation, step } = work;
  const now = ports.clock.now();
  const intended: Step = { ...step, state: 'Running', attempt: attemptOf(step), intentAt: step.intentAt ?? new Date(now).toISOString() };
  const begun = await ports.store.beginStep(operation.id, intended, now);
  if (begun.kind === 'stopped') return stopped(begun.by);
  if (step.kind === 'read-cluster') return endHere(work, await readCluster(ports, operation));
  const session = await ports.accounts.actFor(operation, step);
  const came = await beginAt(ports, session, intended, operation);
  ports.log.info('begun', { operation: operation.id, cluster: operation.clusterName, account: operation.accountId, step: step.id, came: came.kind });
  return afterBegin({ ...work, step: intended }, came);
}

/** Whose work it is. */
function beginAt(ports: Ports, session: Session, step: Step, operation: Operation): Promise<Begun> {
  const token = clientRequestToken(operation, step);
  if (step.kind === 'refresh-instances') return ports.autoScaling.begin(session, step);
  if (PART_STEP_KINDS.has(step.kind)) return ports.parts.begin(session, step, { clusterName: operation.clusterName, clusterId: operation.clusterId, clientRequestToken: token });
  return ports.eks.begin(session, step, operation.clusterName, token);
}

/** An earlier try wrote down that it was about to ask EKS. If EKS took it, the update is listed, and its lost answer is found here. */
async function findLostUpdate({ ports, operation, step }: Work, intentAt: string): Promise<string | undefined> {
  if (!step.kind.startsWith('upgrade-') && step.kind !== 'rollback-control-plane' && step.kind !== 'refresh-instances') return undefined;
  const session = await ports.accounts.watch(operation.accountId, operation.region);
  if (step.kind === 'refresh-instances') return findOwnRefresh(step, await ports.autoScaling.recentRefreshes(session, step.subject, intentAt), intentAt)?.refreshId;
  const updates = await ports.eks.recentUpdates(session, updateOf(step, operation.clusterName), intentAt);
  return findOwnUpdate(step, updates)?.updateId;
}

async function afterBegin(work: Work, came: Begun): Promise<TaskAnswer> {
  const { step } = work;
  const creates = step.kind.startsWith('create-');
  switch (came.kind) {
    case 'done':
      return endHere(work, { state: 'Succeeded', outcome: came.outcome });
    case 'begun':
      if (came.updateId !== undefined) return remember(work, came.updateId, 'begun');
      if (endsAtOnce(step)) return endHere(work, { state: 'Succeeded', outcome: 'EKS took it.' });
      return remember(work, WATCH_RESOURCE, 'begun');
    case 'already':
      if (creates && !endsAtOnce(step)) return remember(work, WATCH_RESOURCE, 'adopted');
      return endHere(work, { state: 'Succeeded', outcome: `It was so already. ${came.message}` });
    case 'absent':
      if (step.kind.startsWith('delete-') || step.kind === 'take-back' || step.parameters?.['removeAccessEntry'] !== undefined) return endHere(work, { state: 'Succeeded', outcome: `${step.subject} was gone already.` });
      return endHere(work, failure(step, 'ResourceNotFound', came.message));
    case 'refused':
      return endHere(work, failure(step, came.code, came.message));
    case 'not-yet':
      return untilKnown(work, came);
    case 'in-use':
      return meetForeign(work, came);
  }
}

/** A role that AWS does not know is taken for one that IAM has just made, for a while; then for one that is wrong. */
async function untilKnown(work: Work, { code, message }: Extract<Begun, { kind: 'not-yet' }>): Promise<TaskAnswer> {
  const { ports, event, operation, step } = work;
  const nextCheckAt = ports.clock.now() + NEW_ROLE_RETRY_SECONDS * 1000;
  const until = Date.parse(step.intentAt ?? '') + NEW_ROLE_SECONDS_MAX * 1000;
  if (!(nextCheckAt <= until)) return endHere(work, failure(step, code, `${message} It was so for ${NEW_ROLE_SECONDS_MAX} seconds, in which a new role comes through.`));
  const because = `A role may be so new that AWS does not know it everywhere yet; it is asked again until ${new Date(until).toISOString()}. It said: ${message}`;
  return park(ports, event, operation, { kind: 'Settling', because, stepId: step.id, nextCheckAt });
}

/** Another update holds what the step works on: adopted when it does the same, waited for when it does not. */
async function meetForeign(work: Work, met: Extract<Begun, { kind: 'in-use' }>): Promise<TaskAnswer> {
  const { ports, event, operation, step } = work;
  // Auto Scaling takes no token: what is in the way of a repeat may be what the first had begun.
  const own = step.kind === 'refresh-instances' && step.intentAt !== undefined ? await findLostUpdate(work, step.intentAt) : undefined;
  if (own !== undefined) return remember(work, own, 'found');
  const judged = step.kind === 'refresh-instances' ? await foreignRefresh(work) : await foreignUpdate(work, met.updateId);
  if (judged?.kind === 'adopt') return remember(work, judged.updateId, 'adopted');
  return park(ports, event, operation, {
    kind: 'EksUpdate',
    foreignUpdateId: judged?.updateId ?? UNNAMED_UPDATE,
    because: judged?.because ?? met.message,
    stepId: step.id,
    nextCheckAt: ports.clock.now() + IN_USE_RETRY_SECONDS * 1000,
  });
}

async function foreignUpdate({ ports, operation, step }: Work, updateId: string | undefined): Promise<Foreign | undefined> {
  const session = await ports.accounts.watch(operation.accountId, operation.region);
  const of = updateOf(step, operation.clusterName);
  const named = updateId === undefined ? undefined : await ports.eks.update(session, of, updateId);
  const update = named === undefined || named === 'absent' ? (await ports.eks.recentUpdates(session, of, new Date(ports.clock.now()).toISOString()))[0] : named;
  return update === undefined ? undefined : judgeForeign(step, update);
}

async function foreignRefresh({ ports, operation, step }: Work): Promise<Foreign | undefined> {
  const session = await ports.accounts.watch(operation.accountId, operation.region);
  const refresh = (await ports.autoScaling.recentRefreshes(session, step.subject, new Date(ports.clock.now()).toISOString())).find(isUnderWay);
  return refresh === undefined ? undefined : judgeForeignRefresh(step, refresh);
}

/** `found` is what an earlier try of ours began. What is begun only now counts from now: until then it may have waited for hours for another's update. */
async function remember(work: Work, updateId: string, how: 'begun' | 'found' | 'adopted'): Promise<TaskAnswer> {
  const { ports, operation, step } = work;
  const now = ports.clock.now();
  const adopted = how === 'adopted';
  const begunAt = how === 'begun' ? new Date(now).toISOString() : undefined;
  await ports.store.recordUpdate(operation.id, step, { updateId, adopted, begunAt }, now);
  return watch(work, { ...step, updateId, adopted, state: 'Running', startedAt: begunAt ?? step.startedAt ?? new Date(now).toISOString() });
}

async function watch({ ports, event, operation }: Work, step: Step): Promise<TaskAnswer> {
  const now = ports.clock.now();
  const size = await sizeOf(ports, operation, step);
  const durations = await ports.store.durations(step.kind);
  const beganAt = Date.parse(step.startedAt ?? new Date(now).toISOString());
  return park(ports, event, operation, {
    kind: 'EksUpdate',
    because: step.title,
    stepId: step.id,
    nextCheckAt: Math.max(now, firstLook({ kind: step.kind, size, durations, beganAt })),
    deadline: beganAt + deadlineFor(step.kind, size),
  });
}

async function endHere({ ports, event, operation, record, step, stages }: Work, end: StepEnd): Promise<TaskAnswer> {
  await ports.store.endStep(operation.id, step, end, ports.clock.now());
  ports.meter.count('StepOutcome', 1, { kind: step.kind, outcome: end.state });
  return afterStep(record.steps, step, end, [stages].flat(), event);
}

/** Work that EKS has done by the time it answers, or that is begun and not awaited. */
function endsAtOnce(step: Step): boolean {
  return step.kind === 'create-access-entry' || step.kind === 'change-access-entry' || step.kind === 'update-cluster-config' || step.parameters?.['await'] === false;
}

function failure(step: Step, code: string, message: string): StepEnd {
  return { state: 'Failed', outcome: message, error: { code, message, step: step.id } };
}

/** The same for every repeat of this attempt, so that EKS answers a repeat with the update that the first had begun. */
function clientRequestToken(operation: Operation, step: Step): string {
  return createHash('sha256').update(`${operation.id}/${operation.run}/${step.id}/${attemptOf(step)}`).digest('hex');
}

/** A planned step has made no attempt; its first is number one. A further one comes after EKS has said that the last had failed: with the next run, or where a failed roll is tried again by itself. */
function attemptOf(step: Step): number {
  return Math.max(1, step.attempt);
}
