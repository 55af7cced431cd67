import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorsOf } from '../../domain/operation-errors.ts';
import { anOperation, aStep } from './operation-words.ts';

const told = (failure: { Error?: string; Cause?: string }, operation = anOperation(), steps = [aStep()]) => errorsOf(operation, steps, failure);

describe('errorsOf', () => {
  it('tells each failed step by its own error, once, with what to do', () => {
    const error = { code: 'PodEvictionFailure', message: 'Reached max retries while trying to evict pods.', step: '1.34/nodegroup/blue' };
    const step = aStep({ id: '1.34/nodegroup/blue', state: 'Failed', error });
    const [first, ...more] = told({ Error: 'StepFailed', Cause: 'PodEvictionFailure: Reached max retries.' }, anOperation(), [step]);
    assert.deepEqual([first?.code, first?.message, first?.step, more], [error.code, error.message, error.step, []]);
    assert.match(first?.remedy ?? '', /disruption budget.*\/v1\/operations\/op-1\/retry/);
  });

  it('takes the code off a message that begins with it', () => {
    const step = aStep({ state: 'Failed', error: { code: 'NodeCreationFailure', message: 'NodeCreationFailure: Instances failed to join.' } });
    assert.equal(told({ Error: 'StepFailed' }, anOperation(), [step])[0]?.message, 'Instances failed to join.');
  });

  const words: readonly (readonly [what: string, failure: { Error?: string; Cause?: string }, message: RegExp])[] = [
    ['a timeout without a cause', { Error: 'States.Timeout' }, /took longer than .* may take/],
    ['a timeout whose cause is null', { Error: 'States.Timeout', Cause: 'null' }, /took longer/],
    ['a stopped execution', { Error: 'ExecutionABORTED', Cause: 'The execution ended as ABORTED.' }, /stopped from outside/],
    ['an execution that timed out', { Error: 'ExecutionTIMED_OUT', Cause: '' }, /took longer/],
    ['a fault of a function', { Error: 'Fault', Cause: '{"errorType":"Fault","errorMessage":"TypeError: x is not a function","trace":["at y (/var/task/z.js)"]}' }, /^A task of Slipway's own failed: TypeError: x is not a function$/],
    ['a fault that nobody named', {}, /ended without saying why/],
  ];
  for (const [what, failure, message] of words) {
    it(`puts ${what} in words, with a remedy`, () => {
      const [error, ...more] = told(failure);
      assert.deepEqual(more, []);
      assert.match(error?.message ?? '', message);
      assert.match(error?.remedy ?? '', /retry/);
    });
  }

  it('tells the errors that a stop by the rules carries', () => {
    const carried = [{ code: 'HealthNotRestored', message: 'blue is DEGRADED.' }];
    assert.deepEqual(told({ Error: 'OperationStopped', Cause: JSON.stringify(carried) }).map(({ code, message }) => ({ code, message })), carried);
  });

  it('has nothing to say of an operation that was cancelled', () => {
    assert.deepEqual(told({ Error: 'OperationCancelled', Cause: 'Cancelled.' }, anOperation({ cancel: { by: 'ada', at: '2026-10-05T09:00:00.000Z' } })), []);
  });
});
