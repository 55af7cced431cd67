import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../domain/cluster.ts';
import { madeAfter } from '../../../domain/parts/made-after.ts';
import type { AutoscalingWish } from '../../../domain/parts/autoscaling-wish.ts';
import { autoMode } from '../../../domain/parts/auto-mode.ts';
import { planClusterChange } from '../../../domain/plan-cluster-change.ts';
import { planCreation } from '../../../domain/plan-creation.ts';
import { planDeletion } from '../../../domain/plan-deletion.ts';
import type { Plan, PlannedStep } from '../../../domain/plan.ts';
import { account, ACCOUNT_ID, at133, cluster, creationFacts, nodegroup, NOW, planned, refused, steps } from '../worlds.ts';

const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/eks-auto-node`;
const asked = (autoscaling: AutoscalingWish, more: Partial<Cluster> = {}) => cluster('1.33', { exists: false, nodegroups: [], addons: [], access: [], wanted: { autoscaling }, ...more });
const create = (draft: Cluster) => planCreation({ cluster: draft, account: account(), facts: creationFacts(), now: NOW });
const controlPlane = (plan: Plan) => steps(plan).find(({ kind }) => kind === 'create-control-plane');
const carriedOut = (list: readonly PlannedStep[]) => madeAfter([], list.map((step, order) => ({ ...step, hop: '1.33', order, run: 1, attempt: 1, state: 'Succeeded' as const })));
const ON = { computeConfig: { enabled: true, nodePools: ['general-purpose', 'system'], nodeRoleArn: ROLE }, storageConfig: { blockStorage: { enabled: true } }, kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } } };

describe('EKS Auto Mode', () => {
  it('comes with the control plane in one call, its three switches together, after the role of its nodes', () => {
    const plan = planned(create(asked({ kind: 'auto-mode' })));
    const [role, made] = steps(plan);
    assert.ok(role?.resource?.kind === 'role');
    assert.deepEqual(role.resource.managedPolicyArns, ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy', 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly']);
    assert.equal(made?.kind, 'create-control-plane');
    const { computeConfig, storageConfig, kubernetesNetworkConfig, accessConfig, bootstrapSelfManagedAddons } = made.parameters ?? {};
    assert.deepEqual({ computeConfig, storageConfig, kubernetesNetworkConfig }, { ...ON, computeConfig: { ...ON.computeConfig, nodeRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/${role.resource.name}` } });
    assert.deepEqual([accessConfig, bootstrapSelfManagedAddons], [{ authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false }, false]);
  });

  it('is remembered as made once the control plane is, and not made a second time by a retry', () => {
    const draft = asked({ kind: 'auto-mode', nodeRoleArn: ROLE });
    const made = carriedOut(steps(planned(create(draft))));
    assert.deepEqual(made.map(({ kind }) => kind), ['auto-mode']);
    assert.deepEqual(steps(planned(create({ ...draft, made }))).map(({ kind }) => kind), ['create-control-plane']);
  });

  it('brings along what other nodes need as add-ons, and tells of those that are named all the same', () => {
    assert.deepEqual(steps(planned(create(asked({ kind: 'auto-mode', nodeRoleArn: ROLE })))).map(({ kind }) => kind), ['create-control-plane']);
    const mixed = planned(create(asked({ kind: 'auto-mode', nodeRoleArn: ROLE }, { nodegroups: [nodegroup('blue')] })));
    assert.equal(steps(mixed).filter(({ kind }) => kind === 'create-addon').length, 4);
    const named = autoMode({ cluster: asked({ kind: 'auto-mode' }, { addons: [{ addonName: 'coredns', status: 'Planned' }, { addonName: 'aws-efs-csi-driver', status: 'Planned' }] }), addonCatalogue: {}, subnets: [] });
    assert.deepEqual(named.findings?.map(({ code, subject }) => [code, subject]), [['auto-mode-cluster-role', `arn:aws:iam::${ACCOUNT_ID}:role/eks-cluster`], ['auto-mode-brings-addon', 'coredns']]);
  });

  it('takes no role where it has no node pools of its own', () => {
    const bare = controlPlane(planned(create(asked({ kind: 'auto-mode', nodePools: [] }))));
    assert.deepEqual(bare?.parameters?.['computeConfig'], { enabled: true, nodePools: [] });
    const both = refused(create(asked({ kind: 'auto-mode', nodePools: [], nodeRoleArn: ROLE })));
    assert.deepEqual(both.errors?.map(({ path }) => path), ['autoscaling.nodeRoleArn']);
  });

  it('refuses roles that EKS would refuse: of another account, the cluster\'s own, another than the one it has', () => {
    const path = (wish: AutoscalingWish, more: Partial<Cluster> = {}) => autoMode({ cluster: asked(wish, more), addonCatalogue: {}, subnets: [] }).errors?.map((error) => error.path);
    assert.deepEqual(path({ kind: 'auto-mode', nodeRoleArn: 'arn:aws:iam::222222222222:role/eks-auto-node' }), ['autoscaling.nodeRoleArn']);
    assert.deepEqual(path({ kind: 'auto-mode', nodeRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-cluster` }), ['autoscaling.nodeRoleArn']);
    const made = [{ kind: 'auto-mode' as const, name: 'auto-mode', part: 'autoscaling' as const, partName: 'autoscaling', nodePools: ['system'], nodeRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-other` }];
    assert.deepEqual(path({ kind: 'auto-mode', nodeRoleArn: ROLE }, { made }), ['autoscaling.nodeRoleArn']);
    assert.deepEqual(path({ kind: 'auto-mode', nodeRoleArn: ROLE }), []);
  });

  it('says what the cluster\'s role must have where it is to be turned on, and no more once it is on', () => {
    const before = cluster('1.33');
    const on: Cluster = { ...before, wanted: { autoscaling: { kind: 'auto-mode' } } };
    const change = (from: Cluster, to: Cluster) => planned(planClusterChange({ before: from, after: to, facts: at133(), now: NOW }));
    const told = ({ findings }: Plan) => findings.filter(({ code }) => code === 'auto-mode-cluster-role').length;
    const turnOn = change(before, on);
    const made = carriedOut(steps(turnOn));
    const standing = { ...on, made };
    assert.deepEqual([told(turnOn), told(change(on, on)), told(change(standing, { ...standing, deletionProtection: true })), told(change(standing, { ...standing, wanted: { autoscaling: { kind: 'auto-mode', nodePools: ['system'] } } }))], [1, 1, 0, 0]);
    assert.equal(told(planned(create(asked({ kind: 'auto-mode' })))), 1);
  });

  it('is turned on, changed and off by one update each on a cluster that is there, and goes with the cluster without one', () => {
    const before = cluster('1.33');
    const on: Cluster = { ...before, wanted: { autoscaling: { kind: 'auto-mode' } } };
    const change = (from: Cluster, to: Cluster) => steps(planned(planClusterChange({ before: from, after: to, facts: at133(), now: NOW })));
    const turnOn = change(before, on);
    assert.deepEqual(turnOn.map(({ title }) => title.replace(/slipway-\S+/, 'ROLE')), ['Making role ROLE', 'Turning EKS Auto Mode on']);
    const made = carriedOut(turnOn);
    const fewer: Cluster = { ...on, made, wanted: { autoscaling: { kind: 'auto-mode', nodePools: ['system'] } } };
    assert.deepEqual(change({ ...on, made }, fewer).map(({ title }) => title), ['Changing EKS Auto Mode']);
    const off = change({ ...on, made }, { ...on, made, wanted: { autoscaling: { kind: 'none' } } });
    assert.deepEqual(off.map(({ kind }) => kind), ['remove-auto-mode', 'delete-access-entry', 'delete-role']);
    const gone = steps(planned(planDeletion({ cluster: { ...on, made }, facts: at133(), now: NOW }))).map(({ kind }) => kind);
    assert.deepEqual(gone.filter((kind) => kind === 'remove-auto-mode' || kind === 'delete-role'), ['delete-role']);
  });
});
