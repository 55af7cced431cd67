import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as eks from '@aws-sdk/client-eks';
import { refusal, startAws } from './aws-stage.ts';
import { account, activeCluster, clusterNow, updateNow, upgraded } from './eks-fleet.ts';
import type { Fleet } from './eks-fleet.ts';
import { ACCOUNT, eksPlace, REGION } from './eks-place.ts';
import * as byHand from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const DAY_MINUTES = 24 * 60;

const rollBack = (fleet: Fleet, more: Partial<eks.UpdateClusterVersionCommandInput> = {}) =>
  fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.34', ...more }));
const readiness = async (fleet: Fleet): Promise<Record<string, string>> => {
  const { insights = [] } = await fleet.client.send(new eks.ListInsightsCommand({ clusterName: 'a', filter: { categories: ['ROLLBACK_READINESS'] } }));
  return Object.fromEntries(insights.map((insight) => [insight.name, insight.insightStatus?.status]));
};

/** A cluster made at 1.34 and upgraded to 1.35. */
async function upgradedPlace(nodes = 0): Promise<EksPlace> {
  const place = eksPlace();
  await byHand.activeCluster(place, 'a', { version: '1.34', nodes });
  place.call('UpdateClusterVersion', { name: 'a', version: '1.35' });
  await place.minutes(14);
  return place;
}

describe('the rollback of a control plane', () => {
  it('is an update of type VersionRollback that takes the cluster to the minor before, and cannot go on to the one before that', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { nodes: 2 });
    await upgraded(fleet, 'a', '1.35');
    const { update } = await rollBack(fleet, { rollbackConfig: { timeoutMinutes: 240 } });
    assert.equal(update?.type, 'VersionRollback');
    assert.deepEqual(update?.params, [
      { type: 'Version', value: '1.34' },
      { type: 'PlatformVersion', value: (await fleet.client.send(new eks.DescribeClusterVersionsCommand({ clusterVersions: ['1.34'] }))).clusterVersions?.[0]?.defaultPlatformVersion },
    ]);
    await fleet.pass(40);
    assert.equal((await clusterNow(fleet, 'a')).status, 'UPDATING');
    await fleet.pass(14 * 60);
    assert.equal((await updateNow(fleet, update)).status, 'Successful');
    const cluster = await clusterNow(fleet, 'a');
    assert.deepEqual([cluster.status, cluster.version], ['ACTIVE', '1.34']);
    assert.deepEqual(await readiness(fleet), {});
    assert.deepEqual(await refusal(rollBack(fleet, { version: '1.33' })), {
      name: 'InvalidRequestException',
      message: 'Cluster a cannot be rolled back to 1.33 because it was not upgraded to version 1.34 from it.',
      status: 400,
    });
    await upgraded(fleet, 'a', '1.35');
    assert.equal((await clusterNow(fleet, 'a')).version, '1.35', 'the same upgrade can be tried again');
  });

  it('waits for the nodes: readiness is an ERROR that only force passes, until the group is back at the minor before', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { nodes: 2 });
    await upgraded(fleet, 'a', '1.35');
    const roll = (version: string) => fleet.client.send(new eks.UpdateNodegroupVersionCommand({ clusterName: 'a', nodegroupName: 'blue', version }));
    await roll('1.35');
    await fleet.pass(30 * 60);
    assert.deepEqual(await refusal(rollBack(fleet)), {
      name: 'InvalidStateException',
      message:
        'Rollback readiness issues detected. Call the EKS ListInsights API to view rollback blocking issues detected by EKS. Pass the force flag to override rollback readiness errors and proceed with rollback.',
      status: 400,
    });
    assert.deepEqual(await readiness(fleet), {
      'Incompatible API usage': 'PASSING',
      'Kubelet version rollback compatibility': 'ERROR',
      'kube-proxy version rollback compatibility': 'PASSING',
      'Cluster health issues': 'PASSING',
      'EKS add-on version rollback compatibility': 'PASSING',
    });
    assert.equal((await refusal(roll('1.33'))).name, 'InvalidParameterException');
    const { update } = await roll('1.34');
    assert.equal(update?.params?.find(({ type }) => type === 'Version')?.value, '1.34');
    await fleet.pass(30 * 60);
    assert.equal((await updateNow(fleet, update, { nodegroupName: 'blue' })).status, 'Successful');
    await rollBack(fleet);
    assert.equal((await refusal(roll('1.35'))).name, 'InvalidRequestException', 'no node may become newer than the control plane will be');
    await fleet.pass(14 * 60);
    assert.deepEqual(fleet.aws.eks.history(ACCOUNT, REGION, 'a').nodesNewerThanControlPlane, []);
  });

  it('is possible for seven days after the upgrade, and not a minute longer, forced or not', async () => {
    const place = await upgradedPlace();
    const ended = place.eks.history(ACCOUNT, REGION, 'a').updates.at(-1)?.to ?? 0;
    await place.clock.advanceTo(ended + 7 * DAY_MINUTES * 60_000);
    assert.equal(place.call('ListInsights', { clusterName: 'a', filter: { categories: ['ROLLBACK_READINESS'] } }).insights.length, 5);
    await place.seconds(1);
    for (const force of [false, true])
      assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34', force }), {
        code: 'InvalidRequestException',
        message: 'Cluster a cannot be rolled back to 1.34 because more than 7 days have passed since its upgrade to 1.35.',
      });
    assert.deepEqual(place.call('ListInsights', { clusterName: 'a', filter: { categories: ['ROLLBACK_READINESS'] } }).insights, []);
  });

  it('goes back by the last upgrade only, never two minors and never a cluster that was made so', async () => {
    const made = eksPlace();
    await byHand.activeCluster(made, 'a', { version: '1.34' });
    for (const force of [false, true]) assert.throws(() => made.call('UpdateClusterVersion', { name: 'a', version: '1.33', force }), { code: 'InvalidRequestException' });
    const place = await upgradedPlace();
    place.call('UpdateClusterVersion', { name: 'a', version: '1.36' });
    await place.minutes(14);
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34', force: true }), {
      code: 'InvalidParameterException',
      message: 'Unsupported Kubernetes minor version update from 1.36 to 1.34',
    });
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.35' }).update.type, 'VersionRollback');
  });

  it('is one of the updates of which a control plane has one at a time, and cannot be cancelled without Auto Mode', async () => {
    const place = await upgradedPlace();
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34', clientRequestToken: 'once' });
    const inProgress = { code: 'ResourceInUseException', message: new RegExp(`currently has update ${update.id} in progress`) };
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), inProgress);
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', deletionProtection: true }), inProgress);
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34', clientRequestToken: 'once' }).update.id, update.id);
    assert.throws(() => place.call('CancelUpdate', { name: 'a', updateId: update.id }), { code: 'InvalidRequestException' });
    await place.minutes(14);
    assert.throws(() => place.call('CancelUpdate', { name: 'a', updateId: update.id }), { code: 'InvalidRequestException' });
  });

  it('needs the policy EXTENDED when the minor before is in extended support, and a timeout within its bounds', async () => {
    const place = eksPlace({ now: Date.parse('2026-03-26T00:00:00Z') });
    await byHand.activeCluster(place, 'a', { version: '1.32' });
    place.call('UpdateClusterVersion', { name: 'a', version: '1.33' });
    await place.minutes(14);
    place.call('UpdateClusterConfig', { name: 'a', upgradePolicy: { supportType: 'STANDARD' } });
    await place.minutes(5);
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.32', force: true }), { code: 'InvalidRequestException', message: /upgrade policy of the cluster to EXTENDED first/ });
    place.call('UpdateClusterConfig', { name: 'a', upgradePolicy: { supportType: 'EXTENDED' } });
    await place.minutes(5);
    for (const timeoutMinutes of [119, 10_081, 120.5])
      assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.32', rollbackConfig: { timeoutMinutes } }), { code: 'InvalidParameterException' });
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.32' }).update.status, 'InProgress');
  });

  it('waits for add-ons that the minor before does not know, and for kube-proxy', async () => {
    const place = await upgradedPlace(1);
    place.call('CreateAddon', { clusterName: 'a', addonName: 'kube-proxy', addonVersion: 'v1.35.3-eksbuild.2' });
    place.call('CreateAddon', { clusterName: 'a', addonName: 'coredns', addonVersion: 'v1.14.2-eksbuild.3' });
    await place.minutes(3);
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), { code: 'InvalidStateException' });
    const { insights } = place.call('ListInsights', { clusterName: 'a', filter: { categories: ['ROLLBACK_READINESS'], statuses: ['ERROR'] } });
    assert.deepEqual(
      insights.map((insight: eks.InsightSummary) => [insight.name, insight.kubernetesVersion]),
      [
        ['kube-proxy version rollback compatibility', '1.34'],
        ['EKS add-on version rollback compatibility', '1.34'],
      ],
    );
    const { insight } = place.call('DescribeInsight', { clusterName: 'a', id: insights[1].id });
    assert.deepEqual(insight.categorySpecificSummary.addonCompatibilityDetails.map((detail: eks.AddonCompatibilityDetail) => detail.name), ['coredns', 'kube-proxy']);
    for (const [addonName, addonVersion] of [
      ['kube-proxy', 'v1.34.3-eksbuild.2'],
      ['coredns', 'v1.13.2-eksbuild.4'],
    ])
      place.call('UpdateAddon', { clusterName: 'a', addonName, addonVersion });
    await place.minutes(3);
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }).update.status, 'InProgress');
  });

  it('is not passed by while a group is on its way to the newer minor, nor by one that has no node yet', async () => {
    const place = await upgradedPlace(1);
    place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue', version: '1.35' });
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), { code: 'InvalidStateException' });
    await place.minutes(30);
    place.call('UpdateNodegroupConfig', { clusterName: 'a', nodegroupName: 'blue', scalingConfig: { desiredSize: 0 } });
    await place.minutes(2);
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), { code: 'InvalidStateException' });
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34', force: true }).update.status, 'InProgress');
  });

  it('fails where that is scripted: the cluster stays where it was, and may be tried again within the days', async () => {
    const place = await upgradedPlace();
    place.failures.set('eks:UpdateClusterVersion', { code: 'IpNotAvailable' });
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    await place.minutes(14);
    const failed = place.call('DescribeUpdate', { name: 'a', updateId: update.id }).update;
    assert.deepEqual([failed.status, failed.errors[0].errorCode], ['Failed', 'IpNotAvailable']);
    assert.equal(place.call('DescribeCluster', { name: 'a' }).cluster.version, '1.35');
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }).update.status, 'InProgress');
  });

  it('takes a group with an image of its own back to the image, and the kubelet, that it had', async () => {
    const place = eksPlace();
    await byHand.activeCluster(place, 'a', { version: '1.34' });
    const { amiType, ...group } = { ...byHand.nodegroupInput('a', 'own'), amiType: 'CUSTOM', launchTemplate: { id: 'lt-own', version: '1' } };
    place.call('CreateNodegroup', { ...group, amiType });
    await place.minutes(8);
    place.call('UpdateClusterVersion', { name: 'a', version: '1.35' });
    await place.minutes(14);
    const image = async (version: string): Promise<string> => {
      place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'own', launchTemplate: { id: 'lt-own', version } });
      await place.minutes(30);
      return place.call('DescribeNodegroup', { clusterName: 'a', nodegroupName: 'own' }).nodegroup.version;
    };
    assert.equal(await image('2'), '1.35');
    assert.equal(await image('1'), '1.34');
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }).update.type, 'VersionRollback');
  });
});
