import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seenStates, type Sight } from '../../domain/parts/seen-states.ts';
import type { PartState } from '../../domain/parts/part-states.ts';

const state: PartState = { part: 'capability', name: 'kro', state: 'Active', reason: 'Made', message: 'All of it was made.', resources: ['role/r', 'capability/kro'] };
const seen = (of: Record<string, Sight>, from: PartState = state) => seenStates([from], of).map((told) => [told.state, told.reason]);
const ready: Sight = { seen: { state: 'ready', status: 'ACTIVE' } };

describe('the state of a part that was looked at', () => {
  it('stays where AWS has all of it', () => {
    assert.deepEqual(seen({ 'role/r': ready, 'capability/kro': ready }), [['Active', 'Made']]);
  });

  it('is Failed where somebody has deleted a piece, or AWS says that one failed', () => {
    assert.deepEqual(seen({ 'role/r': { seen: 'absent' }, 'capability/kro': ready }), [['Failed', 'Gone']]);
    assert.deepEqual(seen({ 'role/r': ready, 'capability/kro': { seen: { state: 'failed', status: 'DEGRADED', code: 'AccessDenied', message: 'No.' } } }), [['Failed', 'AccessDenied']]);
  });

  it('is Changing while AWS works on it', () => {
    assert.deepEqual(seen({ 'capability/kro': { seen: { state: 'changing', status: 'UPDATING' } } }), [['Changing', 'UPDATING']]);
  });

  it('is Unknown where a piece could not be looked at, unless another is known to be broken', () => {
    assert.deepEqual(seen({ 'role/r': { unknown: 'denied' }, 'capability/kro': ready }), [['Unknown', 'NotLookedAt']]);
    assert.deepEqual(seen({ 'role/r': { unknown: 'denied' }, 'capability/kro': { seen: 'absent' } }), [['Failed', 'Gone']]);
  });

  it('is what steps told while it is being made, whatever a look sees', () => {
    assert.deepEqual(seen({ 'capability/kro': { seen: 'absent' } }, { ...state, state: 'Planned', reason: 'InOperation' }), [['Planned', 'InOperation']]);
  });
});
