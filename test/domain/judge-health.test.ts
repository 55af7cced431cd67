import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeHealth } from '../../domain/judge-health.ts';
import { clusterFacts, nodegroupFacts } from './worlds.ts';

const issue = { code: 'InternalFailure', message: 'An issue occurred on the Amazon EKS side.', resourceIds: ['ng-1'] };
const canary = nodegroupFacts('green', '1.34', { healthIssues: [issue] });

describe('judgeHealth', () => {
  it('tells of a canary that ails which group it is, what EKS names, and ends its sentence once', () => {
    const facts = clusterFacts('1.34', { nodegroups: [canary, nodegroupFacts('blue', '1.33')] });
    assert.deepEqual(judgeHealth(facts, 20, ['green']), { kind: 'unhealthy', because: 'After 20 minutes the canary green has the issue InternalFailure: An issue occurred on the Amazon EKS side.', canary: 'green', resourceIds: ['ng-1'] });
    assert.equal(judgeHealth(facts, 19, ['green']).kind, 'settling');
    assert.equal(judgeHealth(facts, 20).kind, 'healthy', 'of others an issue is no matter while they are ACTIVE');
  });

  it('tells what EKS names of whatever else did not become ACTIVE again', () => {
    const facts = clusterFacts('1.34', { nodegroups: [{ ...canary, status: 'DEGRADED' }] });
    assert.deepEqual(judgeHealth(facts, 25), { kind: 'unhealthy', because: 'After 20 minutes node group green is DEGRADED.', resourceIds: ['ng-1'] });
  });
});
