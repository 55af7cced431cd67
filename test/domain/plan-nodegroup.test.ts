import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Nodegroup } from '../../domain/cluster.ts';
import { planNodegroupChange } from '../../domain/plan-nodegroup-change.ts';
import { planNodegroupCreation } from '../../domain/plan-nodegroup-creation.ts';
import { planNodegroupDeletion } from '../../domain/plan-nodegroup-deletion.ts';
import type { RefusalCode } from '../../domain/refusal.ts';
import { at133, cluster, clusterFacts, nodegroup, nodegroupFacts, NOW, planned, refused, steps } from './worlds.ts';

const facts = at133();
const prod = cluster('1.33', { nodegroups: [nodegroup('blue'), nodegroup('green')] });

describe('planNodegroupCreation', () => {
  const create = (more: Partial<Nodegroup> = {}, seen = facts) => planNodegroupCreation({ cluster: prod, nodegroup: nodegroup('red', more), facts: seen, now: NOW });

  it('makes one group at the version that the cluster really has', () => {
    const [step, ...more] = steps(planned(create({}, clusterFacts('1.34'))));
    assert.deepEqual(more, []);
    assert.deepEqual([step!.id, step!.stage, step!.parameters!['version']], ['1.34/nodegroup/red', 'CarryOut', '1.34']);
  });

  const refusals: readonly [string, RefusalCode, Partial<Nodegroup>, typeof facts?][] = [
    ['a name that is taken', 'nodegroup-exists', { nodegroupName: 'blue' }],
    ['another version than the cluster\'s', 'version-not-the-clusters', { version: '1.32' }],
    ['Amazon Linux 2 from 1.33 on', 'ami-type-not-offered', { amiType: 'AL2_x86_64' }],
    ['an image type that EKS does not know', 'ami-type-not-offered', { amiType: 'FOO_BAR' }],
    ['a release of another minor', 'version-not-the-clusters', { releaseVersion: '1.32.1-20260101' }],
    ['machines that the images do not run on', 'rules-broken', { amiType: 'AL2023_x86_64_STANDARD', instanceTypes: ['m7i.large', 'm7gd.large'] }],
    ['Graviton machines without an image type', 'rules-broken', { instanceTypes: ['c6gn.xlarge'] }],
    ['x86 machines with Arm images', 'rules-broken', { amiType: 'BOTTLEROCKET_ARM_64', instanceTypes: ['g6e.xlarge'] }],
    ['a label under a prefix that is kept by Kubernetes', 'rules-broken', { labels: { 'kubernetes.io/os': 'linux' } }],
    ['a cluster that is being made', 'cluster-not-active', {}, at133({ cluster: { status: 'CREATING' } })],
    ['broken rules', 'rules-broken', { scalingConfig: { minSize: 2, maxSize: 1, desiredSize: 1 } }],
    ['a role of another account', 'role-not-passable', { nodeRole: 'arn:aws:iam::222222222222:role/eks-node' }],
  ];
  for (const [what, code, more, seen] of refusals) it(`refuses ${what}`, () => assert.equal(refused(create(more, seen)).code, code));
});

describe('planNodegroupChange', () => {
  const before = nodegroup('blue', { version: '1.33', releaseVersion: '1.33.5-20260101', labels: { tier: 'web', old: 'yes' }, taints: [{ key: 'gpu', value: 'a', effect: 'NO_SCHEDULE' }], launchTemplate: { id: 'lt-1', version: '1' } });
  const change = (more: Partial<Nodegroup>, seen = facts) => planNodegroupChange({ cluster: prod, before, after: { ...before, ...more }, facts: seen, now: NOW });

  it('changes sizes, labels, taints and update settings in one update, and says only what differs', () => {
    const [step, ...more] = steps(planned(change({ scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 6 }, labels: { tier: 'api' }, taints: [{ key: 'gpu', value: 'b', effect: 'NO_SCHEDULE' }], updateConfig: { maxUnavailablePercentage: 20 } })));
    assert.deepEqual(more, []);
    assert.equal(step!.title, 'Changing size, labels, taints, update settings of node group blue');
    assert.deepEqual([step!.kind, step!.parameters], [
      'update-nodegroup-config',
      {
        scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 6 },
        labels: { addOrUpdateLabels: { tier: 'api' }, removeLabels: ['old'] },
        taints: { addOrUpdateTaints: [{ key: 'gpu', value: 'b', effect: 'NO_SCHEDULE' }] },
        updateConfig: { maxUnavailablePercentage: 20 },
      },
    ]);
  });

  it('rolls to another release together with its version, and to another launch template version', () => {
    const parameters = (more: Partial<Nodegroup>) => steps(planned(change(more))).map((step) => [step.kind, step.parameters]);
    assert.deepEqual(parameters({ releaseVersion: '1.33.8-20260601' }), [['upgrade-nodegroup', { version: '1.33', releaseVersion: '1.33.8-20260601' }]]);
    assert.deepEqual(parameters({ launchTemplate: { id: 'lt-1', version: '2' } }), [['upgrade-nodegroup', { version: '1.33', launchTemplate: { id: 'lt-1', version: '2' } }]]);
  });

  it('rolls a custom image by its launch template alone', () => {
    const own: Nodegroup = { ...nodegroup('blue'), customAmi: true, launchTemplate: { id: 'lt-1', version: '1' } };
    const plan = planned(planNodegroupChange({ cluster: prod, before: own, after: { ...own, launchTemplate: { id: 'lt-1', version: '2' } }, facts, now: NOW }));
    assert.deepEqual(steps(plan).map((step) => step.parameters), [{ launchTemplate: { id: 'lt-1', version: '2' } }]);
    assert.equal(refused(planNodegroupChange({ cluster: prod, before: own, after: { ...own, version: '1.33' }, facts, now: NOW })).code, 'rules-broken');
  });

  it('tells that a smaller size does not drain', () => {
    assert.deepEqual(planned(change({ scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 1 } })).findings.map((found) => found.code), ['scale-down-ignores-budgets']);
  });

  const refusals: readonly [string, RefusalCode, Partial<Nodegroup>, typeof facts?][] = [
    ['a change of nothing', 'nothing-to-change', { labels: { old: 'yes', tier: 'web' } }],
    ['another version than the cluster\'s', 'version-not-the-clusters', { version: '1.34' }],
    ['what is fixed at birth', 'rules-broken', { instanceTypes: ['m5.large'] }],
    ['another launch template', 'rules-broken', { launchTemplate: { id: 'lt-2' } }],
    ['sizes out of order', 'rules-broken', { scalingConfig: { minSize: 3, maxSize: 5, desiredSize: 2 } }],
    ['a group that is gone', 'not-found', { labels: {} }, at133({ nodegroups: [] })],
    ['a cluster that is being deleted', 'cluster-not-active', { labels: {} }, at133({ cluster: { status: 'DELETING' } })],
  ];
  for (const [what, code, more, seen] of refusals) it(`refuses ${what}`, () => assert.equal(refused(change(more, seen)).code, code));
});

describe('planNodegroupDeletion', () => {
  const remove = (nodegroupName: string, seen = facts) => planNodegroupDeletion({ cluster: prod, nodegroupName, facts: seen, now: NOW });

  it('deletes one group', () => {
    const plan = planned(remove('blue'));
    assert.deepEqual(steps(plan).map((step) => [step.kind, step.subject]), [['delete-nodegroup', 'blue']]);
    assert.deepEqual(plan.findings, []);
  });

  it('tells when no nodes will be left', () => {
    const last = at133({ nodegroups: [nodegroupFacts('blue', '1.33'), nodegroupFacts('green', '1.33', { scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 0 } })] });
    assert.deepEqual(planned(remove('blue', last)).findings.map((found) => found.code), ['last-nodegroup']);
  });

  it('has nothing to do for a group that EKS no longer has, and refuses one that never was', () => {
    assert.deepEqual(steps(planned(remove('blue', at133({ nodegroups: [] })))), []);
    assert.equal(refused(remove('red')).code, 'not-found');
  });
});
