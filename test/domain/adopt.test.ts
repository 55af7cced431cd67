import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findOwnUpdate, judgeForeign } from '../../domain/adopt.ts';
import type { UpdateFacts } from '../../domain/facts.ts';
import { aStep } from './operation-words.ts';

const update = (spoiled: Partial<UpdateFacts> = {}): UpdateFacts => ({
  updateId: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: { Version: '1.34', PlatformVersion: 'eks.1' },
  createdAt: '2026-10-05T09:00:00.000Z',
  errors: [],
  ...spoiled,
});

describe('judgeForeign', () => {
  it('adopts an update that does what the step was going to do', () => {
    assert.equal(judgeForeign(aStep(), update()).kind, 'adopt');
  });

  it('waits for an update of another kind or to another version', () => {
    assert.equal(judgeForeign(aStep(), update({ type: 'EndpointAccessUpdate', params: {} })).kind, 'wait');
    assert.equal(judgeForeign(aStep(), update({ params: { Version: '1.35' } })).kind, 'wait');
  });

  it('never takes a rollback for the upgrade to the same version', () => {
    assert.equal(judgeForeign(aStep(), update({ type: 'VersionRollback' })).kind, 'wait');
  });
});

describe('findOwnUpdate', () => {
  it('finds the update whose answer was lost', () => {
    assert.equal(findOwnUpdate(aStep(), [update({ updateId: 'u-2', type: 'ConfigUpdate' }), update()])?.updateId, 'u-1');
  });

  it('does not take a failed update for its own', () => {
    assert.equal(findOwnUpdate(aStep(), [update({ status: 'Failed' })]), undefined);
  });
});
