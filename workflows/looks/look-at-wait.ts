import { AccountUnreachable, type LookMessage, type OperationRecord, type Ports, type StepEnd } from '../../aws/ports.ts';
import { alarmsToWatch, awaitsYesAfterBake } from '../../domain/alarm-watch.ts';
import { isUnderWay } from '../../domain/adopt.ts';
import { decideAfterFailedRoll } from '../../domain/failed-roll.ts';
import { ONE_AFTER_ANOTHER } from '../../domain/going-on.ts';
import { judgeLook } from '../../domain/judge-look.ts';
import { hasNoTime, movesControlPlane } from '../../domain/look-needed.ts';
import { nextLook } from '../../domain/next-look.ts';
import type { Step, Wait, WaitOutcome } from '../../domain/operation.ts';
import { heldByPolicy } from '../../domain/waiting.ts';
import { endOperation } from '../finish/end-operation.ts';
import { afterStep } from '../steps/after-step.ts';
import { hasEnded } from '../steps/due-step.ts';
import { FACTS_AGE_SECONDS_MAX, keepControlPlane, lookAtReadiness, takeAsItIs } from '../steps/facts-of.ts';
import { watchOverBake } from '../steps/look-at-alarms.ts';
import { lookAt, READS_OF_A_LOOK_MAX, UNNAMED_UPDATE, updateOf } from '../steps/look-at.ts';
import { ALARM_RECHECK_SECONDS } from '../steps/park.ts';
import { sizeOf } from '../steps/size-of.ts';

const BUDGET_RETRY_SECONDS = 5;
const RECHECK_SECONDS = 60;
const UNREACHABLE_RECHECK_SECONDS_MAX = 300;
/** EKS updates take minutes: how often one that is not ours is looked at. */
const FOREIGN_RECHECK_SECONDS = 30;
/** How often EKS is asked whether it has looked at a cluster anew, and for how long. */
const INSIGHTS_RECHECK_SECONDS = 30;
const INSIGHTS_MINUTES_MAX = 10;
/** Parts what a bake waits for from what is not clear about its alarms. */
const UNCLEAR = ' Of its alarms, ';
/** What EKS answers when it is asked to stop a rollback. */
const STOPS = 'EKS stops the rollback, as was asked.';
const GOES_ON = 'EKS does not stop the rollback, which goes on to its end: ';
const MINUTE_MS = 60_000;

/** A wait that is looked at: what the functions below hand to one another. */
interface Look {
  readonly ports: Ports;
  readonly wait: Wait;
  readonly record: OperationRecord;
  readonly step: Step | undefined;
}

/** Looks at one wait: wakes its execution when what it waits for has come, or asks for the next look. */
export async function lookAtWait(ports: Ports, message: LookMessage): Promise<void> {
  const wait = await ports.store.wait(message.operationId, message.stepId);
  if (wait === undefined) return;
  if (wait.outcome !== undefined) return wake(ports, wait, wait.outcome);
  const now = ports.clock.now();
  const record = await ports.store.operation(message.operationId);
  if (record === undefined) return ports.store.removeWait(wait);
  const look: Look = { ports, wait, record, step: record.steps.find((step) => step.id === wait.stepId) };
  const watchesOwnWork = wait.foreignUpdateId === undefined && look.step?.updateId !== undefined && !hasEnded(look.step);

  // EKS's own work is watched to its end whatever was asked meanwhile; every other wait ends at once with a cancel or a pause.
  if (!watchesOwnWork && record.operation.cancel !== undefined) return conclude(look, { kind: 'fail', error: 'OperationCancelled', cause: 'A cancel was asked for.' });
  if (!watchesOwnWork && record.operation.turnBack !== undefined) return conclude(look, { kind: 'fail', error: 'AlarmFired', cause: record.operation.turnBack.reason ?? 'An alarm fired.' });
  if (!watchesOwnWork && record.operation.pause !== undefined && wait.kind !== 'Paused') return runAgain(look, 'A pause was asked for.');
  // Another maintenance policy: the state decides by it.
  if (heldByPolicy(wait) && message.at < wait.nextCheckAt) return runAgain(look, 'The maintenance policy was changed.');
  // A cancel: of all that EKS does for us it may stop a rollback alone, and is asked at once.
  if (watchesOwnWork && look.step !== undefined && record.operation.cancel !== undefined && message.at < wait.nextCheckAt) {
    const because = await askToStop(look, look.step);
    return because === undefined ? undefined : putOff(look, wait.nextCheckAt, because, wait.kind);
  }
  // A message for an earlier time of a wait that was put off is spent: the put-off queued its own. Commands ask with the wait's own time.
  const resumed = wait.kind === 'Paused' && record.operation.pause === undefined;
  if (wait.nextCheckAt > now && !resumed) return message.at === wait.nextCheckAt ? ports.looks.queue(wait, wait.nextCheckAt, now) : undefined;
  try {
    return watchesOwnWork && look.step !== undefined ? await lookAtWork(look, look.step) : await lookAtHindrance(look);
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    ports.meter.count('AccountsUnreachable', 1);
    const seconds = Math.min(RECHECK_SECONDS * (wait.kind === 'AccountUnreachable' ? 2 : 1), UNREACHABLE_RECHECK_SECONDS_MAX);
    await putOff(look, now + seconds * 1000, `Account ${wait.accountId} cannot be reached: ${error.message}`, 'AccountUnreachable');
  }
}

/** A wait on a step's own work at EKS. */
async function lookAtWork(look: Look, step: Step): Promise<void> {
  const { ports, wait, record } = look;
  const now = ports.clock.now();
  if (!(await ports.store.spendReads(wait.accountId, wait.region, READS_OF_A_LOOK_MAX, now))) {
    return putOff(look, now + BUDGET_RETRY_SECONDS * 1000, 'The account\'s budget of reads is used up for the moment.', wait.kind);
  }
  const session = await ports.accounts.watch(wait.accountId, wait.region);
  const seen = await lookAt(ports, session, step, record.operation.clusterName);
  const cluster = seen.addon !== undefined ? await ports.store.cluster(wait.clusterId) : undefined;
  const desiredNodes = cluster?.nodegroups.reduce((sum, group) => sum + group.scalingConfig.desiredSize, 0);
  const beganAt = Date.parse(step.startedAt ?? new Date(wait.since).toISOString());
  const judged = judgeLook(step, { ...seen, ...(desiredNodes === undefined ? {} : { desiredNodes }) }, (now - beganAt) / MINUTE_MS, record.operation.cancel);

  if (judged.kind === 'cancelled') return conclude(look, { kind: 'fail', error: 'OperationCancelled', cause: judged.outcome }, { step, end: { state: 'Cancelled', outcome: judged.outcome } });
  if (judged.kind === 'wait') {
    const size = await sizeOf(ports, record.operation, step);
    const at = nextLook({ kind: step.kind, size, durations: await ports.store.durations(step.kind), beganAt, now, looks: wait.looks + 1 });
    if (now > wait.deadline && step.state !== 'Stalled') ports.meter.count('StepsStalled', 1);
    return putOff(look, at, (await askToStop(look, step)) ?? judged.because, 'EksUpdate', now > wait.deadline);
  }
  const end: StepEnd =
    judged.kind === 'done' ? { state: 'Succeeded', outcome: judged.outcome } : { state: 'Failed', outcome: judged.error.message, error: judged.error };
  ports.meter.count('StepOutcome', 1, { kind: step.kind, outcome: end.state });
  const onwards = (): WaitOutcome => afterStep(record.steps, step, end, [step.stage], { hop: step.hop, ...(ONE_AFTER_ANOTHER.has(step.stage) ? {} : { subject: step.subject }) });
  if (judged.kind === 'failed') {
    const after = decideAfterFailedRoll({ ...step, error: judged.error }, record.operation.terms ?? {}, Math.max(1, step.attempt));
    return conclude(look, after.kind === 'retry' ? { kind: 'fail', error: 'RunAgain', cause: after.because } : onwards(), { step, end });
  }

  if (movesControlPlane(step) && seen.controlPlane !== undefined && seen.controlPlane !== 'absent') await keepControlPlane(ports, record.operation, seen.controlPlane);
  const seconds = Math.round((now - beganAt) / 1000);
  ports.meter.seconds('StepDuration', seconds, { kind: step.kind });
  if (step.adopted !== true) await ports.store.recordDuration(step.kind, seconds / (await sizeOf(ports, record.operation, step)));
  return conclude(look, onwards(), { step, end });
}

/** EKS stops one kind of work alone, and that not always: going back, on clusters with Auto Mode while their nodes go (source: EKS API, CancelUpdate). It is asked once, and its answer is told. */
async function askToStop({ ports, wait, record }: Look, step: Step): Promise<string | undefined> {
  const { operation } = record;
  if (operation.cancel === undefined || step.kind !== 'rollback-control-plane' || step.updateId === undefined) return undefined;
  if (wait.because === STOPS || wait.because.startsWith(GOES_ON)) return wait.because;
  const answer = await ports.eks.cancelUpdate(await ports.accounts.actFor(operation, step), operation.clusterName, step.updateId);
  const because = answer === 'cancelling' ? STOPS : `${GOES_ON}${answer.refused}`;
  await ports.store.addEvent(operation.id, { type: 'CancelAnswered', step: step.id, message: because }, ports.clock.now());
  return because;
}

/** A wait on what stands in the way of the state: when it is gone, the state runs again and decides afresh. */
async function lookAtHindrance(look: Look): Promise<void> {
  const { ports, wait, record } = look;
  const now = ports.clock.now();
  switch (wait.kind) {
    case 'Paused':
      return record.operation.pause === undefined ? runAgain(look, 'Resumed.') : putOff(look, now + RECHECK_SECONDS * 1000, wait.because, wait.kind);
    case 'Frozen':
      return (await ports.store.freeze()) === undefined ? runAgain(look, 'The freeze is over.') : putOff(look, now + RECHECK_SECONDS * 1000, wait.because, wait.kind);
    case 'AccountUnreachable': {
      const session = await ports.accounts.watch(wait.accountId, wait.region);
      await ports.eks.controlPlane(session, record.operation.clusterName);
      return runAgain(look, 'The account can be reached again.');
    }
    case 'EksUpdate':
      if (await foreignRuns(look)) return putOff(look, now + FOREIGN_RECHECK_SECONDS * 1000, wait.because, wait.kind);
      return runAgain(look, 'The other update has ended.');
    case 'Bake':
    case 'Approval':
      return lookAtBake(look);
    case 'InsightsRefresh':
      return lookAtInsights(look);
    default:
      return runAgain(look, wait.because);
  }
}

/** A hop that bakes, or that has baked and waits for a yes: an alarm that the ask names turns the upgrade back. Any other wait for a yes is decided afresh. */
async function lookAtBake(look: Look): Promise<void> {
  const { ports, wait, record } = look;
  const { operation, steps } = record;
  if (alarmsToWatch(operation, steps).length === 0 || (wait.kind === 'Approval' && !awaitsYesAfterBake(operation, steps))) return runAgain(look, wait.because);
  const now = ports.clock.now();
  const judged = await watchOverBake(ports, operation, steps);
  if (judged.kind === 'fired') return conclude(look, { kind: 'fail', error: 'AlarmFired', cause: judged.because });
  // What nobody could watch has not baked: it goes on until its alarms can be looked at.
  const baked = now >= (wait.until ?? 0);
  if (wait.kind === 'Bake' && baked && !judged.unseen) return runAgain(look, 'It has baked.');
  const [because] = wait.because.split(UNCLEAR);
  return putOff(look, Math.min(baked ? Infinity : (wait.until ?? Infinity), now + ALARM_RECHECK_SECONDS * 1000), judged.unclear === undefined ? String(because) : `${because}${UNCLEAR}${judged.unclear}`, wait.kind);
}

/**
 * EKS looking at the cluster anew. The first look gathers the whole of the readiness facts, since EKS is mostly done by then; later ones
 * ask after the refresh alone before they do. Where EKS takes too long over it, what is judged on the facts says how old they are.
 */
async function lookAtInsights(look: Look): Promise<void> {
  const { ports, wait, record } = look;
  const now = ports.clock.now();
  const late = now - wait.since >= INSIGHTS_MINUTES_MAX * MINUTE_MS;
  const again = () => putOff(look, now + INSIGHTS_RECHECK_SECONDS * 1000, wait.because, wait.kind);
  if (!late && wait.looks > 0 && (await insightsRun(look))) return again();
  const facts = await lookAtReadiness(ports, record.operation, FACTS_AGE_SECONDS_MAX, new Date(wait.since).toISOString());
  const insights = facts === 'absent' ? undefined : facts.readiness?.insights;
  if (!late && insights?.kind === 'seen' && insights.value.refresh.status === 'IN_PROGRESS') return again();
  if (facts !== 'absent' && facts.readiness !== undefined && hasNoTime(facts.readiness)) await takeAsItIs(ports, record.operation, record.operation.id, facts);
  return runAgain(look, late ? 'EKS has not looked at the cluster anew in time.' : 'EKS has looked at the cluster anew.');
}

async function insightsRun({ ports, wait, record }: Look): Promise<boolean> {
  try {
    return (await ports.eks.insightsRefresh(await ports.accounts.watch(wait.accountId, wait.region), record.operation.clusterName)).status === 'IN_PROGRESS';
  } catch (error) {
    // The role may not ask after it: what there is must do.
    if (error instanceof AccountUnreachable) return false;
    throw error;
  }
}

/** Whether the work of somebody else that holds what the step works on still goes on, where its id is known. */
async function foreignRuns({ ports, wait, record, step }: Look): Promise<boolean> {
  if (wait.foreignUpdateId === undefined || wait.foreignUpdateId === UNNAMED_UPDATE) return false;
  const session = await ports.accounts.watch(wait.accountId, wait.region);
  if (step?.kind === 'refresh-instances') {
    const refresh = await ports.autoScaling.refresh(session, step.subject, wait.foreignUpdateId);
    return refresh !== 'absent' && isUnderWay(refresh);
  }
  const update = await ports.eks.update(session, step === undefined ? { clusterName: record.operation.clusterName } : updateOf(step, record.operation.clusterName), wait.foreignUpdateId);
  return update !== 'absent' && update.status === 'InProgress';
}

function runAgain(look: Look, cause: string): Promise<void> {
  return conclude(look, { kind: 'fail', error: 'RunAgain', cause });
}

async function putOff({ ports, wait }: Look, nextCheckAt: number, because: string, kind: Wait['kind'], stalled = false): Promise<void> {
  const moved = await ports.store.postpone(wait, { nextCheckAt, because, kind, stalled });
  if (moved) await ports.looks.queue(wait, nextCheckAt, ports.clock.now());
}

/** Waking, in three parts that may each be the last before a crash: the outcome is written, the token sent, the wait removed. */
async function conclude({ ports, wait, record }: Look, outcome: WaitOutcome, step?: { readonly step: Step; readonly end: StepEnd }): Promise<void> {
  if (!(await ports.store.recordOutcome(wait, outcome, step, ports.clock.now()))) return;
  await wake(ports, wait, outcome);
  if (wait.token === undefined) {
    await endOperation(ports, wait.operationId, record.operation.run, { kind: 'failed', failure: { Error: 'ExecutionFailed', Cause: 'The execution ended before its work at EKS did.' } });
  }
}

async function wake(ports: Ports, wait: Wait, outcome: WaitOutcome): Promise<void> {
  if (wait.token !== undefined) {
    const woken = await ports.executions.wake(wait.token, outcome);
    ports.log.info('woken', { operation: wait.operationId, step: wait.stepId, outcome: outcome.kind === 'fail' ? outcome.error : outcome.kind, woken });
  }
  await ports.store.removeWait(wait);
}
