import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withWayBack } from '../../domain/cluster-after.ts';
import type { Step } from '../../domain/operation.ts';
import { aStep } from './operation-words.ts';
import { cluster } from './worlds.ts';

const before = cluster('1.34', { upgraded: { from: '1.33', to: '1.34', at: '2026-09-01T00:00:00.000Z' } });
const hop = (from: string, to: string, endedAt: string, more: Partial<Step> = {}): Step => aStep({ id: `${to}/control-plane`, from, to, endedAt, hop: to, state: 'Succeeded', updateId: 'u-1', ...more });

describe('withWayBack', () => {
  it('opens the way back from the last control-plane upgrade, from when its end was seen', () => {
    const steps = [hop('1.35', '1.36', '2026-10-05T11:00:00.000Z'), hop('1.34', '1.35', '2026-10-05T10:00:00.000Z')];
    assert.deepEqual(withWayBack(before, steps).upgraded, { from: '1.35', to: '1.36', at: '2026-10-05T11:00:00.000Z' });
  });

  it('closes it once the control plane went back', () => {
    const back = hop('1.34', '1.33', '2026-10-05T10:00:00.000Z', { kind: 'rollback-control-plane', stage: 'RollBackControlPlane' });
    assert.equal('upgraded' in withWayBack(before, [back]), false);
  });

  it('leaves it as it was while no control plane has moved, or it cannot be told when', () => {
    const untold = hop('1.34', '1.35', '2026-10-05T10:00:00.000Z');
    const { updateId: _none, ...already } = untold;
    for (const steps of [[], [{ ...untold, state: 'Failed' as const }], [already], [{ ...untold, kind: 'upgrade-addon' as const }]]) assert.deepEqual(withWayBack(before, steps), before);
  });
});
