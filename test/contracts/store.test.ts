import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createStore } from '../../aws/store.ts';
import type { Store } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, ACCOUNT_ID, AT, cluster, makeStoreTable, NOON, operation, REGION, remembered } from './store-fixtures.ts';

let target: Target;
let store: Store;
let tables = 0;

before(async () => {
  target = await startTarget();
});
after(() => target.close());
beforeEach(async () => {
  tables += 1;
  const name = `store-${process.pid}-${tables}`;
  await makeStoreTable(target.client, name);
  store = createStore(target.client, name, () => 0);
});

const VERIFIED = account().conditions;
const UNVERIFIED = VERIFIED.map((condition) => ({ ...condition, status: 'Unknown' as const }));

describe('accounts', () => {
  it('are registered once', async () => {
    assert.deepEqual(await store.registerAccount(account()), { kind: 'written' });
    assert.deepEqual(await store.account(ACCOUNT_ID), account());
    const again = await store.registerAccount(account({ externalId: 'external-2' }), remembered('key'));
    assert.deepEqual(again, { kind: 'exists', account: account() });
    assert.equal(await store.answerFor('key', NOON), undefined);
  });

  it('registered again by a write whose answer was lost are our own', async () => {
    await store.registerAccount(account());
    assert.deepEqual(await store.registerAccount(account()), { kind: 'written' });
  });

  it('are verified only by the external id that was tried', async () => {
    await store.registerAccount(account({ conditions: UNVERIFIED, previousExternalId: 'external-0' }));
    assert.deepEqual(await store.recordVerification(ACCOUNT_ID, { conditions: VERIFIED, triedExternalId: 'external-9', retirePrevious: true }), { kind: 'moved' });
    assert.deepEqual(await store.recordVerification(ACCOUNT_ID, { conditions: VERIFIED, triedExternalId: 'external-1', retirePrevious: true }), { kind: 'written' });
    assert.deepEqual(await store.account(ACCOUNT_ID), account());
  });

  it('have two external ids while one is rotated, the older of which is the one that works', async () => {
    await store.registerAccount(account());
    assert.deepEqual(await store.rotateExternalId(account(), 'external-2'), { kind: 'written' });
    assert.deepEqual(await store.rotateExternalId(account(), 'external-3'), { kind: 'moved' });
    assert.deepEqual(await store.rotateExternalId(account(), 'external-2'), { kind: 'written' });
    const rotated = await store.account(ACCOUNT_ID);
    assert.deepEqual([rotated?.externalId, rotated?.previousExternalId, rotated?.generation], ['external-2', 'external-1', 2]);
    const stale = account({ externalId: 'external-2' });
    assert.deepEqual(await store.rotateExternalId(stale, 'external-3'), { kind: 'moved' }, 'it does not know of the id that is in force beside its own');
    await store.rotateExternalId({ ...stale, previousExternalId: 'external-1' }, 'external-3');
    assert.equal((await store.account(ACCOUNT_ID))?.previousExternalId, 'external-1');
  });

  it('are removed only without clusters', async () => {
    assert.deepEqual(await store.removeAccount(ACCOUNT_ID), { kind: 'absent' });
    await store.registerAccount(account());
    await store.importCluster(cluster({ origin: 'imported' }));
    assert.deepEqual(await store.removeAccount(ACCOUNT_ID), { kind: 'has-clusters', count: 1 });
    await store.registerAccount(account({ accountId: '222222222222' }));
    assert.deepEqual(await store.removeAccount('222222222222'), { kind: 'removed' });
    assert.equal(await store.account('222222222222'), undefined);
  });

  it('are listed in pages, each once', async () => {
    const ids = ['111111111111', '222222222222', '333333333333'];
    for (const accountId of ids) await store.registerAccount(account({ accountId }));
    const first = await store.listAccounts({ limit: 2 });
    const second = await store.listAccounts({ limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
    assert.deepEqual([...first.items, ...second.items].map((one) => one.accountId), ids);
    assert.equal(second.next, undefined);
  });
});

describe('clusters', () => {
  beforeEach(() => store.registerAccount(account()).then(() => undefined));

  it('are imported with their name, once', async () => {
    assert.deepEqual(await store.importCluster(cluster()), { kind: 'written' });
    assert.deepEqual(await store.cluster('c-1'), cluster());
    assert.deepEqual(await store.clusterNamed(ACCOUNT_ID, REGION, 'blue'), cluster());
    assert.deepEqual(await store.importCluster(cluster({ clusterId: 'c-2' })), { kind: 'exists', clusterId: 'c-1' });
    assert.deepEqual(await store.importCluster(cluster()), { kind: 'written' });
    assert.equal(await store.cluster('c-2'), undefined);
  });

  it('need a verified account that has their region', async () => {
    assert.deepEqual(await store.importCluster(cluster({ region: 'us-west-2' })), { kind: 'account-moved' });
    await store.recordVerification(ACCOUNT_ID, { conditions: UNVERIFIED, triedExternalId: 'external-1', retirePrevious: false });
    assert.deepEqual(await store.importCluster(cluster()), { kind: 'account-moved' });
    assert.equal(await store.clusterNamed(ACCOUNT_ID, REGION, 'blue'), undefined);
  });

  it('are written only over the revision that was looked at', async () => {
    await store.importCluster(cluster());
    assert.deepEqual(await store.recordCluster(cluster({ version: '1.34' })), { kind: 'written' });
    const met = await store.recordCluster(cluster({ version: '1.35' }));
    assert.equal(met.kind, 'moved');
    assert.deepEqual(met.kind === 'moved' && [met.cluster?.version, met.cluster?.revision], ['1.34', 2]);
    assert.deepEqual(await store.recordCluster(cluster({ version: '1.34' })), { kind: 'written' }, 'the same write again is our own');
    assert.deepEqual(await store.recordCluster(cluster({ clusterId: 'c-9' })), { kind: 'moved', cluster: undefined });
  });

  it('are changed by clients in the same way', async () => {
    await store.importCluster(cluster());
    const after = cluster({ labels: { stage: 'prod' }, generation: 2, revision: 2 });
    assert.deepEqual(await store.changeCluster(cluster(), after, undefined, remembered('key')), { kind: 'written' });
    assert.deepEqual(await store.cluster('c-1'), after);
    assert.equal((await store.changeCluster(cluster(), cluster({ labels: { stage: 'test' }, generation: 2 }), undefined)).kind, 'moved');
    assert.deepEqual(await store.changeCluster(cluster(), after, undefined, remembered('key')), { kind: 'written' });
  });

  it('are listed by team, account, version, status and label', async () => {
    await store.registerAccount(account({ accountId: '222222222222' }));
    await store.importCluster(cluster({ clusterId: 'c-1', name: 'one', team: 'payments', labels: { stage: 'prod' } }));
    await store.importCluster(cluster({ clusterId: 'c-2', name: 'two', labels: { stage: 'test', 'a.b/c': '' }, version: '1.34' }));
    await store.importCluster(cluster({ clusterId: 'c-3', name: 'three', accountId: '222222222222', exists: false }));
    const list = async (filter: Parameters<Store['listClusters']>[0]) => (await store.listClusters(filter, { limit: 10 })).items.map((one) => one.clusterId);
    assert.deepEqual(await list({}), ['c-1', 'c-2', 'c-3']);
    assert.deepEqual(await list({ team: 'payments' }), ['c-1']);
    assert.deepEqual(await list({ team: 'nobody' }), []);
    assert.deepEqual(await list({ accountId: '222222222222' }), ['c-3']);
    assert.deepEqual(await list({ version: '1.34' }), ['c-2']);
    assert.deepEqual(await list({ status: 'Active' }), ['c-1', 'c-2']);
    assert.deepEqual(await list({ label: { key: 'stage', value: 'prod' } }), ['c-1']);
    assert.deepEqual(await list({ label: { key: 'stage' }, version: '1.33' }), ['c-1']);
    assert.deepEqual(await list({ label: { key: 'a.b/c', value: '' } }), ['c-2']);
  });

  it('fill a page whatever the filter leaves out, and show each once', async () => {
    for (let n = 10; n < 40; n += 1) await store.importCluster(cluster({ clusterId: `c-${n}`, name: `n-${n}`, version: n % 5 === 0 ? '1.34' : '1.33' }));
    const seen: string[] = [];
    const sizes: number[] = [];
    let page = await store.listClusters({ version: '1.34' }, { limit: 2 });
    for (;;) {
      sizes.push(page.items.length);
      seen.push(...page.items.map((one) => one.clusterId));
      if (page.next === undefined) break;
      page = await store.listClusters({ version: '1.34' }, { limit: 2, after: page.next });
    }
    assert.deepEqual(seen, ['c-10', 'c-15', 'c-20', 'c-25', 'c-30', 'c-35']);
    assert.deepEqual(sizes, [2, 2, 2]);
  });

  it('keep what was last seen of them, and never something older', async () => {
    const facts = { observedAt: AT, addonCatalogue: { 'vpc-cni': Array.from({ length: 500 }, () => ({ addonVersion: 'v1', compatibleWith: [], defaultFor: [] })) } } as unknown as ClusterFacts;
    assert.equal(await store.observation('c-1'), undefined);
    await store.recordObservation('c-1', facts);
    await store.recordObservation('c-1', { ...facts, observedAt: '2026-11-02T08:59:00.000Z', nodegroups: [] });
    assert.deepEqual(await store.observation('c-1'), facts);
  });
});

describe('answers under an Idempotency-Key', () => {
  it('are remembered with what makes them true, until they expire', async () => {
    await store.registerAccount(account(), remembered('key'));
    assert.deepEqual(await store.answerFor('key', NOON), remembered('key'));
    assert.equal(await store.answerFor('key', remembered('key').expiresAt), undefined);
  });

  it('that have expired are in nobody\'s way', async () => {
    await store.registerAccount(account(), remembered('key', 'old'));
    const later = remembered('key').expiresAt + 1;
    assert.equal(await store.answerFor('key', later), undefined);
    const fresh = { ...remembered('key', 'new'), expiresAt: later + 86_400_000 };
    assert.deepEqual(await store.registerAccount(account({ accountId: '222222222222' }), fresh), { kind: 'written' });
    assert.deepEqual(await store.answerFor('key', later), fresh);
  });

  it('given to the first of two askers are given to the second', async () => {
    await store.registerAccount(account(), remembered('key', 'first'));
    const second = await store.registerAccount(account({ accountId: '222222222222' }), remembered('key', 'second'));
    assert.deepEqual(second, { kind: 'answered', answer: remembered('key', 'first') });
    assert.equal(await store.account('222222222222'), undefined);
  });
});

describe('what was learned, and the brakes', () => {
  it('keeps the last twenty durations, newest first', async () => {
    assert.deepEqual(await store.durations('upgrade-control-plane'), []);
    for (let n = 1; n <= 22; n += 1) await store.recordDuration('upgrade-control-plane', n);
    assert.deepEqual(await store.durations('upgrade-control-plane'), Array.from({ length: 20 }, (_none, n) => 22 - n));
  });

  it('spends a budget of reads per account, region and ten seconds', async () => {
    const spend = (now: number, region = REGION) => store.spendReads(ACCOUNT_ID, region, 40, now);
    assert.deepEqual([await spend(NOON), await spend(NOON + 1), await spend(NOON + 2)], [true, true, false]);
    assert.equal(await spend(NOON + 2, 'us-east-1'), true);
    assert.equal(await spend(NOON + 10_000), true);
  });

  it('never spends more than the budget, however many ask at once', async () => {
    const came = await Promise.all(Array.from({ length: 15 }, () => store.spendReads(ACCOUNT_ID, REGION, 10, NOON)));
    assert.equal(came.filter(Boolean).length, 10);
  });

  it('freezes and thaws', async () => {
    const frozen = { by: 'root', reason: 'an incident', at: AT };
    assert.equal(await store.freeze(), undefined);
    assert.deepEqual(await store.recordFreeze(frozen, remembered('key')), { kind: 'written' });
    assert.deepEqual(await store.freeze(), frozen);
    assert.deepEqual(await store.recordFreeze(undefined, remembered('key')), { kind: 'answered', answer: remembered('key') });
    assert.deepEqual(await store.recordFreeze(undefined), { kind: 'written' });
    assert.equal(await store.freeze(), undefined);
  });
});

describe('lists of operations', () => {
  beforeEach(async () => {
    await store.registerAccount(account());
    for (const n of [1, 2, 3]) {
      const made = cluster({ clusterId: `c-${n}`, name: `n-${n}`, ...(n === 2 ? { team: 'payments' } : {}) });
      await store.beginOperation(operation(`op-${n}`, { clusterId: made.clusterId, clusterName: made.name, kind: 'create-cluster', ...(n === 2 ? { team: 'payments' } : {}) }), { after: made });
    }
  });
  const list = async (filter: Parameters<Store['listOperations']>[0], limit = 10) => (await store.listOperations(filter, { limit })).items.map((one) => one.id);

  it('come newest first, by team, cluster, state and kind', async () => {
    await store.recordStart('op-3', 1, NOON);
    assert.deepEqual(await list({}), ['op-3', 'op-2', 'op-1']);
    assert.deepEqual(await list({ team: 'payments' }), ['op-2']);
    assert.deepEqual(await list({ clusterId: 'c-1' }), ['op-1']);
    assert.deepEqual(await list({ clusterId: 'c-1', team: 'payments' }), []);
    assert.deepEqual(await list({ state: 'Running' }), ['op-3']);
    assert.deepEqual(await list({ kind: 'delete-cluster' }), []);
  });

  it('come in pages, of one cluster too', async () => {
    for (const n of [4, 5, 6]) {
      await store.endOperation(n === 4 ? 'op-1' : `op-${n - 1}`, 1, { state: 'Succeeded', errors: [], message: 'Done.', cluster: await store.cluster('c-1') }, NOON);
      const before = await store.cluster('c-1');
      await store.beginOperation(operation(`op-${n}`, { clusterName: 'n-1' }), { ...(before === undefined ? {} : { before }), after: before ?? cluster() });
    }
    for (const [filter, ids] of [[{ clusterId: 'c-1' }, ['op-6', 'op-5', 'op-4', 'op-1']], [{}, ['op-6', 'op-5', 'op-4', 'op-3', 'op-2', 'op-1']]] as const) {
      const seen: string[] = [];
      let page = await store.listOperations(filter, { limit: 3 });
      for (;;) {
        seen.push(...page.items.map((one) => one.id));
        if (page.next === undefined) break;
        page = await store.listOperations(filter, { limit: 3, after: page.next });
      }
      assert.deepEqual(seen, ids);
    }
  });

  it('hold heads: no hops, no request', async () => {
    const [first] = (await store.listOperations({}, { limit: 1 })).items;
    assert.deepEqual([first?.plan.hops, first?.plan.to, first?.request, first?.progress.total], [[], '1.34', {}, 3]);
  });

  it('of those that have not ended begin with the one longest without a transition', async () => {
    await store.recordStart('op-1', 1, NOON + 3_600_000);
    await store.endOperation('op-2', 1, { state: 'Failed', errors: [], message: 'No.', cluster: await store.cluster('c-2') }, NOON);
    assert.deepEqual((await store.openOperations(10)).map((one) => one.id), ['op-3', 'op-1']);
    assert.deepEqual((await store.openOperations(1)).map((one) => one.id), ['op-3']);
  });
});
