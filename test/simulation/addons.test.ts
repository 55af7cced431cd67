import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribeAddonCommand, EKSClient, ListAddonsCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('the add-ons of a cluster', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let clusterId: string;
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/eks-cni`;

  before(async () => {
    world = await rehearse({ seed: 43 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    eks = new EKSClient(client);
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] });
    await new IAMClient(client).send(new CreateRoleCommand({ RoleName: 'eks-cni', AssumeRolePolicyDocument: trust }));
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.35',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) },
      nodegroups: [world.nodegroup('blue')],
    });
    clusterId = operation.clusterId;
    await ended(operation);
  });
  after(() => world.stage.close());

  const installed = async (): Promise<string[]> => ((await eks.send(new ListAddonsCommand({ clusterName: 'shop' }))).addons ?? []).sort();
  const settings = async (addonName: string): Promise<string | undefined> => (await eks.send(new DescribeAddonCommand({ clusterName: 'shop', addonName }))).addon?.configurationValues;
  const ended = async (operation: Json): Promise<Json> => {
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };
  const addon = (name: string): Promise<Json> => world.api.get(`/v1/clusters/${clusterId}/addons/${name}`);

  it('get other settings and roles by one update that is awaited, and are shown with them', async () => {
    const change = { configurationValues: '{"env":{"WARM_ENI_TARGET":"2"}}', podIdentityAssociations: [{ serviceAccount: 'aws-node', roleArn }] };
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}/addons/vpc-cni`, change));
    assert.deepEqual(done.steps.map(({ title, kind }: Json) => [title, kind]), [['Changing settings and roles of add-on vpc-cni', 'update-addon-config']]);
    assert.equal(await settings('vpc-cni'), change.configurationValues);
    const { addonVersion: _version, ...shown } = await addon('vpc-cni');
    assert.deepEqual(shown, { addonName: 'vpc-cni', status: 'ACTIVE', ...change, owner: 'aws', asked: true });
    assert.equal((await world.api.patch(`/v1/clusters/${clusterId}/addons/vpc-cni`, change)).clusterId, clusterId, 'the same again is no work');
  });

  it('are refused with the path of a setting that their schema does not take, before anything is begun', async () => {
    const refused = await world.api.ask('PATCH', `/v1/clusters/${clusterId}/addons/coredns`, { configurationValues: '{"replicaCount":"two"}' });
    assert.deepEqual([refused.status, refused.body.code, refused.body.errors.map(({ path }: Json) => path)], [422, 'rules-broken', ['configurationValues.replicaCount']]);
  });

  it('come and go by their own routes', async () => {
    await ended(await world.api.post(`/v1/clusters/${clusterId}/addons`, { addonName: 'metrics-server' }));
    assert.deepEqual(await installed(), ['coredns', 'eks-pod-identity-agent', 'kube-proxy', 'metrics-server', 'vpc-cni']);
    const done = await ended(await world.api.delete(`/v1/clusters/${clusterId}/addons/metrics-server?preserve=true`));
    assert.deepEqual(done.steps.map(({ title }: Json) => title), ['Releasing add-on metrics-server; what runs of it stays']);
    assert.deepEqual(await installed(), ['coredns', 'eks-pod-identity-agent', 'kube-proxy', 'vpc-cni']);
  });

  it('are as a whole new list says: what is left out goes, and a failed change is finished by a retry', async () => {
    await world.fault({ operation: 'eks:UpdateAddon', times: 1, fault: { kind: 'failUpdate', code: 'ConfigurationConflict' } });
    const addons = [{ addonName: 'vpc-cni' }, { addonName: 'kube-proxy' }, { addonName: 'coredns', configurationValues: '{"replicaCount":3}' }];
    const operation = await world.api.patch(`/v1/clusters/${clusterId}`, { addons });
    const failed = await world.ended(operation.id);
    assert.deepEqual([failed.state, failed.steps.map(({ title, state }: Json) => [title, state])], ['Failed', [['Changing settings of add-on coredns', 'Failed'], ['Removing add-on eks-pod-identity-agent', 'Succeeded']]]);
    const done = await ended(await world.api.post(`/v1/operations/${operation.id}/retry`, {}));
    assert.deepEqual(done.steps.map(({ title }: Json) => title), ['Changing settings of add-on coredns']);
    assert.deepEqual(await installed(), ['coredns', 'kube-proxy', 'vpc-cni']);
    assert.equal(await settings('coredns'), '{"replicaCount":3}');
    assert.equal(await settings('vpc-cni'), '{"env":{"WARM_ENI_TARGET":"2"}}', 'what a list does not say of an add-on stays');
  });
});
