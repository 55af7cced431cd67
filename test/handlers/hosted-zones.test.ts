import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { creationFacts, ACCOUNT_ID, ADDONS } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor, type Told } from './front-door.ts';
import { CLUSTER } from './sound-requests.ts';

const ZONE = 'Z0123456789ABCDEFGHIJ';

describe('names in hosted zones', () => {
  let door: FrontDoor;
  before(async () => {
    door = await openFrontDoor();
    await door.registered({ teams: ['shop', 'search'] });
    door.facts.creation = creationFacts({ addonCatalogue: { ...ADDONS, 'external-dns': [{ addonVersion: 'v0.20.0-eksbuild.3', compatibleWith: ['1.33', '1.34', '1.35', '1.36'], defaultFor: [] }] } });
    door.facts['hosted-zones'] = [{ hostedZoneId: ZONE, kind: 'there', name: 'shop.example.com.', private: false, vpcIds: [] }];
  });
  after(() => door.close());

  const create = async (name: string, dns: object, team?: string): Promise<Told> =>
    door.ask('POST', '/v1/clusters', { body: { ...CLUSTER, accountId: ACCOUNT_ID, name, dns, ...(team === undefined ? {} : { team }) } });
  const allow = (dnsZones: readonly object[]): Promise<Told> => door.ask('PATCH', `/v1/accounts/${ACCOUNT_ID}`, { body: { dnsZones } });

  it('are refused to a team that may not have them, field by field', async () => {
    const answer = await create('one', { hostedZoneIds: [ZONE] }, 'shop');
    assert.deepEqual([answer.status, answer.body.code, answer.body.errors], [403, 'zone-not-allowed', [{ path: 'dns.hostedZoneIds.0', message: 'Not allowed to team shop' }]]);
    await allow([{ hostedZoneId: ZONE, teams: ['search'] }]);
    assert.equal((await create('one', { hostedZoneIds: [ZONE] }, 'shop')).status, 403);
  });

  it('are had by a team that an admin allows them to, and by a cluster of no team', async () => {
    assert.equal((await allow([{ hostedZoneId: ZONE, teams: ['shop'] }])).status, 200);
    assert.deepEqual((await door.ask('GET', `/v1/accounts/${ACCOUNT_ID}`)).body.dnsZones, [{ hostedZoneId: ZONE, teams: ['shop'] }]);
    assert.equal((await create('two', { hostedZoneIds: [ZONE] }, 'shop')).status, 202);
    assert.equal((await create('three', { hostedZoneIds: [ZONE] })).status, 202);
    assert.equal((await allow([{ hostedZoneId: ZONE }])).status, 200);
    assert.equal((await create('four', { hostedZoneIds: [ZONE] }, 'search')).status, 202);
  });

  it('that are not there are refused', async () => {
    door.facts['hosted-zones'] = [{ hostedZoneId: ZONE, kind: 'absent' }];
    const answer = await create('five', { hostedZoneIds: [ZONE] });
    assert.deepEqual([answer.status, answer.body.code, answer.body.errors[0].path], [422, 'rules-broken', 'dns.hostedZoneIds.0']);
  });

  it('are looked at again when the creation is tried again', async () => {
    door.facts['hosted-zones'] = [{ hostedZoneId: ZONE, kind: 'there', name: 'shop.example.com.', private: false, vpcIds: [] }];
    const begun = await create('retried', { hostedZoneIds: [ZONE] });
    await door.failed(begun.body);
    const facts = door.facts.cluster;
    door.facts.cluster = 'absent';
    door.facts['hosted-zones'] = [{ hostedZoneId: ZONE, kind: 'absent' }];
    const answer = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`);
    door.facts.cluster = facts;
    assert.deepEqual([answer.status, answer.body.errors?.[0].path], [422, 'dns.hostedZoneIds.0'], answer.text);
  });

  it('that are known in another VPC alone are told of', async () => {
    door.facts['hosted-zones'] = [{ hostedZoneId: ZONE, kind: 'there', name: 'shop.internal.', private: true, vpcIds: ['vpc-2'] }];
    const answer = await create('six', { hostedZoneIds: [ZONE] });
    assert.ok(answer.body.plan.findings.some(({ code }: Told['body']) => code === 'zone-of-another-vpc'));
  });

  it('are allowed by admins alone, on the account as they saw it', async () => {
    const token = await door.token({ role: 'operator' });
    assert.equal((await door.ask('PATCH', `/v1/accounts/${ACCOUNT_ID}`, { token, body: { dnsZones: [] } })).status, 403);
    assert.equal((await door.ask('PATCH', `/v1/accounts/${ACCOUNT_ID}`, { headers: { 'if-match': '"1"' }, body: { dnsZones: [] } })).status, 412);
    assert.equal((await allow([{ hostedZoneId: 'zone' }])).status, 400);
    assert.equal((await allow([{ hostedZoneId: ZONE }, { hostedZoneId: ZONE }])).status, 400);
  });
});
