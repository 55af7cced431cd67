import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { refuse } from '../../domain/refusal.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';
import { playedEcr } from './image-worker.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered({ teams: ['payments', 'Search'] });
});
afterEach(() => Object.assign(door.ecr, { ...playedEcr(), done: door.ecr.done }));
after(() => door.close());

let counted = 0;
const fresh = (): string => `payments/app-${(counted += 1)}`;
const asked = (name: string, more: Json = {}): Json => ({ accountId: '111111111111', region: 'us-east-1', name, team: 'payments', ...more });
const post = (body: Json, headers: Record<string, string> = {}): Promise<Told> => door.ask('POST', '/v1/repositories', { body, headers });
const pathOf = (name: string): string => `/v1/repositories/${encodeURIComponent(name)}`;

describe('asking for a repository', () => {
  it('answers with what it is, secure by default', async () => {
    const name = fresh();
    const { status, body, headers } = await post(asked(name));
    assert.deepEqual([status, headers['location'], headers['etag']], [201, pathOf(name), '"1"']);
    assert.deepEqual([body.state, body.immutability, body.scanOnPush, body.encryption, body.lifecycle], ['Active', 'IMMUTABLE', true, { type: 'AES256' }, { untaggedDays: 14 }]);
    assert.equal(body.uri, `111111111111.dkr.ecr.us-east-1.amazonaws.com/${name}`);
  });

  const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/0a1b';
  const wrong: readonly [string, Json, string][] = [
    ['a name outside of its team', { name: 'orders/api' }, 'name'],
    ['a name under a team of the account without saying the team', { name: 'search/api', team: null }, 'name'],
    ['a name that ends as a path does', { name: 'payments/events' }, 'name'],
    ['a team that ECR cannot name', { team: 'a..b', name: 'a/b' }, 'team'],
    ['a key of another region', { encryption: { type: 'KMS', kmsKeyArn: KEY } }, 'encryption.kmsKeyArn'],
    ['a prefix twice', { lifecycle: { keepTagged: [{ prefixes: ['v', 'v'], keepLast: 3 }] } }, 'lifecycle.keepTagged.0.prefixes.1'],
    ['its own account among those that may pull', { pullAccounts: ['222222222222', '111111111111'] }, 'pullAccounts.1'],
    ['an account twice', { pullAccounts: ['222222222222', '222222222222'] }, 'pullAccounts.1'],
    ['a registry replicated into itself', { replicateTo: [{ region: 'us-east-1' }] }, 'replicateTo.0'],
    ['a cache prefix that the name does not begin with', { pullThrough: { prefix: 'payments/k8s', upstreamRegistryUrl: 'quay.io' } }, 'pullThrough.prefix'],
    ['a cache of a registry that takes credentials without any', { name: 'payments/hub/nginx', pullThrough: { prefix: 'payments/hub', upstreamRegistryUrl: 'registry-1.docker.io' } }, 'pullThrough.credentialArn'],
  ];
  for (const [title, more, path] of wrong) {
    it(`is refused with ${title}, and nothing is done`, async () => {
      const before = door.ecr.done.length;
      const { status, body } = await post(asked('payments/wrong', more));
      assert.deepEqual([status, body.code, body.errors.map((error: Json) => error.path)], [422, 'rules-broken', [path]]);
      assert.equal(door.ecr.done.length, before);
    });
  }

  const malformed: readonly [string, Json, string][] = [
    ['capitals in the name', { name: 'payments/Api' }, 'name'],
    ['rules that keep by count and by age', { lifecycle: { keepTagged: [{ prefixes: ['v'], keepLast: 1, days: 1 }] } }, 'lifecycle.keepTagged.0'],
    ['no rule among the rules', { lifecycle: {} }, 'lifecycle'],
    ['a key with AES256', { encryption: { type: 'AES256', kmsKeyArn: KEY } }, 'encryption.kmsKeyArn'],
    ['a registry that ECR does not cache', { pullThrough: { prefix: 'payments/x', upstreamRegistryUrl: 'example.com' } }, 'pullThrough.upstreamRegistryUrl'],
  ];
  for (const [title, more, path] of malformed) {
    it(`is no request with ${title}`, async () => {
      const { status, body } = await post(asked('payments/wrong', more));
      assert.deepEqual([status, body.errors.map((error: Json) => error.path)], [400, [path]]);
    });
  }

  it('leaves no name behind when ECR says no before anything was made', async () => {
    const name = fresh();
    door.ecr.putRefusal = refuse('ecr-refused', 'KmsException: the key is disabled.');
    assert.deepEqual([(await post(asked(name))).body.code, (await door.ask('GET', pathOf(name))).status], ['ecr-refused', 404]);
    door.ecr.putRefusal = undefined;
    assert.equal((await post(asked(name))).status, 201);
  });

  it('goes on after a lost answer when the same is asked again, and only then', async () => {
    const name = fresh();
    door.ecr.isLost = true;
    assert.equal((await post(asked(name), { 'idempotency-key': `lost-${name}` })).status, 503);
    door.ecr.isLost = false;
    assert.equal((await post(asked(name, { scanOnPush: false }))).body.code, 'repository-exists');
    const again = await post(asked(name), { 'idempotency-key': `lost-${name}` });
    assert.deepEqual([again.status, again.body.state], [201, 'Active']);
    assert.equal((await post(asked(name), { 'idempotency-key': `lost-${name}` })).text, again.text);
  });

  it('is of the caller\'s team, in an account that lists it', async () => {
    const token = await door.token({ role: 'operator', team: 'payments' });
    const ask = (body: Json) => door.ask('POST', '/v1/repositories', { token, body });
    assert.equal((await ask({ accountId: '111111111111', region: 'us-east-1', name: fresh() })).body.team, 'payments');
    assert.equal((await ask(asked('search/x', { team: 'Search' }))).status, 403);
    assert.equal((await ask({ ...asked(fresh()), accountId: '333333333333' })).body.code, 'team-not-allowed');
  });
});

describe('a repository', () => {
  it('is found by its name with slashes or without, and is not there for another team', async () => {
    const name = fresh();
    await post(asked(name));
    for (const path of [pathOf(name), `/v1/repositories/${name}`, `/v1/repositories/${name}/events`, `${pathOf(name)}/events`]) assert.equal((await door.ask('GET', path)).status, 200, path);
    const token = await door.token({ role: 'viewer', team: 'Search' });
    for (const path of [pathOf(name), `${pathOf(name)}/events`]) assert.equal((await door.ask('GET', path, { token })).status, 404);
    for (const path of ['/v1/repositories/', '/v1/repositories/a//b', '/v1/repositories/%2F', '/v1/repositories/UP']) assert.equal((await door.ask('GET', path)).status, 404, path);
  });

  it('of a name that is there twice takes to be told apart', async () => {
    const name = fresh();
    await door.registered({ accountId: '444444444444' });
    await post(asked(name));
    await post({ ...asked(name), accountId: '444444444444' });
    const { status, body } = await door.ask('GET', pathOf(name));
    assert.deepEqual([status, body.code], [409, 'repository-ambiguous']);
    assert.equal((await door.ask('GET', `${pathOf(name)}?accountId=444444444444`)).body.accountId, '444444444444');
    assert.equal((await door.ask('GET', `${pathOf(name)}?region=eu-west-1`)).status, 404);
  });

  it('tells its usage and warns near the limit; what was not seen is unknown', async () => {
    const name = fresh();
    await post(asked(name));
    const told = async () => (await door.ask('GET', pathOf(name))).body;
    const codes = async () => (await told()).warnings.map(({ code }: Json) => code);
    Object.assign(door.ecr, { usage: { images: 800, bytes: 9, complete: true }, imagesMax: 1000 });
    assert.deepEqual(await codes(), ['near-image-limit']);
    door.ecr.usage = { images: 799, bytes: 9, complete: true };
    assert.deepEqual(await codes(), []);
    Object.assign(door.ecr, { usage: { images: 99_000, bytes: 9, complete: true }, imagesMax: undefined });
    assert.deepEqual([await codes(), (await told()).usage.imagesMax], [[], undefined]);
    door.ecr.usage = 'absent';
    assert.deepEqual(await codes(), ['repository-missing']);
    door.ecr.usage = refuse('account-unreachable', 'No answer.');
    assert.deepEqual([(await told()).usage, (await told()).usageUnknown, await codes()], [undefined, 'No answer.', []]);
  });

  it('stands in lists page by page, by name', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: Told = await door.ask('GET', `/v1/repositories?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...body.items.map((item: Json) => `${item.name} ${item.accountId}`));
      cursor = body.nextCursor;
    }
    assert.ok(seen.length > 4);
    assert.deepEqual(seen, [...new Set(seen)].sort());
    const token = await door.token({ role: 'viewer', team: 'Search' });
    assert.deepEqual((await door.ask('GET', '/v1/repositories', { token })).body.items, []);
  });

  it('is changed in the generation that was seen, and a change that ECR refuses stands on it', async () => {
    const name = fresh();
    await post(asked(name));
    const patch = (body: Json, headers = {}) => door.ask('PATCH', pathOf(name), { body, headers });
    assert.equal((await patch({ scanOnPush: false }, { 'if-match': '"2"' })).status, 412);
    const changed = await patch({ scanOnPush: false }, { 'if-match': '"1"' });
    assert.deepEqual([changed.body.generation, changed.headers['etag'], changed.body.scanOnPush], [2, '"2"', false]);
    assert.deepEqual((await patch({ replicateTo: [{ region: 'us-east-1' }] })).body.errors.map((error: Json) => error.path), ['replicateTo.0']);
    door.ecr.putRefusal = refuse('role-lacks-actions', 'The role may not ecr:PutLifecyclePolicy.');
    assert.equal((await patch({ lifecycle: null })).body.code, 'role-lacks-actions');
    const failed = (await door.ask('GET', pathOf(name))).body;
    assert.deepEqual([failed.state, failed.message], ['Failed', 'The role may not ecr:PutLifecyclePolicy.']);
    door.ecr.putRefusal = undefined;
    assert.deepEqual([(await patch({})).body.state, (await door.ask('GET', pathOf(name))).body.message], ['Active', undefined]);
  });

  it('is not changed while the fleet is frozen', async () => {
    const name = fresh();
    await post(asked(name));
    await door.ask('POST', '/v1/freeze', { body: { reason: 'An incident.' } });
    const codes = await Promise.all([post(asked(fresh())), door.ask('PATCH', pathOf(name), { body: { scanOnPush: false } }), door.ask('DELETE', pathOf(name))]);
    await door.ask('POST', '/v1/unfreeze', { body: { reason: 'Over.' } });
    assert.deepEqual(codes.map(({ body }) => body.code), ['frozen', 'frozen', 'frozen']);
  });

  it('holds the registry alone while replication is set, and lets it go', async () => {
    const name = fresh();
    const registry = { accountId: '111111111111', region: 'us-east-1', name };
    assert.equal(await door.store.holdRegistry(registry, 'another', door.now), true);
    const busy = await post(asked(name, { replicateTo: [{ region: 'eu-west-1' }] }));
    assert.deepEqual([busy.status, busy.body.code], [503, 'registry-busy']);
    assert.equal((await door.ask('GET', pathOf(name))).body.state, 'Changing');
    await door.store.releaseRegistry(registry, 'another');
    assert.equal((await post(asked(name, { replicateTo: [{ region: 'eu-west-1' }] }))).status, 201);
    assert.equal(await door.store.holdRegistry(registry, 'another', door.now), true);
    assert.equal(await door.store.holdRegistry(registry, 'third', door.now + 59_000), false);
    assert.equal(await door.store.holdRegistry(registry, 'third', door.now + 61_000), true);
    await door.store.releaseRegistry(registry, 'third');
  });

  it('with images is deleted only by force with a reason, and stands in Deleting when the answer was lost', async () => {
    const name = fresh();
    await post(asked(name));
    door.ecr.removal = refuse('repository-not-empty', 'It has images.');
    assert.equal((await door.ask('DELETE', pathOf(name))).body.code, 'repository-not-empty');
    assert.equal((await door.ask('GET', pathOf(name))).body.state, 'Active');
    assert.equal((await door.ask('DELETE', `${pathOf(name)}?force=true`)).status, 400);
    door.ecr.isLost = true;
    assert.equal((await door.ask('DELETE', `${pathOf(name)}?force=true&reason=Retired`)).status, 503);
    assert.equal((await door.ask('GET', pathOf(name))).body.state, 'Deleting');
    Object.assign(door.ecr, { isLost: false, removal: 'gone' });
    assert.equal((await door.ask('DELETE', `${pathOf(name)}?force=true&reason=Retired`)).status, 204);
    assert.ok(door.ecr.done.includes(`remove ${name} by force`));
    assert.equal((await door.ask('GET', pathOf(name))).status, 404);
  });

  it('has its lifecycle previewed by who may change it', async () => {
    const name = fresh();
    await post(asked(name, { lifecycle: null }));
    const preview = (body: Json | undefined, token?: string) => door.ask('POST', `${pathOf(name)}/lifecycle-preview`, { body, ...(token === undefined ? {} : { token }) });
    assert.deepEqual((await preview(undefined)).body.errors.map((error: Json) => error.path), ['lifecycle']);
    const { body } = await preview({ lifecycle: { untaggedDays: 3 } });
    assert.deepEqual([body.expiring, body.items[0].because, body.policy.rules.length], [{ images: 1, bytes: 1000, complete: true }, 'Untagged images go after 3 days.', 1]);
    assert.equal((await preview({}, await door.token({ role: 'viewer' }))).status, 403);
  });
});
