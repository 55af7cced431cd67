import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AddonFacts } from '../../domain/facts.ts';
import { addonsLeftAlone, oldestSeenAt } from '../../domain/left-alone.ts';
import type { Step } from '../../domain/operation.ts';
import { aStep } from './operation-words.ts';
import { addonFacts, clusterFacts, NOW } from './worlds.ts';

const MINUTE_MS = 60_000;
const later = (minutes: number): string => new Date(Date.parse(NOW) + minutes * MINUTE_MS).toISOString();
const alone = (addon: Partial<AddonFacts>, step: Partial<Step>, minutes = 10): boolean =>
  addonsLeftAlone(clusterFacts('1.33', { addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2', addon)] }), [aStep({ kind: 'upgrade-addon', subject: 'coredns', ...step })], Date.parse(later(minutes))).length === 1;

describe('an add-on between two hops', () => {
  it('stands as it was seen within half an hour, unless it was not well or a step has worked on it since', () => {
    assert.ok(alone({}, { state: 'Pending' }));
    assert.ok(alone({}, { state: 'Succeeded', endedAt: later(-1) }), 'what came of it was seen');
    assert.ok(!alone({}, { state: 'Pending' }, 31));
    assert.ok(!alone({ seenAt: later(-25) }, { state: 'Pending' }), 'its own age counts');
    for (const status of ['DEGRADED', 'UPDATING', 'UPDATE_FAILED']) assert.ok(!alone({ status }, { state: 'Pending' }), status);
    assert.ok(!alone({ healthIssues: [{ code: 'AccessDenied', message: 'x', resourceIds: [] }] }, { state: 'Pending' }));
    for (const step of [{ state: 'Running' }, { state: 'Succeeded', endedAt: later(0) }, { state: 'Failed', endedAt: later(5) }] as const) assert.ok(!alone({}, step), step.state);
  });

  it('keeps the moment at which it was seen, by which the facts are as old as they are', () => {
    const facts = clusterFacts('1.33', { addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2'), addonFacts('vpc-cni', 'v1.19.5-eksbuild.1', { seenAt: later(-20) })] });
    assert.deepEqual(addonsLeftAlone(facts, [], Date.parse(later(5))).map(({ seenAt }) => seenAt), [NOW, later(-20)]);
    assert.deepEqual([oldestSeenAt(facts), oldestSeenAt(clusterFacts('1.33'))], [later(-20), NOW]);
  });
});
