import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activeCluster, ACCOUNT, eksPlace, nodegroupInput, REGION } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const groupOf = (place: EksPlace, nodegroupName = 'blue') => place.call('DescribeNodegroup', { clusterName: 'a', nodegroupName }).nodegroup;
const updateOf = (place: EksPlace, updateId: string, nodegroupName = 'blue') => place.call('DescribeUpdate', { name: 'a', updateId, nodegroupName }).update;
const historyOf = (place: EksPlace) => place.eks.history(ACCOUNT, REGION, 'a');
/** How many nodes of each kubelet are ready now. */
const kubelets = (place: EksPlace): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const node of historyOf(place).nodes) if (node.to === undefined) counts[node.version] = (counts[node.version] ?? 0) + 1;
  return counts;
};
const upgrade = async (place: EksPlace, ...versions: string[]): Promise<void> => {
  for (const version of versions) {
    place.call('UpdateClusterVersion', { name: 'a', version });
    await place.minutes(14);
  }
};
const create = (place: EksPlace, more: object) => place.call('CreateNodegroup', nodegroupInput('a', 'blue', more));

describe('a node group of the simulated EKS', () => {
  it('is CREATING until its nodes have joined, three to five minutes', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const { nodegroup } = create(place, { labels: { tier: 'web' }, taints: [{ key: 'k', value: 'v', effect: 'NO_SCHEDULE' }] });
    assert.equal(nodegroup.status, 'CREATING');
    assert.equal(nodegroup.version, '1.33');
    assert.equal(nodegroup.releaseVersion, '1.33.8-20260304');
    assert.equal(nodegroup.amiType, 'AL2023_x86_64_STANDARD');
    assert.deepEqual(nodegroup.updateConfig, { maxUnavailable: 1 });
    await place.seconds(179);
    assert.deepEqual(kubelets(place), {});
    await place.seconds(200);
    const active = groupOf(place);
    assert.equal(active.status, 'ACTIVE');
    assert.deepEqual(kubelets(place), { '1.33': 2 });
    assert.match(active.resources.autoScalingGroups[0].name, /^eks-blue-[0-9a-f-]{36}$/);
    assert.deepEqual(active.taints, [{ key: 'k', value: 'v', effect: 'NO_SCHEDULE' }]);
    assert.deepEqual(active.health.issues, []);
  });

  it('without nodes is ACTIVE in a minute', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    create(place, { scalingConfig: { minSize: 0, maxSize: 3, desiredSize: 0 } });
    await place.minutes(1);
    assert.equal(groupOf(place).status, 'ACTIVE');
  });

  it('is made once for one token', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const first = create(place, { clientRequestToken: 't' }).nodegroup;
    assert.deepEqual(create(place, { clientRequestToken: 't' }).nodegroup, first);
    assert.throws(() => create(place, { clientRequestToken: 'u' }), { code: 'ResourceInUseException', message: 'NodeGroup already exists with name blue and cluster name a' });
    assert.throws(() => create(place, { clientRequestToken: 't', diskSize: 50 }), { code: 'InvalidParameterException' });
  });

  it('is refused while its cluster is not ACTIVE', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    assert.throws(() => create(place, {}), { code: 'InvalidRequestException', message: "Cluster 'a' is not in ACTIVE status" });
  });

  it('is refused for what EKS refuses, each for its own reason', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const refusals: [object, RegExp][] = [
      [{ nodeRole: `arn:aws:iam::${ACCOUNT}:role/nobody` }, /role with name nobody cannot be found/],
      [{ subnets: ['subnet-gone'] }, /subnet-gone/],
      [{ subnets: [] }, /Subnets cannot be empty/],
      [{ version: '1.32' }, /should be equal to Cluster kubernetes version 1\.33/],
      [{ releaseVersion: '1.32.9-20251103' }, /^Requested release version 1\.32\.9-20251103 is not valid for kubernetes version 1\.33\.$/],
      [{ amiType: 'AL2_x86_64' }, /^AMI Type AL2_x86_64 is only supported for kubernetes versions 1\.32 or earlier$/],
      [{ amiType: 'CUSTOM' }, /launch template with an image id/],
      [{ scalingConfig: { minSize: 3, maxSize: 5, desiredSize: 2 } }, /^Minimum capacity 3 can't be greater than desired size 2$/],
      [{ scalingConfig: { minSize: 0, maxSize: 1, desiredSize: 2 } }, /^Desired capacity 2 can't be greater than max size 1$/],
      [{ updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 10 } }, /Only one of/],
      [{ updateConfig: { maxUnavailable: 101 } }, /between 1 and 100/],
      [{ labels: { 'eks.amazonaws.com/x': 'y' } }, /reserved prefixes/],
      [{ launchTemplate: { id: 'lt-gone' } }, /does not exist/],
      [{ launchTemplate: { id: 'lt-plain' }, diskSize: 50 }, /Disk size/],
      [{ launchTemplate: { id: 'lt-own' }, version: '1.33' }, /cannot specify a kubernetes version/],
    ];
    for (const [more, message] of refusals) assert.throws(() => create(place, more), { code: 'InvalidParameterException', status: 400, message });
    assert.deepEqual(place.call('ListNodegroups', { clusterName: 'a' }).nodegroups, []);
  });

  it('may be Amazon Linux 2 on 1.32', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { version: '1.32' });
    assert.equal(create(place, { amiType: 'AL2_x86_64' }).nodegroup.releaseVersion, '1.32.11-20260415');
  });

  it('lets its nodes in with an access entry', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    const { accessEntry } = place.call('DescribeAccessEntry', { clusterName: 'a', principalArn: `arn:aws:iam::${ACCOUNT}:role/eks-nodes` });
    assert.equal(accessEntry.type, 'EC2_LINUX');
  });

  it('fails to be created after twenty minutes when its nodes do not join, and can then be deleted', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.failures.set('eks:CreateNodegroup', { code: 'NodeCreationFailure' });
    create(place, {});
    await place.minutes(19);
    assert.equal(groupOf(place).status, 'CREATING');
    await place.minutes(7);
    const failed = groupOf(place);
    assert.equal(failed.status, 'CREATE_FAILED');
    assert.equal(failed.health.issues[0].code, 'NodeCreationFailure');
    place.call('DeleteNodegroup', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(6);
    assert.throws(() => groupOf(place), { code: 'ResourceNotFoundException', message: 'No node group found for name: blue.' });
  });

  it('grows and shrinks, keeps its labels and taints in order, and is never below its own size', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 2 });
    const change = (input: object) => place.call('UpdateNodegroupConfig', { clusterName: 'a', nodegroupName: 'blue', ...input }).update;
    const { id, type, params } = change({ scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 4 }, labels: { addOrUpdateLabels: { a: 'b' } } });
    assert.equal(type, 'ConfigUpdate');
    assert.deepEqual(
      params.find((param: { type: string }) => param.type === 'DesiredSize'),
      { type: 'DesiredSize', value: '4' },
    );
    assert.throws(() => change({ scalingConfig: { desiredSize: 3 } }), {
      code: 'ResourceInUseException',
      message: 'Nodegroup cannot be updated as it is currently not in Active State',
    });
    await place.minutes(1);
    assert.equal(updateOf(place, id).status, 'Successful');
    assert.deepEqual(groupOf(place).labels, { a: 'b' });
    await place.minutes(5);
    assert.deepEqual(kubelets(place), { '1.33': 4 });
    change({ scalingConfig: { minSize: 0, desiredSize: 0 }, labels: { removeLabels: ['a'] } });
    await place.minutes(1);
    assert.deepEqual(kubelets(place), {});
    assert.deepEqual(groupOf(place).labels, {});
    assert.deepEqual(groupOf(place).scalingConfig, { minSize: 0, maxSize: 4, desiredSize: 0 });
  });
});

describe('a roll of a node group', () => {
  it('replaces every node once, one at a time, with new ones there first', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 3 });
    await upgrade(place, '1.34');
    const { update } = place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' });
    assert.deepEqual(update.params, [
      { type: 'Version', value: '1.34' },
      { type: 'ReleaseVersion', value: '1.34.8-20260812' },
    ]);
    let fewest = 3;
    let most = 3;
    let minutes = 0;
    while (updateOf(place, update.id).status === 'InProgress') {
      await place.minutes(1);
      minutes += 1;
      const ready = Object.values(kubelets(place)).reduce((sum, count) => sum + count, 0);
      [fewest, most] = [Math.min(fewest, ready), Math.max(most, ready)];
      if (minutes === 2) assert.equal(groupOf(place).status, 'UPDATING');
      if (updateOf(place, update.id).status === 'InProgress') assert.equal(groupOf(place).version, '1.33');
    }
    assert.ok(minutes >= 12 && minutes <= 22, `it took ${minutes} min`);
    assert.deepEqual([fewest, most], [3, 5]);
    assert.deepEqual(kubelets(place), { '1.34': 3 });
    assert.equal(groupOf(place).version, '1.34');
    await place.seconds(13);
    assert.equal(groupOf(place).status, 'ACTIVE');
    assert.equal(groupOf(place).releaseVersion, '1.34.8-20260812');
  });

  it('is faster the more nodes may be unavailable, and adds none with the MINIMAL strategy', async () => {
    const rolled = async (updateConfig: object): Promise<{ minutes: number; most: number }> => {
      const place = eksPlace();
      await activeCluster(place, 'a');
      create(place, { scalingConfig: { minSize: 0, maxSize: 10, desiredSize: 6 }, updateConfig });
      await place.minutes(8);
      await upgrade(place, '1.34');
      const { update } = place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' });
      await place.minutes(60);
      const history = historyOf(place);
      const span = history.updates.find(({ updateId }) => updateId === update.id);
      assert.equal(span?.status, 'Successful');
      assert.deepEqual(kubelets(place), { '1.34': 6 });
      const at = history.nodes.map(({ from }) => from);
      const most = Math.max(...at.map((time) => history.nodes.filter((node) => node.from <= time && time < (node.to ?? Infinity)).length));
      return { minutes: ((span.to ?? 0) - span.from) / 60_000, most };
    };
    const one = await rolled({ maxUnavailable: 1 });
    const half = await rolled({ maxUnavailablePercentage: 50 });
    const minimal = await rolled({ maxUnavailable: 1, updateStrategy: 'MINIMAL' });
    assert.ok(one.minutes > 20 && half.minutes < 17, `${one.minutes} and ${half.minutes} min`);
    assert.equal(half.most, 9);
    assert.equal(minimal.most, 6);
  });

  it('never takes a group beyond its control plane, nor to a version between', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    const ask = (input: object) => place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue', ...input });
    assert.throws(() => ask({ version: '1.34' }), {
      code: 'InvalidParameterException',
      message: 'Nodegroup Kubernetes version should be equal to Cluster kubernetes version 1.33 or NodeGroup kubernetes version 1.33',
    });
    await upgrade(place, '1.34', '1.35');
    assert.throws(() => ask({ version: '1.34' }), { code: 'InvalidParameterException' });
    assert.throws(() => ask({ releaseVersion: '1.35.3-20260520' }), { message: 'Requested release version 1.35.3-20260520 is not valid for kubernetes version 1.33.' });
    assert.throws(() => ask({ launchTemplate: { id: 'lt-plain' } }), { message: /not created with a launch template/ });
    ask({ version: '1.35', releaseVersion: '1.35.3-20260520' });
    await place.minutes(30);
    assert.equal(groupOf(place).releaseVersion, '1.35.3-20260520');
  });

  it('is what a control plane waits for when its kubelets would fall more than three minors behind', async () => {
    const place = eksPlace({ now: Date.parse('2026-07-01T00:00:00Z') });
    await activeCluster(place, 'a', { version: '1.32', nodes: 1 });
    await upgrade(place, '1.33', '1.34', '1.35');
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.36' }), {
      code: 'InvalidRequestException',
      message: 'Nodegroups blue must be updated to match cluster version 1.35 before updating cluster version',
    });
    place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(30);
    await upgrade(place, '1.36');
    assert.equal(historyOf(place).widestSkew, 3);
  });

  it('ends in PodEvictionFailure after fifteen minutes of draining, leaves the group as it was, and goes on when forced', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 2 });
    await upgrade(place, '1.34');
    place.failures.set('eks:UpdateNodegroupVersion', { code: 'PodEvictionFailure' });
    const { update } = place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(18);
    assert.equal(updateOf(place, update.id).status, 'InProgress');
    await place.minutes(4);
    const failed = updateOf(place, update.id);
    assert.equal(failed.status, 'Failed');
    assert.equal(failed.errors[0].errorCode, 'PodEvictionFailure');
    assert.match(failed.errors[0].resourceIds[0], /^ip-10(-\d{1,3}){3}\.(ec2|[a-z0-9-]+\.compute)\.internal$/);
    assert.deepEqual(kubelets(place), { '1.33': 2 });
    assert.deepEqual([groupOf(place).status, groupOf(place).version], ['ACTIVE', '1.33']);
    place.failures.set('eks:UpdateNodegroupVersion', { code: 'PodEvictionFailure' });
    place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue', force: true });
    await place.minutes(25);
    assert.deepEqual(kubelets(place), { '1.34': 2 });
  });

  it('fails after some nodes when that is scripted, and the next roll replaces only the rest', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 2 });
    await upgrade(place, '1.34');
    place.failures.set('eks:UpdateNodegroupVersion', { code: 'NodeCreationFailure', resourceIds: ['i-1'] });
    const { update } = place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(27);
    assert.deepEqual(updateOf(place, update.id).errors, [
      { errorCode: 'NodeCreationFailure', errorMessage: "Couldn't proceed with upgrade process as new nodes are not joining node group blue", resourceIds: ['i-1'] },
    ]);
    assert.deepEqual(place.call('ListUpdates', { name: 'a', nodegroupName: 'blue' }).updateIds, [update.id]);
    assert.throws(
      () => place.call('DescribeUpdate', { name: 'a', updateId: update.id }),
      { code: 'ResourceNotFoundException' },
      'whoever does not name the group does not find it',
    );
  });

  it('takes a group with its own image to the next version of its launch template, with no version named', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const { nodegroup } = create(place, { launchTemplate: { id: 'lt-own', version: '1' } });
    assert.deepEqual([nodegroup.amiType, nodegroup.releaseVersion], ['CUSTOM', 'ami-1']);
    await place.minutes(7);
    await upgrade(place, '1.34');
    const ask = (input: object) => place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue', ...input });
    assert.throws(() => ask({ version: '1.34', launchTemplate: { id: 'lt-own', version: '2' } }), {
      message: 'You cannot specify the field kubernetesVersion when using custom AMIs.',
    });
    assert.throws(() => ask({}), { message: "Launch template details can't be null for Custom ami type node group" });
    assert.throws(() => ask({ launchTemplate: { id: 'lt-plain', version: '2' } }), { code: 'InvalidParameterException' });
    const { update } = ask({ launchTemplate: { id: 'lt-own', version: '2' } });
    assert.deepEqual(update.params, [
      { type: 'LaunchTemplateName', value: 'own' },
      { type: 'LaunchTemplateVersion', value: '2' },
    ]);
    await place.minutes(25);
    assert.deepEqual([groupOf(place).releaseVersion, groupOf(place).launchTemplate.version], ['ami-2', '2']);
    assert.deepEqual(kubelets(place), { '1.34': 2 });
  });

  it('is one at a time for a group, and once for a token', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    await upgrade(place, '1.34');
    const ask = (clientRequestToken: string) => place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue', clientRequestToken }).update;
    const first = ask('t');
    assert.equal(groupOf(place).status, 'ACTIVE', 'it does not show yet');
    assert.throws(() => ask('u'), { code: 'ResourceInUseException', status: 409 });
    assert.throws(() => place.call('DeleteNodegroup', { clusterName: 'a', nodegroupName: 'blue' }), { code: 'ResourceInUseException' });
    await place.minutes(20);
    assert.equal(ask('t').id, first.id);
    assert.equal(ask('t').status, 'Successful');
  });
});
