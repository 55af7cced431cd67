import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ControlPlaneFacts, UpdateFacts } from '../../domain/facts.ts';
import { judgeLook } from '../../domain/judge-look.ts';
import { aStep } from './operation-words.ts';

const update = (spoiled: Partial<UpdateFacts> = {}): UpdateFacts => ({
  updateId: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: { Version: '1.34' },
  createdAt: '2026-10-05T09:00:00.000Z',
  errors: [],
  ...spoiled,
});

const controlPlane = (spoiled: Partial<ControlPlaneFacts> = {}): ControlPlaneFacts => ({
  name: 'checkout',
  arn: 'arn:aws:eks:eu-west-1:111111111111:cluster/checkout',
  version: '1.34',
  status: 'ACTIVE',
  roleArn: 'arn:aws:iam::111111111111:role/eks-cluster',
  subnetIds: [],
  securityGroupIds: [],
  deletionProtection: false,
  autoMode: false,
  healthIssues: [],
  tags: {},
  ...spoiled,
});

const watched = aStep({ updateId: 'u-1' });

describe('judgeLook', () => {
  it('waits while the update is in progress, also while EKS does not show it yet', () => {
    assert.equal(judgeLook(watched, { controlPlane: controlPlane({ status: 'UPDATING', version: '1.33' }) }, 5).kind, 'wait');
    assert.equal(judgeLook(watched, { controlPlane: controlPlane({ version: '1.33' }), update: update() }, 0).kind, 'wait');
  });

  it('calls an upgrade failed when the cluster is ACTIVE at the old minor and its update says so', () => {
    const failed = update({ status: 'Failed', errors: [{ code: 'IpNotAvailable', message: 'no address', resourceIds: ['subnet-1'] }] });
    assert.equal(judgeLook(watched, { controlPlane: controlPlane({ version: '1.33' }), update: failed }, 9).kind, 'failed');
  });

  it('waits on after a successful update until the cluster is ACTIVE at the new minor', () => {
    const successful = update({ status: 'Successful' });
    assert.equal(judgeLook(watched, { update: successful, controlPlane: controlPlane({ status: 'UPDATING' }) }, 9).kind, 'wait');
    assert.equal(judgeLook(watched, { update: successful, controlPlane: controlPlane({ version: '1.33' }) }, 9).kind, 'wait');
    assert.equal(judgeLook(watched, { update: successful, controlPlane: controlPlane() }, 9).kind, 'done');
  });

  it('calls a rollback cancelled that EKS has stopped as we had asked, and failed where another stopped it', () => {
    const back = aStep({ kind: 'rollback-control-plane', stage: 'RollBackControlPlane', to: '1.33', updateId: 'u-1' });
    const stopped = { controlPlane: controlPlane(), update: update({ type: 'VersionRollback', status: 'Cancelled' }) };
    const olga = { by: 'olga', at: '2026-10-05T09:10:00.000Z' };
    const judged = judgeLook(back, stopped, 14, olga);
    assert.ok(judged.kind === 'cancelled');
    assert.match(judged.outcome, /^EKS stopped it, as olga had asked \(update u-1\)\. The control plane is where it was/);
    const other = judgeLook(back, stopped, 14);
    assert.ok(other.kind === 'failed');
    assert.equal(other.error.code, 'UpdateCancelled');
    assert.equal(judgeLook(back, { ...stopped, update: update({ type: 'VersionRollback', status: 'Failed' }) }, 14, olga).kind, 'failed');
    assert.equal(judgeLook(aStep({ kind: 'upgrade-nodegroup', updateId: 'u-1' }), { update: update({ status: 'Cancelled' }) }, 14, olga).kind, 'failed', 'EKS was not asked to stop that');
  });

  it('tells every error of a failed update, and what it concerned', () => {
    const failed = update({ status: 'Failed', errors: [{ code: 'PodEvictionFailure', message: 'Reached max retries while trying to evict pods', resourceIds: ['ip-10-0-0-1'] }] });
    assert.deepEqual(judgeLook(aStep({ kind: 'upgrade-nodegroup', updateId: 'u-1' }), { update: failed }, 40), {
      kind: 'failed',
      error: {
        code: 'PodEvictionFailure',
        message: 'Reached max retries while trying to evict pods',
        step: '1.34/control-plane',
        resourceIds: ['ip-10-0-0-1'],
      },
    });
  });

  it('calls a deletion done only when EKS says that the thing is not there', () => {
    const step = aStep({ kind: 'delete-control-plane' });
    assert.equal(judgeLook(step, { controlPlane: controlPlane({ status: 'DELETING' }) }, 1).kind, 'wait');
    assert.equal(judgeLook(step, { controlPlane: 'absent' }, 1).kind, 'done');
    assert.equal(judgeLook(step, {}, 1).kind, 'wait');
  });

  it('lets CoreDNS stay DEGRADED while the cluster has no node, and calls it failed when nodes do not help', () => {
    const step = aStep({ kind: 'create-addon', subject: 'coredns' });
    const addon = { addonName: 'coredns', addonVersion: 'v1', status: 'DEGRADED', healthIssues: [{ code: 'InsufficientNumberOfReplicas', message: 'no replica', resourceIds: [] }] };
    const without = judgeLook(step, { addon, desiredNodes: 0 }, 1);
    assert.equal(without.kind, 'done');
    assert.match(without.kind === 'done' ? without.outcome : '', /AwaitingNodes/);
    assert.equal(judgeLook(step, { addon, desiredNodes: 2 }, 1).kind, 'wait');
    assert.equal(judgeLook(step, { addon, desiredNodes: 2 }, 30).kind, 'failed');
  });

  it('does not wait for an add-on that was to be begun only', () => {
    const step = aStep({ kind: 'create-addon', subject: 'vpc-cni', parameters: { await: false } });
    assert.equal(judgeLook(step, {}, 0).kind, 'done');
  });
});
