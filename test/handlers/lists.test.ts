import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { openFrontDoor, type FrontDoor, type Told } from './front-door.ts';

let door: FrontDoor;
let token: string;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  token = await door.token({ role: 'viewer' });
  for (let index = 0; index < 23; index += 1) {
    const team = index % 3 === 0 ? { team: 'payments' } : {};
    await door.standing({ name: `c-${index}`, labels: { env: index % 2 === 0 ? 'prod' : 'test', 'tier/x': '' }, ...team });
  }
});
after(() => door.close());

/** All pages of a list, one after the other. */
async function walk(path: string, limit: number, by = token): Promise<Told['body'][]> {
  const items: Told['body'][] = [];
  let cursor = '';
  for (let page = 0; page < 60; page += 1) {
    const answer = await door.ask('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`, { token: by });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.body.items.length <= limit);
    items.push(...answer.body.items);
    if (answer.body.nextCursor === null) return items;
    cursor = `&cursor=${answer.body.nextCursor}`;
  }
  throw new Error('The list does not end.');
}

describe('a list', () => {
  it('has every item once, whatever the size of its pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.constantFrom('', '?label=env', '?label=env%3Dprod', '?status=Active', '?version=1.33'), async (limit, filter) => {
        const names = (await walk(`/v1/clusters${filter}`, limit)).map((item) => item.name);
        assert.equal(new Set(names).size, names.length);
        assert.equal(names.length, filter === '?label=env%3Dprod' ? 12 : 23);
      }),
      { numRuns: 25, seed: 20260901 },
    );
  });

  it('is filtered by label, with and without a value', async () => {
    assert.equal((await walk('/v1/clusters?label=env%3Dtest', 50)).length, 11);
    assert.equal((await walk('/v1/clusters?label=tier/x', 50)).length, 23);
    assert.equal((await walk('/v1/clusters?label=tier/x%3D', 50)).length, 23);
    assert.equal((await walk('/v1/clusters?label=other', 50)).length, 0);
  });

  it("of a team's pages holds all of the team's and nothing else", async () => {
    const names = (await walk('/v1/clusters', 2, await door.token({ role: 'viewer', team: 'payments' }))).map((item) => item.team);
    assert.deepEqual(names, Array.from({ length: 8 }, () => 'payments'));
  });

  it('of node groups goes on by name', async () => {
    const nodegroups = ['delta', 'alpha', 'charlie', 'bravo'].map((nodegroupName) => ({ nodegroupName, status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }));
    const cluster = await door.standing({ name: 'groups', nodegroups });
    assert.deepEqual((await walk(`/v1/clusters/${cluster.clusterId}/nodegroups`, 3)).map((item) => item.nodegroupName), ['alpha', 'bravo', 'charlie', 'delta']);
  });
});

describe('a cursor', () => {
  const first = async (path: string, by = token): Promise<string> => (await door.ask('GET', path, { token: by })).body.nextCursor;
  const refused = async (target: string, by = token): Promise<void> => {
    const answer = await door.ask('GET', target, { token: by });
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid-cursor'], target);
  };

  it('says nothing of where it is', async () => {
    const cursor = await first('/v1/clusters?limit=2');
    const text = Buffer.from(cursor, 'base64url').toString('latin1');
    assert.ok(!/CLUSTER|c-0|listPk/.test(text));
  });

  it('that was changed in any place is refused', async () => {
    const cursor = await first('/v1/clusters?limit=2');
    for (let at = 0; at < cursor.length; at += 7) {
      const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      await refused(`/v1/clusters?limit=2&cursor=${changed}`);
    }
    for (const other of ['AAAA', cursor.slice(0, -4), `${cursor}AAAA`, `${cursor}%3D`, 'x'.repeat(2000)]) await refused(`/v1/clusters?cursor=${other}`);
  });

  it('of another list, another filter or another team is refused', async () => {
    const cursor = await first('/v1/clusters?limit=2&label=env');
    await refused(`/v1/clusters?limit=2&cursor=${cursor}`);
    await refused(`/v1/clusters?limit=2&label=env%3Dprod&cursor=${cursor}`);
    await refused(`/v1/operations?cursor=${cursor}`);
    await refused(`/v1/clusters?limit=2&label=env&cursor=${cursor}`, await door.token({ role: 'viewer', team: 'payments' }));
    assert.equal((await door.ask('GET', `/v1/clusters?limit=9&label=env&cursor=${cursor}`, { token })).status, 200);
  });

  it('of another key is refused', async () => {
    const cursor = await first('/v1/clusters?limit=2');
    process.env['SLIPWAY_CURSOR_KEY'] = 'another key';
    await refused(`/v1/clusters?limit=2&cursor=${cursor}`);
    process.env['SLIPWAY_CURSOR_KEY'] = 'a key for tests';
  });
});
