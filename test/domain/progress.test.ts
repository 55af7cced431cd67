import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Step, StepState } from '../../domain/operation.ts';
import { planUpgrade } from '../../domain/plan-upgrade.ts';
import { progressOf } from '../../domain/progress.ts';
import { at133, cluster, NOW, planned, steps } from './worlds.ts';

const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts: at133(), now: NOW }));
const titles = steps(plan).map((step) => step.title);

function withStates(...states: readonly StepState[]): Step[] {
  return states.map((state, index) => ({ ...steps(plan)[index]!, hop: '1.34', order: index + 1, state, run: 1, attempt: 1 }));
}

describe('progressOf', () => {
  it('says which step of how many is under way', () => {
    assert.equal(titles.length, 5);
    assert.deepEqual(progressOf(plan, withStates('Succeeded', 'Succeeded', 'Waiting')), { done: 2, total: 5, percent: 40, message: `3 of 5: ${titles[2]}` });
  });

  it('says what comes next before it begins, and how many go side by side', () => {
    assert.equal(progressOf(plan, []).message, '1 of 5: Upgrading the control plane to 1.34');
    assert.equal(progressOf(plan, withStates('Succeeded', 'Succeeded', 'Succeeded', 'Running', 'Waiting')).message, `4 of 5: ${titles[3]} and 1 more`);
  });

  it('says what it waits for where nothing is at work, and before or at which step', () => {
    const window = { kind: 'MaintenanceWindow', because: 'Outside the maintenance windows.' } as const;
    assert.equal(progressOf(plan, [], window).message, '1 of 5: waiting, before Upgrading the control plane to 1.34: Outside the maintenance windows.');
    assert.equal(progressOf(plan, withStates('Succeeded', 'Waiting'), { kind: 'AccountUnreachable', because: 'No role.' }).message, `2 of 5: waiting, at ${titles[1]}: No role.`);
    assert.equal(progressOf(plan, withStates('Succeeded', 'Running', 'Waiting'), window).message, `2 of 5: ${titles[1]} and 1 more`);
    assert.equal(progressOf(plan, withStates('Succeeded', 'Failed', 'Pending'), { kind: 'RollRetry', because: 'Try 2.' }).message, `2 of 5: waiting, at ${titles[1]}: Try 2.`);
    assert.equal(progressOf(plan, withStates('Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded'), { kind: 'Bake', because: 'It bakes.' }).message, '5 of 5 done, waiting: It bakes.');
  });

  it('says what failed, and when all is done', () => {
    assert.equal(progressOf(plan, withStates('Succeeded', 'Failed')).message, `1 of 5 done, then failed: ${titles[1]}`);
    assert.deepEqual(progressOf(plan, withStates('Succeeded', 'Succeeded', 'Skipped', 'Succeeded', 'Succeeded')), { done: 5, total: 5, percent: 100, message: '5 of 5: done' });
    assert.equal(progressOf({ ...plan, hops: [] }, []).percent, 100);
  });

  it('is 100 percent only when every step is done, and never more', () => {
    const state = fc.constantFrom<StepState>('Pending', 'Running', 'Waiting', 'Succeeded', 'Failed', 'Skipped', 'Cancelled', 'Stalled');
    fc.assert(
      fc.property(fc.array(state, { maxLength: 5 }), (states) => {
        const { done, total, percent } = progressOf(plan, withStates(...states));
        assert.equal(percent === 100, done === total);
        assert.ok(percent >= 0 && percent <= 100);
      }),
    );
  });
});
