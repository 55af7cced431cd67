import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Store } from '../../aws/ports.ts';
import { createStore } from '../../aws/store.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { nextRun } from '../../domain/new-operation.ts';
import type { Plan } from '../../domain/plan.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, AT, cluster, makeStoreTable, NOON, operation, PLAN } from './store-fixtures.ts';

let target: Target;
let store: Store;
let tables = 0;

before(async () => {
  target = await startTarget();
});
after(() => target.close());
beforeEach(async () => {
  tables += 1;
  const name = `store-endings-${process.pid}-${tables}`;
  await makeStoreTable(target.client, name);
  store = createStore(target.client, name, () => 0);
  await store.registerAccount(account());
  await store.importCluster(cluster());
  await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster({ desiredVersion: '1.34' }) });
  await store.recordStart('op-1', 1, NOON);
});

const BACK: Plan = {
  ...PLAN,
  from: '1.34',
  to: '1.33',
  hops: [{ from: '1.34', to: '1.33', steps: [{ id: '1.33/control-plane', title: 'Rolling the control plane back to 1.33', kind: 'rollback-control-plane', stage: 'RollBackControlPlane', subject: 'blue', from: '1.34', to: '1.33', reason: 'An alarm rang.' }] }],
};
const rollback = (id: string) =>
  operation(id, { kind: 'rollback-cluster', plan: BACK, request: { reason: 'Alarm errors rang' }, reason: 'Alarm errors rang', requestedBy: 'slipway', causedBy: 'op-1', progress: { done: 0, total: 1, percent: 0, message: '1 of 1: Rolling the control plane back to 1.33' } });
const held = async (): Promise<Cluster> => {
  const found = await store.cluster('c-1');
  assert.ok(found !== undefined);
  return found;
};
const end = (now: Cluster, successor?: string) =>
  ({ state: 'Failed', errors: [{ code: 'RolledBack', message: 'Alarm errors rang' }], message: 'Alarm errors rang', cluster: { ...now, desiredVersion: '1.33' }, ...(successor === undefined ? {} : { successor: rollback(successor) }) }) as const;

describe('an operation that another follows', () => {
  it('ends, and hands its cluster over, in one write', async () => {
    assert.deepEqual(await store.endOperation('op-1', 1, end(await held(), 'op-2'), NOON), { kind: 'ended', succeededBy: 'op-2' });
    const [ended, next] = [await store.operation('op-1'), await store.operation('op-2')];
    assert.deepEqual([ended?.operation.state, ended?.operation.endedAt, ended?.operation.succeededBy], ['Failed', AT, 'op-2']);
    assert.deepEqual(next?.operation, rollback('op-2'));
    assert.deepEqual(next?.steps.map((step) => [step.id, step.state]), [['1.33/control-plane', 'Pending']]);
    const after = await held();
    assert.deepEqual([after.activeOperation, after.desiredVersion], ['op-2', '1.33']);
    assert.deepEqual((await store.listOperations({ clusterId: 'c-1' }, { limit: 5 })).items.map((one) => one.id), ['op-2', 'op-1']);
    assert.deepEqual((await store.openOperations(5)).map((one) => one.id), ['op-2']);
    const { items } = await store.events('op-2', { limit: 5 });
    assert.deepEqual(items.map(({ type, message, by }) => ({ type, message, by })), [{ type: 'Requested', message: 'Begun to turn back op-1: Alarm errors rang.', by: 'slipway' }]);
  });

  it('ended again, with whatever successor, tells the one that was begun', async () => {
    const now = await held();
    await store.endOperation('op-1', 1, end(now, 'op-2'), NOON);
    assert.deepEqual(await store.endOperation('op-1', 1, end(now, 'op-3'), NOON), { kind: 'already', succeededBy: 'op-2' });
    assert.deepEqual(await store.endOperation('op-1', 1, end(now), NOON), { kind: 'already', succeededBy: 'op-2' });
    assert.equal(await store.operation('op-3'), undefined);
    assert.equal((await held()).activeOperation, 'op-2');
  });

  it('ended by many at once is followed by exactly one', async () => {
    const now = await held();
    const ids = ['op-2', 'op-3', 'op-4', 'op-5'];
    const came = await Promise.all(ids.map((id) => store.endOperation('op-1', 1, end(now, id), NOON)));
    const { activeOperation } = await held();
    assert.deepEqual(new Set(came.map((one) => ('succeededBy' in one ? one.succeededBy : undefined))), new Set([activeOperation]));
    assert.equal(came.filter((one) => one.kind === 'ended').length, 1);
    assert.equal((await store.listOperations({ clusterId: 'c-1' }, { limit: 9 })).items.length, 2);
  });

  it('on a cluster that moved meanwhile leaves all as it was', async () => {
    const now = await held();
    await store.changeCluster(now, { ...now, labels: { a: 'b' } }, undefined);
    assert.deepEqual(await store.endOperation('op-1', 1, end(now, 'op-2'), NOON), { kind: 'moved' });
    assert.deepEqual([(await store.operation('op-1'))?.operation.endedAt, await store.operation('op-2')], [undefined, undefined]);
    assert.deepEqual(await store.endOperation('op-1', 1, end(await held(), 'op-2'), NOON), { kind: 'ended', succeededBy: 'op-2' });
  });

  it('and has lost its cluster ends alone', async () => {
    const now = await held();
    await store.recordCluster({ ...now, activeOperation: 'op-other' });
    assert.deepEqual(await store.endOperation('op-1', 1, end(now, 'op-2'), NOON), { kind: 'ended' });
    assert.deepEqual([(await store.operation('op-1'))?.operation.succeededBy, await store.operation('op-2'), (await held()).activeOperation], [undefined, undefined, 'op-other']);
  });

  it('is no more followed by it when it begins anew', async () => {
    const now = await held();
    await store.endOperation('op-1', 1, end(now, 'op-2'), NOON);
    const follower = await held();
    await store.endOperation('op-2', 1, { state: 'Succeeded', errors: [], message: 'Done.', cluster: follower }, NOON);
    const ended = (await store.operation('op-1'))?.operation ?? operation('op-1');
    const by = { by: 'bob', at: AT };
    assert.equal((await store.beginRetry(ended, { plan: PLAN, by }, await held())).kind, 'written');
    assert.deepEqual((await store.operation('op-1'))?.operation.succeededBy, undefined);
    assert.deepEqual(await store.endOperation('op-1', 1, end(now, 'op-3'), NOON), { kind: 'already' }, 'the first run has nothing to end any more');
    assert.deepEqual(await store.endOperation('op-1', 2, end(await held(), 'op-4'), NOON), { kind: 'ended', succeededBy: 'op-4' });
    assert.deepEqual(await store.endOperation('op-1', 1, end(now), NOON), { kind: 'already' }, 'what follows the second run does not follow the first');
    assert.equal(nextRun(ended, { plan: PLAN, by }).succeededBy, undefined);
  });
});
