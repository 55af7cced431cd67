import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../domain/cluster.ts';
import type { ClusterFacts } from '../../../domain/facts.ts';
import { karpenterGoes } from '../../../domain/parts/controller-leavings.ts';
import { madeAfter } from '../../../domain/parts/made-after.ts';
import { planClusterChange } from '../../../domain/plan-cluster-change.ts';
import { planDeletion } from '../../../domain/plan-deletion.ts';
import type { Plan } from '../../../domain/plan.ts';
import type { PooledNodesFacts } from '../../../domain/readiness-facts.ts';
import { Wanted } from '../../../domain/wanted.ts';
import { seen, unseen } from '../checks/ready.ts';
import { cluster, clusterFacts, NOW, planned, steps } from '../worlds.ts';

const wanted = Wanted.parse({ autoscaling: { kind: 'karpenter', interruptionQueue: 'q' }, traffic: { controller: 'aws-load-balancer-controller' } });
const pool = (kind: PooledNodesFacts['kind'], name: string, count: number): PooledNodesFacts => ({ kind, pool: name, count, kubelets: [] });
const facts = (more: Partial<ClusterFacts> = {}) => clusterFacts('1.35', more);
const change = (before: Cluster, wish: object, of = facts()) => planned(planClusterChange({ before, after: { ...before, wanted: Wanted.parse(wish) }, facts: of, now: NOW }));
const standing = (): Cluster => {
  const draft = cluster('1.35');
  return { ...draft, wanted, made: madeAfter([], steps(change(draft, wanted)).map((step, order) => ({ ...step, hop: '1.35', order, run: 1, attempt: 1, state: 'Succeeded' as const }))) };
};
const told = ({ findings }: Plan) => findings.filter(({ code }) => code === 'karpenter-nodes-stay' || code === 'load-balancers-stay').map(({ code, subject, detail }) => [code, subject, /runs (\d+)/.exec(detail)?.[1]]);
const unknown = ({ notLookedAt }: Plan) => notLookedAt.filter(({ code }) => code === 'karpenter-nodes').map(({ because }) => because);

describe('what controllers leave behind in the account', () => {
  const pooledNodes = seen([pool('karpenter', 'default', 3), pool('karpenter', '', 1), pool('auto-mode', 'system', 2)]);
  const nodes = [['karpenter-nodes-stay', 'default', '3'], ['karpenter-nodes-stay', 'karpenter, no pool named', '1']];
  const balancers = ['load-balancers-stay', 'aws-load-balancer-controller', undefined];

  it('is told when Karpenter goes or another takes its place, by the instances that it runs', () => {
    const { traffic } = wanted;
    for (const autoscaling of [{ kind: 'none' }, { kind: 'auto-mode' }, { kind: 'cluster-autoscaler' }]) assert.deepEqual(told(change(standing(), { traffic, autoscaling }, facts({ pooledNodes }))), nodes, autoscaling.kind);
    assert.deepEqual(told(change(standing(), { traffic }, facts({ pooledNodes: seen([]) }))), []);
    assert.deepEqual(told(change(standing(), { ...wanted, network: { cni: { warmIpTarget: 4 } } }, facts({ pooledNodes }))), []);
  });

  it('is told when the load balancer controller loses its role, whatever takes its place', () => {
    const auto = { autoscaling: { kind: 'auto-mode' }, traffic: { controller: 'auto-mode' } };
    assert.deepEqual(told(change(standing(), { autoscaling: wanted.autoscaling, traffic: { controller: 'none' } })), [balancers]);
    assert.deepEqual(told(change(standing(), auto, facts({ pooledNodes: seen([]) }))), [balancers]);
  });

  it('is told when the cluster is deleted, and Karpenter\'s instances whoever installed it', () => {
    const remove = (of: Cluster, seenThere = facts({ pooledNodes })) => planned(planDeletion({ cluster: of, facts: seenThere, now: NOW }));
    assert.deepEqual(told(remove(standing())), [...nodes, balancers]);
    assert.deepEqual(told(remove(cluster('1.35'))), nodes);
    assert.deepEqual([unknown(remove(standing())), unknown(remove(standing(), facts({ pooledNodes: unseen }))).length, unknown(remove(standing(), facts())).length], [[], 1, 1]);
  });

  it('is unknown where it could not be looked at, and asked only where Karpenter was made and goes', () => {
    const gone = { autoscaling: { kind: 'none' } } as const;
    assert.match(unknown(change(standing(), gone, facts({ pooledNodes: unseen })))[0] ?? '', /^Unknown: .*not authorized/);
    assert.deepEqual([unknown(change(standing(), wanted)), unknown(change(cluster('1.35'), gone))], [[], []]);
    assert.deepEqual([karpenterGoes(standing()), karpenterGoes({ ...standing(), wanted: gone }), karpenterGoes({ wanted: gone })], [false, true, false]);
  });
});
