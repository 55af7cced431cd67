import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideAfterFailedRoll, nextAttempt, NODEGROUP_RETRIES_MAX, triedAgainAt } from '../../domain/failed-roll.ts';
import type { Step } from '../../domain/operation.ts';
import { aStep } from './operation-words.ts';

const failedWith = (code: string, more: Partial<Step> = {}): Step => aStep({ id: '1.34/nodegroup/blue', kind: 'upgrade-nodegroup', subject: 'blue', state: 'Failed', error: { code, message: 'It failed.' }, ...more });

describe('decideAfterFailedRoll', () => {
  it('stops at the first failure when no retries were asked for', () => {
    const decided = decideAfterFailedRoll(failedWith('PodEvictionFailure'), {}, 1);
    assert.deepEqual(decided, { kind: 'stop', because: 'blue failed with PodEvictionFailure, and the upgrade asked for no further tries.' });
  });

  it('waits longer before each further try, and then stops', () => {
    const decided = [1, 2, 3, 4].map((attempts) => decideAfterFailedRoll(failedWith('PodEvictionFailure'), { nodegroupRetries: 3 }, attempts));
    assert.deepEqual(decided.map((one) => (one.kind === 'retry' ? one.afterSeconds : one.kind)), [300, 900, 2700, 'stop']);
    assert.match(decided[1]?.because ?? '', /try 3 of 4 in 15 minutes/);
  });

  it('does not try again what has to be mended first', () => {
    for (const code of ['NodeCreationFailure', 'InsufficientFreeAddresses', 'InstanceLimitExceeded', 'SomethingOfNextYear']) {
      assert.match(decideAfterFailedRoll(failedWith(code), { nodegroupRetries: 3 }, 1).because, /until somebody has mended it/, code);
    }
  });

  it('does not try again where the group does not come back', () => {
    assert.match(decideAfterFailedRoll(failedWith('Ec2LaunchTemplateNotFound'), { nodegroupRetries: 3 }, 1).because, /does not come back/);
  });

  it('tries nothing but rolls of nodes again', () => {
    assert.equal(decideAfterFailedRoll(failedWith('InternalFailure', { kind: 'upgrade-control-plane' }), { nodegroupRetries: 3 }, 1).kind, 'stop');
    assert.equal(decideAfterFailedRoll(failedWith('InternalFailure', { kind: 'refresh-instances' }), { nodegroupRetries: 3 }, 1).kind, 'retry');
  });

  it('ends, whatever is asked and whatever fails', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1000 }), (code, nodegroupRetries) => {
        const tries = Array.from({ length: NODEGROUP_RETRIES_MAX + 1 }, (_, index) => decideAfterFailedRoll(failedWith(code), { nodegroupRetries }, index + 1));
        const retries = tries.filter((decided) => decided.kind === 'retry').length;
        assert.ok(retries <= Math.min(nodegroupRetries, NODEGROUP_RETRIES_MAX));
        assert.equal(tries.at(-1)?.kind, 'stop');
      }),
    );
  });
});

describe('a failed roll that is tried again', () => {
  const failed = aStep({ kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'blue', state: 'Failed', attempt: 1, updateId: 'u-1', intentAt: '2026-10-05T09:00:00.000Z', startedAt: '2026-10-05T09:00:00.000Z', endedAt: '2026-10-05T10:00:00.000Z', outcome: 'no', error: { code: 'PodEvictionFailure', message: 'no' } });

  it('waits from when it failed, and begins with nothing of the attempt before but its number', () => {
    assert.equal(triedAgainAt(failed, { nodegroupRetries: 1 })?.at, Date.parse('2026-10-05T10:05:00.000Z'));
    assert.deepEqual(nextAttempt(failed), { ...aStep({ kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'blue' }), state: 'Pending', attempt: 2 });
  });

  it('is none once its tries are used up, or it did not fail', () => {
    assert.equal(triedAgainAt({ ...failed, attempt: 2 }, { nodegroupRetries: 1 }), undefined);
    assert.equal(triedAgainAt(failed, {}), undefined);
    assert.equal(triedAgainAt({ ...failed, state: 'Succeeded' }, { nodegroupRetries: 1 }), undefined);
  });
});
