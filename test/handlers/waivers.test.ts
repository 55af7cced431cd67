import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at133, clusterFacts } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';

let door: FrontDoor;
let grace: string;
let olaf: string;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  grace = await door.token({ sub: 'grace', role: 'approver' });
  olaf = await door.token({ sub: 'olaf', role: 'operator' });
});
after(() => door.close());

const DAY_MS = 86_400_000;
const daysOn = (days: number): string => new Date(door.now + days * DAY_MS).toISOString();
const asked = (more: Json = {}): Json => ({ code: 'nodegroup-unhealthy', owner: 'team payments', reason: 'It is being replaced.', until: daysOn(7), ...more });
const give = (clusterId: string, more: Json = {}, token = grace): Promise<Told> => door.ask('POST', `/v1/clusters/${clusterId}/waivers`, { token, body: asked(more) });

describe('a waiver', () => {
  it('is given by an approver, and stands with its owner, its reason and its end', async () => {
    const { clusterId } = await door.standing();
    const answer = await give(clusterId, { subject: 'blue' });
    assert.deepEqual([answer.status, answer.headers['location'], answer.headers['etag']], [201, `/v1/clusters/${clusterId}/waivers/${answer.body.waiverId}`, '"1"']);
    assert.deepEqual(answer.body, { waiverId: answer.body.waiverId, clusterId, ...asked({ subject: 'blue' }), by: 'grace', at: new Date(door.now).toISOString() });
    const read = await door.ask('GET', answer.headers['location'] ?? '', { token: olaf });
    assert.deepEqual([read.body, read.headers['etag']], [answer.body, '"1"']);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/waivers`, { token: olaf })).body, { items: [answer.body], nextCursor: null });
  });

  it('is on the record when it is given and when it is taken back, with who and why', async () => {
    const { clusterId } = await door.standing();
    const { body, headers } = await give(clusterId);
    const inForce = await give(clusterId);
    const withdrawn = async () => (await door.ask('GET', `/v1/clusters/${clusterId}/waivers?withdrawn=true`, { token: olaf })).body.items;
    assert.deepEqual(await withdrawn(), []);
    assert.equal((await door.ask('DELETE', `${headers['location']}?reason=It+is+mended`, { token: await door.token() })).status, 204);
    assert.deepEqual(await withdrawn(), [{ ...body, withdrawnAt: new Date(door.now).toISOString(), withdrawnBy: 'ada', withdrawnReason: 'It is mended' }]);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/waivers`)).body.items, [inForce.body]);
    const same = { requestId: '', cluster: clusterId, account: '111111111111', waiver: body.waiverId, code: 'nodegroup-unhealthy', subject: undefined, owner: 'team payments' };
    const audit = door.logged.filter((line) => line.message.startsWith('A waiver') && line.fields?.['waiver'] === body.waiverId).map(({ message, fields }) => ({ message, ...fields, requestId: '' }));
    assert.deepEqual(audit, [
      { message: 'A waiver was given', ...same, reason: 'It is being replaced.', until: body.until, caller: 'grace' },
      { message: 'A waiver was taken back', ...same, givenBy: 'grace', caller: 'ada', reason: 'It is mended' },
    ]);
  });

  it('that was taken back, or has ended, is not there', async () => {
    const { clusterId } = await door.standing();
    const [one, two] = [await give(clusterId), await give(clusterId, { until: daysOn(1) })];
    await door.ask('DELETE', one.headers['location'] ?? '', { token: grace });
    door.now += DAY_MS;
    for (const { headers } of [one, two]) {
      for (const method of ['GET', 'DELETE']) assert.equal((await door.ask(method, headers['location'] ?? '', { token: grace })).status, 404);
    }
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/waivers`)).body.items, []);
    door.now -= DAY_MS;
  });

  it('ends within 90 days, and not before it begins', async () => {
    const { clusterId } = await door.standing();
    for (const [until, status] of [[daysOn(0), 422], [daysOn(-1), 422], [daysOn(90), 201], [new Date(door.now + 90 * DAY_MS + 1).toISOString(), 422]] as const) {
      const answer = await give(clusterId, { until });
      assert.equal(answer.status, status, `${until}: ${answer.text}`);
      if (status === 422) assert.deepEqual([answer.body.code, answer.body.errors[0].path], ['rules-broken', 'until']);
    }
  });

  it('is for a finding that is known, blocks, and may pass at all', async () => {
    const { clusterId } = await door.standing();
    for (const code of ['no-such-finding', 'kubelet-skew', 'kms-key-unusable']) {
      const answer = await give(clusterId, { code });
      assert.deepEqual([answer.status, answer.body.code, answer.body.errors[0].path], [422, 'finding-not-waivable', 'code'], code);
    }
    const { errors } = (await give(clusterId, { code: 'Not A Code', owner: '', extra: 1 })).body;
    assert.deepEqual(errors.map((error: Json) => error.path).sort(), ['code', 'extra', 'owner']);
  });

  it('is one of fifty at most', async () => {
    const { clusterId } = await door.standing();
    for (let given = 0; given < 50; given += 1) await give(clusterId);
    const answer = await give(clusterId);
    assert.deepEqual([answer.status, answer.body.code], [409, 'too-many-waivers']);
  });

  it('is listed page by page, in the order of giving', async () => {
    const { clusterId } = await door.standing();
    const ids: string[] = [];
    for (let given = 0; given < 3; given += 1) ids.push((await give(clusterId)).body.waiverId);
    const first = await door.ask('GET', `/v1/clusters/${clusterId}/waivers?limit=2`);
    const second = await door.ask('GET', `/v1/clusters/${clusterId}/waivers?limit=2&cursor=${first.body.nextCursor}`);
    assert.deepEqual([first, second].map(({ body }) => body.items.map((item: Json) => item.waiverId)), [ids.slice(0, 2), ids.slice(2)]);
    assert.equal(second.body.nextCursor, null);
  });

  it('is taken back in the state that was seen', async () => {
    const { clusterId } = await door.standing();
    const { headers } = await give(clusterId);
    const location = headers['location'] ?? '';
    assert.equal((await door.ask('DELETE', location, { token: grace, headers: { 'If-Match': '"2"' } })).status, 412);
    assert.equal((await door.ask('DELETE', location, { token: grace, headers: { 'If-Match': '"1"' } })).status, 204);
  });

  it('of one cluster is none of another\'s', async () => {
    const [one, other] = [await door.standing(), await door.standing()];
    const { body } = await give(one.clusterId);
    for (const method of ['GET', 'DELETE']) assert.equal((await door.ask(method, `/v1/clusters/${other.clusterId}/waivers/${body.waiverId}`, { token: grace })).status, 404);
  });
});

describe('an upgrade that a finding blocks', () => {
  const ill = () => clusterFacts('1.33', { cluster: { healthIssues: [{ code: 'AccessDenied', message: 'The role may not.', resourceIds: [] }] } });
  const upgrade = (clusterId: string, token: string): Promise<Told> => door.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { token, body: { to: '1.34' } });
  const blocking = (told: Told): Json[] => (told.body.findings ?? told.body.plan?.findings ?? []).filter((found: Json) => found.severity === 'blocks');

  it('is let through by the waiver of another, which its plan carries', async () => {
    door.facts.cluster = ill();
    const { clusterId } = await door.standing();
    const refused = await upgrade(clusterId, olaf);
    assert.deepEqual([refused.status, refused.body.code], [409, 'upgrade-blocked'], refused.text);
    const [{ code }] = blocking(refused) as [Json];
    const { body } = await give(clusterId, { code });
    const dry = await door.ask('GET', `/v1/clusters/${clusterId}/upgrade-plan?to=1.34`, { token: olaf });
    assert.deepEqual(dry.body.findings.find((found: Json) => found.code === code).waiver, { waiverId: body.waiverId, owner: body.owner, by: body.by, reason: body.reason, until: body.until });
    const begun = await upgrade(clusterId, olaf);
    assert.equal(begun.status, 202, begun.text);
    assert.equal(blocking(begun)[0]?.waiver.waiverId, body.waiverId);
    await door.failed(begun.body);
    const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`, { token: olaf });
    assert.deepEqual([again.status, blocking(again)[0]?.waiver.waiverId], [202, body.waiverId], again.text);
    door.facts.cluster = at133();
  });

  it('is not let through by the own waiver of who asks, nor who retries', async () => {
    door.facts.cluster = ill();
    const { clusterId } = await door.standing();
    const ada = await door.token();
    const [{ code }] = blocking(await upgrade(clusterId, ada)) as [Json];
    await give(clusterId, { code }, ada);
    const refused = await upgrade(clusterId, ada);
    assert.deepEqual([refused.status, refused.body.code], [409, 'upgrade-blocked']);
    const begun = await upgrade(clusterId, olaf);
    assert.equal(begun.status, 202, begun.text);
    await door.failed(begun.body);
    const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`, { token: ada });
    assert.deepEqual([again.status, again.body.code], [409, 'upgrade-blocked'], 'ada, who gave the waiver, asks now');
    door.facts.cluster = at133();
  });
});
