import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterFacts } from '../../domain/facts.ts';
import { hasNoTime, lookedAnew, lookNeeded, withoutOldReadiness } from '../../domain/look-needed.ts';
import type { NextHop } from '../../domain/next-hop.ts';
import type { Plan } from '../../domain/plan.ts';
import type { ReadinessFacts } from '../../domain/readiness-facts.ts';
import { anOperation, aStep } from './operation-words.ts';
import { at133 } from './worlds.ts';

const NOW = Date.parse('2026-09-01T12:00:00Z');
const MINUTE_MS = 60_000;
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE_MS).toISOString();
const { plan } = anOperation();
type Refresh = { status: string; startedAt?: string };
const ready = (seen: number, { refresh = { status: 'never' }, insightMade, asItIsFor }: { refresh?: Refresh; insightMade?: number; asItIsFor?: string } = {}): ClusterFacts => {
  const insights = { kind: 'seen', value: { refresh, insights: [{ id: 'i', name: 'x', category: 'UPGRADE_READINESS', status: 'PASSING', deprecations: [], addons: [], resources: [], ...(insightMade === undefined ? {} : { lastRefreshTime: ago(insightMade) }) }] } };
  return { ...at133(), readiness: { observedAt: ago(seen), insights, ...(asItIsFor === undefined ? {} : { asItIsFor }) } as unknown as ReadinessFacts };
};
const since = (moved: number) => ({ operationId: 'op-1', movedAt: NOW - moved * MINUTE_MS });
const counts = (facts: ClusterFacts, moved: number): boolean => withoutOldReadiness(facts, since(moved), NOW).readiness !== undefined;
const anew = (facts: ClusterFacts, moved = 90): boolean => lookedAnew(facts.readiness, since(moved), NOW);
const hop = (...kinds: ('upgrade-control-plane' | 'rollback-control-plane' | 'upgrade-nodegroup')[]): NextHop => ({ kind: 'hop', hop: { from: '1.33', to: '1.34', steps: kinds.map((kind) => aStep({ kind })) }, held: [], part: 'whole', plan, changed: undefined });

describe('readiness facts', () => {
  it('count for ten minutes, while nothing of ours has moved since', () => {
    assert.equal(counts(ready(2), 20), true);
    assert.equal(counts(ready(11), 20), false);
    assert.equal(counts(ready(6), 5), false);
  });
});

describe('a look of EKS\'s', () => {
  it('is new for fifteen minutes from when it began, however late what it says was read', () => {
    const began = (minutes: number, seen: number): ClusterFacts => ready(seen, { refresh: { status: 'COMPLETED', startedAt: ago(minutes) }, insightMade: 600 });
    assert.equal(anew(began(15, 2)), true);
    assert.equal(anew(began(16, 0)), false, 'somebody has asked for the plan a moment ago');
    assert.equal(anew(ready(0, { insightMade: 600 })), false);
    assert.equal(anew(ready(0, { insightMade: 14 })), true, 'EKS looks each day by itself');
    assert.equal(anew(began(6, 0), 5), false, 'a step ended since EKS looked');
    assert.equal(anew(at133()), false);
  });

  it('that failed is none to wait for, and one that goes on is not over', () => {
    assert.equal(anew(ready(0, { refresh: { status: 'FAILED', startedAt: ago(3) }, insightMade: 600 })), true, 'that it failed is judged');
    assert.equal(anew(ready(0, { refresh: { status: 'IN_PROGRESS', startedAt: ago(3) }, insightMade: 600 })), false);
  });

  it('that has no time does, when EKS was asked for the very operation', () => {
    const hidden = { ...at133(), readiness: { observedAt: ago(0), insights: { kind: 'unknown', because: 'No right.' } } as unknown as ReadinessFacts };
    const unending = ready(0, { refresh: { status: 'IN_PROGRESS', startedAt: ago(300) }, insightMade: 600 });
    for (const facts of [hidden, unending, ready(0)]) {
      assert.equal(facts.readiness !== undefined && hasNoTime(facts.readiness), true);
      assert.equal(anew(facts), false);
      assert.equal(anew({ ...facts, readiness: { ...facts.readiness, asItIsFor: 'op-1' } as ReadinessFacts }), true);
    }
    assert.equal(anew(ready(0, { asItIsFor: 'op-2' })), false);
    assert.equal(hasNoTime(ready(0, { insightMade: 600 }).readiness as ReadinessFacts), false);
  });
});

describe('lookNeeded', () => {
  const own: Plan = { ...plan, nodes: [{ kind: 'self-managed', name: 'batch', action: 'refresh', because: '' }] };
  it('has EKS look anew before a control plane moves, forward or back', () => {
    assert.equal(lookNeeded(hop('upgrade-control-plane', 'upgrade-nodegroup'), at133(), plan), 'insights');
    assert.equal(lookNeeded(hop('rollback-control-plane'), at133(), plan), 'insights');
    assert.equal(lookNeeded(hop('upgrade-control-plane'), ready(1), plan), 'none');
  });

  it('looks closer at the rest only where there are nodes that nothing else tells of', () => {
    const done: NextHop = { kind: 'done', because: '' };
    assert.deepEqual([lookNeeded(done, at133(), plan), lookNeeded(done, at133(), own), lookNeeded(hop('upgrade-nodegroup'), at133(), own), lookNeeded(done, ready(1), own)], ['none', 'readiness', 'readiness', 'none']);
    assert.equal(lookNeeded({ kind: 'stop', errors: [] }, at133(), own), 'none');
  });
});
