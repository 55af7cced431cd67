import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as eks from '@aws-sdk/client-eks';
import { refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, clusterNow, clusterOf, roleArn, updateNow, upgraded, workloads } from './eks-fleet.ts';
import type { Fleet } from './eks-fleet.ts';
import { clusterInput, eksPlace } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const HOUR = 3600;
const autoMode = (enabled = true) => ({
  computeConfig: enabled ? { enabled, nodePools: ['general-purpose', 'system'], nodeRoleArn: roleArn('eks-nodes') } : { enabled },
  storageConfig: { blockStorage: { enabled } },
  kubernetesNetworkConfig: { elasticLoadBalancing: { enabled } },
});
const historyOf = (fleet: Fleet) => fleet.aws.eks.history(ACCOUNT, 'us-east-1', 'a');
const kubelets = (fleet: Fleet): string[] =>
  historyOf(fleet)
    .nodes.filter((node) => node.to === undefined)
    .map((node) => node.version);
const rollBack = async (fleet: Fleet, more: object = {}): Promise<eks.Update | undefined> =>
  (await fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.34', ...more }))).update;
const cancel = async (fleet: Fleet, update: eks.Update | undefined): Promise<eks.Update | undefined> =>
  (await fleet.client.send(new eks.CancelUpdateCommand({ name: 'a', updateId: update?.id }))).update;

/** An Auto Mode cluster that was upgraded to 1.35, its two nodes with it. */
async function upgradedFleet(t: Parameters<typeof startAws>[0]): Promise<Fleet> {
  const fleet = await account(await startAws(t));
  await activeCluster(fleet, 'a', { more: autoMode() });
  await fleet.pass(HOUR / 6);
  await upgraded(fleet, 'a', '1.35');
  await fleet.pass(HOUR / 2);
  return fleet;
}

describe('EKS Auto Mode', () => {
  it('is switched on and off as one, and told by DescribeCluster', async (t) => {
    const fleet = await account(await startAws(t));
    const { storageConfig, ...part } = autoMode();
    assert.equal(storageConfig.blockStorage.enabled, true);
    const refused = [
      [part, /are all either fully enabled or fully disabled\.$/],
      [{ ...autoMode(), computeConfig: { enabled: true, nodePools: [], nodeRoleArn: roleArn('eks-nodes') } }, /nodePool value\(s\) must be provided/],
      [{ ...autoMode(), computeConfig: { enabled: true, nodePools: ['big'], nodeRoleArn: roleArn('eks-nodes') } }, /node pool big/],
      [{ ...autoMode(), computeConfig: { enabled: true, nodePools: ['system'], nodeRoleArn: roleArn('nobody') } }, /nobody cannot be found/],
      [{ ...autoMode(), accessConfig: { authenticationMode: 'CONFIG_MAP' } }, /authentication mode/],
      [{ ...autoMode(), bootstrapSelfManagedAddons: true }, /bootstrapSelfManagedAddons must be set to false/],
    ] as const;
    for (const [more, message] of refused) {
      const refusedWith = await refusal(fleet.client.send(new eks.CreateClusterCommand({ ...clusterOf(fleet, 'b'), ...more } as eks.CreateClusterCommandInput)));
      assert.equal(refusedWith.name, 'InvalidParameterException');
      assert.match(refusedWith.message, message);
    }
    await activeCluster(fleet, 'a', { more: autoMode() });
    const cluster = await clusterNow(fleet, 'a');
    assert.deepEqual(cluster.computeConfig, autoMode().computeConfig);
    assert.deepEqual(cluster.storageConfig, autoMode().storageConfig);
    assert.deepEqual(cluster.kubernetesNetworkConfig?.elasticLoadBalancing, { enabled: true });
    await fleet.pass(HOUR / 6);
    assert.deepEqual(kubelets(fleet), ['1.34', '1.34']);
    const { accessEntry } = await fleet.client.send(new eks.DescribeAccessEntryCommand({ clusterName: 'a', principalArn: roleArn('eks-nodes') }));
    assert.equal(accessEntry?.type, 'EC2');

    const { update } = await fleet.client.send(new eks.UpdateClusterConfigCommand({ name: 'a', ...autoMode(false) }));
    assert.equal(update?.type, 'AutoModeUpdate');
    await fleet.pass(HOUR / 4);
    assert.deepEqual([(await clusterNow(fleet, 'a')).computeConfig?.enabled, kubelets(fleet)], [false, []]);
    await fleet.client.send(new eks.UpdateClusterConfigCommand({ name: 'a', ...autoMode() }));
    await workloads(fleet, { autoMode: { nodes: 3 } });
    await fleet.pass(HOUR / 4);
    assert.deepEqual(kubelets(fleet), ['1.34', '1.34', '1.34']);
  });

  it('brings its nodes after the control plane by itself, one by one, unless disruption is blocked', async (t) => {
    const fleet = await upgradedFleet(t);
    assert.deepEqual(kubelets(fleet), ['1.35', '1.35']);
    assert.deepEqual(historyOf(fleet).nodesNewerThanControlPlane, []);
    await workloads(fleet, { autoMode: { budget: 0 } });
    await upgraded(fleet, 'a', '1.36');
    await fleet.pass(12 * HOUR);
    assert.deepEqual(kubelets(fleet), ['1.35', '1.35']);
    await workloads(fleet, {});
    await fleet.pass(HOUR / 2);
    assert.deepEqual(kubelets(fleet), ['1.36', '1.36']);
  });

  it('rolls its nodes back before the control plane, while the cluster says ACTIVE and takes no other update', async (t) => {
    const fleet = await upgradedFleet(t);
    const update = await rollBack(fleet);
    assert.equal(update?.type, 'VersionRollback');
    await fleet.pass(6 * 60);
    assert.deepEqual(kubelets(fleet), ['1.35', '1.34']);
    assert.deepEqual([(await clusterNow(fleet, 'a')).status, (await clusterNow(fleet, 'a')).version], ['ACTIVE', '1.35']);
    assert.equal((await refusal(fleet.client.send(new eks.UpdateClusterConfigCommand({ name: 'a', deletionProtection: true })))).name, 'ResourceInUseException');
    await fleet.pass(10 * 60);
    assert.equal((await clusterNow(fleet, 'a')).status, 'UPDATING');
    assert.match((await refusal(cancel(fleet, update))).message, /the rollback of the control plane has started/);
    await fleet.pass(15 * 60);
    assert.equal((await updateNow(fleet, update)).status, 'Successful');
    assert.deepEqual([(await clusterNow(fleet, 'a')).version, ...kubelets(fleet)], ['1.34', '1.34', '1.34']);
    assert.deepEqual(historyOf(fleet).nodesNewerThanControlPlane, []);
    assert.match((await refusal(cancel(fleet, update))).message, /because it is Successful/);
  });

  it('stops a rollback that is cancelled while nodes go back; they go forward again, and it can be tried again', async (t) => {
    const fleet = await upgradedFleet(t);
    const update = await rollBack(fleet);
    await fleet.pass(6 * 60);
    const cancelling = await cancel(fleet, update);
    assert.deepEqual([cancelling?.status, cancelling?.cancellation?.status], ['InProgress', 'InProgress']);
    await fleet.pass(95);
    const cancelled = await updateNow(fleet, update);
    assert.deepEqual([cancelled.status, cancelled.cancellation?.status], ['Cancelled', 'Successful']);
    assert.equal((await clusterNow(fleet, 'a')).status, 'ACTIVE');
    assert.match((await refusal(cancel(fleet, update))).message, /because it is Cancelled/);
    await fleet.pass(HOUR / 2);
    assert.deepEqual(kubelets(fleet), ['1.35', '1.35']);
    assert.equal((await rollBack(fleet))?.status, 'InProgress');
  });

  it('comes too late with a cancellation when the last node has just gone back', async () => {
    // The first of two equal worlds shows when the control plane goes; that is told 25 to 35 seconds later, and a cancellation takes 30 at least.
    const rollingBack = async (): Promise<{ place: EksPlace; updateId: string }> => {
      const place = eksPlace();
      place.call('CreateCluster', clusterInput('a', { version: '1.34', ...autoMode() }));
      await place.minutes(30);
      place.call('UpdateClusterVersion', { name: 'a', version: '1.35' });
      await place.minutes(45);
      return { place, updateId: place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }).update.id };
    };
    const { place: first } = await rollingBack();
    let seconds = 0;
    for (; first.call('DescribeCluster', { name: 'a' }).cluster.status === 'ACTIVE'; seconds += 5) await first.seconds(5);
    const { place, updateId } = await rollingBack();
    await place.seconds(seconds - 45);
    assert.equal(place.call('CancelUpdate', { name: 'a', updateId }).update.cancellation.status, 'InProgress');
    await place.seconds(25);
    const seen = () => place.call('DescribeUpdate', { name: 'a', updateId }).update;
    assert.deepEqual(seen().cancellation, { status: 'Failed', reason: 'The rollback of the control plane has started.' });
    await place.minutes(15);
    assert.equal(seen().status, 'Successful');
  });

  it('says before a rollback what would hold its nodes up, and times out when it is forced all the same', async (t) => {
    const fleet = await upgradedFleet(t);
    const found = async () => {
      const { insights = [] } = await fleet.client.send(new eks.ListInsightsCommand({ clusterName: 'a', filter: { categories: ['ROLLBACK_READINESS'], statuses: ['ERROR', 'WARNING'] } }));
      return insights.map(({ name, insightStatus }) => [name, insightStatus?.status]);
    };
    for (const [script, expected] of [
      [{ budget: 0 }, ['NodePool disruption budgets', 'ERROR']],
      [{ doNotDisrupt: 'node' }, ['Do-not-disrupt annotations', 'ERROR']],
    ] as const) {
      await workloads(fleet, { autoMode: script });
      assert.equal((await refusal(rollBack(fleet))).name, 'InvalidStateException');
      assert.deepEqual(await found(), [expected]);
    }
    const update = await rollBack(fleet, { force: true, rollbackConfig: { timeoutMinutes: 120 } });
    await fleet.pass(2 * HOUR - 1);
    assert.equal((await updateNow(fleet, update)).status, 'InProgress');
    await fleet.pass(2);
    const failed = await updateNow(fleet, update);
    assert.equal(failed.status, 'Failed');
    assert.equal(failed.errors?.[0]?.resourceIds?.length, 2);
    assert.deepEqual([(await clusterNow(fleet, 'a')).version, (await clusterNow(fleet, 'a')).status], ['1.35', 'ACTIVE']);

    await workloads(fleet, { autoMode: { doNotDisrupt: 'pod', podsHeld: true } });
    const slow = await rollBack(fleet, { rollbackConfig: { timeoutMinutes: 10_080 } });
    assert.deepEqual(await found(), [
      ['Do-not-disrupt annotations', 'WARNING'],
      ['PodDisruptionBudget configurations', 'WARNING'],
    ]);
    await fleet.pass(24 * HOUR);
    assert.equal((await updateNow(fleet, slow)).status, 'InProgress');
    await fleet.pass(26 * HOUR);
    assert.equal((await updateNow(fleet, slow)).status, 'Successful');
  });

  it('looks at the insights again when the nodes are back, and goes no further when they speak against it', async (t) => {
    const fleet = await upgradedFleet(t);
    const update = await rollBack(fleet);
    await workloads(fleet, { nodes: [{ name: 'self-1', version: '1.35' }] });
    await fleet.pass(20 * 60);
    const failed = await updateNow(fleet, update);
    assert.deepEqual([failed.status, failed.errors?.[0]?.errorMessage], ['Failed', 'Rollback readiness issues detected after the nodes were rolled back.']);
    await fleet.pass(HOUR / 2);
    assert.deepEqual([(await clusterNow(fleet, 'a')).version, ...kubelets(fleet)], ['1.35', '1.35', '1.35']);
  });
});

describe('hybrid nodes and what a cluster tells of itself', () => {
  it('are accepted with remote networks and access entries of their own', async (t) => {
    const fleet = await account(await startAws(t));
    const remoteNetworkConfig = { remoteNodeNetworks: [{ cidrs: ['10.80.0.0/16'] }], remotePodNetworks: [{ cidrs: ['10.85.0.0/16'] }] };
    await activeCluster(fleet, 'a', { more: { remoteNetworkConfig } });
    assert.deepEqual((await clusterNow(fleet, 'a')).remoteNetworkConfig, remoteNetworkConfig);
    const { accessEntry } = await fleet.client.send(new eks.CreateAccessEntryCommand({ clusterName: 'a', principalArn: roleArn('hybrid'), type: 'HYBRID_LINUX' }));
    assert.deepEqual([accessEntry?.type, accessEntry?.username, accessEntry?.kubernetesGroups], ['HYBRID_LINUX', 'system:node:{{SessionName}}', ['system:nodes']]);
  });

  it('include the mode of kube-proxy', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { nodes: 1 });
    const configurationValues = '{"mode":"ipvs","ipvs":{"scheduler":"rr"}}';
    await fleet.client.send(new eks.CreateAddonCommand({ clusterName: 'a', addonName: 'kube-proxy', configurationValues }));
    await fleet.pass(180);
    const { addon } = await fleet.client.send(new eks.DescribeAddonCommand({ clusterName: 'a', addonName: 'kube-proxy' }));
    assert.deepEqual([addon?.status, addon?.configurationValues], ['ACTIVE', configurationValues]);
  });
});
