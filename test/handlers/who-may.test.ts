import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ROLES } from '../../domain/caller.ts';
import type { Operation } from '../../domain/operation.ts';
import { API } from '../../handlers/api.ts';
import { ACCESS, type AnyRoute } from '../../handlers/route.ts';
import { openFrontDoor, type FrontDoor, type Told } from './front-door.ts';
import { soundBody, soundPath, soundQuery } from './sound-requests.ts';

let door: FrontDoor;
/** A cluster of team payments with an operation under way, and a cluster of no team. */
let ofPayments: Operation;
let ofNobody: Operation;

before(async () => {
  door = await openFrontDoor();
  await door.registered({ teams: ['payments', 'search'] });
  ofPayments = await door.working(await door.standing({ team: 'payments' }));
  ofNobody = await door.working(await door.standing());
});
after(() => door.close());

const nameOf = (route: AnyRoute): string => `${route.method} ${route.path}`;
const guarded = API.filter((route) => route.access !== 'anyone');
const ofClusters = guarded.filter((route) => /\{(clusterId|operationId)\}/.test(route.path));

/** The route's path for an operation and its cluster; `none` names things that never were. */
function pathTo(route: AnyRoute, operation: { readonly id: string; readonly clusterId: string }): string {
  const filled = soundPath(String(route.path), { clusterId: operation.clusterId, operationId: operation.id });
  return `${filled}${soundQuery(route)}`;
}

async function askAs(route: AnyRoute, claims: Readonly<Record<string, unknown>>, operation: { readonly id: string; readonly clusterId: string }): Promise<Told> {
  // An approver retries with force, or not at all.
  const forces = nameOf(route) === 'POST /v1/operations/{operationId}/retry' && claims['role'] === 'approver';
  const body = forces ? { force: true, reason: 'The owner agrees.' } : soundBody(route);
  return door.ask(route.method, pathTo(route, operation), { token: await door.token(claims), ...(body === undefined ? {} : { body }) });
}

const withoutInstance = ({ status, headers, body }: Told) => ({ status, headers, body: { ...body, instance: '' } });

describe('every route', () => {
  for (const route of guarded) {
    it(`${nameOf(route)} takes a token`, async () => {
      const answer = await door.ask(route.method, pathTo(route, ofPayments), { token: null, ...(route.body === undefined ? {} : { body: soundBody(route) }) });
      assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated']);
    });

    for (const role of ROLES.filter((candidate) => !(ACCESS[route.access] as readonly string[]).includes(candidate))) {
      it(`${nameOf(route)} is not for a ${role}`, async () => {
        const before = door.done.length;
        const answer = await askAs(route, { role }, ofPayments);
        assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden']);
        assert.equal(door.done.length, before);
      });
    }
  }

  it('is for somebody', () => {
    assert.deepEqual(guarded.filter((route) => ACCESS[route.access].length === 0), []);
  });
});

describe("another team's cluster", () => {
  for (const route of ofClusters) {
    for (const role of ACCESS[route.access]) {
      it(`is not there for ${role} of another team: ${nameOf(route)}`, async () => {
        const before = door.done.length;
        const answer = await askAs(route, { role, team: 'search' }, ofPayments);
        const never = await askAs(route, { role, team: 'search' }, { id: 'op-00000000000000000000never', clusterId: 'c-00000000000000000000never' });
        assert.deepEqual([answer.status, answer.body.code], [404, 'not-found']);
        assert.deepEqual(withoutInstance(answer), withoutInstance(never));
        assert.equal(door.done.length, before);
      });

      it(`of no team is not there for ${role} of a team: ${nameOf(route)}`, async () => {
        assert.equal((await askAs(route, { role, team: 'payments' }, ofNobody)).status, 404);
      });

      it(`is there for ${role} of its team and of all teams: ${nameOf(route)}`, async () => {
        for (const team of ['payments', undefined]) {
          const answer = await askAs(route, { role, ...(team === undefined ? {} : { team }) }, ofPayments);
          // What is named within the cluster is not there, and an operation holds the cluster: all is said of this cluster.
          const ofTheGroup = answer.status === 404 && /\{clusterId\}.*\{\w+\}/.test(route.path);
          assert.ok(ofTheGroup || ![401, 403, 404].includes(answer.status), `${answer.status} ${answer.text}`);
        }
      });
    }
  }

  it('stands in no list of other teams', async () => {
    const lists: Readonly<Record<string, string>> = { '/v1/clusters': 'clusterId', '/v1/operations': 'clusterId' };
    for (const [path, member] of Object.entries(lists)) {
      const seen = async (claims: Readonly<Record<string, unknown>>) => (await door.ask('GET', path, { token: await door.token(claims) })).body.items.map((item: Record<string, string>) => item[member]);
      assert.deepEqual(await seen({ role: 'viewer', team: 'payments' }), [ofPayments.clusterId]);
      assert.deepEqual(await seen({ role: 'viewer', team: 'search' }), []);
      assert.deepEqual((await seen({ role: 'viewer' })).sort(), [ofPayments.clusterId, ofNobody.clusterId].sort());
    }
  });
});

describe('an account', () => {
  it('that does not list the team lets nobody of it act, and is told apart from none by nothing', async () => {
    await door.registered({ accountId: '222222222222', teams: ['search'] });
    await door.registered({ accountId: '333333333333' });
    const create = API.find((route) => nameOf(route) === 'POST /v1/clusters');
    assert.ok(create !== undefined);
    const token = await door.token({ role: 'operator', team: 'payments' });
    const asked = async (accountId: string) => {
      const answer = await door.ask('POST', '/v1/clusters', { token, body: { ...(soundBody(create) as object), accountId } });
      return { status: answer.status, code: answer.body.code, detail: answer.body.detail.replace(accountId, 'ACCOUNT') };
    };
    const [ofOthers, ofNone, notThere] = [await asked('222222222222'), await asked('333333333333'), await asked('444444444444')];
    assert.deepEqual([ofOthers.status, ofOthers.code], [403, 'team-not-allowed']);
    assert.deepEqual(ofNone, ofOthers);
    assert.deepEqual(notThere, ofOthers);
  });

  it('of other teams is not there', async () => {
    const token = await door.token({ role: 'admin', team: 'payments' });
    assert.equal((await door.ask('GET', '/v1/accounts/222222222222', { token })).status, 404);
    assert.equal((await door.ask('DELETE', '/v1/accounts/222222222222', { token })).status, 404);
    const listed = (await door.ask('GET', '/v1/accounts', { token })).body.items.map((item: { accountId: string }) => item.accountId);
    assert.deepEqual(listed, ['111111111111', '333333333333']);
  });

  it('that took the team from its list takes its rights with it', async () => {
    await door.registered({ accountId: '555555555555', teams: ['search'] });
    const cluster = await door.standing({ accountId: '555555555555', team: 'payments' });
    const answer = await door.ask('DELETE', `/v1/clusters/${cluster.clusterId}`, { token: await door.token({ role: 'operator', team: 'payments' }) });
    assert.deepEqual([answer.status, answer.body.code], [403, 'team-not-allowed']);
  });

  it('tells its secrets to admins alone, and in no list', async () => {
    const secret = /external-|trustPolicy|permissionsPolicy|template/;
    for (const role of ROLES) {
      const token = await door.token({ role });
      assert.equal(secret.test((await door.ask('GET', '/v1/accounts/111111111111', { token })).text), role === 'admin', role);
      assert.ok(!secret.test((await door.ask('GET', '/v1/accounts', { token })).text), role);
    }
  });
});

describe('a team', () => {
  const create = (body: object, claims: object) => door.token({ role: 'operator', ...claims }).then((token) => door.ask('POST', '/v1/clusters', { token, body: { ...(soundBody(API.find((route) => nameOf(route) === 'POST /v1/clusters') as AnyRoute) as object), ...body } }));

  it('is given to what its members create', async () => {
    const answer = await create({ name: 'of-payments' }, { team: 'payments' });
    assert.deepEqual([answer.status, answer.body.team], [202, 'payments']);
  });

  it('is not given away by its members', async () => {
    const answer = await create({ name: 'given-away', team: 'search' }, { team: 'payments' });
    assert.deepEqual([answer.status, answer.body.code], [403, 'team-not-allowed']);
    for (const team of ['search', null]) {
      const cluster = await door.standing({ team: 'payments' });
      const change = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { token: await door.token({ role: 'operator', team: 'payments' }), body: { team } });
      assert.deepEqual([change.status, change.body.code], [403, 'team-not-allowed']);
    }
  });

  it('is given by whoever is of all teams, but not while an operation works', async () => {
    const cluster = await door.standing();
    const given = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { team: 'search' } });
    assert.deepEqual([given.status, given.body.team], [200, 'search']);
    const taken = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { team: null } });
    assert.deepEqual([taken.status, 'team' in taken.body], [200, false]);
    const busy = await door.ask('PATCH', `/v1/clusters/${ofNobody.clusterId}`, { body: { team: 'search' } });
    assert.deepEqual([busy.status, busy.body.code, busy.body.operation], [409, 'operation-in-progress', ofNobody.id]);
  });

  it('does not freeze the fleet', async () => {
    const answer = await door.ask('POST', '/v1/freeze', { token: await door.token({ team: 'payments' }), body: { reason: 'mine' } });
    assert.deepEqual([answer.status, answer.body.code], [403, 'team-not-allowed']);
  });
});
