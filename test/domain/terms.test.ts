import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Terms } from '../../domain/operation.ts';
import { planUpgrade, planUpgradeAgain } from '../../domain/plan-upgrade.ts';
import { at133, cluster, nodegroupFacts, NOW, planned, refused, steps } from './worlds.ts';

const ask = (terms: Terms, facts = at133()) => ({ cluster: cluster('1.33'), to: '1.34' as const, facts, now: NOW, terms });
const four = at133({ nodegroups: ['a', 'b', 'c', 'd'].map((name) => nodegroupFacts(name, '1.33')) });

describe('the terms of an upgrade', () => {
  it('put the canary\'s roll into a stage of its own, before the others', () => {
    const rolls = steps(planned(planUpgrade(ask({ canaryNodegroup: 'green' })))).filter((step) => step.kind === 'upgrade-nodegroup');
    assert.deepEqual(rolls.map((step) => [step.stage, step.subject]), [['UpgradeCanaryNodegroup', 'green'], ['UpgradeNodegroups', 'blue']]);
    assert.match(rolls[0]?.reason ?? '', /the canary: the others wait/);
  });

  it('are refused with a canary that the cluster does not have, or that does not roll', () => {
    const unknown = refused(planUpgrade(ask({ canaryNodegroup: 'violet' })));
    assert.deepEqual([unknown.code, unknown.errors], ['rules-broken', [{ path: 'canaryNodegroup', message: 'The cluster has no node group violet.' }]]);
    const there = refused(planUpgrade(ask({ canaryNodegroup: 'blue' }, at133({ nodegroups: [nodegroupFacts('blue', '1.34'), nodegroupFacts('green', '1.33')] }))));
    assert.match(there.detail, /blue does not roll in this upgrade: It is at 1\.34 already\./);
  });

  it('let a canary that has rolled already be, once the upgrade is under way', () => {
    const halfway = { ...at133({ nodegroups: [nodegroupFacts('blue', '1.34'), nodegroupFacts('green', '1.33')] }) };
    const plan = planned(planUpgradeAgain(ask({ canaryNodegroup: 'blue' }, halfway)));
    assert.deepEqual(steps(plan).filter((step) => step.kind === 'upgrade-nodegroup').map((step) => [step.stage, step.subject]), [['UpgradeNodegroups', 'green']]);
  });

  it('force the groups that an approver named, and say so', () => {
    const rolls = steps(planned(planUpgrade(ask({ forceNodegroups: ['blue'] })))).filter((step) => step.kind === 'upgrade-nodegroup');
    assert.deepEqual(rolls.map((step) => step.parameters), [{ version: '1.34', force: true }, { version: '1.34' }]);
    assert.match(rolls[0]?.reason ?? '', /An approver has it forced/);
  });

  it('leave the steps of held node groups in their hop, under their ids, and say that they are held', () => {
    const [held, free] = [planned(planUpgrade(ask({ holdNodegroups: true }))), planned(planUpgrade(ask({})))];
    assert.deepEqual(steps(held).map((step) => step.id), steps(free).map((step) => step.id));
    assert.deepEqual(steps(held).filter((step) => step.reason.includes('held')).map((step) => step.kind), ['upgrade-nodegroup', 'upgrade-nodegroup']);
  });

  it('count in the estimate: fewer groups at once and a canary that goes alone take longer, and need less room', () => {
    const estimate = (terms: Terms) => {
      const { minutes, surgeNodes, addresses } = planned(planUpgrade(ask(terms, four))).estimate;
      return [minutes, surgeNodes, addresses];
    };
    assert.deepEqual(estimate({}), [26, 16, 21]);
    assert.deepEqual(estimate({ maxParallelNodegroups: 2 }), [40, 8, 13]);
    assert.deepEqual(estimate({ maxParallelNodegroups: 1 }), [68, 4, 9]);
    assert.deepEqual(estimate({ canaryNodegroup: 'a' }), [40, 12, 17]);
    assert.deepEqual(estimate({ bakeMinutes: 600, holdNodegroups: true }), [26, 16, 21], 'a bake is no work');
  });
});
