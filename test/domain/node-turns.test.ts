import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeTurnsOf } from '../../domain/node-turns.ts';
import { clusterFacts, nodegroup, nodegroupFacts } from './worlds.ts';

const ROLL = { kind: 'upgrade-nodegroup', subject: 'blue' } as const;
const scalingConfig = { minSize: 1, maxSize: 40, desiredSize: 30 };
const seen = (updateConfig: { maxUnavailable?: number; maxUnavailablePercentage?: number; updateStrategy?: string }) => clusterFacts('1.34', { nodegroups: [nodegroupFacts('blue', '1.34', { scalingConfig, updateConfig })] });

describe('node turns', () => {
  it('are the nodes by how many go at once, and one for those that are launched first', () => {
    assert.equal(nodeTurnsOf(ROLL, seen({ maxUnavailable: 1 }), []), 31);
    assert.equal(nodeTurnsOf(ROLL, seen({ maxUnavailablePercentage: 33 }), []), 5);
    assert.equal(nodeTurnsOf(ROLL, seen({ maxUnavailable: 40, updateStrategy: 'MINIMAL' }), []), 1);
  });

  it('are those of the group as it was seen, which an autoscaler may have scaled since it was recorded', () => {
    const recorded = [nodegroup('blue', { scalingConfig: { ...scalingConfig, desiredSize: 2 } })];

    assert.equal(nodeTurnsOf(ROLL, seen({ maxUnavailable: 1 }), recorded), 31);
    assert.equal(nodeTurnsOf(ROLL, clusterFacts('1.34'), recorded), 3);
    assert.equal(nodeTurnsOf(ROLL, undefined, []), 1);
  });
});
