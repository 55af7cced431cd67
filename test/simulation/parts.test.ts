import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeletePodIdentityAssociationCommand, EKSClient, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('the parts of a cluster', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let clusterId: string;
  const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

  before(async () => {
    world = await rehearse({ seed: 41 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    eks = new EKSClient(client);
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] });
    for (const RoleName of ['eks-cart', 'eks-mail']) await new IAMClient(client).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  });
  after(() => world.stage.close());

  const associations = async (): Promise<string[]> => ((await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }))).associations ?? []).map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).sort();
  const ended = async (operation: Json): Promise<Json> => {
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };

  it('are made with the cluster, which is made whatever becomes of one of them, and shown with their state', async () => {
    await world.fault({ operation: 'eks:CreatePodIdentityAssociation', times: 1, fault: { kind: 'error', code: 'InvalidParameterException', status: 400 } });
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.35',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) },
      nodegroups: [world.nodegroup('blue')],
      podIdentities: [{ namespace: 'shop', serviceAccount: 'cart', roleArn: roleArn('eks-cart') }],
    });
    clusterId = operation.clusterId;
    assert.deepEqual((await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ name, state }: Json) => [name, state]), [['shop/cart', 'Planned']]);
    const failed = await world.ended(operation.id);
    assert.deepEqual([failed.state, failed.steps.filter(({ state }: Json) => state !== 'Succeeded').map(({ subject, state }: Json) => [subject, state])], ['Failed', [['shop/cart', 'Failed']]]);
    const { status, nodegroups, parts } = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual([status, nodegroups[0].status, parts[0].state], ['Active', 'ACTIVE', 'Failed']);
    await ended(await world.api.post(`/v1/operations/${operation.id}/retry`, {}));
    assert.deepEqual(await associations(), ['shop/cart']);
    assert.deepEqual((await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ name, state }: Json) => [name, state]), [['shop/cart', 'Active']]);
  });

  it('change to what is asked for, the whole list at once', async () => {
    const podIdentities = [{ namespace: 'shop', serviceAccount: 'mail', roleArn: roleArn('eks-mail') }];
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities }));
    assert.deepEqual(done.steps.map(({ title }: Json) => title), ['Creating pod identity of shop/mail', 'Removing pod identity of shop/cart']);
    assert.deepEqual(await associations(), ['shop/mail']);
    assert.deepEqual((await world.api.get(`/v1/clusters/${clusterId}`)).podIdentities, podIdentities);
  });

  it('that AWS refuses are told as failed, stand in the way of no other, and are made by a retry once that is mended', async () => {
    const identity = (serviceAccount: string): Json => ({ namespace: 'shop', serviceAccount, roleArn: roleArn(serviceAccount === 'cart' ? 'eks-cart' : 'eks-mail') });
    const states = async (): Promise<unknown> => (await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ name, state, reason }: Json) => [name, state, reason]);
    await world.fault({ operation: 'eks:CreatePodIdentityAssociation', match: { serviceAccount: 'cart' }, times: 2, fault: { kind: 'error', code: 'InvalidParameterException', status: 400 } });
    const operation = await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [identity('cart'), identity('mail'), identity('till')] });
    const failed = await world.ended(operation.id);
    assert.deepEqual([failed.state, failed.errors.length, failed.steps.map(({ subject, state }: Json) => [subject, state])], ['Failed', 1, [['shop/cart', 'Failed'], ['shop/till', 'Succeeded']]]);
    assert.match(failed.errors[0].nextActions.at(-1), /ask for the cluster without it/);
    assert.deepEqual(await states(), [['shop/mail', 'Active', 'Made'], ['shop/cart', 'Failed', 'InvalidParameterException'], ['shop/till', 'Active', 'Made']]);
    // A change of something else is carried out, and what failed is tried again behind it.
    const later = await world.ended((await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [identity('cart'), identity('mail'), identity('desk')] })).id);
    assert.deepEqual(later.steps.map(({ title, state }: Json) => [title, state]), [['Creating pod identity of shop/desk', 'Succeeded'], ['Creating pod identity of shop/cart', 'Failed'], ['Removing pod identity of shop/till', 'Succeeded']]);
    assert.deepEqual([later.state, await associations()], ['Failed', ['shop/desk', 'shop/mail']]);
    await ended(await world.api.post(`/v1/operations/${later.id}/retry`, {}));
    assert.deepEqual(await associations(), ['shop/cart', 'shop/desk', 'shop/mail']);
    await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [identity('mail'), identity('cart')] }));
    assert.deepEqual(await states(), [['shop/mail', 'Active', 'Made'], ['shop/cart', 'Active', 'Made']]);
  });

  it('are read, asked for and taken away one by one by their own routes', async () => {
    const path = `/v1/clusters/${clusterId}/pod-identities`;
    const { items } = await world.api.get(path);
    assert.deepEqual(items.map(({ name, state, asked }: Json) => [name, state, asked.serviceAccount]), [['shop/cart', 'Active', 'cart'], ['shop/mail', 'Active', 'mail']]);
    await ended(await world.api.delete(`${path}/shop/cart?reason=the+cart+moves+out`));
    assert.deepEqual(await associations(), ['shop/mail']);
    await assert.rejects(world.api.get(`${path}/shop/cart`), /404/);
    await ended(await world.api.post(path, { namespace: 'shop', serviceAccount: 'cart', roleArn: roleArn('eks-mail') }));
    assert.equal((await world.api.get(`${path}/shop/cart`)).asked.roleArn, roleArn('eks-mail'));
    await assert.rejects(world.api.post(path, { namespace: 'shop', serviceAccount: 'cart', roleArn: roleArn('eks-mail') }), /part-exists/);
    await assert.rejects(world.api.post(path, { namespace: 'shop', serviceAccount: 'basket', roleArn: roleArn('slipway-access') }), /"path":"roleArn"/);
    await assert.rejects(world.api.post(path, { namespace: 'shop', serviceAccount: 'basket', roleArn: roleArn('eks-nobody') }), /IAM knows no role/);
    await assert.rejects(world.api.post(path, { namespace: 'shop', serviceAccount: 'basket', roleArn: world.nodeRoleArn }), /does not let pods\.eks\.amazonaws\.com do sts:AssumeRole/);
  });

  it('that failed are taken away at once by their own route, and forgotten, where nothing of them was made', async () => {
    const path = `/v1/clusters/${clusterId}/pod-identities`;
    const names = async (): Promise<string[]> => (await world.api.get(`/v1/clusters/${clusterId}/parts`)).items.map(({ name }: Json) => name);
    const before = await names();
    await world.fault({ operation: 'eks:CreatePodIdentityAssociation', match: { serviceAccount: 'bad' }, times: 1, fault: { kind: 'error', code: 'InvalidRequestException', status: 400 } });
    const failed = await world.ended((await world.api.post(path, { namespace: 'shop', serviceAccount: 'bad', roleArn: roleArn('eks-mail') })).id);
    assert.deepEqual([failed.state, await names()], ['Failed', [...before, 'shop/bad']]);

    const taken = await world.api.ask('DELETE', `${path}/shop/bad`);
    assert.deepEqual([taken.status, taken.body.podIdentities.length], [200, before.length]);
    assert.deepEqual(await names(), before);
  });

  it('are looked at in AWS: what somebody has deleted there is told', async () => {
    const states = async (): Promise<unknown> => (await world.api.get(`/v1/clusters/${clusterId}/parts`)).items.map(({ name, state, reason }: Json) => [name, state, reason]);
    assert.deepEqual(await states(), [['shop/mail', 'Active', 'Made'], ['shop/cart', 'Active', 'Made']]);
    const { associations: found = [] } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop', namespace: 'shop', serviceAccount: 'cart' }));
    await eks.send(new DeletePodIdentityAssociationCommand({ clusterName: 'shop', associationId: found[0]?.associationId }));
    assert.deepEqual(await states(), [['shop/mail', 'Active', 'Made'], ['shop/cart', 'Failed', 'Gone']]);
    await world.fault({ operation: 'eks:ListPodIdentityAssociations', times: 4, fault: { kind: 'deny' } });
    assert.deepEqual((await states() as string[][]).map((told) => told[1]), ['Unknown', 'Unknown']);
  });

  it('go with the cluster', async () => {
    const done = await ended(await world.api.delete(`/v1/clusters/${clusterId}`));
    assert.deepEqual(done.steps.slice(0, 2).map(({ kind }: Json) => kind), ['delete-pod-identity', 'delete-pod-identity']);
  });
});
