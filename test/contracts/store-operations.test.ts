import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createStore } from '../../aws/store.ts';
import type { OperationRecord, Store } from '../../aws/ports.ts';
import type { Operation } from '../../domain/operation.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, ACCOUNT_ID, AT, cluster, makeStoreTable, NOON, operation, PLAN, REGION, remembered, step, wait } from './store-fixtures.ts';

let target: Target;
let store: Store;
let tables = 0;

before(async () => {
  target = await startTarget();
});
after(() => target.close());
beforeEach(async () => {
  tables += 1;
  const name = `store-operations-${process.pid}-${tables}`;
  await makeStoreTable(target.client, name);
  store = createStore(target.client, name, () => 0);
  await store.registerAccount(account());
});

const record = async (id = 'op-1'): Promise<OperationRecord> => {
  const found = await store.operation(id);
  assert.ok(found !== undefined);
  return found;
};
const head = async (id = 'op-1'): Promise<Operation> => {
  const found = (await store.listOperations({}, { limit: 50 })).items.find((one) => one.id === id);
  assert.ok(found !== undefined);
  return found;
};
const lines = async (id = 'op-1') => (await store.events(id, { limit: 100 })).items.map((event) => event.type);
const begin = async () => {
  await store.importCluster(cluster());
  assert.deepEqual(await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster({ desiredVersion: '1.34', generation: 2 }) }, remembered('key')), { kind: 'written' });
};
const running = async () => {
  await begin();
  await store.recordStart('op-1', 1, NOON);
};
const intent = (reason?: string) => ({ by: 'bob', at: '2026-11-02T09:01:00.000Z', ...(reason === undefined ? {} : { reason }) });
const paused = (more = {}) => wait('op-1', { kind: 'Paused', stepId: '1.34/nodegroup/a', token: 'token-p', because: 'Paused by bob.', ...more });
const succeeded = { state: 'Succeeded', outcome: 'It runs 1.34.' } as const;

describe('an operation', () => {
  it('begins with its plan, its answer and its cluster in one write', async () => {
    await begin();
    const { operation: begun, steps, waits } = await record();
    assert.deepEqual(begun, operation('op-1'));
    assert.deepEqual(steps.map(({ id, state, order, attempt, hop }) => [id, state, order, attempt, hop]), [
      ['1.34/control-plane', 'Pending', 1, 0, '1.34'],
      ['1.34/nodegroup/a', 'Pending', 2, 0, '1.34'],
      ['1.34/nodegroup/b', 'Pending', 3, 0, '1.34'],
    ]);
    assert.deepEqual(waits, []);
    assert.deepEqual(await store.cluster('c-1'), cluster({ desiredVersion: '1.34', generation: 2, revision: 2, activeOperation: 'op-1' }));
    assert.deepEqual(await store.answerFor('key', NOON), remembered('key'));
    assert.deepEqual(await lines(), ['Requested']);
  });

  it('on a new cluster takes the name and counts it on the account', async () => {
    const made = cluster({ exists: false });
    assert.deepEqual(await store.beginOperation(operation('op-1', { kind: 'create-cluster' }), { after: made }), { kind: 'written' });
    assert.equal((await store.clusterNamed(ACCOUNT_ID, REGION, 'blue'))?.activeOperation, 'op-1');
    assert.deepEqual(await store.removeAccount(ACCOUNT_ID), { kind: 'has-clusters', count: 1 });
    const again = await store.beginOperation(operation('op-2', { clusterId: 'c-2', kind: 'create-cluster' }), { after: cluster({ clusterId: 'c-2' }) });
    assert.deepEqual(again, { kind: 'exists', clusterId: 'c-1' });
    const elsewhere = await store.beginOperation(operation('op-3', { clusterId: 'c-3', kind: 'create-cluster' }), { after: cluster({ clusterId: 'c-3', name: 'other', region: 'us-west-2' }) });
    assert.deepEqual(elsewhere, { kind: 'account-moved' });
    assert.equal(await store.operation('op-3'), undefined);
  });

  it('is one at a time on a cluster', async () => {
    await begin();
    const current = await store.cluster('c-1');
    assert.ok(current !== undefined);
    assert.deepEqual(await store.beginOperation(operation('op-2'), { before: current, after: current }), { kind: 'busy', operationId: 'op-1' });
    assert.equal(await store.operation('op-2'), undefined);
  });

  it('is decided on the cluster as it is', async () => {
    await store.importCluster(cluster());
    await store.recordCluster(cluster({ version: '1.34' }));
    const came = await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster() });
    assert.deepEqual(came.kind === 'moved' && came.cluster?.version, '1.34');
  });

  it('begun again by a write whose answer was lost is our own', async () => {
    await begin();
    const again = await store.beginOperation(operation('op-1'), { before: cluster(), after: cluster({ desiredVersion: '1.34', generation: 2 }) }, remembered('key'));
    assert.deepEqual(again, { kind: 'written' });
    assert.deepEqual(await lines(), ['Requested']);
  });

  it('under a key that was answered is the first one\'s answer', async () => {
    await begin();
    const current = await store.cluster('c-1');
    assert.ok(current !== undefined);
    assert.deepEqual(await store.beginOperation(operation('op-2'), { before: current, after: current }, remembered('key', 'mine')), { kind: 'answered', answer: remembered('key') });
  });

  it('begun by many at once is begun by exactly one', async () => {
    await store.importCluster(cluster());
    const came = await Promise.all(Array.from({ length: 12 }, (_none, n) => store.beginOperation(operation(`op-${n}`), { before: cluster(), after: cluster() })));
    const winners = came.flatMap((one, n) => (one.kind === 'written' ? [`op-${n}`] : []));
    assert.equal(winners.length, 1);
    assert.ok(came.every((one) => one.kind === 'written' || (one.kind === 'busy' && one.operationId === winners[0])));
    assert.equal((await store.cluster('c-1'))?.activeOperation, winners[0]);
  });

  it('asked for many times at once under one key is answered with one answer', async () => {
    await store.importCluster(cluster());
    const came = await Promise.all(Array.from({ length: 8 }, (_none, n) => store.beginOperation(operation(`op-${n}`), { before: cluster(), after: cluster() }, remembered('key', `op-${n}`))));
    const winner = came.findIndex((one) => one.kind === 'written');
    assert.ok(came.every((one, n) => (n === winner ? one.kind === 'written' : one.kind === 'answered' && one.answer.body === `op-${winner}`)));
  });

  it('starts once', async () => {
    await running();
    await store.recordStart('op-1', 1, NOON + 5000);
    assert.deepEqual([(await head()).state, (await head()).startedAt], ['Running', AT]);
    assert.deepEqual(await lines(), ['Requested', 'Started']);
  });

  it('keeps the steps that have begun when the rest is planned afresh', async () => {
    await running();
    await store.beginStep('op-1', step(0), NOON);
    const [hop] = PLAN.hops;
    assert.ok(hop !== undefined);
    await store.recordPlan('op-1', 1, { ...PLAN, hops: [{ ...hop, steps: hop.steps.slice(2) }] }, 'Node group a is gone.', NOON);
    const { steps, operation: now } = await record();
    assert.deepEqual(steps.map((one) => [one.id, one.state]).sort(), [['1.34/control-plane', 'Running'], ['1.34/nodegroup/b', 'Pending']]);
    assert.deepEqual([now.progress.total, now.plan.hops[0]?.steps.length], [2, 1]);
  });

  it('ends once, releases its cluster and brings it up to date', async () => {
    await running();
    const current = await store.cluster('c-1');
    assert.ok(current !== undefined);
    const end = { state: 'Succeeded', errors: [], message: 'Done.', cluster: { ...current, version: '1.34' } } as const;
    assert.deepEqual(await store.endOperation('op-1', 2, end, NOON), { kind: 'already' });
    assert.deepEqual(await store.endOperation('op-1', 1, end, NOON), { kind: 'ended' });
    assert.deepEqual(await store.endOperation('op-1', 1, end, NOON), { kind: 'already' });
    const released = await store.cluster('c-1');
    assert.deepEqual([released?.activeOperation, released?.version, released?.revision], [undefined, '1.34', 3]);
    const { operation: ended } = await record();
    assert.deepEqual([ended.state, ended.endedAt, ended.progress.message], ['Succeeded', AT, 'Done.']);
    assert.deepEqual(await store.openOperations(10), []);
  });

  it('does not release a cluster that moved meanwhile', async () => {
    await running();
    const current = await store.cluster('c-1');
    assert.ok(current !== undefined);
    await store.changeCluster(current, { ...current, labels: { a: 'b' } }, undefined);
    const end = { state: 'Failed', errors: [], message: 'No.', cluster: current } as const;
    assert.deepEqual(await store.endOperation('op-1', 1, end, NOON), { kind: 'moved' });
    assert.equal((await record()).operation.endedAt, undefined);
  });

  it('ends alone when its cluster is another\'s', async () => {
    await running();
    const current = await store.cluster('c-1');
    assert.ok(current !== undefined);
    const { activeOperation: _mine, ...free } = current;
    await store.recordCluster({ ...free, activeOperation: 'op-other' });
    assert.deepEqual(await store.endOperation('op-1', 1, { state: 'Failed', errors: [], message: 'No.', cluster: current }, NOON), { kind: 'ended' });
    assert.equal((await store.cluster('c-1'))?.activeOperation, 'op-other');
  });

  it('that deleted its cluster leaves nothing of it but its history', async () => {
    await running();
    await store.recordObservation('c-1', { observedAt: AT } as never);
    const errors = [{ code: 'Told', message: 'All the same.' }];
    assert.deepEqual(await store.endOperation('op-1', 1, { state: 'Succeeded', errors, message: 'Gone.', cluster: undefined }, NOON), { kind: 'ended' });
    assert.deepEqual([await store.cluster('c-1'), await store.clusterNamed(ACCOUNT_ID, REGION, 'blue'), await store.observation('c-1')], [undefined, undefined, undefined]);
    assert.deepEqual(await store.removeAccount(ACCOUNT_ID), { kind: 'removed' });
    assert.deepEqual((await store.listOperations({ clusterId: 'c-1' }, { limit: 5 })).items.map((one) => [one.id, one.errors]), [['op-1', errors]]);
  });

  it('that failed begins again as its next run', async () => {
    await running();
    await store.beginStep('op-1', step(0), NOON);
    const current = await store.cluster('c-1');
    const next = { plan: { ...PLAN, hops: PLAN.hops.map((hop) => ({ ...hop, steps: hop.steps.slice(1) })) }, by: intent('once more') };
    assert.equal((await store.beginRetry((await record()).operation, next, current ?? cluster())).kind, 'busy');
    await store.endOperation('op-1', 1, { state: 'Failed', errors: [{ code: 'X', message: 'No.' }], message: 'No.', cluster: current }, NOON);
    const { operation: failed } = await record();
    const free = await store.cluster('c-1');
    assert.ok(free !== undefined);
    assert.deepEqual(await store.beginRetry(failed, next, cluster()), { kind: 'moved' });
    assert.deepEqual(await store.beginRetry(failed, next, free, remembered('retry')), { kind: 'written' });
    assert.deepEqual(await store.beginRetry(failed, next, free, remembered('retry')), { kind: 'written' }, 'the same again is our own');
    const { operation: again, steps } = await record();
    assert.deepEqual([again.run, again.state, again.errors, again.endedAt, again.generation, again.request], [2, 'Pending', [], undefined, 2, { to: '1.34' }]);
    assert.deepEqual(steps.map((one) => [one.id, one.state, one.run]), [['1.34/nodegroup/a', 'Pending', 2], ['1.34/nodegroup/b', 'Pending', 2]]);
    assert.equal((await store.cluster('c-1'))?.activeOperation, 'op-1');
    assert.deepEqual((await store.openOperations(5)).map((one) => one.id), ['op-1']);
  });
});

describe('a retry', () => {
  it('is of an operation that has ended, and not well', async () => {
    await running();
    const next = { plan: PLAN, by: intent() };
    const { activeOperation: _mine, ...free } = (await store.cluster('c-1')) ?? cluster();
    await store.recordCluster(free);
    const freed = (await store.cluster('c-1')) ?? cluster();
    assert.deepEqual(await store.beginRetry((await record()).operation, next, freed), { kind: 'moved' });
    await store.endOperation('op-1', 1, { state: 'Succeeded', errors: [], message: 'Done.', cluster: freed }, NOON);
    assert.deepEqual(await store.beginRetry((await record()).operation, next, freed), { kind: 'moved' });
  });
});

describe('a step', () => {
  const states = async () => Object.fromEntries((await record()).steps.map((one) => [one.id, one.state]));
  beforeEach(running);

  it('starts when EKS takes it, however long ago its intent was written', async () => {
    await store.beginStep('op-1', step(0), NOON);
    const begunAt = new Date(NOON + 3_600_000).toISOString();
    await store.recordUpdate('op-1', step(0), { updateId: 'u-1', adopted: false, begunAt }, NOON + 3_600_000);
    const [begun] = (await record()).steps;
    assert.deepEqual([begun?.intentAt, begun?.startedAt], [AT, begunAt]);
  });

  it('is begun, taken by EKS and ended, and the operation counts it once', async () => {
    assert.deepEqual(await store.beginStep('op-1', step(0), NOON), { kind: 'written' });
    assert.equal((await head()).progress.message, '1 of 3: Upgrading the control plane to 1.34');
    await store.recordUpdate('op-1', step(0), { updateId: 'u-1', adopted: false }, NOON + 1000);
    await store.recordUpdate('op-1', step(0), { updateId: 'u-1', adopted: false }, NOON + 2000);
    const [begun] = (await record()).steps;
    assert.deepEqual([begun?.state, begun?.updateId, begun?.adopted, begun?.intentAt, begun?.startedAt], ['Running', 'u-1', false, AT, AT]);
    await store.endStep('op-1', step(0), succeeded, NOON + 3000);
    await store.endStep('op-1', step(0), { state: 'Failed', outcome: 'Too late.' }, NOON + 4000);
    const [ended] = (await record()).steps;
    assert.deepEqual([ended?.state, ended?.outcome, ended?.updateId], ['Succeeded', 'It runs 1.34.', 'u-1']);
    assert.deepEqual([(await head()).progress.done, (await record()).operation.progress.done], [1, 1]);
    assert.deepEqual(await lines(), ['Requested', 'Started', 'StepBegun', 'StepTaken', 'StepSucceeded']);
  });

  it('begun twice keeps its first intent; a further attempt has its own', async () => {
    await store.beginStep('op-1', step(0), NOON);
    assert.deepEqual(await store.beginStep('op-1', step(0), NOON + 5000), { kind: 'written' });
    assert.equal((await record()).steps[0]?.intentAt, AT);
    await store.beginStep('op-1', step(0, { attempt: 2 }), NOON + 60_000);
    assert.deepEqual([(await record()).steps[0]?.intentAt, (await record()).steps[0]?.attempt], ['2026-11-02T09:01:00.000Z', 2]);
  });

  it('may end without having begun', async () => {
    await store.endStep('op-1', step(1), { state: 'Skipped', outcome: 'It was so already.' }, NOON);
    assert.deepEqual(await states(), { '1.34/control-plane': 'Pending', '1.34/nodegroup/a': 'Skipped', '1.34/nodegroup/b': 'Pending' });
    assert.equal((await head()).progress.done, 1);
    assert.equal((await record()).steps[1]?.title, 'Upgrading node group a to 1.34');
    assert.deepEqual((await record()).steps[1]?.parameters, { force: false, none: null });
  });

  it('that failed is not counted as done, and says why', async () => {
    await store.beginStep('op-1', step(1), NOON);
    const error = { code: 'PodEvictionFailure', message: 'A pod would not go.', step: '1.34/nodegroup/a' };
    await store.endStep('op-1', step(1), { state: 'Failed', outcome: 'A pod would not go.', error }, NOON);
    assert.equal((await head()).progress.done, 0);
    assert.deepEqual((await record()).steps[1]?.error, error);
  });

  it('ended by many at once is counted once', async () => {
    await store.beginStep('op-1', step(0), NOON);
    await Promise.all(Array.from({ length: 6 }, () => store.endStep('op-1', step(0), succeeded, NOON)));
    assert.equal((await head()).progress.done, 1);
    assert.deepEqual((await lines()).filter((type) => type === 'StepSucceeded'), ['StepSucceeded']);
  });

  it('has on the record who wished for it to hold or go on, and why; also that nobody said why', async () => {
    await store.recordIntent('op-1', 'pause', intent());
    await store.clearPause('op-1', intent('The sale is over'));
    await store.recordIntent('op-1', 'cancel', intent('Not tonight.'));
    const { items } = await store.events('op-1', { limit: 50 });
    assert.deepEqual(items.map(({ message }) => message).filter((message) => message.startsWith('bob')), ['bob asked to pause, and gave no reason.', 'bob asked to go on: The sale is over.', 'bob asked to cancel: Not tonight.']);
  });

  it('is not begun when a cancel or a pause is asked, or the operation has ended', async () => {
    const stopped = (which: 'cancel' | 'pause') => store.recordIntent('op-1', which, intent());
    await stopped('pause');
    assert.deepEqual(await store.beginStep('op-1', step(0), NOON), { kind: 'stopped', by: 'pause' });
    await stopped('cancel');
    assert.deepEqual(await store.beginStep('op-1', step(0), NOON), { kind: 'stopped', by: 'cancel' });
    assert.deepEqual(await store.beginStep('op-1', step(0, { run: 2 }), NOON), { kind: 'stopped', by: 'end' });
    await store.endOperation('op-1', 1, { state: 'Cancelled', errors: [], message: 'Cancelled.', cluster: undefined }, NOON);
    assert.deepEqual(await store.beginStep('op-1', step(0), NOON), { kind: 'stopped', by: 'end' });
    assert.deepEqual(await store.beginStep('op-none', step(0), NOON), { kind: 'stopped', by: 'end' });
  });

  it('of an earlier run that ends late is written and not counted', async () => {
    await store.beginStep('op-1', step(0), NOON);
    await store.endOperation('op-1', 1, { state: 'Failed', errors: [], message: 'No.', cluster: await store.cluster('c-1') }, NOON);
    await store.beginRetry((await record()).operation, { plan: PLAN, by: intent() }, (await store.cluster('c-1')) ?? cluster());
    await store.endStep('op-1', step(0), succeeded, NOON);
    assert.equal((await head()).progress.done, 0);
    assert.deepEqual(await states(), { '1.34/control-plane': 'Pending', '1.34/nodegroup/a': 'Pending', '1.34/nodegroup/b': 'Pending' });
  });
});

describe('a wait', () => {
  beforeEach(running);

  it("on EKS's own work leaves the operation Running", async () => {
    await store.beginStep('op-1', step(0), NOON);
    assert.deepEqual(await store.park(wait('op-1')), { kind: 'parked' });
    const { operation: now, waits } = await record();
    assert.deepEqual([now.state, now.waitingFor, waits], ['Running', undefined, [wait('op-1')]]);
    assert.deepEqual(await store.wait('op-1', '1.34/control-plane'), wait('op-1'));
  });

  it('on anything else makes it Waiting, until no such wait is left', async () => {
    await store.beginStep('op-1', step(1), NOON);
    const lost = wait('op-1', { stepId: '1.34/nodegroup/a', kind: 'AccountUnreachable', because: 'The role is gone.' });
    const foreign = wait('op-1', { stepId: '1.34/nodegroup/b', foreignUpdateId: 'u-9', because: 'Another update.', since: NOON + 1 });
    await store.park(lost);
    await store.park(foreign);
    for (const now of [await head(), (await record()).operation]) {
      assert.deepEqual([now.state, now.waitingFor], ['Waiting', { kind: 'AccountUnreachable', because: 'The role is gone.' }]);
    }
    assert.equal((await record()).steps[1]?.state, 'Waiting');
    assert.equal(await store.recordOutcome(lost, { kind: 'answer', output: {} }, undefined, NOON), true);
    assert.deepEqual([(await head()).state, (await head()).waitingFor?.kind], ['Waiting', 'EksUpdate']);
    await store.removeWait(foreign);
    for (const now of [await head(), (await record()).operation]) assert.deepEqual([now.state, now.waitingFor], ['Running', undefined]);
  });

  it('for a time says until when', async () => {
    await store.park(wait('op-1', { kind: 'MaintenanceWindow', stepId: 'AwaitWindow', because: 'The window opens on Sunday.' }));
    assert.deepEqual((await head()).waitingFor, { kind: 'MaintenanceWindow', until: '2026-11-02T09:08:00.000Z', because: 'The window opens on Sunday.' });
  });

  it('for a pause makes it Paused, whatever else it waits for', async () => {
    await store.park(wait('op-1', { kind: 'AccountUnreachable' }));
    await store.recordIntent('op-1', 'pause', intent());
    await store.park(paused());
    assert.equal((await head()).state, 'Paused');
    assert.equal((await record()).operation.state, 'Paused');
  });

  it('is not parked when a cancel, a pause or the end was first, unless EKS is at work', async () => {
    const window = wait('op-1', { kind: 'MaintenanceWindow', stepId: 'AwaitWindow' });
    await store.recordIntent('op-1', 'pause', intent());
    assert.deepEqual(await store.park(window), { kind: 'stopped', by: 'pause' });
    assert.deepEqual(await store.park(paused()), { kind: 'parked' });
    await store.recordIntent('op-1', 'cancel', intent());
    assert.deepEqual(await store.park(paused({ tokenEpoch: 2 })), { kind: 'stopped', by: 'cancel' });
    assert.deepEqual(await store.park(wait('op-1', { foreignUpdateId: 'u-9' })), { kind: 'stopped', by: 'cancel' });
    assert.deepEqual(await store.park(wait('op-1')), { kind: 'parked' });
    await store.endOperation('op-1', 1, { state: 'Cancelled', errors: [], message: 'Cancelled.', cluster: undefined }, NOON);
    assert.deepEqual(await store.park(window), { kind: 'stopped', by: 'end' });
    assert.deepEqual(await store.park(wait('op-1', { tokenEpoch: 2 })), { kind: 'parked' });
  });

  it('with an older token never takes the place of a newer', async () => {
    for (const kind of ['EksUpdate', 'AccountUnreachable'] as const) {
      const stepId = `1.34/${kind}`;
      await store.park(wait('op-1', { kind, stepId, tokenEpoch: 5, token: 'new' }));
      assert.deepEqual(await store.park(wait('op-1', { kind, stepId, tokenEpoch: 4, token: 'old' })), { kind: 'stale' });
      assert.equal((await store.wait('op-1', stepId))?.token, 'new');
      assert.deepEqual(await store.park(wait('op-1', { kind, stepId, tokenEpoch: 6, token: 'newer' })), { kind: 'parked' });
    }
  });

  it('whose outcome is written is not parked over by its own token', async () => {
    await store.park(wait('op-1'));
    await store.recordOutcome(wait('op-1'), { kind: 'answer', output: {} }, undefined, NOON);
    assert.deepEqual(await store.park(wait('op-1')), { kind: 'parked' });
    assert.deepEqual((await store.wait('op-1', '1.34/control-plane'))?.outcome, { kind: 'answer', output: {} });
  });

  it("that changes to EKS's own work frees the operation, and back", async () => {
    const lost = wait('op-1', { kind: 'AccountUnreachable' });
    await store.park(lost);
    assert.deepEqual(await store.park(wait('op-1', { tokenEpoch: 2 })), { kind: 'parked' });
    assert.equal((await head()).state, 'Running');
    const seen = await store.wait('op-1', '1.34/control-plane');
    assert.ok(seen !== undefined);
    assert.equal(await store.postpone(seen, { nextCheckAt: NOON + 60_000, because: 'The role is gone.', kind: 'AccountUnreachable' }), true);
    assert.deepEqual([(await head()).state, (await head()).waitingFor?.because], ['Waiting', 'The role is gone.']);
  });

  it('is put off only by who saw it as it is', async () => {
    await store.park(wait('op-1'));
    const next = { nextCheckAt: NOON + 500_000, because: 'InProgress' };
    assert.equal(await store.postpone(wait('op-1'), next), true);
    assert.equal(await store.postpone(wait('op-1'), next), true, 'the same again is our own');
    assert.equal(await store.postpone(wait('op-1'), { ...next, nextCheckAt: NOON + 600_000 }), false);
    const put = await store.wait('op-1', '1.34/control-plane');
    assert.deepEqual([put?.nextCheckAt, put?.because, put?.looks], [NOON + 500_000, 'InProgress', 1]);
  });

  it('past its deadline marks its step, and is watched on', async () => {
    await store.beginStep('op-1', step(0), NOON);
    await store.park(wait('op-1'));
    assert.equal(await store.postpone(wait('op-1'), { nextCheckAt: NOON + 500_000, because: 'InProgress', stalled: true }), true);
    assert.equal((await record()).steps[0]?.state, 'Stalled');
    await store.endStep('op-1', step(0), succeeded, NOON);
    const later = await store.wait('op-1', '1.34/control-plane');
    assert.ok(later !== undefined);
    assert.equal(await store.postpone(later, { nextCheckAt: NOON + 600_000, because: 'InProgress', stalled: true }), true);
    assert.equal((await record()).steps[0]?.state, 'Succeeded');
  });

  it('gets its outcome once, together with the end of its step', async () => {
    await store.beginStep('op-1', step(0), NOON);
    await store.park(wait('op-1'));
    const end = { step: step(0), end: succeeded };
    assert.equal(await store.recordOutcome(wait('op-1'), { kind: 'answer', output: {} }, end, NOON + 1), true);
    assert.equal(await store.recordOutcome(wait('op-1'), { kind: 'fail', error: 'X', cause: 'late' }, end, NOON + 2), false);
    const { steps, waits } = await record();
    assert.deepEqual([steps[0]?.state, waits[0]?.outcome, (await head()).progress.done], ['Succeeded', { kind: 'answer', output: {} }, 1]);
    assert.deepEqual((await store.dueWaits(NOON + 1, 5)).map((one) => one.stepId), ['1.34/control-plane'], 'should the token never be sent, the sweep finds it');
    await store.removeWait(wait('op-1', { tokenEpoch: 9 }));
    assert.equal((await store.waitsOf('op-1')).length, 1);
    await store.removeWait(wait('op-1'));
    assert.deepEqual(await store.waitsOf('op-1'), []);
  });

  it('gets its outcome also when its step has ended by other ways', async () => {
    await store.beginStep('op-1', step(0), NOON);
    for (const kind of ['EksUpdate', 'AccountUnreachable'] as const) {
      const parked = wait('op-1', { kind, tokenEpoch: kind === 'EksUpdate' ? 1 : 2 });
      await store.park(parked);
      await store.endStep('op-1', step(0), succeeded, NOON);
      assert.equal(await store.recordOutcome(parked, { kind: 'answer', output: {} }, { step: step(0), end: succeeded }, NOON), true);
      assert.deepEqual([(await head()).progress.done, (await head()).state], [1, 'Running']);
    }
  });

  it('is due at its time, soonest first', async () => {
    await store.park(wait('op-1', { stepId: 'late', nextCheckAt: NOON + 3 }));
    await store.park(wait('op-1', { stepId: 'soon', nextCheckAt: NOON + 1 }));
    await store.park(wait('op-1', { stepId: 'next', nextCheckAt: NOON + 2 }));
    const due = async (now: number, limit = 9) => (await store.dueWaits(now, limit)).map((one) => one.stepId);
    assert.deepEqual([await due(NOON), await due(NOON + 2), await due(NOON + 9, 1)], [[], ['soon', 'next'], ['soon']]);
  });
});

describe('a wish', () => {
  beforeEach(running);

  it('to cancel is noted, and brings forward every wait but those on EKS at work', async () => {
    await store.park(wait('op-1'));
    const far = NOON + 3 * 86_400_000;
    await store.park(wait('op-1', { kind: 'MaintenanceWindow', stepId: 'AwaitWindow', nextCheckAt: far }));
    assert.deepEqual(await store.recordIntent('op-1', 'cancel', intent('not now'), remembered('cancel')), { kind: 'written' });
    const { operation: now } = await record();
    assert.deepEqual([now.cancel, now.generation], [intent('not now'), 2]);
    assert.deepEqual((await store.dueWaits(NOON + 60_000, 9)).map((one) => one.stepId), ['AwaitWindow']);
    assert.equal((await store.wait('op-1', '1.34/control-plane'))?.nextCheckAt, NOON + 480_000);
    assert.deepEqual(await store.recordIntent('op-1', 'pause', intent(), remembered('cancel')), { kind: 'answered', answer: remembered('cancel') });
    assert.equal((await record()).operation.pause, undefined);
  });

  it('comes too late for an operation that has ended', async () => {
    await store.endOperation('op-1', 1, { state: 'Succeeded', errors: [], message: 'Done.', cluster: undefined }, NOON);
    for (const which of ['cancel', 'pause'] as const) {
      const came = await store.recordIntent('op-1', which, intent());
      assert.deepEqual([came.kind, came.kind === 'ended' && came.operation.state], ['ended', 'Succeeded']);
    }
    assert.equal((await store.clearPause('op-1', intent())).kind, 'ended');
  });

  it('to go on ends a pause, and brings its waits forward', async () => {
    assert.equal((await store.clearPause('op-1', intent())).kind, 'not-paused');
    await store.recordIntent('op-1', 'pause', intent());
    await store.park(paused({ nextCheckAt: NOON + 900_000 }));
    assert.deepEqual(await store.clearPause('op-1', intent(), remembered('resume')), { kind: 'written' });
    assert.equal((await record()).operation.pause, undefined);
    assert.deepEqual((await store.dueWaits(NOON + 60_000, 9)).map((one) => one.kind), ['Paused']);
  });
});

describe('the history of an operation', () => {
  it('comes in the order that it was written in, page by page', async () => {
    await begin();
    for (let n = 0; n < 25; n += 1) await store.addEvent('op-1', { type: 'Told', message: `line ${n}`, by: 'bob', step: 's' }, NOON + Math.floor(n / 10));
    const seen: string[] = [];
    let page = await store.events('op-1', { limit: 7 });
    for (;;) {
      seen.push(...page.items.map((event) => event.message));
      if (page.next === undefined) break;
      page = await store.events('op-1', { limit: 7, after: page.next });
    }
    assert.deepEqual(seen, ['alice asked for it.', ...Array.from({ length: 25 }, (_none, n) => `line ${n}`)]);
  });
});
