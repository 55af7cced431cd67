import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createStore } from '../../aws/store.ts';
import type { Store } from '../../aws/ports.ts';
import type { Wait } from '../../domain/operation.ts';
import { startTarget, type Target } from './dynamodb-target.ts';
import { account, cluster, makeStoreTable, NOON, operation, step, wait } from './store-fixtures.ts';

const SEED = 20261102;
const RUNS = 12;

let target: Target;
let store: Store;
let operations = 0;

before(async () => {
  target = await startTarget();
  const name = `store-races-${process.pid}`;
  await makeStoreTable(target.client, name);
  store = createStore(target.client, name, () => 0.5);
  await store.registerAccount(account());
});
after(() => target.close());

/** A running operation on a cluster of its own. */
async function started(): Promise<string> {
  operations += 1;
  const [id, clusterId] = [`op-${operations}`, `c-${operations}`];
  await store.beginOperation(operation(id, { clusterId, kind: 'create-cluster' }), { after: cluster({ clusterId, name: `n-${operations}` }) });
  await store.recordStart(id, 1, NOON);
  return id;
}

/** What may happen to one operation, in any order and at once: to a state's wait, and to steps that are about to begin. */
type Deed = { readonly deed: 'begin'; readonly step: 0 | 1 | 2 } | { readonly deed: 'park'; readonly epoch: 1 | 2; readonly own: boolean } | { readonly deed: 'cancel' | 'pause' | 'resume' | 'look' | 'sweep' };

const deeds = fc.array(
  fc.oneof(
    fc.record({ deed: fc.constant('begin' as const), step: fc.constantFrom(0 as const, 1 as const, 2 as const) }),
    fc.record({ deed: fc.constant('park' as const), epoch: fc.constantFrom(1 as const, 2 as const), own: fc.boolean() }),
    fc.record({ deed: fc.constantFrom('cancel' as const, 'pause' as const, 'resume' as const, 'look' as const, 'sweep' as const) }),
  ),
  { minLength: 3, maxLength: 9 },
);

const STEP = '1.34/control-plane';

/** Plays deeds against the store as executions, commands and looks would, and keeps what each was told. */
class Story {
  readonly id: string;
  /** Epochs that were told they are parked; each must be woken by somebody, or be there to be woken. */
  readonly parked = new Set<number>();
  readonly stopped = new Set<number>();
  readonly woken: number[] = [];
  /** What was told to have been written by now, and when a resume was asked for last. */
  cancelled = false;
  paused = false;
  resumes = 0;

  constructor(id: string) {
    this.id = id;
  }

  async play(deed: Deed): Promise<void> {
    if (deed.deed === 'park') return this.#park(deed.epoch, deed.own);
    if (deed.deed === 'begin') return this.#begin(deed.step);
    if (deed.deed === 'cancel' || deed.deed === 'pause') {
      const resumes = this.resumes;
      await store.recordIntent(this.id, deed.deed, { by: 'bob', at: '2026-11-02T09:00:01.000Z' });
      if (deed.deed === 'cancel') this.cancelled = true;
      else if (resumes === this.resumes) this.paused = true;
    } else if (deed.deed === 'resume') {
      this.resumes += 1;
      this.paused = false;
      await store.clearPause(this.id, { by: 'bob', at: '2026-11-02T09:00:01.000Z' });
    } else await this.look();
  }

  /** What stood before the step was asked for holds it. A resume that comes at the same time may come first. */
  async #begin(which: 0 | 1 | 2): Promise<void> {
    const { cancelled, paused, resumes } = this;
    const came = await store.beginStep(this.id, step(which), NOON);
    if (cancelled) assert.deepEqual(came, { kind: 'stopped', by: 'cancel' });
    else if (paused && resumes === this.resumes) assert.equal(came.kind, 'stopped', 'begun in spite of a pause');
  }

  async #park(epoch: 1 | 2, own: boolean): Promise<void> {
    const came = await store.park(wait(this.id, { stepId: STEP, kind: own ? 'EksUpdate' : 'AccountUnreachable', tokenEpoch: epoch, token: `token-${epoch}`, nextCheckAt: NOON }));
    if (came.kind === 'parked') this.parked.add(epoch);
    if (came.kind === 'stopped') this.stopped.add(epoch);
    if (came.kind === 'stale') assert.equal(epoch, 1, 'only the older token can be stale');
  }

  /** A look: what is due is told and woken; a crash after any line is made up for by the next look. */
  async look(): Promise<void> {
    const found = await store.wait(this.id, STEP);
    if (found === undefined) return;
    if (found.outcome === undefined && !(await store.recordOutcome(found, { kind: 'answer', output: {} }, undefined, NOON))) return;
    this.woken.push(found.tokenEpoch);
    await store.removeWait(found);
  }
}

/** Nothing that was parked is lost: the newest parked token was woken, or still waits; and an old one never stands over a newer. */
async function judge(story: Story): Promise<void> {
  const standing: Wait | undefined = await store.wait(story.id, STEP);
  const newest = Math.max(0, ...story.parked);
  if (newest > 0) assert.ok(standing?.tokenEpoch === newest || story.woken.includes(newest), `the token of epoch ${newest} was parked, and nobody wakes it`);
  if (standing !== undefined) assert.ok(story.parked.has(standing.tokenEpoch), `epoch ${standing.tokenEpoch} stands and was never told that it was parked`);

  const record = await store.operation(story.id);
  const listed = (await store.listOperations({ clusterId: record?.operation.clusterId ?? '' }, { limit: 1 })).items[0];
  assert.deepEqual([listed?.state, listed?.waitingFor], [record?.operation.state, record?.operation.waitingFor], 'the list tells the same as the operation');
}

describe('parking, beginning, waking, cancelling and pausing', () => {
  it(`one after another in any order lose no wake, bring back no old token and begin nothing that is stopped (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (list) => {
        const story = new Story(await started());
        for (const deed of list) {
          await story.play(deed);
          await judge(story);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it(`all at once lose no wake, bring back no old token and begin nothing that was stopped before (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(deeds, deeds, async (first, second) => {
        const story = new Story(await started());
        await Promise.all(first.map((deed) => story.play(deed)));
        await Promise.all(second.map((deed) => story.play(deed)));
        await judge(story);
        await story.look();
        await judge(story);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('after a cancel nothing is parked that holds the operation up, whichever was first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await started();
      const window = wait(id, { stepId: 'AwaitWindow', kind: 'MaintenanceWindow', nextCheckAt: NOON + 86_400_000 });
      const [parked] = await Promise.all([store.park(window), store.recordIntent(id, 'cancel', { by: 'bob', at: '2026-11-02T09:00:01.000Z' })]);
      const standing = await store.wait(id, 'AwaitWindow');
      if (parked.kind === 'stopped') assert.equal(standing, undefined);
      else assert.equal(standing?.nextCheckAt, NOON + 1000, 'the cancel has brought the wait forward');
    }
  });
});
