import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as eks from '@aws-sdk/client-eks';
import { refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, upgraded, workloads } from './eks-fleet.ts';
import type { Fleet } from './eks-fleet.ts';

const DAY = 24 * 3600;
const FLOWSCHEMAS = '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas';
const REMOVED_IN_1_32 = 'Deprecated APIs removed in Kubernetes v1.32';

const list = async (fleet: Fleet, filter: eks.InsightsFilter = {}): Promise<eks.InsightSummary[]> =>
  (await fleet.client.send(new eks.ListInsightsCommand({ clusterName: 'a', filter }))).insights ?? [];
const named = async (fleet: Fleet, name: string): Promise<eks.Insight> => {
  const id = (await list(fleet)).find((insight) => insight.name === name)?.id;
  return (await fleet.client.send(new eks.DescribeInsightCommand({ clusterName: 'a', id }))).insight ?? {};
};
const refreshed = async (fleet: Fleet): Promise<eks.DescribeInsightsRefreshCommandOutput> => {
  await fleet.client.send(new eks.StartInsightsRefreshCommand({ clusterName: 'a' }));
  await fleet.pass(180);
  return fleet.client.send(new eks.DescribeInsightsRefreshCommand({ clusterName: 'a' }));
};

describe('insights of a cluster with scripted workloads', () => {
  it('tell who has called an API that the next minor removes, how often and when last, for thirty days after the last call', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.31' });
    const until = new Date(fleet.world.clock.now() + 2 * DAY * 1000).toISOString();
    await workloads(fleet, { clients: [{ userAgent: 'old-operator/v0.3', api: FLOWSCHEMAS, perDay: 100, until }] });
    await fleet.pass(DAY);
    await refreshed(fleet);
    const insight = await named(fleet, REMOVED_IN_1_32);
    assert.deepEqual(insight.insightStatus, { status: 'ERROR', reason: 'Deprecated API usage detected within last 30 days and your cluster is on Kubernetes v1.31.' });
    const [detail] = insight.categorySpecificSummary?.deprecationDetails ?? [];
    assert.equal(detail?.usage, FLOWSCHEMAS);
    assert.equal(detail.stopServingVersion, '1.32');
    assert.deepEqual(
      detail.clientStats?.map(({ userAgent, numberOfRequestsLast30Days }) => [userAgent, numberOfRequestsLast30Days]),
      [['old-operator/v0.3', 100]],
    );
    assert.ok(Math.abs((detail.clientStats[0]?.lastRequestTime?.getTime() ?? 0) - (insight.lastRefreshTime?.getTime() ?? 0)) < 1000, 'it calls still');

    await fleet.pass(20 * DAY);
    const mended = (await named(fleet, REMOVED_IN_1_32)).categorySpecificSummary?.deprecationDetails?.[0]?.clientStats?.[0];
    assert.equal(mended?.numberOfRequestsLast30Days, 200);
    assert.equal(mended.lastRequestTime?.toISOString(), until);
    await fleet.pass(12 * DAY);
    assert.equal((await named(fleet, REMOVED_IN_1_32)).insightStatus?.status, 'PASSING', 'the audit log has forgotten it');
  });

  it('warn of what a later minor removes, and know APIs that only the script tells of', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.34' });
    const client = { userAgent: 'kubectl/v1.30', api: '/apis/example.k8s.io/v1beta1/things', perDay: 5 };
    await workloads(fleet, { clients: [{ ...client, removedIn: '1.36', replacedWith: '/apis/example.k8s.io/v1/things' }] });
    await refreshed(fleet);
    const insight = await named(fleet, 'Deprecated APIs removed in Kubernetes v1.36');
    assert.deepEqual([insight.insightStatus?.status, insight.kubernetesVersion], ['WARNING', '1.36']);
    assert.equal(insight.categorySpecificSummary?.deprecationDetails?.[0]?.replacedWith, '/apis/example.k8s.io/v1/things');
    assert.deepEqual(
      (await list(fleet, { kubernetesVersions: ['1.36'] })).map(({ name }) => name),
      ['Deprecated APIs removed in Kubernetes v1.36'],
    );
  });

  it('say what they are told to say, in every category and status, until they are told nothing', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.34' });
    await workloads(fleet, {
      insights: [
        { name: 'Kubelet version skew', status: 'UNKNOWN', reason: 'Unable to determine status of node kubelet versions.' },
        { name: 'Hybrid Nodes network', category: 'MISCONFIGURATION', status: 'WARNING', reason: 'A remote network overlaps.' },
        { name: 'Cluster health issues', status: 'ERROR', reason: 'scripted' },
      ],
    });
    await refreshed(fleet);
    assert.deepEqual(
      (await list(fleet, { categories: ['UPGRADE_READINESS'], statuses: ['UNKNOWN'] })).map(({ name, insightStatus }) => [name, insightStatus?.reason]),
      [['Kubelet version skew', 'Unable to determine status of node kubelet versions.']],
    );
    assert.deepEqual(
      (await list(fleet, { categories: ['MISCONFIGURATION'] })).map(({ name, insightStatus }) => [name, insightStatus?.status]),
      [['Hybrid Nodes network', 'WARNING']],
    );
    assert.equal((await named(fleet, 'Cluster health issues')).insightStatus?.status, 'ERROR');
    await fleet.send('DELETE', '/_sim/eks/workloads?cluster=a', undefined);
    await refreshed(fleet);
    assert.deepEqual(new Set((await list(fleet)).map(({ insightStatus }) => insightStatus?.status)), new Set(['PASSING']));
  });

  it('stay as they were seen last while refreshes fail, and are seen again when those work', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.34' });
    await fleet.pass(300);
    const seen = (await named(fleet, 'Kubelet version skew')).lastRefreshTime?.getTime();
    await workloads(fleet, { refresh: 'fails', nodes: [{ name: 'self-1', version: '1.31' }] });
    const failed = await refreshed(fleet);
    assert.equal(failed.status, 'FAILED');
    assert.ok((failed.endedAt?.getTime() ?? 0) > (failed.startedAt?.getTime() ?? 0));
    await fleet.pass(3 * DAY);
    const stale = await named(fleet, 'Kubelet version skew');
    assert.deepEqual([stale.lastRefreshTime?.getTime(), stale.insightStatus?.status], [seen, 'PASSING']);
    await workloads(fleet, { nodes: [{ name: 'self-1', version: '1.31' }, { name: 'self-2', version: '1.32' }] });
    assert.equal((await refreshed(fleet)).status, 'COMPLETED');
    const fresh = await named(fleet, 'Kubelet version skew');
    assert.equal(fresh.insightStatus?.status, 'ERROR');
    assert.deepEqual(
      fresh.resources?.map(({ kubernetesResourceUri, insightStatus }) => [kubernetesResourceUri, insightStatus?.status]),
      [
        ['/api/v1/nodes/self-1', 'ERROR'],
        ['/api/v1/nodes/self-2', 'WARNING'],
      ],
    );
  });

  it('hold a rollback back while one is UNKNOWN, an API of the newer minor is in use, or a node that is not managed is newer; a WARNING does not', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.34' });
    await upgraded(fleet, 'a', '1.35');
    const rollBack = () => fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.34' }));
    const inTheWay = async () => (await list(fleet, { categories: ['ROLLBACK_READINESS'], statuses: ['ERROR', 'UNKNOWN'] })).map(({ name, insightStatus }) => [name, insightStatus?.status]);
    for (const [script, found] of [
      [{ insights: [{ name: 'Cluster health issues', category: 'ROLLBACK_READINESS', status: 'UNKNOWN', reason: 'no answer' }] }, ['Cluster health issues', 'UNKNOWN']],
      [{ clients: [{ userAgent: 'kubectl', api: '/apis/resource.k8s.io/v1/resourceclaims', perDay: 3, newIn: '1.35' }] }, ['Incompatible API usage', 'ERROR']],
      [{ nodes: [{ name: 'fargate-ip-10-0-0-7', version: '1.35' }] }, ['Kubelet version rollback compatibility', 'ERROR']],
    ]) {
      await workloads(fleet, script as object);
      assert.equal((await refusal(rollBack())).name, 'InvalidStateException');
      assert.deepEqual(await inTheWay(), [found]);
    }
    await workloads(fleet, { insights: [{ name: 'Cluster health issues', category: 'ROLLBACK_READINESS', status: 'WARNING', reason: 'slow' }] });
    assert.equal((await rollBack()).update?.status, 'InProgress');
  });

  it('gate upgrades only where that is switched on, and then by the readiness to upgrade alone', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.34' });
    await upgraded(fleet, 'a', '1.35');
    fleet.aws.eks.enforceInsights(true);
    await workloads(fleet, { nodes: [{ name: 'fargate-1', version: '1.35' }] });
    await refreshed(fleet);
    assert.deepEqual(
      (await list(fleet, { statuses: ['ERROR'] })).map(({ category }) => category),
      ['ROLLBACK_READINESS'],
    );
    const { update } = await fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.36' }));
    assert.equal(update?.type, 'VersionUpdate');
  });
});

describe('POST /_sim/eks/workloads', () => {
  it('is refused, with where and why, for what it does not know', async (t) => {
    const stage = await startAws(t);
    const cluster = { account: ACCOUNT, region: 'us-east-1', cluster: 'a' };
    const refusals: [object, RegExp][] = [
      [{}, /^account: .*; region: .*; cluster: /],
      [{ ...cluster, health: [{ code: 'Sick' }] }, /^health\.0\.code: /],
      [{ ...cluster, clients: [{ userAgent: 'a', api: 'flowschemas', perDay: 1 }] }, /^clients\.0\.api: an API is written like/],
      [{ ...cluster, nodegroups: { blue: { sad: true } } }, /^nodegroups\.blue: /],
    ];
    for (const [body, message] of refusals) {
      const answer = await stage.send('POST', '/_sim/eks/workloads', body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['message']), message);
    }
  });

  it('is listed, takes the place of what was there, and is taken back', async (t) => {
    const stage = await startAws(t);
    const cluster = { account: ACCOUNT, region: 'us-east-1', cluster: 'a' };
    await stage.send('POST', '/_sim/eks/workloads', { ...cluster, refresh: 'fails' });
    await stage.send('POST', '/_sim/eks/workloads', { ...cluster, cluster: 'b', refresh: 'fails' });
    await stage.send('POST', '/_sim/eks/workloads', { ...cluster, clients: [{ userAgent: 'a', api: FLOWSCHEMAS, perDay: 1 }] });
    const { body } = await stage.get('/_sim/eks/workloads');
    assert.deepEqual(body['workloads'], [
      { ...cluster, clients: [{ since: '2026-11-22T00:00:00.000Z', userAgent: 'a', api: FLOWSCHEMAS, perDay: 1 }] },
      { ...cluster, cluster: 'b', refresh: 'fails' },
    ]);
    assert.deepEqual((await stage.send('DELETE', '/_sim/eks/workloads?cluster=a', undefined)).body['workloads'], [{ ...cluster, cluster: 'b', refresh: 'fails' }]);
    assert.deepEqual((await stage.send('DELETE', '/_sim/eks/workloads', undefined)).body['workloads'], []);
  });
});
