import type { OperationRecord, Ports } from '../../aws/ports.ts';
import { clusterAfter, withWayBack } from '../../domain/cluster-after.ts';
import { isLeftFor } from '../../domain/held-steps.ts';
import { judgeHealth, type Health } from '../../domain/judge-health.ts';
import type { OperationError, Step } from '../../domain/operation.ts';
import { lookAtSettling } from '../steps/facts-of.ts';
import { park, reaching } from '../steps/park.ts';
import { answer, fail, waitingTask, withRecord, type TaskAnswer, type TaskEvent } from '../task.ts';

const SETTLE_SECONDS = 15;
/** While something settles, the rest of the cluster is looked at again only this often. */
const SETTLING_FACTS_AGE_SECONDS_MAX = 300;
const MINUTE_MS = 60_000;

/** Looks at all of the cluster after a stretch of work: nothing goes on until everything is ACTIVE again, and what was seen is what the next hop is planned on. */
export const handler = waitingTask(withRecord((event, ports, record) => reaching(ports, event, record.operation, event.state, () => verifyHealth(event, ports, record))));

async function verifyHealth(event: TaskEvent, ports: Ports, { operation, steps }: OperationRecord): Promise<TaskAnswer> {
  const facts = await lookAtSettling(ports, operation, Date.parse(event.enteredTime ?? new Date(ports.clock.now()).toISOString()), SETTLING_FACTS_AGE_SECONDS_MAX, goesOn(steps) ? steps : undefined);
  if (facts === 'absent') return answer({ verdict: 'failed' });
  const cluster = await ports.store.cluster(operation.clusterId);
  if (cluster !== undefined) await ports.store.recordCluster({ ...clusterAfter(withWayBack(cluster, steps), facts), desiredVersion: cluster.desiredVersion });
  if (!allDone(steps, event)) return answer({ verdict: 'failed' });

  const minutes = (ports.clock.now() - Date.parse(event.enteredTime ?? facts.observedAt)) / MINUTE_MS;
  const canaries = event.part === 'with-canary' ? steps.filter((step) => step.hop === event.hop && step.stage === 'UpgradeCanaryNodegroup') : [];
  const health = judgeHealth(facts, minutes, canaries.map((step) => step.subject));
  if (health.kind === 'healthy') return answer({ verdict: 'healthy' });
  if (health.kind === 'unhealthy') return fail('OperationStopped', JSON.stringify([notRestored(health, canaries)]));
  return park(ports, event, operation, { kind: 'Settling', because: health.because, stepId: event.state, nextCheckAt: ports.clock.now() + SETTLE_SECONDS * 1000 });
}

/** Whether there is more to come after this pass: what is seen at the very end is all looked at. */
function goesOn(steps: readonly Step[]): boolean {
  return steps.some((step) => step.state === 'Pending');
}

/** Told of the canary's own step, where that is what ails. */
function notRestored({ because, canary, resourceIds }: Extract<Health, { kind: 'unhealthy' }>, canaries: readonly Step[]): OperationError {
  const step = canaries.find(({ subject }) => subject === canary);
  return { code: 'HealthNotRestored', message: because, ...(step === undefined ? {} : { step: step.id }), ...(resourceIds.length === 0 ? {} : { resourceIds }) };
}

/** Whether every step of this pass over the hop (of the whole plan, where there are no hops) came to a good end. A cancel leaves steps that were never begun. */
function allDone(steps: readonly Step[], { hop, part = 'whole' }: TaskEvent): boolean {
  return steps.every((step) => step.state === 'Succeeded' || (hop !== undefined && step.hop !== hop) || isLeftFor(step, part));
}
