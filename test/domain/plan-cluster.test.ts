import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../domain/cluster.ts';
import { planClusterChange } from '../../domain/plan-cluster-change.ts';
import { planDeletion } from '../../domain/plan-deletion.ts';
import { planImport } from '../../domain/plan-import.ts';
import { at133, cluster, clusterFacts, nodegroupFacts, NOW, planned, refused, stepIds, steps } from './worlds.ts';

const before = cluster('1.34');

describe('planClusterChange', () => {
  const change = (more: Partial<Cluster>, facts = clusterFacts('1.34')) => planClusterChange({ before, after: { ...before, ...more }, facts, now: NOW });
  const parameters = (more: Partial<Cluster>) => steps(planned(change(more))).map((step) => [step.kind, step.parameters]);

  it('takes one step for each kind of update, since EKS takes one kind in a call', () => {
    assert.deepEqual(parameters({ endpointPrivateAccess: false, publicAccessCidrs: ['198.51.100.0/24'], supportType: 'STANDARD', deletionProtection: true }), [
      ['update-cluster-config', { resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false, publicAccessCidrs: ['198.51.100.0/24'] } }],
      ['update-cluster-config', { upgradePolicy: { supportType: 'STANDARD' } }],
      ['update-cluster-config', { deletionProtection: true }],
    ]);
  });

  it('needs nothing of EKS for labels and team', () => {
    assert.deepEqual(stepIds(planned(change({ labels: { tier: 'prod' }, team: 'payments' }))), []);
  });

  it('lets new principals in before it shuts others out', () => {
    const access = [{ principalArn: 'arn:aws:iam::1:role/new', role: 'admin' as const }];
    assert.deepEqual(steps(planned(change({ access }))).map((step) => [step.title, step.parameters?.['removeAccessEntry']]), [
      ['Letting role/new in as admin', undefined],
      ['Shutting role/team-a out', 'arn:aws:iam::111111111111:role/team-a'],
    ]);
  });

  it('gives an entry whose role changes anew', () => {
    const access = [{ ...before.access[0]!, role: 'viewer' as const }];
    const ids = stepIds(planned(change({ access })));
    assert.deepEqual(ids, ['1.34/config/remove-access/arn:aws:iam::111111111111:role/team-a', '1.34/access/arn:aws:iam::111111111111:role/team-a']);
  });

  it('refuses to switch the upgrade policy in extended support', () => {
    const refusal = refused(change({ supportType: 'STANDARD' }, clusterFacts('1.33')));
    assert.deepEqual([refusal.code, refusal.errors?.[0]?.path], ['rules-broken', 'upgradePolicy.supportType']);
    assert.match(refusal.detail, /1\.33 is in extended support since 2026-07-29/);
  });

  it('refuses an endpoint that nobody can reach, and a cluster that is not up', () => {
    assert.equal(refused(change({ endpointPublicAccess: false, endpointPrivateAccess: false })).code, 'rules-broken');
    assert.equal(refused(change({ deletionProtection: true }, clusterFacts('1.34', { cluster: { status: 'FAILED' } }))).code, 'cluster-not-active');
    assert.deepEqual(stepIds(planned(change({ labels: {} }, clusterFacts('1.34', { cluster: { status: 'FAILED' } })))), []);
  });
});

describe('planDeletion', () => {
  const remove = (record: Partial<Cluster> = {}, facts: Parameters<typeof planDeletion>[0]['facts'] = at133()) => planDeletion({ cluster: cluster('1.33', record), facts, now: NOW });

  it('deletes node groups first, and tells what stays', () => {
    const facts = at133({ nodegroups: [nodegroupFacts('blue', '1.33', { launchTemplate: { name: 'nodes' } }), nodegroupFacts('green', '1.33')] });
    const plan = planned(remove({}, facts));
    assert.deepEqual(steps(plan).map((step) => [step.stage, step.title]), [
      ['DeleteNodegroups', 'Deleting node group blue'],
      ['DeleteNodegroups', 'Deleting node group green'],
      ['DeleteControlPlane', 'Deleting the control plane of prod'],
    ]);
    assert.deepEqual(plan.findings.map((found) => found.code), ['iam-roles-stay', 'launch-templates-stay', 'log-group-stays']);
    assert.match(plan.findings[0]!.detail, /role\/eks-cluster, arn:aws:iam::111111111111:role\/eks-node\.$/);
    assert.equal(plan.findings[2]!.subject, '/aws/eks/prod/cluster');
    assert.ok(plan.notLookedAt.some((item) => item.code === 'load-balancers'));
  });

  it('refuses while deletion protection is on, by our record or by EKS', () => {
    assert.equal(refused(remove({ deletionProtection: true })).code, 'deletion-protected');
    assert.equal(refused(remove({}, at133({ cluster: { deletionProtection: true } }))).code, 'deletion-protected');
  });

  it('has nothing to do at EKS for a cluster that is gone', () => {
    assert.deepEqual(stepIds(planned(remove({}, 'absent'))), []);
  });
});

describe('planImport', () => {
  it('reads the cluster and changes nothing', () => {
    assert.deepEqual(steps(planned(planImport({ cluster: before, facts: clusterFacts('1.34'), now: NOW }))).map((step) => [step.kind, step.stage]), [['read-cluster', 'CarryOut']]);
  });

  it('tells when access cannot be managed through EKS', () => {
    const facts = clusterFacts('1.34', { cluster: { authenticationMode: 'CONFIG_MAP' } });
    assert.deepEqual(planned(planImport({ cluster: before, facts, now: NOW })).findings.map((found) => found.code), ['access-not-manageable']);
  });

  it('refuses a cluster that is not there', () => {
    assert.equal(refused(planImport({ cluster: before, facts: 'absent', now: NOW })).code, 'cluster-not-in-account');
  });
});
