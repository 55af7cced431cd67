import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API } from '../../handlers/api.ts';
import { at133, clusterFacts, creationFacts } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor, type Told } from './front-door.ts';
import { soundBody } from './sound-requests.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());

const creating = soundBody(API.find((route) => route.method === 'POST' && route.path === '/v1/clusters')!) as Record<string, unknown>;
const create = (change: object): Promise<Told> => door.ask('POST', '/v1/clusters', { body: { ...creating, ...change } });

async function refused(status: number, code: string, told: Promise<Told>): Promise<Told> {
  const before = door.done.length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

describe('creating a cluster', () => {
  it('answers with the operation that creates it, and starts it', async () => {
    const answer = await create({ name: 'first', labels: { env: 'prod' }, nodegroups: [{ nodegroupName: 'blue', nodeRole: 'arn:aws:iam::111111111111:role/eks-node', scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 1 } }] });
    assert.equal(answer.status, 202);
    const { id, kind, state, steps, clusterId, progress } = answer.body;
    assert.deepEqual([kind, state, answer.headers['location'], answer.headers['etag']], ['create-cluster', 'Pending', `/v1/operations/${id}`, '"1"']);
    assert.deepEqual(steps.map((step: Told['body']) => step.kind).filter((step: string) => step !== 'create-addon'), ['create-control-plane', 'create-nodegroup']);
    assert.equal(progress.total, steps.length);
    assert.ok(door.done.includes(`start ${id} 1`));
    const cluster = (await door.ask('GET', `/v1/clusters/${clusterId}`)).body;
    assert.deepEqual([cluster.status, cluster.activeOperation, cluster.generation, cluster.labels, cluster.nodegroups[0].status], ['Creating', id, 1, { env: 'prod' }, 'Planned']);
    assert.deepEqual((await door.ask('GET', `/v1/operations/${id}`)).body, answer.body);
  });

  it('is accepted even when the execution could not be started: it is Pending, and the reconciler starts it', async () => {
    door.onStart = () => {
      throw new Error('Step Functions does not answer');
    };
    const answer = await create({ name: 'unstarted' });
    door.onStart = () => undefined;
    assert.deepEqual([answer.status, answer.body.state], [202, 'Pending']);
    assert.ok(door.logged.some((line) => line.fields.operation === answer.body.id && String(line.fields.error).includes('does not answer')));
  });

  it('under a taken name is 409', async () => {
    await refused(409, 'cluster-exists', create({ name: 'first' }));
  });
  it('under a name that EKS has is 409', async () => {
    door.facts.creation = creationFacts({ nameTaken: true });
    await refused(409, 'cluster-exists', create({ name: 'made-by-hand' }));
    door.facts.creation = creationFacts();
  });
  it('in an account that nobody registered is 422', async () => {
    await refused(422, 'account-not-registered', create({ name: 'x', accountId: '999999999999' }));
  });
  it('in a region that the account is not registered for is 422', async () => {
    await refused(422, 'region-not-registered', create({ name: 'x', region: 'eu-west-1' }));
  });
  it('in an account that is not verified is 409', async () => {
    await door.registered({ accountId: '222222222222', conditions: [] });
    await refused(409, 'account-not-verified', create({ name: 'x', accountId: '222222222222' }));
  });
  it('in a version that EKS does not offer is 422', async () => {
    await refused(422, 'version-not-offered', create({ name: 'x', version: '1.99' }));
  });
  it('in subnets that are not there is 422', async () => {
    await refused(422, 'subnets-not-found', create({ name: 'x', resourcesVpcConfig: { subnetIds: ['subnet-0000000a', 'subnet-000000ff'] } }));
  });
  it('when the account cannot be looked into is 503', async () => {
    door.facts.creation = { kind: 'Refusal', code: 'account-unreachable', detail: 'No answer in 20 s.' };
    assert.equal((await refused(503, 'account-unreachable', create({ name: 'x' }))).headers['retry-after'], '30');
    door.facts.creation = creationFacts();
  });
});

describe('importing a cluster', () => {
  it('records it as it was seen', async () => {
    const answer = await door.ask('POST', '/v1/clusters/import', { body: { accountId: '111111111111', region: 'us-east-1', name: 'legacy', labels: { from: 'hand' } } });
    assert.deepEqual([answer.status, answer.body.kind, answer.body.steps.length], [202, 'import-cluster', 1]);
    const cluster = (await door.ask('GET', `/v1/clusters/${answer.body.clusterId}`)).body;
    assert.deepEqual([cluster.origin, cluster.version, cluster.status, cluster.nodegroups.length, cluster.addons.length], ['imported', '1.33', 'Unknown', 2, 4]);
  });

  it('that is not there is 422', async () => {
    door.facts.cluster = 'absent';
    await refused(422, 'cluster-not-in-account', door.ask('POST', '/v1/clusters/import', { body: { accountId: '111111111111', region: 'us-east-1', name: 'nowhere' } }));
    door.facts.cluster = at133();
  });
});

describe('changing a cluster', () => {
  it('in labels is done at once, and the generation rises', async () => {
    const cluster = await door.standing();
    const answer = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { labels: { env: 'prod' } } });
    assert.deepEqual([answer.status, answer.body.labels, answer.body.generation, answer.headers['etag']], [200, { env: 'prod' }, 2, '"2"']);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body, answer.body);
  });

  it('in its maintenance policy is done at once, also while an operation works, and null clears it', async () => {
    const working = await door.standing();
    const operation = await door.working(working);
    await door.store.recordStart(operation.id, 1, door.now);
    const wait = { operationId: operation.id, stepId: 'NextHop', run: 1, token: 't', tokenEpoch: 1, kind: 'MaintenanceWindow', accountId: operation.accountId, region: operation.region, clusterId: operation.clusterId, nextCheckAt: door.now + 86_400_000, since: door.now, deadline: door.now + 600_000, because: 'It opens.', looks: 0 } as const;
    await door.store.park(wait);
    const policy = { timeZone: 'Europe/Berlin', windows: [{ cron: '0 2 * * SAT', durationMinutes: 240 }, { weekly: { days: ['SUN'], at: '03:30' }, durationMinutes: 60 }], freezes: [{ from: '2026-12-20T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', owner: 'grace', reason: 'Year end' }] };
    const path = `/v1/clusters/${working.clusterId}`;
    const before = door.done.length;
    const changed = await door.ask('PATCH', path, { body: { maintenancePolicy: policy } });
    assert.deepEqual([changed.status, changed.body.maintenancePolicy.windows, changed.body.maintenancePolicy.freezes[0].to], [200, policy.windows, '2027-01-03T23:00:00.000Z']);
    assert.deepEqual(door.done.slice(before), ['changeCluster', `look ${operation.id} NextHop`]);
    assert.deepEqual((await door.ask('GET', path)).body, changed.body);
    const cleared = await door.ask('PATCH', path, { body: { maintenancePolicy: null } });
    assert.deepEqual([cleared.status, 'maintenancePolicy' in cleared.body], [200, false]);
    const events = (await door.ask('GET', `/v1/operations/${operation.id}/events`)).body.items.map(({ type, message }: { type: string; message: string }) => [type, message]);
    assert.deepEqual(events.filter(([type]: [string]) => type === 'MaintenancePolicyChanged'), Array(2).fill(['MaintenancePolicyChanged', 'ada changed when the cluster may be worked on, and gave no reason.']));
    const wrong = await door.ask('PATCH', path, { body: { maintenancePolicy: { timeZone: 'Europe/Atlantis', windows: [{ cron: 'at night', durationMinutes: 5 }] } } });
    assert.deepEqual([wrong.status, wrong.body.errors.map((error: { path: string }) => error.path)], [400, ['maintenancePolicy.timeZone', 'maintenancePolicy.windows.0.cron', 'maintenancePolicy.windows.0.durationMinutes']]);
  });

  it('in its record is kept there with who, why, and what it was', async () => {
    await door.registered({ accountId: '333333333333', teams: ['web'] });
    const cluster = await door.standing({ labels: { env: 'prod' }, team: 'web', accountId: '333333333333' });
    const path = `/v1/clusters/${cluster.clusterId}`;
    const policy = { timeZone: 'Europe/Berlin', windows: [], freezes: [{ from: '2026-12-20T00:00:00.000Z', to: '2027-01-04T00:00:00.000Z', owner: 'grace', reason: 'Year end' }] };
    const tim = await door.token({ sub: 'tim', role: 'operator', team: 'web' });
    assert.equal((await door.ask('PATCH', path, { body: { maintenancePolicy: policy, labels: { env: 'live' }, reason: 'The shop sells until January.' } })).status, 200);
    assert.equal((await door.ask('PATCH', path, { body: { maintenancePolicy: null }, token: tim })).status, 200);
    assert.equal((await door.ask('PATCH', path, { body: { labels: { env: 'live' } } })).status, 200);
    const newest = await door.ask('GET', `${path}/changes?limit=1`, { token: tim });
    const older = await door.ask('GET', `${path}/changes?limit=1&cursor=${newest.body.nextCursor}`, { token: tim });
    const at = new Date(door.now).toISOString();
    assert.deepEqual([newest.body.items, older.body], [
      [{ changeId: newest.body.items[0].changeId, at, by: 'tim', changed: [{ field: 'maintenancePolicy', before: policy, after: null }] }],
      { items: [{ changeId: older.body.items[0].changeId, at, by: 'ada', reason: 'The shop sells until January.', changed: [{ field: 'labels', before: { env: 'prod' }, after: { env: 'live' } }, { field: 'maintenancePolicy', before: null, after: policy }] }], nextCursor: null },
    ]);
    const told = door.logged.filter(({ message, fields }) => message === 'The record of a cluster was changed' && fields?.['cluster'] === cluster.clusterId).map(({ fields }) => [fields?.['caller'], fields?.['fields'], fields?.['reason']]);
    assert.deepEqual(told, [['ada', ['labels', 'maintenancePolicy'], 'The shop sells until January.'], ['tim', ['maintenancePolicy'], 'none given']]);
    const foreign = await door.token({ sub: 'eve', role: 'viewer', team: 'payments' });
    assert.equal((await door.ask('GET', `${path}/changes`, { token: foreign })).status, 404);
    assert.equal((await door.ask('PATCH', path, { body: { reason: 'Only because.' } })).status, 400);
  });

  it('in its record that comes with work for EKS is kept with the operation, which has the reason too', async () => {
    const cluster = await door.standing({ deletionProtection: true });
    const path = `/v1/clusters/${cluster.clusterId}`;
    const { status, body } = await door.ask('PATCH', path, { body: { deletionProtection: false, reason: 'It goes on Friday.' } });
    assert.deepEqual([status, body.reason], [202, 'It goes on Friday.']);
    const { items } = (await door.ask('GET', `${path}/changes`)).body;
    assert.deepEqual(items, [{ changeId: items[0].changeId, at: new Date(door.now).toISOString(), by: 'ada', reason: 'It goes on Friday.', operation: body.id, changed: [{ field: 'deletionProtection', before: true, after: false }] }]);
  });

  it('to what it is already changes nothing', async () => {
    const cluster = await door.standing({ labels: { env: 'prod' } });
    const before = door.done.length;
    const answer = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { labels: { env: 'prod' } } });
    assert.deepEqual([answer.status, answer.body.generation, door.done.length], [200, 1, before]);
  });

  it('in labels is done while an operation works', async () => {
    const cluster = await door.standing();
    const operation = await door.working(cluster);
    const answer = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { labels: { env: 'prod' } } });
    assert.deepEqual([answer.status, answer.body.activeOperation], [200, operation.id]);
  });

  it('in what EKS carries out is an operation', async () => {
    const cluster = await door.standing();
    const answer = await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { deletionProtection: true, labels: { env: 'prod' } }, headers: { 'If-Match': '"1"' } });
    assert.deepEqual([answer.status, answer.body.kind, answer.body.steps.map((step: Told['body']) => step.kind)], [202, 'change-cluster', ['update-cluster-config']]);
    const after = (await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body;
    assert.deepEqual([after.generation, after.status, after.labels], [2, 'Changing', { env: 'prod' }]);
  });

  it('to nothing at all is refused', async () => {
    const cluster = await door.standing();
    await refused(400, 'invalid-request', door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: {} }));
  });

  it('of another generation than was seen is refused', async () => {
    const cluster = await door.standing();
    for (const seen of ['"2"', '1', 'W/"1"', '""']) await refused(412, 'generation-mismatch', door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { labels: {} }, headers: { 'If-Match': seen } }));
    for (const seen of ['"1"', '*', '"7", "1"']) assert.equal((await door.ask('PATCH', `/v1/clusters/${cluster.clusterId}`, { body: { labels: {} }, headers: { 'If-Match': seen } })).status, 200);
  });
});

describe('deleting a cluster', () => {
  it('is an operation, node groups first', async () => {
    const cluster = await door.standing();
    const answer = await door.ask('DELETE', `/v1/clusters/${cluster.clusterId}`);
    assert.deepEqual([answer.status, answer.body.steps.map((step: Told['body']) => step.kind)], [202, ['delete-nodegroup', 'delete-nodegroup', 'delete-control-plane']]);
    assert.equal((await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body.status, 'Deleting');
  });

  it('that is protected is refused', async () => {
    const cluster = await door.standing({ deletionProtection: true });
    await refused(409, 'deletion-protected', door.ask('DELETE', `/v1/clusters/${cluster.clusterId}`));
  });

  it('that EKS has no more ends with its record', async () => {
    const cluster = await door.standing();
    door.facts.cluster = 'absent';
    const answer = await door.ask('DELETE', `/v1/clusters/${cluster.clusterId}`);
    door.facts.cluster = at133();
    assert.deepEqual([answer.status, answer.body.steps], [202, []]);
  });

  it('that EKS has no more, or not yet, is told apart wherever EKS is asked for it', async (context) => {
    const { cluster, access } = door.facts;
    context.after(() => void Object.assign(door.facts, { cluster, access }));
    const gone = await door.standing();
    const unborn = await door.standing({ exists: false, name: 'unborn' });
    const stillborn = await door.standing({ exists: false, name: 'stillborn', activeOperation: 'op-1' });
    Object.assign(door.facts, { cluster: 'absent', access: 'absent' });
    for (const [method, path, body] of [
      ['GET', 'upgrade-plan?to=1.34'],
      ['GET', 'rollback-plan'],
      ['GET', 'subnets'],
      ['GET', 'access-entries'],
      ['POST', 'upgrades', { to: '1.34' }],
    ] as const) {
      const ask = ({ clusterId }: { clusterId: string }) => door.ask(method, `/v1/clusters/${clusterId}/${path}`, body === undefined ? {} : { body });
      const { body: told } = await refused(422, 'cluster-not-in-account', ask(gone));
      assert.match(told.remedy, new RegExp(`DELETE /v1/clusters/${gone.clusterId}\\.$`), path);
      assert.match((await refused(409, 'cluster-not-active', ask(unborn))).body.remedy, /^Retry the operation/, path);
      if (method === 'GET') assert.equal((await refused(409, 'cluster-not-active', ask(stillborn))).body.operation, 'op-1', path);
    }
  });
});

describe('node groups', () => {
  it('are created by an operation, and stand in the list as Planned', async () => {
    const cluster = await door.standing();
    const answer = await door.ask('POST', `/v1/clusters/${cluster.clusterId}/nodegroups`, { body: soundBody(API.find((route) => route.path.endsWith('/nodegroups') && route.method === 'POST')!) });
    assert.deepEqual([answer.status, answer.body.kind], [202, 'create-nodegroup']);
    const group = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/nodegroups/red`);
    assert.deepEqual([group.body.status, group.headers['etag']], ['Planned', '"2"']);
  });

  it('of another version than their cluster are 422', async () => {
    const cluster = await door.standing();
    const body = { ...(soundBody(API.find((route) => route.path.endsWith('/nodegroups') && route.method === 'POST')!) as object), version: '1.32' };
    await refused(422, 'version-not-the-clusters', door.ask('POST', `/v1/clusters/${cluster.clusterId}/nodegroups`, { body }));
  });

  it('are changed and deleted by operations', async () => {
    const blue = { nodegroupName: 'blue', status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 } };
    const [a, b] = [await door.standing({ nodegroups: [blue] }), await door.standing({ nodegroups: [blue] })];
    const changed = await door.ask('PATCH', `/v1/clusters/${a.clusterId}/nodegroups/blue`, { body: { scalingConfig: { desiredSize: 4 } } });
    assert.deepEqual([changed.status, changed.body.steps[0].kind], [202, 'update-nodegroup-config']);
    const deleted = await door.ask('DELETE', `/v1/clusters/${b.clusterId}/nodegroups/blue`);
    assert.deepEqual([deleted.status, deleted.body.steps[0].kind], [202, 'delete-nodegroup']);
    await refused(404, 'not-found', door.ask('DELETE', `/v1/clusters/${b.clusterId.slice(0, -1)}x/nodegroups/blue`));
  });

  it('as they are already are not changed', async () => {
    const cluster = await door.standing({ nodegroups: [{ nodegroupName: 'blue', status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 } }] });
    await refused(409, 'nothing-to-change', door.ask('PATCH', `/v1/clusters/${cluster.clusterId}/nodegroups/blue`, { body: { scalingConfig: { desiredSize: 3 } } }));
  });
});

describe('an upgrade', () => {
  it('is planned without beginning it', async () => {
    const cluster = await door.standing();
    const before = door.done.length;
    const answer = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/upgrade-plan?to=1.35`);
    assert.deepEqual([answer.status, answer.body.from, answer.body.to, answer.body.hops.length, door.done.length], [200, '1.33', '1.35', 2, before]);
  });

  it('is an operation with the same plan', async () => {
    const cluster = await door.standing();
    const plan = (await door.ask('GET', `/v1/clusters/${cluster.clusterId}/upgrade-plan?to=1.34`)).body;
    const answer = await door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34', reason: 'The end of support.' } });
    assert.deepEqual([answer.status, answer.body.plan, answer.body.reason, answer.body.requestedBy], [202, plan, 'The end of support.', 'ada']);
    assert.equal((await door.ask('GET', `/v1/clusters/${cluster.clusterId}`)).body.desiredVersion, '1.34');
  });

  it('to a version that is not offered, or older, is 422', async () => {
    const cluster = await door.standing();
    await refused(422, 'version-not-offered', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.99' } }));
    await refused(422, 'version-not-newer', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.32' } }));
  });

  it('with nothing to do is 409', async () => {
    const cluster = await door.standing();
    await refused(409, 'nothing-to-upgrade', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.33' } }));
  });

  it('that is blocked tells all findings, and its plan is shown all the same', async () => {
    const cluster = await door.standing();
    door.facts.cluster = clusterFacts('1.33', { cluster: { status: 'FAILED' } });
    const answer = await refused(409, 'upgrade-blocked', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34' } }));
    const plan = await door.ask('GET', `/v1/clusters/${cluster.clusterId}/upgrade-plan?to=1.34`);
    door.facts.cluster = at133();
    assert.ok(answer.body.findings.some((finding: Told['body']) => finding.severity === 'blocks'));
    assert.deepEqual([plan.status, plan.body.findings], [200, answer.body.findings]);
  });

  it('while another operation works is 409 with a link to that one', async () => {
    const cluster = await door.standing();
    const operation = await door.working(cluster);
    const answer = await refused(409, 'operation-in-progress', door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34' } }));
    assert.deepEqual([answer.body.operation, answer.headers['location']], [operation.id, `/v1/operations/${operation.id}`]);
  });

  it('asked for by many at once is begun once', async () => {
    const cluster = await door.standing();
    const answers = await Promise.all(Array.from({ length: 6 }, () => door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34' } })));
    const begun = answers.filter((answer) => answer.status === 202).map((answer) => answer.body.id);
    assert.equal(begun.length, 1);
    assert.deepEqual([...new Set(answers.filter((answer) => answer.status !== 202).map((answer) => [answer.status, answer.body.code, answer.body.operation].join()))], [`409,operation-in-progress,${begun[0]}`]);
  });
});

describe('a freeze', () => {
  it('refuses what would begin EKS work, and nothing else', async () => {
    const blue = { nodegroupName: 'blue', status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 } };
    const cluster = await door.standing({ nodegroups: [blue] });
    const path = `/v1/clusters/${cluster.clusterId}`;
    const operation = await door.working(await door.standing());
    const failed = await door.working(await door.standing());
    await door.failed(failed);
    const frozen = await door.ask('POST', '/v1/freeze', { body: { reason: 'An incident.' } });
    assert.deepEqual(frozen.body, { frozen: true, by: 'ada', reason: 'An incident.', at: new Date(door.now).toISOString() });
    assert.deepEqual((await door.ask('GET', '/v1/freeze')).body, frozen.body);

    const nodegroup = soundBody(API.find((route) => route.path.endsWith('/nodegroups') && route.method === 'POST')!);
    await refused(409, 'frozen', create({ name: 'frozen' }));
    await refused(409, 'frozen', door.ask('PATCH', path, { body: { deletionProtection: true } }));
    await refused(409, 'frozen', door.ask('DELETE', path));
    await refused(409, 'frozen', door.ask('POST', `${path}/nodegroups`, { body: nodegroup }));
    await refused(409, 'frozen', door.ask('PATCH', `${path}/nodegroups/blue`, { body: { scalingConfig: { desiredSize: 4 } } }));
    await refused(409, 'frozen', door.ask('DELETE', `${path}/nodegroups/blue`));
    await refused(409, 'frozen', door.ask('POST', `${path}/upgrades`, { body: { to: '1.34' } }));
    await refused(409, 'frozen', door.ask('POST', `/v1/operations/${failed.id}/retry`));

    assert.equal((await door.ask('GET', `${path}/upgrade-plan?to=1.34`)).status, 200);
    assert.equal((await door.ask('PATCH', path, { body: { labels: { a: 'b' } } })).status, 200);
    assert.equal((await door.ask('POST', `/v1/operations/${operation.id}/pause`)).status, 202);
    assert.equal((await door.ask('POST', `/v1/operations/${operation.id}/cancel`)).status, 202);

    assert.deepEqual((await door.ask('POST', '/v1/unfreeze', { body: { reason: 'It is over.' } })).body, { frozen: false });
    assert.equal((await create({ name: 'thawed' })).status, 202);
  });
});

describe('versions', () => {
  it('are told with their support dates', async () => {
    const answer = await door.ask('GET', '/v1/versions?accountId=111111111111&region=us-east-1');
    const offer = answer.body.items.find((item: Told['body']) => item.version === '1.36');
    assert.deepEqual([offer.defaultVersion, offer.endOfStandardSupportDate, answer.body.nextCursor], [true, '2027-08-02T00:00:00.000Z', null]);
  });

  it('of an account that nobody registered are 422', async () => {
    await refused(422, 'account-not-registered', door.ask('GET', '/v1/versions?accountId=999999999999&region=us-east-1'));
  });
});
