import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSeenOver, waitBegun, waitOver, waitToTell } from '../../domain/waiting.ts';

const NOW = '2026-10-05T12:00:00.000Z';
const window = { kind: 'MaintenanceWindow', because: 'Outside the maintenance windows' } as const;
const told = { ...window, since: '2026-10-05T09:00:00.000Z' };

describe('the history of waits', () => {
  it('has a wait once, however often it is looked at, and another one anew', () => {
    assert.deepEqual(waitToTell(undefined, window, NOW), { ...window, since: NOW });
    assert.equal(waitToTell(told, window, NOW), undefined);
    assert.deepEqual(waitToTell(told, { kind: 'Approval', because: 'A gate.' }, NOW)?.kind, 'Approval');
    assert.equal(waitToTell(told, { ...window, because: 'Another policy' }, NOW)?.because, 'Another policy');
    assert.equal(waitToTell({ ...told, kind: 'AccountUnreachable' }, { kind: 'AccountUnreachable', because: 'Another request id' }, NOW), undefined);
  });

  it('leaves out the short waits of every hop', () => {
    for (const kind of ['Settling', 'InsightsRefresh'] as const) assert.equal(waitToTell(told, { kind, because: '' }, NOW), undefined);
    assert.equal(waitToTell(told, undefined, NOW), undefined);
  });

  it('says what is over at once where a look has seen so, and else when a step begins', () => {
    assert.deepEqual([isSeenOver({ ...told, kind: 'Paused' }, undefined), isSeenOver(told, undefined), isSeenOver({ ...told, kind: 'Paused' }, window)], [true, false, false]);
    assert.deepEqual([waitBegun(told).message, waitOver(told).message], ['It waits (MaintenanceWindow): Outside the maintenance windows.', 'It goes on: the wait (MaintenanceWindow) since 2026-10-05T09:00:00.000Z is over.']);
  });
});
