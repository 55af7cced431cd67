import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cancelledMessage, doneMessage } from '../../domain/end-message.ts';
import { aStep } from './operation-words.ts';

const begun = { updateId: 'u-1', startedAt: '2026-10-05T09:00:00.000Z', endedAt: '2026-10-05T09:14:10.000Z' };

describe('the last word of an operation that was cancelled', () => {
  it('is that nothing was changed only where nothing had begun at EKS', () => {
    assert.equal(cancelledMessage([aStep(), aStep({ state: 'Cancelled' }), aStep({ state: 'Failed' })]), 'Cancelled before anything was changed.');
  });

  it('tells what was done, what EKS has stopped and what had failed', () => {
    const done = aStep({ ...begun, state: 'Succeeded' });
    const stopped = aStep({ ...begun, title: 'Taking the control plane back to 1.33', state: 'Cancelled', outcome: 'EKS stopped it, as olga had asked.' });
    const failed = aStep({ ...begun, title: 'Rolling node group blue to 1.34', state: 'Failed', outcome: 'No address.' });
    assert.equal(cancelledMessage([done]), 'Cancelled. What was done stays done: Upgrading the control plane to 1.34.');
    assert.equal(cancelledMessage([stopped]), 'Cancelled. Taking the control plane back to 1.33 was stopped after 14 minutes: EKS stopped it, as olga had asked.');
    assert.equal(cancelledMessage([done, failed]), 'Cancelled. What was done stays done: Upgrading the control plane to 1.34. Rolling node group blue to 1.34 failed after 14 minutes: No address.');
  });

  it('of one that could not be cancelled any more names who asked', () => {
    assert.equal(doneMessage({}), 'Done.');
    assert.equal(doneMessage({ cancel: { by: 'ada', at: begun.endedAt } }), 'Done. When ada asked to cancel, nothing was left that could be stopped.');
  });
});
