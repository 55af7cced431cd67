import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../aws/ports.ts';
import { createStore } from '../../aws/store.ts';
import type { Waiver, WithdrawnWaiver } from '../../domain/waiver.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, AT, cluster, makeStoreTable, NOON, operation, remembered } from './store-fixtures.ts';

let target: Target;
let store: Store;
let table: string;
let tables = 0;

const DAY_MS = 86_400_000;
const daysOn = (days: number): string => new Date(NOON + days * DAY_MS).toISOString();
const waiver = (waiverId: string, more: Partial<Waiver> = {}): Waiver => ({ waiverId, clusterId: 'c-1', code: 'deprecated-api-use', owner: 'team payments', reason: 'The client goes on Friday.', until: daysOn(7), by: 'grace', at: AT, ...more });
const withdrawn = (waiverId: string, more: Partial<WithdrawnWaiver> = {}): WithdrawnWaiver => ({ ...waiver(waiverId), withdrawnAt: AT, withdrawnBy: 'ada', withdrawnReason: 'It is mended.', ...more });
const ids = async (now = NOON): Promise<string[]> => (await store.waivers('c-1', now)).map((one) => one.waiverId);

before(async () => {
  target = await startTarget();
});
after(() => target.close());
beforeEach(async () => {
  tables += 1;
  table = `store-waivers-${process.pid}-${tables}`;
  await makeStoreTable(target.client, table);
  store = createStore(target.client, table, () => 0);
  await store.registerAccount(account());
  await store.importCluster(cluster());
});

/** How many waivers the table still holds, ended ones too. */
async function kept(): Promise<number> {
  const { Items: items = [] } = await target.client.send(new ScanCommand({ TableName: table }));
  return items.filter((item) => item['sk']?.S?.startsWith('WAIVER#') === true).length;
}

describe('a waiver', () => {
  it('is kept as it was given, with the answer to who gave it', async () => {
    const given = waiver('w-1', { subject: 'blue' });
    assert.deepEqual(await store.addWaiver(given, remembered('key')), { kind: 'written' });
    assert.deepEqual(await store.waivers('c-1', NOON), [given]);
    assert.deepEqual(await store.answerFor('key', NOON), remembered('key'));
    assert.deepEqual(await store.waivers('c-2', NOON), []);
  });

  it('written again, because the answer was lost, is our own', async () => {
    await store.addWaiver(waiver('w-1'));
    assert.deepEqual(await store.addWaiver(waiver('w-1')), { kind: 'written' });
    assert.deepEqual(await ids(), ['w-1']);
  });

  it('under a key that was answered is the first one\'s', async () => {
    await store.addWaiver(waiver('w-1'), remembered('key'));
    assert.deepEqual(await store.addWaiver(waiver('w-2'), remembered('key', 'another')), { kind: 'answered', answer: remembered('key') });
    assert.deepEqual(await ids(), ['w-1']);
  });

  it('stands in the order that they were given in', async () => {
    await store.addWaiver(waiver('w-1', { at: daysOn(0.2) }));
    await store.addWaiver(waiver('w-2', { at: daysOn(0.1) }));
    assert.deepEqual(await ids(), ['w-2', 'w-1']);
  });

  it('counts up to its end and no longer, and is cleared away when another is given', async () => {
    await store.addWaiver(waiver('w-1'));
    assert.deepEqual([await ids(NOON + 7 * DAY_MS - 1), await ids(NOON + 7 * DAY_MS)], [['w-1'], []]);
    await store.addWaiver(waiver('w-2', { at: daysOn(8), until: daysOn(9) }));
    assert.equal(await kept(), 1);
  });

  it('is one of fifty at most that are in force', async () => {
    for (let number = 1; number <= 50; number += 1) await store.addWaiver(waiver(`w-${number}`, { until: daysOn(number === 50 ? 1 : 7) }));
    assert.deepEqual(await store.addWaiver(waiver('w-51')), { kind: 'too-many', count: 50 });
    assert.deepEqual(await store.addWaiver(waiver('w-51', { at: daysOn(2) })), { kind: 'written' }, 'one has ended by then');
  });

  it('is taken back once', async () => {
    await store.addWaiver(waiver('w-1'));
    assert.deepEqual([await store.withdrawWaiver(withdrawn('w-1')), await store.withdrawWaiver(withdrawn('w-1', { withdrawnBy: 'mallory' }))], ['withdrawn', 'absent']);
    assert.deepEqual(await ids(), []);
  });

  it('stays on the record once it is taken back, page by page, also when others are given after it', async () => {
    for (const number of [1, 2, 3]) {
      await store.addWaiver(waiver(`w-${number}`));
      await store.withdrawWaiver(withdrawn(`w-${number}`));
    }
    await store.addWaiver(waiver('w-4', { at: daysOn(8), until: daysOn(9) }));
    const first = await store.withdrawnWaivers('c-1', { limit: 2 });
    const rest = await store.withdrawnWaivers('c-1', { limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
    assert.deepEqual([first.items, rest], [[withdrawn('w-3'), withdrawn('w-2')], { items: [withdrawn('w-1')] }]);
    assert.deepEqual(await store.withdrawnWaivers('c-2', { limit: 2 }), { items: [] });
  });

  it('is for a cluster that is there, and goes with it', async () => {
    assert.deepEqual(await store.addWaiver(waiver('w-1', { clusterId: 'c-gone' })), { kind: 'cluster-gone' });
    await store.addWaiver(waiver('w-1'));
    await store.addWaiver(waiver('w-2', { until: daysOn(1) }));
    await store.beginOperation(operation('op-1', { kind: 'delete-cluster' }), { before: cluster(), after: cluster() });
    await store.endOperation('op-1', 1, { state: 'Succeeded', errors: [], message: 'Gone.', cluster: undefined }, NOON);
    assert.deepEqual([await kept(), await store.cluster('c-1')], [0, undefined]);
    assert.deepEqual(await store.addWaiver(waiver('w-3')), { kind: 'cluster-gone' });
  });
});
