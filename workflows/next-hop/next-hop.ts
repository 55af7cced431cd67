import type { Ports } from '../../aws/ports.ts';
import { PARALLEL_NODEGROUPS_MAX } from '../../domain/estimate.ts';
import { entryOf, subjectsOf, type Entry } from '../../domain/hop-entry.ts';
import { mayBegin } from '../../domain/may-begin.ts';
import { mayLeaveHop } from '../../domain/may-leave-hop.ts';
import { decideNextHop } from '../../domain/next-hop.ts';
import type { Operation, Step } from '../../domain/operation.ts';
import type { Hop } from '../../domain/plan.ts';
import { factsOf } from '../steps/facts-of.ts';
import { momentOf } from '../steps/moment-of.ts';
import { hold, reaching } from '../steps/park.ts';
import { answer, fail, waitingTask, withRecord, type TaskAnswer, type TaskEvent } from '../task.ts';

/** Facts of VerifyHealth, a moment ago, are fresh enough to plan the next hop on. */
const FACTS_AGE_SECONDS_MAX = 120;

export const handler = waitingTask(
  withRecord(async (event, ports, { operation, steps }) => {
    await ports.store.recordStart(operation.id, event.run, ports.clock.now());
    return reaching(ports, event, operation, event.state, () => nextHop(event, ports, operation, steps));
  }),
);

async function nextHop(event: TaskEvent, ports: Ports, operation: Operation, steps: readonly Step[]): Promise<TaskAnswer> {
  const now = ports.clock.now();
  const leaves = mayLeaveHop(operation, steps, Date.parse(event.enteredTime ?? new Date(now).toISOString()), now);
  if (leaves.kind === 'no') return fail(leaves.error, leaves.because);
  if (leaves.kind === 'hold') return hold(ports, event, operation, leaves, event.state);
  const cluster = await ports.store.cluster(operation.clusterId);
  if (cluster === undefined) return fail('OperationStopped', 'The cluster is no longer known.');
  const lastEnd = Math.max(0, ...steps.map((step) => Date.parse(step.endedAt ?? '1970-01-01T00:00:00Z')));
  const facts = await factsOf(ports, operation, lastEnd, FACTS_AGE_SECONDS_MAX);
  if (facts === 'absent') return fail('OperationStopped', JSON.stringify([{ code: 'ClusterNotFound', message: `EKS no longer knows the cluster ${operation.clusterName}.` }]));

  const next = decideNextHop({ operation, steps, cluster, facts, now: new Date(now).toISOString() });
  if (next.kind === 'stop') return fail('OperationStopped', JSON.stringify(next.errors));
  if (next.kind === 'done') return answer(wayOf('done', { to: '', steps: [] }, operation));

  const [first] = next.hop.steps;
  const step = first === undefined ? undefined : asStep(first, next.hop);
  const verdict = step === undefined ? undefined : mayBegin(operation, step, [], await ports.store.freeze(), await momentOf(ports, operation, step, cluster));
  if (verdict?.kind === 'no') return fail(verdict.error, verdict.because);
  if (verdict?.kind === 'hold') return hold(ports, event, operation, verdict, event.state);
  if (next.changed !== undefined) await ports.store.recordPlan(operation.id, event.run, next.plan, `The plan changed: ${next.changed}.`, now);
  return answer(wayOf(entryOf(next.hop), next.hop, operation));
}

/** What the machine is told: where the hop is entered, and stage by stage what there is to do. */
function wayOf(verdict: Entry | 'done', { to, steps }: Pick<Hop, 'to' | 'steps'>, { terms }: Operation): Readonly<Record<string, unknown>> {
  return {
    verdict,
    hop: to,
    prepareAddons: subjectsOf(steps, 'PrepareAddons'),
    addons: subjectsOf(steps, 'UpgradeAddons', 'RollBackAddons'),
    canary: subjectsOf(steps, 'UpgradeCanaryNodegroup'),
    nodegroups: subjectsOf(steps, 'UpgradeNodegroups', 'RollBackNodegroups'),
    parallelNodegroups: terms?.maxParallelNodegroups ?? PARALLEL_NODEGROUPS_MAX,
  };
}

function asStep(planned: Hop['steps'][number], hop: Hop): Step {
  return { ...planned, hop: hop.to, order: 0, state: 'Pending', run: 0, attempt: 1 };
}
