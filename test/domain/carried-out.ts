import assert from 'node:assert/strict';
import type { ClusterFacts } from '../../domain/facts.ts';
import { mayLeaveHop } from '../../domain/may-leave-hop.ts';
import { pendingSteps } from '../../domain/new-operation.ts';
import { decideNextHop } from '../../domain/next-hop.ts';
import type { Operation, Step, Terms } from '../../domain/operation.ts';
import type { Hop, Plan, PlannedStep } from '../../domain/plan.ts';
import { stillRight } from '../../domain/still-right.ts';
import { anOperation } from './operation-words.ts';
import { after, cluster, NOW, STAGES } from './worlds.ts';
import type { Cluster } from '../../domain/cluster.ts';

export interface Course {
  readonly facts: ClusterFacts;
  readonly operation: Operation;
  readonly steps: readonly Step[];
  /** The hops as they were handed out, in order. */
  readonly hops: readonly Hop[];
  /** After which of them the operation was held for a bake. */
  readonly bakedAfter: readonly number[];
}

const TURNS_MAX = 60;

/** Carries an operation out as the machines do: hop after hop from `decideNextHop`, stage after stage, each step looked at by `each` before it is taken. */
export function carriedOut(asked: { readonly kind?: Operation['kind']; readonly plan: Plan; readonly facts: ClusterFacts; readonly terms?: Terms | undefined; readonly record?: Partial<Cluster> }, each: (facts: ClusterFacts, step: PlannedStep) => void): Course {
  const { kind = 'upgrade-cluster', terms, record = {} } = asked;
  let { plan, facts } = asked;
  let steps: readonly Step[] = pendingSteps(plan, 1);
  const hops: Hop[] = [];
  const bakedAfter: number[] = [];
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const operation = anOperation({ kind, plan, ...(terms === undefined ? {} : { terms }) });
    if (mayLeaveHop(operation, steps, Date.parse(NOW), Date.parse(NOW)).kind === 'hold') bakedAfter.push(hops.length - 1);
    const asking = { operation, steps, cluster: cluster(facts.cluster.version, record), facts, now: NOW };
    const next = decideNextHop(asking);
    if (next.kind === 'done') return { facts, operation, steps, hops, bakedAfter };
    assert.equal(next.kind, 'hop', JSON.stringify(next));
    assert.ok(next.kind === 'hop');
    assert.equal(next.changed, undefined, 'nothing moved, so the plan does not change');
    assert.deepEqual(next.plan.hops.flatMap((hop) => hop.steps.map((step) => step.id)), plan.hops.flatMap((hop) => hop.steps.map((step) => step.id)), 'the steps and their order stay');
    plan = next.plan;
    hops.push(next.hop);
    for (const step of STAGES.flatMap((stage) => next.hop.steps.filter((candidate) => candidate.stage === stage))) {
      each(facts, step);
      if (step.kind.endsWith('control-plane')) assert.deepEqual(stillRight({ ...asking, facts, step: asPending(step, next.hop) }), { kind: 'yes' });
      facts = after(facts, step);
      steps = steps.map((known) => (known.id === step.id ? { ...known, state: 'Succeeded' } : known));
    }
  }
  return assert.fail('the operation does not end');
}

export function asPending(step: PlannedStep, hop: Pick<Hop, 'to'>): Step {
  return { ...step, hop: hop.to, order: 1, state: 'Pending', run: 1, attempt: 1 };
}
