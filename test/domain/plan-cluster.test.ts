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

  it('changes an entry without taking it away between: the new policy before the old', () => {
    const [team] = before.access;
    const [step] = steps(planned(change({ access: [{ ...team!, role: 'viewer', namespaces: ['web'] }] })));
    assert.deepEqual([step?.id, step?.kind, step?.title], ['1.34/access/arn:aws:iam::111111111111:role/team-a', 'change-access-entry', 'Changing what role/team-a may do to viewer']);
    assert.deepEqual(step?.parameters, {
      principalArn: team!.principalArn,
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy',
      accessScope: { type: 'namespace', namespaces: ['web'] },
      disassociate: ['arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy'],
    });
    // Another scope of the same policy takes nothing away.
    const scoped = planClusterChange({ before: { ...before, access: [{ ...team!, role: 'viewer' }] }, after: { ...before, access: [{ ...team!, role: 'viewer', namespaces: ['web'] }] }, facts: clusterFacts('1.34'), now: NOW });
    assert.equal(steps(planned(scoped))[0]?.parameters?.['disassociate'], undefined);
  });

  it('sends groups and user name of an entry only where they change, back to what EKS makes when they go', () => {
    const [team] = before.access;
    const changed = (was: object, is: object) => {
      const [from, to] = [{ ...team!, ...was }, { ...team!, ...is }];
      return steps(planned(planClusterChange({ before: { ...before, access: [from] }, after: { ...before, access: [to] }, facts: clusterFacts('1.34'), now: NOW }))).map(({ parameters }) => [parameters?.['kubernetesGroups'], parameters?.['username']]);
    };
    assert.deepEqual(changed({}, { kubernetesGroups: ['web'] }), [[['web'], undefined]]);
    assert.deepEqual(changed({ kubernetesGroups: ['web'] }, {}), [[[], undefined]]);
    assert.deepEqual(changed({ kubernetesGroups: ['a', 'b'] }, { kubernetesGroups: ['b', 'a'] }), []);
    assert.deepEqual(changed({ username: 'x' }, {}), [[undefined, 'arn:aws:sts::111111111111:assumed-role/team-a/{{SessionName}}']]);
  });

  it('tells when nobody is left whom Slipway has let in as admin', () => {
    assert.deepEqual(planned(change({ access: [] })).findings.map(({ code }) => code), ['nobody-can-get-in']);
    assert.deepEqual(planned(change({ access: [{ principalArn: 'arn:aws:iam::1:role/new', role: 'admin' }] })).findings, []);
    assert.deepEqual(planned(planClusterChange({ before: { ...before, access: [] }, after: { ...before, access: [] }, facts: clusterFacts('1.34'), now: NOW })).findings, []);
  });

  describe('of the authentication mode', () => {
    const move = (from: string, to: string, more: Partial<Cluster> = {}) => planClusterChange({ before, after: { ...before, authenticationMode: to, ...more }, facts: clusterFacts('1.34', { cluster: { authenticationMode: from } }), now: NOW });

    it('comes before the entries, which need it', () => {
      const plan = planned(move('CONFIG_MAP', 'API_AND_CONFIG_MAP', { access: [...before.access, { principalArn: 'arn:aws:iam::1:role/new', role: 'viewer' }] }));
      assert.deepEqual(steps(plan).map(({ kind, parameters }) => [kind, parameters?.['accessConfig']]), [['update-cluster-config', { authenticationMode: 'API_AND_CONFIG_MAP' }], ['create-access-entry', undefined]]);
    });

    it('goes one way, one at a time, and tells what ends with the ConfigMap', () => {
      assert.deepEqual([refused(move('API', 'API_AND_CONFIG_MAP')), refused(move('CONFIG_MAP', 'API'))].map(({ code, errors }) => [code, errors?.[0]?.message]), [['rules-broken', 'It is API, and there is no way back'], ['rules-broken', 'It goes over API_AND_CONFIG_MAP first']]);
      assert.deepEqual(planned(move('API_AND_CONFIG_MAP', 'API')).findings.map(({ code }) => code), ['config-map-ends']);
      assert.deepEqual(stepIds(planned(move('API', 'API'))), []);
    });

    it('refuses entries while EKS looks in the ConfigMap alone', () => {
      for (const access of [[], [...before.access, { principalArn: 'arn:aws:iam::1:role/new', role: 'viewer' as const }]]) {
        assert.equal(refused(change({ access }, clusterFacts('1.34', { cluster: { authenticationMode: 'CONFIG_MAP' } }))).code, 'authentication-mode');
      }
    });
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
