import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { healthyVerification, openFrontDoor, type FrontDoor, type Told } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
});
after(() => door.close());

const register = (accountId: string, more: object = {}): Promise<Told> => door.ask('POST', '/v1/accounts', { body: { accountId, name: 'payments', regions: ['us-east-1'], ...more } });

describe('registering an account', () => {
  it('answers with all that its owner needs, and with unverified conditions', async () => {
    const answer = await register('100000000001', { labels: { stage: 'prod' } });
    assert.deepEqual([answer.status, answer.headers['location'], answer.headers['etag']], [201, '/v1/accounts/100000000001', '"1"']);
    assert.equal(answer.body.roleArn, 'arn:aws:iam::100000000001:role/slipway-access');
    assert.ok(JSON.stringify(answer.body.trustPolicy).includes(answer.body.externalId));
    assert.ok(answer.body.template.includes(answer.body.externalId));
    assert.deepEqual(answer.body.conditions.map((condition: Told['body']) => [condition.type, condition.status]), [
      ['AccessVerified', 'Unknown'],
      ['PermissionsCurrent', 'Unknown'],
    ]);
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000001')).body, answer.body);
  });

  it('takes no external id from anybody', async () => {
    assert.equal((await register('100000000002', { externalId: 'chosen' })).status, 400);
  });

  it('twice is 409', async () => {
    assert.equal((await register('100000000001')).body.code, 'account-exists');
  });

  it('by an admin of one team is for that team', async () => {
    const token = await door.token({ team: 'payments' });
    const body = { accountId: '100000000003', name: 'x', regions: ['us-east-1'] };
    assert.deepEqual((await door.ask('POST', '/v1/accounts', { token, body })).body.teams, ['payments']);
    assert.equal((await door.ask('POST', '/v1/accounts', { token, body: { ...body, accountId: '100000000004', teams: ['payments', 'search'] } })).body.code, 'team-not-allowed');
  });
});

describe('verifying an account', () => {
  it('writes down what was seen', async () => {
    const answer = await door.ask('POST', '/v1/accounts/100000000001/verify');
    assert.equal(answer.status, 200);
    const verified = answer.body.conditions.find((condition: Told['body']) => condition.type === 'AccessVerified');
    assert.equal(verified.status, 'True');
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000001')).body, answer.body);
  });

  it('that finds anybody let in says so', async () => {
    door.facts.verification = { ...healthyVerification(), withoutId: { kind: 'assumed' } };
    const answer = await door.ask('POST', '/v1/accounts/100000000001/verify');
    assert.equal(answer.body.conditions.find((condition: Told['body']) => condition.type === 'AccessVerified').status, 'False');
    door.facts.verification = healthyVerification();
  });

  it('of an account that nobody registered is 404', async () => {
    assert.equal((await door.ask('POST', '/v1/accounts/199999999999/verify')).status, 404);
  });
});

describe('rotating an external id', () => {
  it('keeps the one before valid until the new one was seen to work', async () => {
    const before = (await door.ask('GET', '/v1/accounts/100000000001')).body;
    const rotated = await door.ask('POST', '/v1/accounts/100000000001/external-id', { headers: { 'If-Match': '"1"' } });
    assert.deepEqual([rotated.status, rotated.body.previousExternalId, rotated.headers['etag']], [200, before.externalId, '"2"']);
    assert.notEqual(rotated.body.externalId, before.externalId);
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000001')).body, rotated.body);
    door.facts.verification = { ...healthyVerification(), withPreviousId: { kind: 'assumed' } };
    const verified = (await door.ask('POST', '/v1/accounts/100000000001/verify')).body;
    assert.deepEqual(['previousExternalId' in verified, verified.externalId], [false, rotated.body.externalId]);
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000001')).body, verified);
    door.facts.verification = healthyVerification();
  });

  it('twice keeps the oldest, which is the one that works', async () => {
    const first = (await register('100000000005')).body.externalId;
    await door.ask('POST', '/v1/accounts/100000000005/external-id');
    const again = (await door.ask('POST', '/v1/accounts/100000000005/external-id')).body;
    assert.equal(again.previousExternalId, first);
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000005')).body, again);
  });
});

describe('the template of an account', () => {
  const published: string[] = [];
  let uploads: () => void;
  before(() => {
    uploads = () => undefined;
    door.publish = async (accountId, template) => {
      uploads();
      published.push(template);
      return Promise.resolve(`https://templates.example/${accountId}/${published.length}`);
    };
  });
  after(() => {
    door.publish = () => Promise.resolve(undefined);
  });

  it('is published by registering, rotating and verifying, with the text that the answer has', async () => {
    const path = '/v1/accounts/100000000009';
    const asks = [() => register('100000000009'), () => door.ask('POST', `${path}/external-id`), () => door.ask('POST', `${path}/verify`)];
    for (const [index, ask] of asks.entries()) {
      const { body } = await ask();
      assert.deepEqual([body.templateUrl, body.template], [`https://templates.example/100000000009/${index + 1}`, published.at(-1)]);
      assert.ok(body.template.includes(body.externalId));
    }
  });

  it('has no URL where only reading is asked for', async () => {
    const count = published.length;
    for (const role of ['admin', 'viewer']) assert.ok(!('templateUrl' in (await door.ask('GET', '/v1/accounts/100000000009', { token: await door.token({ role }) })).body));
    assert.equal(published.length, count);
  });

  it('has the URL that was answered first when the same is asked again under a key', async () => {
    const ask = () => door.ask('POST', '/v1/accounts', { body: { accountId: '100000000010', name: 'payments', regions: ['us-east-1'] }, headers: { 'Idempotency-Key': 'register-10' } });
    const first = await ask();
    const count = published.length;
    const second = await ask();
    assert.ok(first.body.templateUrl.endsWith(`/${count}`));
    assert.deepEqual([second.status, second.headers, second.text, published.length], [first.status, first.headers, first.text, count]);
  });

  it('that cannot be published loses no registration: the answer is without a URL, and the log says so', async () => {
    uploads = () => {
      throw new Error('The bucket is away.');
    };
    const answer = await register('100000000011');
    assert.deepEqual([answer.status, 'templateUrl' in answer.body, answer.body.template.includes(answer.body.externalId)], [201, false, true]);
    assert.deepEqual((await door.ask('GET', '/v1/accounts/100000000011')).body, answer.body);
    const told = door.logged.find(({ message }) => message === 'A template could not be published');
    assert.deepEqual(told?.fields, { account: '100000000011', error: 'Error: The bucket is away.' });
  });
});

describe('removing an account', () => {
  it('that has clusters is refused', async () => {
    await door.registered({ accountId: '100000000006' });
    await door.standing({ accountId: '100000000006' });
    const answer = await door.ask('DELETE', '/v1/accounts/100000000006');
    assert.deepEqual([answer.status, answer.body.code], [409, 'account-has-clusters']);
  });

  it('that has none forgets it', async () => {
    await register('100000000007');
    const answer = await door.ask('DELETE', '/v1/accounts/100000000007');
    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.equal((await door.ask('GET', '/v1/accounts/100000000007')).status, 404);
    assert.equal((await door.ask('DELETE', '/v1/accounts/100000000007')).status, 404);
  });

  it('of another generation than was seen is refused', async () => {
    await register('100000000008');
    const answer = await door.ask('DELETE', '/v1/accounts/100000000008', { headers: { 'If-Match': '"2"' } });
    assert.deepEqual([answer.status, answer.body.code], [412, 'generation-mismatch']);
  });
});

it('external ids never stand in the log', () => {
  assert.ok(door.logged.length > 0);
  assert.ok(!/external-\d/.test(JSON.stringify(door.logged)));
});
