import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Nodegroup } from '../../../domain/cluster.ts';
import { clusterAfter } from '../../../domain/cluster-after.ts';
import { changedNodegroup, draftNodegroup } from '../../../domain/draft-cluster.ts';
import { nodegroupErrors } from '../../../domain/nodegroup-rules.ts';
import { planNodegroupChange } from '../../../domain/plan-nodegroup-change.ts';
import { planNodegroupCreation } from '../../../domain/plan-nodegroup-creation.ts';
import { ChangeNodegroup, CreateNodegroup } from '../../../domain/requests.ts';
import { viewNodegroup } from '../../../domain/views.ts';
import { at133, cluster, nodegroup, nodegroupFacts, NOW, planned, refused, steps } from '../worlds.ts';

const REPAIR = { enabled: true, maxParallelNodesRepairedCount: 1, nodeRepairConfigOverrides: [{ nodeMonitoringCondition: 'AcceleratedHardwareReady', nodeUnhealthyReason: 'NvidiaXID64Error', minRepairWaitTimeMins: 5, repairAction: 'Replace' as const }] };
const POOL = { enabled: true, minSize: 2, maxGroupPreparedCapacity: 6, poolState: 'STOPPED' as const };
const asked = (more: object) => draftNodegroup(CreateNodegroup.parse({ nodegroupName: 'blue', nodeRole: 'arn:aws:iam::111111111111:role/eks-node', scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 }, ...more }));
const paths = (group: Nodegroup) => nodegroupErrors(group, '').map(({ path }) => path);

describe('a managed node group with node repair and a warm pool', () => {
  it('is made with both, and told with both', () => {
    const draft = asked({ nodeRepairConfig: REPAIR, warmPoolConfig: POOL });
    const [step] = steps(planned(planNodegroupCreation({ cluster: cluster('1.33', { nodegroups: [] }), nodegroup: draft, facts: at133({ nodegroups: [] }), now: NOW })));
    assert.deepEqual([step?.parameters?.['nodeRepairConfig'], step?.parameters?.['warmPoolConfig']], [REPAIR, POOL]);
    const seen = clusterAfter(cluster('1.33'), at133({ nodegroups: [nodegroupFacts('blue', '1.33', { nodeRepairConfig: REPAIR, warmPoolConfig: POOL })] })).nodegroups[0]!;
    assert.deepEqual([viewNodegroup(seen).nodeRepairConfig, viewNodegroup(seen).warmPoolConfig], [REPAIR, POOL]);
  });

  it('is changed in place: the repair as a whole, of the pool what is named', () => {
    const before = { ...nodegroup('blue', { version: '1.33' }), nodeRepairConfig: REPAIR, warmPoolConfig: POOL };
    const facts = at133({ nodegroups: [nodegroupFacts('blue', '1.33')] });
    const change = (said: object) => planNodegroupChange({ cluster: cluster('1.33'), before, after: changedNodegroup(before, ChangeNodegroup.parse(said)), facts, now: NOW });
    const [step] = steps(planned(change({ nodeRepairConfig: { enabled: false }, warmPoolConfig: { minSize: 1 } })));
    assert.deepEqual([step?.kind, step?.title, step?.parameters], ['update-nodegroup-config', 'Changing repair, warm pool of node group blue', { nodeRepairConfig: { enabled: false }, warmPoolConfig: { ...POOL, minSize: 1 } }]);
    assert.equal(refused(change({ nodeRepairConfig: REPAIR, warmPoolConfig: POOL })).code, 'nothing-to-change');
  });

  it('is refused with the path where EKS would refuse it', () => {
    assert.deepEqual(paths(asked({ nodeRepairConfig: { maxUnhealthyNodeThresholdCount: 2, maxUnhealthyNodeThresholdPercentage: 20 } })), ['nodeRepairConfig.maxUnhealthyNodeThresholdCount']);
    assert.deepEqual(paths(asked({ nodeRepairConfig: { nodeRepairConfigOverrides: [...REPAIR.nodeRepairConfigOverrides, ...REPAIR.nodeRepairConfigOverrides] } })), ['nodeRepairConfig.nodeRepairConfigOverrides.1']);
    assert.deepEqual(paths(asked({ warmPoolConfig: { ...POOL, maxGroupPreparedCapacity: 1 } })), ['warmPoolConfig.maxGroupPreparedCapacity']);
    assert.deepEqual(paths(asked({ amiType: 'BOTTLEROCKET_ARM_64', instanceTypes: ['m7g.large'], warmPoolConfig: { ...POOL, poolState: 'HIBERNATED', reuseOnScaleIn: true } })), ['warmPoolConfig.poolState', 'warmPoolConfig.reuseOnScaleIn']);
    assert.deepEqual(paths(asked({ capacityType: 'SPOT', warmPoolConfig: POOL })), ['warmPoolConfig.enabled']);
    assert.equal(CreateNodegroup.safeParse({ nodegroupName: 'blue', scalingConfig: { minSize: 0, maxSize: 1, desiredSize: 0 }, nodeRepairConfig: { nodeRepairConfigOverrides: [{ nodeMonitoringCondition: 'KernelReady' }] } }).success, false);
    assert.deepEqual(paths(asked({ nodeRepairConfig: REPAIR, warmPoolConfig: POOL })), []);
  });

  it('may be of any image type that EKS builds, each with machines of its kind', () => {
    for (const [amiType, instanceTypes] of [['BOTTLEROCKET_x86_64_NVIDIA', ['g5.xlarge']], ['AL2023_ARM_64_NVIDIA', ['g5g.xlarge']], ['AL2023_x86_64_NEURON', ['inf2.xlarge']], ['BOTTLEROCKET_ARM_64_FIPS', ['m7g.large']]] as const) {
      assert.deepEqual(paths(asked({ amiType, instanceTypes })), [], amiType);
    }
    assert.deepEqual(paths(asked({ amiType: 'BOTTLEROCKET_ARM_64_FIPS', instanceTypes: ['m7i.large'] })), ['instanceTypes.0']);
  });
});
