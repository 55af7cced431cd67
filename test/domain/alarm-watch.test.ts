import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeAlarms, type AlarmSeen } from '../../domain/alarm-watch.ts';

const arn = (name: string): string => `arn:aws:cloudwatch:eu-west-1:111111111111:alarm:${name}`;
const ok: AlarmSeen = { arn: arn('fine'), state: 'OK' };

describe('the alarms of an upgrade that bakes', () => {
  it('fire when one of them is in ALARM, whatever the others say', () => {
    const fired: AlarmSeen = { arn: arn('health: shop'), state: 'ALARM', reason: 'no answer', since: '2026-10-09T13:00:00.000Z' };
    assert.deepEqual(judgeAlarms([ok, { arn: arn('gone'), state: 'absent' }, fired]), { kind: 'fired', because: 'The alarm health: shop fired at 2026-10-09T13:00:00.000Z: no answer' });
  });

  it('are quiet when they are OK', () => {
    assert.deepEqual(judgeAlarms([ok, ok]), { kind: 'quiet', unclear: undefined, unseen: false });
    assert.deepEqual(judgeAlarms([]), { kind: 'quiet', unclear: undefined, unseen: false });
  });

  it('say which of them tell nothing', () => {
    const seen: AlarmSeen[] = [ok, { arn: arn('a'), state: 'INSUFFICIENT_DATA' }, { arn: arn('b'), state: 'absent' }, { arn: arn('c'), state: 'unseen', reason: 'denied' }];
    assert.deepEqual(judgeAlarms(seen), { kind: 'quiet', unclear: 'a has no data; b is gone; c could not be looked at (denied).', unseen: true });
  });
});
