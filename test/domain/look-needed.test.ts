import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterFacts } from '../../domain/facts.ts';
import { lookNeeded, withoutOldReadiness } from '../../domain/look-needed.ts';
import type { NextHop } from '../../domain/next-hop.ts';
import type { Plan } from '../../domain/plan.ts';
import type { ReadinessFacts } from '../../domain/readiness-facts.ts';
import { anOperation, aStep } from './operation-words.ts';
import { at133 } from './worlds.ts';

const NOW = Date.parse('2026-09-01T12:00:00Z');
const MINUTE_MS = 60_000;
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE_MS).toISOString();
const { plan } = anOperation();
const ready = (seen: number, eksLooked: number | undefined): ClusterFacts => {
  const insights = { kind: 'seen', value: { refresh: { status: 'COMPLETED' }, insights: [{ id: 'i', name: 'x', category: 'UPGRADE_READINESS', status: 'PASSING', deprecations: [], addons: [], resources: [], ...(eksLooked === undefined ? {} : { lastRefreshTime: ago(eksLooked) }) }] } } as const;
  return { ...at133(), readiness: { observedAt: ago(seen), insights } as unknown as ReadinessFacts };
};
const counts = (facts: ClusterFacts, moved: number, entered: number): boolean => withoutOldReadiness(facts, { movedAt: NOW - moved * MINUTE_MS, enteredAt: NOW - entered * MINUTE_MS }, NOW).readiness !== undefined;
const hop = (...kinds: ('upgrade-control-plane' | 'rollback-control-plane' | 'upgrade-nodegroup')[]): NextHop => ({ kind: 'hop', hop: { from: '1.33', to: '1.34', steps: kinds.map((kind) => aStep({ kind })) }, held: [], part: 'whole', plan, changed: undefined });

describe('readiness facts', () => {
  it('count for ten minutes when they were looked at for the very hop', () => {
    assert.equal(counts(ready(2, 2), 20, 5), true);
    assert.equal(counts(ready(11, 11), 20, 15), false);
  });

  it('of before count only where EKS has looked within the hour, and nothing has moved since', () => {
    assert.equal(counts(ready(6, 30), 90, 5), true);
    assert.equal(counts(ready(6, 61), 90, 5), false);
    assert.equal(counts(ready(6, undefined), 90, 5), false);
    assert.equal(counts(ready(6, 30), 20, 5), false, 'a step ended since EKS looked');
    assert.equal(counts(ready(6, 6), 5, 4), false, 'a step ended since they were seen');
  });
});

describe('lookNeeded', () => {
  const own: Plan = { ...plan, nodes: [{ kind: 'self-managed', name: 'batch', action: 'refresh', because: '' }] };
  it('has EKS look anew before a control plane moves, forward or back', () => {
    assert.equal(lookNeeded(hop('upgrade-control-plane', 'upgrade-nodegroup'), at133(), plan), 'insights');
    assert.equal(lookNeeded(hop('rollback-control-plane'), at133(), plan), 'insights');
    assert.equal(lookNeeded(hop('upgrade-control-plane'), ready(1, 1), plan), 'none');
  });

  it('looks closer at the rest only where there are nodes that nothing else tells of', () => {
    const done: NextHop = { kind: 'done', because: '' };
    assert.deepEqual([lookNeeded(done, at133(), plan), lookNeeded(done, at133(), own), lookNeeded(hop('upgrade-nodegroup'), at133(), own), lookNeeded(done, ready(1, 1), own)], ['none', 'readiness', 'readiness', 'none']);
    assert.equal(lookNeeded({ kind: 'stop', errors: [] }, at133(), own), 'none');
  });
});
