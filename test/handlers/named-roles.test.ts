import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RoleSight } from '../../domain/named-roles.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';
import { CLUSTER } from './sound-requests.ts';

describe('roles that requests name', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    await door.registered();
  });
  after(() => door.close());

  const role = (name: string): string => `arn:aws:iam::111111111111:role/${name}`;
  const sight = (name: string, value: 'absent' | { trust: string }): RoleSight => ({ roleArn: role(name), role: { kind: 'seen', value } });
  const FOR_EC2 = { trust: '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}' };
  const fields = ({ status, body }: Told): unknown => [status, body.code, body.errors?.map(({ path }: Json) => path)];
  const create = (name: string, more: object): Promise<Told> => door.ask('POST', '/v1/clusters', { body: { ...CLUSTER, name, ...more } });
  const podIdentities = [{ namespace: 'web', serviceAccount: 'shop', roleArn: role('eks-shop') }];

  it('are refused with their fields where they are not there, or do not trust who works with them', async () => {
    door.facts.roles = [sight('eks-cluster', 'absent'), sight('eks-shop', FOR_EC2)];
    assert.deepEqual(fields(await create('one', { podIdentities })), [422, 'rules-broken', ['roleArn', 'podIdentities.0.roleArn']]);
    const { clusterId } = await door.standing();
    assert.deepEqual(fields(await door.ask('PATCH', `/v1/clusters/${clusterId}`, { body: { podIdentities } })), [422, 'rules-broken', ['podIdentities.0.roleArn']]);
    assert.deepEqual(fields(await door.ask('POST', `/v1/clusters/${clusterId}/pod-identities`, { body: podIdentities[0] })), [422, 'rules-broken', ['roleArn']]);
    door.facts.roles = [sight('eks-node', 'absent')];
    assert.deepEqual(fields(await door.ask('POST', `/v1/clusters/${clusterId}/nodegroups`, { body: { nodegroupName: 'red', nodeRole: role('eks-node'), scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 1 } } })), [422, 'rules-broken', ['nodeRole']]);
  });

  it('are refused in a change, too, where the account does not let them be handed over', async () => {
    const { clusterId } = await door.standing();
    const answer = await door.ask('PATCH', `/v1/clusters/${clusterId}`, { body: { capabilities: [{ type: 'KRO', roleArn: role('kro') }] } });
    assert.deepEqual(fields(answer), [422, 'role-not-passable', ['capabilities.0.roleArn']]);
  });

  it('are told as not looked at where the look was denied, and the work begins', async () => {
    door.facts.roles = [{ roleArn: role('eks-shop'), role: { kind: 'unknown', because: 'Slipway\'s role in the account may not iam:GetRole.' } }];
    const answer = await create('two', { podIdentities });
    assert.equal(answer.status, 202, answer.text);
    assert.match(answer.body.plan.notLookedAt.find(({ because }: Json) => because.startsWith('Unknown')).because, /eks-shop is there.*may not iam:GetRole/);
  });

  it('that went since stand in the way of no change that does not name them, and of a retry that does', async () => {
    const standing = await door.standing({ wanted: { podIdentities } });
    door.facts.roles = [sight('eks-shop', 'absent')];
    const added = [...podIdentities, { namespace: 'web', serviceAccount: 'mail', roleArn: role('eks-mail') }];
    const begun = await door.ask('PATCH', `/v1/clusters/${standing.clusterId}`, { body: { podIdentities: added } });
    assert.equal(begun.status, 202, begun.text);
    await door.failed(begun.body);
    assert.deepEqual(fields(await door.ask('POST', `/v1/operations/${begun.body.id}/retry`)), [422, 'rules-broken', ['podIdentities.0.roleArn']]);
    door.facts.roles = [];
    assert.equal((await door.ask('POST', `/v1/operations/${begun.body.id}/retry`)).status, 202);
  });
});
