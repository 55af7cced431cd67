import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayLeaveHop } from '../../domain/may-leave-hop.ts';
import type { Operation } from '../../domain/operation.ts';
import { anOperation, aStep } from './operation-words.ts';

const HEALTHY = Date.parse('2026-10-05T10:00:00Z');
const MINUTE_MS = 60_000;
const done = aStep({ state: 'Succeeded' });
const asked = { by: 'ada', reason: 'payday', at: '2026-10-05T09:05:00.000Z' };
const baking = (more: Partial<Operation> = {}): Operation => anOperation({ terms: { bakeMinutes: 60, gates: ['afterBake'] }, ...more });
const leaves = (operation: Operation, minutes: number, steps = [done]) => mayLeaveHop(operation, steps, HEALTHY, HEALTHY + minutes * MINUTE_MS);

describe('mayLeaveHop', () => {
  it('lets go at once where nothing was asked, and where no hop was begun or one did not come to a good end', () => {
    assert.equal(leaves(anOperation(), 0).kind, 'yes');
    assert.equal(leaves(baking(), 0, []).kind, 'yes');
    assert.equal(leaves(baking(), 0, [aStep({ state: 'Failed' })]).kind, 'yes');
  });

  it('holds until the hop has baked, counted from when it was seen healthy, then for the approval', () => {
    assert.deepEqual(leaves(baking(), 59), { kind: 'hold', wait: 'Bake', until: HEALTHY + 60 * MINUTE_MS, because: 'The hop to 1.34 is done, and bakes for 60 minutes.' });
    assert.deepEqual(leaves(baking(), 60), { kind: 'hold', wait: 'Approval', because: 'The hop to 1.34 has to be approved (gate afterBake) before the upgrade goes on.' });
    const approvals = [{ gate: 'afterBake' as const, hop: '1.34', by: 'grace', at: '2026-10-05T10:10:00.000Z' }];
    assert.deepEqual([leaves(baking({ approvals }), 59).kind, leaves(baking({ approvals }), 60).kind], ['hold', 'yes']);
    assert.equal(leaves(baking({ approvals: [{ ...approvals[0]!, hop: '1.33' }] }), 60).kind, 'hold');
  });

  it('obeys a cancel, and holds for a pause, before it holds for anything else', () => {
    assert.deepEqual(leaves(baking({ cancel: asked }), 10), { kind: 'no', error: 'OperationCancelled', because: 'Cancelled by ada.' });
    assert.deepEqual(leaves(baking({ pause: asked }), 10), { kind: 'hold', wait: 'Paused', because: 'Paused by ada: payday.' });
  });
});

describe('a hop whose nodes are held', () => {
  const roll = aStep({ id: '1.34/nodegroup/blue', kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'blue', order: 3 });
  const held = (more: Partial<Operation> = {}): Operation => baking({ terms: { bakeMinutes: 60, gates: ['afterBake'], holdNodegroups: true }, ...more });

  it('bakes and is approved before its nodes roll', () => {
    assert.deepEqual([leaves(held(), 59, [done, roll]).kind, leaves(held(), 60, [done, roll])], ['hold', { kind: 'hold', wait: 'Approval', because: 'The hop to 1.34 has to be approved (gate afterBake) before the upgrade goes on.' }]);
    assert.equal(leaves(baking(), 0, [done, roll]).kind, 'yes', 'nodes that are not held are a part of a hop that is not done');
  });

  it('does not bake again once they have rolled, and not at all when one failed', () => {
    assert.equal(leaves(held(), 0, [done, { ...roll, state: 'Succeeded' }]).kind, 'yes');
    assert.equal(leaves(held(), 0, [done, { ...roll, state: 'Failed' }]).kind, 'yes');
  });

  it('bakes after its nodes where it has nothing else', () => {
    assert.equal(leaves(held(), 59, [{ ...roll, state: 'Succeeded' }]).kind, 'hold');
  });
});
