import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

describe('what an account is asked before a change is planned', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    await door.registered();
  });
  after(() => door.close());

  const customNetworking = { subnets: [{ zoneId: 'use1-az1', subnetId: 'subnet-0000000000000f0d5', securityGroupIds: [] }] };
  const asked = async (method: string, target: string, body?: object): Promise<unknown> => {
    door.questions.length = 0;
    await door.ask(method, target, body === undefined ? {} : { body });
    return door.questions.flatMap((question) => (question.ask === 'cluster' ? [{ addons: question.addonsCloser, subnets: question.subnetIds?.filter((id) => id === 'subnet-0000000000000f0d5') }] : []));
  };

  it('is the same whether the change is shown, begun by its own route, with PATCH or by a profile, or retried', async () => {
    const standing = (name: string) => door.standing({ name, labels: { tier: name }, wanted: { network: { cni: { ownRole: true, customNetworking } } } });
    const of = async (name: string, method: string, target: (clusterId: string) => string, body?: object): Promise<unknown> => asked(method, target((await standing(name)).clusterId), body);
    await door.ask('POST', '/v1/profiles', { body: { name: 'web', parts: { access: [{ principalArn: 'arn:aws:iam::{accountId}:role/lead', role: 'viewer' }] } } });
    const all = [{ addons: ['vpc-cni', 'eks-pod-identity-agent'], subnets: ['subnet-0000000000000f0d5'] }];
    assert.deepEqual(await of('shown', 'GET', () => '/v1/profiles/web/difference?label=tier%3Dshown'), all);
    assert.deepEqual(await of('applied', 'POST', () => '/v1/profiles/web/apply', { label: 'tier=applied', reason: 'a lead' }), all);
    assert.deepEqual(await of('patched', 'PATCH', (clusterId) => `/v1/clusters/${clusterId}`, { deletionProtection: true }), all);
    const failed = await door.working(await standing('retried'), { kind: 'change-cluster', request: { deletionProtection: true } });
    await door.failed(failed);
    assert.deepEqual(await asked('POST', `/v1/operations/${failed.id}/retry`), all);
    assert.deepEqual(await of('entry', 'POST', (clusterId) => `/v1/clusters/${clusterId}/access-entries`, { principalArn: 'arn:aws:iam::111111111111:role/lead', role: 'viewer' }), all);
  });
});
