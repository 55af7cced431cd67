import { AccountUnreachable, type Ports } from '../../aws/ports.ts';
import { foreignBefore } from '../../domain/adopt.ts';
import { alarmsToWatch } from '../../domain/alarm-watch.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { PARALLEL_NODEGROUPS_MAX } from '../../domain/estimate.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { Part } from '../../domain/held-steps.ts';
import { entryOf, subjectsOf, type Entry } from '../../domain/hop-entry.ts';
import { lookNeeded, withoutOldLook, withoutOldReadiness, type LookNeeded, type Since } from '../../domain/look-needed.ts';
import { mayBegin, type MayBegin } from '../../domain/may-begin.ts';
import { mayLeaveHop } from '../../domain/may-leave-hop.ts';
import { decideNextHop, type NextHop } from '../../domain/next-hop.ts';
import type { Operation, Step } from '../../domain/operation.ts';
import type { Hop } from '../../domain/plan.ts';
import { FACTS_AGE_SECONDS_MAX, factsOf, lookAtReadiness, takeAsItIs, withUpdatesAsTheyAre } from '../steps/facts-of.ts';
import { watchOverBake } from '../steps/look-at-alarms.ts';
import { momentOf } from '../steps/moment-of.ts';
import { hold, park, reaching, watchAlarms } from '../steps/park.ts';
import { answer, fail, waitingTask, withRecord, type TaskAnswer, type TaskEvent } from '../task.ts';

/** When EKS's new look at a cluster is first asked after: it takes a minute or two. */
const INSIGHTS_FIRST_LOOK_SECONDS = 120;

/** When another's update is first asked after. */
const FOREIGN_LOOK_SECONDS = 30;

/** What the functions below hand to one another. */
interface Planning {
  readonly event: TaskEvent;
  readonly ports: Ports;
  readonly operation: Operation;
  readonly steps: readonly Step[];
  readonly cluster: Cluster;
  readonly since: Since;
}

export const handler = waitingTask(
  withRecord(async (event, ports, { operation, steps }) => {
    await ports.store.recordStart(operation.id, event.run, ports.clock.now());
    return reaching(ports, event, operation, event.state, () => leaveHop(event, ports, operation, steps));
  }),
);

async function leaveHop(event: TaskEvent, ports: Ports, operation: Operation, steps: readonly Step[]): Promise<TaskAnswer> {
  const now = ports.clock.now();
  const enteredAt = Date.parse(event.enteredTime ?? new Date(now).toISOString());
  const leaves = mayLeaveHop(operation, steps, enteredAt, now);
  if (leaves.kind === 'no') return fail(leaves.error, leaves.because);
  if (leaves.kind === 'hold' && leaves.wait !== 'Paused' && alarmsToWatch(operation, steps).length > 0) return watchAlarms(ports, event, operation, leaves, event.state);
  if (leaves.kind === 'hold') return hold(ports, event, operation, leaves, event.state);
  // Looked at once more at the very end: while the operation was paused or its account lost, nobody did.
  const alarms = await watchOverBake(ports, operation, steps);
  if (alarms.kind === 'fired') return fail('AlarmFired', alarms.because);
  if (alarms.unseen) return watchAlarms(ports, event, operation, { kind: 'hold', wait: 'Bake', because: `The bake is over, and whether its alarms ring is not known: ${alarms.unclear ?? ''}` }, event.state);
  if (alarms.unclear !== undefined) await ports.store.addEvent(operation.id, { type: 'AlarmsUnclear', message: `The bake is over, and of its alarms, ${alarms.unclear}` }, now);
  const cluster = await ports.store.cluster(operation.clusterId);
  if (cluster === undefined) return fail('OperationStopped', 'The cluster is no longer known.');
  const lastEnd = Math.max(0, ...steps.map((step) => Date.parse(step.endedAt ?? '1970-01-01T00:00:00Z')));
  const planning: Planning = { event, ports, operation, steps, cluster, since: { operationId: operation.id, movedAt: lastEnd } };
  return nextHop(planning, await withUpdatesAsTheyAre(ports, operation, await factsOf(ports, operation, lastEnd, FACTS_AGE_SECONDS_MAX)));
}

/** What was seen of readiness may be too old to judge anything by, or good for all but a move of the control plane. */
async function nextHop(planning: Planning, seen: ClusterFacts | 'absent'): Promise<TaskAnswer> {
  const { ports, operation, since } = planning;
  if (seen === 'absent') return fail('OperationStopped', JSON.stringify([{ code: 'ClusterNotFound', message: `EKS no longer knows the cluster ${operation.clusterName}.` }]));
  const now = ports.clock.now();
  const recent = withoutOldReadiness(seen, since, now);
  return goOn(planning, withoutOldLook(recent, since, now), recent);
}

/** Plans what is left; what stands in its way is waited for before anything is looked at more closely, so that nothing is old when it is used. */
async function goOn(planning: Planning, facts: ClusterFacts, recent: ClusterFacts): Promise<TaskAnswer> {
  const { event, ports, operation, steps, cluster } = planning;
  const now = ports.clock.now();
  const waivers = await ports.store.waivers(cluster.clusterId, now);
  const next = decideNextHop({ operation, steps, cluster, facts, now: new Date(now).toISOString(), waivers });
  const verdict = next.kind === 'hop' ? await mayBeginHop(planning, next) : undefined;
  if (verdict?.kind === 'no') return fail(verdict.error, verdict.because);
  if (verdict?.kind === 'hold') return hold(ports, event, operation, verdict, event.state);
  const foreign = next.kind === 'hop' ? foreignBefore(next.hop, facts.updatesInProgress) : undefined;
  if (foreign !== undefined) return park(ports, event, operation, { kind: 'EksUpdate', foreignUpdateId: foreign.updateId, because: foreign.because, stepId: event.state, nextCheckAt: now + FOREIGN_LOOK_SECONDS * 1000 });
  const needed = lookNeeded(next, facts, operation.plan);
  return needed === 'none' ? enter(planning, next, now) : lookCloser(planning, needed, next, recent);
}

async function mayBeginHop({ ports, operation, cluster }: Planning, { hop, plan }: Extract<NextHop, { kind: 'hop' }>): Promise<MayBegin | undefined> {
  const [first] = hop.steps;
  if (first === undefined) return undefined;
  const step: Step = { ...first, hop: hop.to, order: 0, state: 'Pending', run: 0, attempt: 1 };
  return mayBegin({ ...operation, plan }, step, [], await ports.store.freeze(), await momentOf(ports, operation, step, cluster));
}

/**
 * Has EKS look at the cluster anew where a control plane is to move, and waits for it: what EKS says of a minor is as old as a day
 * otherwise. Where the account's role may not ask for that, what there is must do.
 */
async function lookCloser(planning: Planning, needed: Exclude<LookNeeded, 'none'>, next: NextHop, recent: ClusterFacts): Promise<TaskAnswer> {
  const { event, ports, operation } = planning;
  if (needed === 'readiness' && recent.readiness !== undefined) return goOn(planning, recent, recent);
  if (needed === 'insights' && (await refreshed(ports, operation))) {
    const because = `EKS looks at the cluster anew${next.kind === 'hop' ? ` before the hop to ${next.hop.to}` : ''}.`;
    return park(ports, event, operation, { kind: 'InsightsRefresh', because, stepId: event.state, nextCheckAt: ports.clock.now() + INSIGHTS_FIRST_LOOK_SECONDS * 1000 });
  }
  const looked = await lookAtReadiness(ports, operation, FACTS_AGE_SECONDS_MAX);
  const seen = needed === 'insights' ? await takeAsItIs(ports, operation, operation.id, looked) : looked;
  return seen === 'absent' ? nextHop(planning, seen) : goOn(planning, seen, seen);
}

async function refreshed(ports: Ports, operation: Operation): Promise<boolean> {
  try {
    await ports.eks.refreshInsights(await ports.accounts.watch(operation.accountId, operation.region), operation.clusterName);
    return true;
  } catch (error) {
    if (error instanceof AccountUnreachable) return false;
    throw error;
  }
}

async function enter({ event, ports, operation }: Planning, next: NextHop, now: number): Promise<TaskAnswer> {
  if (next.kind === 'stop') return fail('OperationStopped', JSON.stringify(next.errors));
  if (next.kind === 'done') return answer(wayOf('done', { hop: { to: '', steps: [] }, part: 'whole' }, operation));
  if (next.changed !== undefined) await ports.store.recordPlan(operation.id, event.run, next.plan, `The plan changed: ${next.changed}.`, now);
  return answer(wayOf(entryOf(next.hop), next, operation));
}

/** What the machine is told: where the hop is entered, and stage by stage what there is to do. */
function wayOf(verdict: Entry | 'done', { hop: { to, steps }, part }: { readonly hop: Pick<Hop, 'to' | 'steps'>; readonly part: Part }, { terms }: Operation): Readonly<Record<string, unknown>> {
  return {
    verdict,
    hop: to,
    part,
    prepareAddons: subjectsOf(steps, 'PrepareAddons'),
    addons: subjectsOf(steps, 'UpgradeAddons', 'RollBackAddons'),
    nodegroups: subjectsOf(steps, 'UpgradeCanaryNodegroup', 'UpgradeNodegroups', 'RollBackNodegroups'),
    parallelNodegroups: terms?.maxParallelNodegroups ?? PARALLEL_NODEGROUPS_MAX,
  };
}
