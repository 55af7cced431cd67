import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entryOf, subjectsOf } from '../../domain/hop-entry.ts';
import type { PlannedStep, Stage } from '../../domain/plan.ts';
import { aStep } from './operation-words.ts';

const of = (...stages: Stage[]): PlannedStep[] => stages.map((stage) => aStep({ stage, subject: `of ${stage}` }));

describe('entryOf', () => {
  it('enters a hop with what it prepares, with its control plane or add-ons, or with its nodes where nothing else is left', () => {
    assert.equal(entryOf({ steps: of('PrepareAddons', 'UpgradeControlPlane', 'UpgradeNodegroups') }), 'prepare');
    assert.equal(entryOf({ steps: of('UpgradeControlPlane', 'UpgradeNodegroups') }), 'hop');
    assert.equal(entryOf({ steps: of('UpgradeAddons', 'UpgradeNodegroups') }), 'hop');
    assert.equal(entryOf({ steps: of('UpgradeCanaryNodegroup', 'UpgradeNodegroups') }), 'nodes');
    assert.equal(entryOf({ steps: of('RollBackNodegroups', 'RollBackControlPlane') }), 'hop');
  });
});

describe('subjectsOf', () => {
  it('names each subject of the stages once, in order', () => {
    const steps = [...of('UpgradeAddons', 'UpgradeNodegroups'), ...of('UpgradeAddons')];
    assert.deepEqual(subjectsOf(steps, 'UpgradeAddons', 'RollBackAddons'), ['of UpgradeAddons']);
  });
});
