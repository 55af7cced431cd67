import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { ApiClient, Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('profiles of a fleet', () => {
  let world: Rehearsal;
  let bob: ApiClient;
  const ids: string[] = [];
  const identity = (serviceAccount: string) => ({ namespace: 'shop', serviceAccount, roleArn: 'arn:aws:iam::{accountId}:role/eks-shop' });
  const states = async (clusterId: string | undefined): Promise<unknown> => (await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ name, state }: Json) => [name, state]);

  before(async () => {
    world = await rehearse({ seed: 43 });
    bob = await world.clientOf({ sub: 'bob', role: 'operator', team: 'payments' });
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] });
    await new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } }).send(new CreateRoleCommand({ RoleName: 'eks-shop', AssumeRolePolicyDocument: trust }));
    for (const name of ['shop-a', 'shop-b']) ids.push(await world.cluster({ name, nodegroups: [] }));
    for (const id of ids) await world.api.patch(`/v1/clusters/${id}`, { labels: { tier: 'web' } });
  });
  after(() => world.stage.close());

  it('show what they would change before anything is changed', async () => {
    const written = await world.api.post('/v1/profiles', { name: 'web', parts: { podIdentities: [identity('cart')] }, reason: 'every shop has a cart' });
    assert.deepEqual([written.name, written.version], ['web', 1]);
    const { items } = await world.api.get('/v1/profiles/web/difference?label=tier%3Dweb');
    assert.deepEqual(items.map(({ name, to, unchanged, steps }: Json) => [name, to, unchanged, steps.map(({ title }: Json) => title)]), ['shop-a', 'shop-b'].map((name) => [name, 'web@1', false, ['Creating pod identity of shop/cart']]));
    assert.deepEqual(await states(ids[0]), []);
  });

  it('are applied by label, an operation each, and a repeat finds nothing to do', async () => {
    const { items, next } = await world.api.post('/v1/profiles/web/apply', { label: 'tier=web', reason: 'the shops get carts' });
    assert.equal(next, null);
    for (const { operation } of items) assert.equal((await world.ended(operation)).state, 'Succeeded');
    assert.equal((await world.api.get(`/v1/clusters/${ids[1]}`)).profile, 'web@1');
    assert.deepEqual(await states(ids[1]), [['shop/cart', 'Active']]);
    const again = await world.api.post('/v1/profiles/web/apply', { label: 'tier=web', reason: 'again' });
    assert.deepEqual(again.items.map(({ unchanged }: Json) => unchanged), [true, true]);
  });

  it('leave a cluster\'s own wishes alone when their next version comes, and when they go', async () => {
    const own = { namespace: 'shop', serviceAccount: 'mail', roleArn: `arn:aws:iam::${ACCOUNT}:role/eks-shop` };
    const added = await world.api.patch(`/v1/clusters/${ids[0]}`, { podIdentities: [own] });
    await world.ended(added.id);
    assert.deepEqual(await states(ids[0]), [['shop/cart', 'Active'], ['shop/mail', 'Active']]);
    await world.api.post('/v1/profiles', { name: 'web', parts: { podIdentities: [identity('basket')] } });
    assert.equal((await world.api.get(`/v1/clusters/${ids[0]}`)).profile, 'web@1');
    const moved = await world.api.patch(`/v1/clusters/${ids[0]}`, { profile: 'web' });
    const done = await world.ended(moved.id);
    assert.deepEqual(done.steps.map(({ title }: Json) => title), ['Creating pod identity of shop/basket', 'Removing pod identity of shop/cart']);
    const gone = await world.api.patch(`/v1/clusters/${ids[0]}`, { profile: null });
    await world.ended(gone.id);
    assert.deepEqual(await states(ids[0]), [['shop/mail', 'Active']]);
    assert.equal((await world.api.get(`/v1/clusters/${ids[0]}`)).profile, undefined);
  });

  it('leave who was let in by a route of its own in when the next version comes, and are told apart in refusals', async () => {
    const [person, lead] = ['erin', 'lead'].map((name) => ({ principalArn: `arn:aws:iam::${ACCOUNT}:role/${name}`, role: 'viewer' }));
    await world.api.post('/v1/profiles', { name: 'gate', parts: { access: [lead], podIdentities: [identity('cart')] } });
    await world.ended((await world.api.patch(`/v1/clusters/${ids[1]}`, { profile: 'gate' })).id);
    await world.ended((await world.api.post(`/v1/clusters/${ids[1]}/access-entries`, person)).id);
    await world.api.post('/v1/profiles', { name: 'gate', parts: { access: [lead], podIdentities: [identity('cart'), identity('till')] } });
    await world.ended((await world.api.patch(`/v1/clusters/${ids[1]}`, { profile: 'gate@2' })).id);
    assert.deepEqual((await world.api.get(`/v1/clusters/${ids[1]}`)).access.map(({ principalArn }: Json) => principalArn).sort(), [person, lead].map((one) => one?.principalArn).sort());
    await assert.rejects(world.api.delete(`/v1/clusters/${ids[1]}/access-entries/${encodeURIComponent(lead?.principalArn ?? '')}`), /409.*part-of-profile/s);
    const refused = await world.api.ask('PATCH', `/v1/clusters/${ids[1]}`, { podIdentities: [{ namespace: 'kube-system', serviceAccount: 'x', roleArn: 'arn:aws:iam::999999999999:role/eks-else' }] });
    assert.deepEqual(refused.body.errors.map(({ path }: Json) => path), ['podIdentities.0.roleArn']);
  });

  it('are refused for a cluster by what they would change as they are when they are applied', async () => {
    await world.api.post('/v1/profiles', { name: 'gate', parts: { podIdentities: [{ ...identity('desk'), roleArn: 'arn:aws:iam::{accountId}:role/eks-nobody' }] } });
    const shown = (await world.api.get('/v1/profiles/gate/difference?label=tier%3Dweb')).items;
    const applied = (await world.api.post('/v1/profiles/gate/apply', { label: 'tier=web', reason: 'desks' })).items;
    assert.deepEqual([shown, applied].map((items) => items.map(({ refused }: Json) => refused?.code)), [['rules-broken', 'rules-broken'], ['rules-broken', 'rules-broken']]);
  });

  it('are asked for with a new cluster, and told when there are none of that name', async () => {
    const asked = { name: 'shop-c', accountId: ACCOUNT, region: REGION, version: '1.35', roleArn: world.clusterRoleArn, resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(2) } };
    await assert.rejects(world.api.post('/v1/clusters', { ...asked, profile: 'wep' }), /profile-not-found/);
    const operation = await world.api.post('/v1/clusters', { ...asked, profile: 'web@1' });
    assert.equal((await world.ended(operation.id)).state, 'Succeeded');
    assert.deepEqual(await states(operation.clusterId), [['shop/cart', 'Active']]);
  });

  it('of another team are not there, and of the fleet are not a team\'s to write', async () => {
    await world.api.post('/v1/profiles', { name: 'secret', team: 'search', parts: {} });
    await assert.rejects(bob.get('/v1/profiles/secret'), /404/);
    assert.deepEqual((await bob.get('/v1/profiles')).items.map(({ name }: Json) => name), ['gate', 'web']);
    await assert.rejects(bob.post('/v1/profiles', { name: 'web', parts: {} }), /403/);
    const lead = await world.clientOf({ sub: 'lead', role: 'admin', team: 'payments' });
    await assert.rejects(lead.post('/v1/profiles', { name: 'web', parts: {} }), /team-not-allowed/);
    assert.equal((await bob.post('/v1/profiles/web/apply', { label: 'tier=web', reason: 'mine?' })).items.length, 0);
  });
});
