import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { rulesBroken } from './chronicle.ts';
import { handsOf, liveRandomly, type Life } from './life.ts';
import { ACCOUNT, REGION, rehearse } from './rehearsal.ts';

/** Three that between them meet every rule: a pause, a cancel, a freeze, a window or a start that were passed over, and a cluster that two had, each fails one of them. More: `SLIPWAY_SEEDS=40 node --test test/simulation/random-lives.test.ts`; one of them, with its story: `SLIPWAY_SEED=17 SLIPWAY_TELL=1`. */
const SEEDS_RICH = [1, 9, 8];
const { SLIPWAY_SEEDS, SLIPWAY_SEED, SLIPWAY_TELL } = process.env;
const SEEDS = SLIPWAY_SEED !== undefined ? [Number(SLIPWAY_SEED)] : SLIPWAY_SEEDS !== undefined ? Array.from({ length: Number(SLIPWAY_SEEDS) }, (_, place) => place + 1) : SEEDS_RICH;
const ASKS = 2;
const INTERFERENCES = 10;
const RETRIES_MAX = 3;

const world = await rehearse({ seed: 61, epoch: '2026-10-19T06:00:00Z' });
after(() => world.stage.close());
const hands = handsOf(world);
const grace = await world.clientOf({ sub: 'grace', role: 'approver' });

/** One ask, what befalls it, and its end, with as many retries as its failures ask for. */
async function oneAsk(life: Life): Promise<Json | undefined> {
  const asked = await life.ask();
  if (asked === undefined) return undefined;
  for (let interference = 0; interference < INTERFERENCES; interference += 1) await life.interfere(asked.id);
  let operation = await life.settle(asked.id);
  for (let retry = 0; operation.state !== 'Succeeded' && retry < RETRIES_MAX; retry += 1) {
    assert.ok(operation.state === 'Cancelled' || operation.errors.length > 0, 'a failure has its reason');
    if (!(await life.retry(operation))) return operation;
    operation = await life.settle(operation.id);
  }
  return operation;
}

async function isWhereItWasAskedToBe({ clusterId }: Life, operation: Json | undefined): Promise<void> {
  const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
  assert.equal(cluster.activeOperation, undefined, 'nothing is left locked');
  if (operation?.state !== 'Succeeded') return;
  assert.deepEqual([cluster.status, cluster.version], ['Active', operation.plan.to]);
  if (operation.kind === 'upgrade-cluster') assert.ok(cluster.nodegroups.every((group: Json) => group.version === operation.plan.to), JSON.stringify(cluster.nodegroups));
}

describe('a cluster that is upgraded and rolled back while all sorts of things befall it', () => {
  for (const seed of SEEDS) {
    it(`breaks no rule on the way, and is where it was asked to be when an operation succeeds (seed ${seed})`, async (context) => {
      const life = await liveRandomly(world, hands, grace, seed);
      try {
        for (let ask = 0; ask < ASKS; ask += 1) await isWhereItWasAskedToBe(life, await oneAsk(life));
        const history = world.stage.aws.eks.history(ACCOUNT, REGION, life.chronicle.name);
        assert.deepEqual(rulesBroken(life.chronicle, history, await life.refreshes()), []);
      } catch (error) {
        for (const line of life.chronicle.told) context.diagnostic(line);
        throw error;
      } finally {
        if (SLIPWAY_TELL === '1') console.log([`seed ${seed}`, ...life.chronicle.told].join('\n'));
      }
    });
  }
});
