import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { deadlineFor, firstLook, nextLook } from '../../domain/next-look.ts';
import type { StepKind } from '../../domain/plan.ts';

/** A small generator that gives the same numbers for a seed, everywhere and for ever. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

interface Work {
  readonly kind: StepKind;
  readonly size: number;
  readonly perHop: number;
  /** Seconds that it takes. */
  readonly draw: (random: () => number) => number;
}

const between = (least: number, most: number) => (random: () => number) => least + random() * (most - least);
const nodes = (count: number) => (random: () => number) => {
  let seconds = between(20, 40)(random) + between(30, 60)(random);
  for (let node = 0; node < count; node += 1) seconds += between(180, 300)(random);
  return seconds;
};

/** A hop in which everything moves: the control plane, four add-ons, two groups of three nodes. */
const HOP: readonly Work[] = [
  { kind: 'upgrade-control-plane', size: 1, perHop: 1, draw: between(480, 720) },
  { kind: 'upgrade-addon', size: 1, perHop: 4, draw: between(30, 120) },
  { kind: 'upgrade-nodegroup', size: 3, perHop: 2, draw: nodes(3) },
];

/** Watches one piece of work to its end; answers the looks taken and the seconds between the end and the look that saw it. */
function watch(work: Work, seconds: number, durations: readonly number[]): { looks: number; lag: number; seenAt: number } {
  const ask = { kind: work.kind, size: work.size, durations, beganAt: 0 };
  let at = firstLook(ask);
  for (let looks = 1; looks < 500; looks += 1) {
    if (at >= seconds * 1000) return { looks, lag: at / 1000 - seconds, seenAt: at / 1000 };
    const next = nextLook({ ...ask, now: at, looks });
    assert.ok(next > at, 'looks go forward');
    at = next;
  }
  throw new Error('Looked 500 times.');
}

/** Mean lag over all waits and looks a hop, over many hops. With memory, what was seen is learned from, late as it was seen. */
function measure(hops: number, withMemory: boolean, seed: number): { meanLagSeconds: number; looksPerHop: number; perKind: Record<string, { lag: number; looks: number }> } {
  const random = seeded(seed);
  const memory = new Map<StepKind, number[]>();
  const sums = new Map<StepKind, { lag: number; looks: number; waits: number }>();
  for (let hop = 0; hop < hops; hop += 1) {
    for (const work of HOP) {
      for (let index = 0; index < work.perHop; index += 1) {
        const { lag, looks, seenAt } = watch(work, work.draw(random), memory.get(work.kind) ?? []);
        const sum = sums.get(work.kind) ?? { lag: 0, looks: 0, waits: 0 };
        sums.set(work.kind, { lag: sum.lag + lag, looks: sum.looks + looks, waits: sum.waits + 1 });
        if (withMemory) memory.set(work.kind, [seenAt / work.size, ...(memory.get(work.kind) ?? [])].slice(0, 20));
      }
    }
  }
  const all = [...sums.values()];
  const total = (name: 'lag' | 'looks' | 'waits') => all.reduce((sum, kind) => sum + kind[name], 0);
  return {
    meanLagSeconds: total('lag') / total('waits'),
    looksPerHop: total('looks') / hops,
    perKind: Object.fromEntries([...sums].map(([kind, sum]) => [kind, { lag: sum.lag / sum.waits, looks: sum.looks / sum.waits }])),
  };
}

function assertBetween(value: number, least: number, most: number, what: string): void {
  assert.ok(value >= least && value <= most, `${what} is ${value.toFixed(2)}, not between ${least} and ${most}`);
}

describe('looks at a hop', () => {
  // Measured over thousands of hops: about 9.5 s and 26 looks. No looks that know only how these durations spread do much better: Barlow's bound.
  it('lag by about ten seconds before anything was learned (seed 7)', () => {
    const { meanLagSeconds, looksPerHop, perKind } = measure(500, false, 7);
    assertBetween(meanLagSeconds, 9, 11, 'the mean lag');
    assertBetween(looksPerHop, 24, 29, 'looks a hop');
    assertBetween(perKind['upgrade-control-plane']!.looks, 3, 6, 'looks at the control plane');
    assertBetween(perKind['upgrade-addon']!.looks, 2, 3.5, 'looks at an add-on');
    assertBetween(perKind['upgrade-nodegroup']!.looks, 3, 5.5, 'looks at a node group');
  });

  it('stay so when they learn from what they saw, late as they saw it (seed 8)', () => {
    const { meanLagSeconds, looksPerHop } = measure(300, true, 8);
    assertBetween(meanLagSeconds, 8.5, 11, 'the mean lag');
    assertBetween(looksPerHop, 25, 31, 'looks a hop');
  });

  it('learn durations that nobody expected (seed 9)', () => {
    const random = seeded(9);
    const work: Work = { kind: 'upgrade-addon', size: 1, perHop: 1, draw: between(300, 330) };
    const memory: number[] = [];
    const seen = Array.from({ length: 60 }, () => {
      const { looks, seenAt, lag } = watch(work, work.draw(random), memory.slice(0, 20));
      memory.unshift(seenAt);
      return { looks, lag };
    });
    const mean = (part: typeof seen, name: 'looks' | 'lag') => part.reduce((sum, one) => sum + one[name], 0) / part.length;
    assert.ok(mean(seen.slice(30), 'looks') < mean(seen.slice(0, 3), 'looks') / 2, 'fewer looks once learned');
    assert.ok(mean(seen.slice(30), 'lag') < 20);
  });
});

const KINDS: readonly StepKind[] = ['create-control-plane', 'create-addon', 'create-nodegroup', 'upgrade-control-plane', 'upgrade-addon', 'upgrade-nodegroup', 'update-cluster-config', 'update-nodegroup-config', 'delete-nodegroup', 'delete-control-plane'];

describe('a look', () => {
  it('is always later than now, and never more than a quarter of an hour off', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.double({ min: -10, max: 20_000, noNaN: true }), { maxLength: 25 }),
        fc.integer({ min: 0, max: 14 * 86_400 }),
        fc.nat(200),
        (kind, size, durations, elapsed, looks) => {
          const beganAt = 1_788_000_000_000;
          const now = beganAt + elapsed * 1000;
          const at = nextLook({ kind, size, durations, beganAt, now, looks });
          assert.ok(at >= now + 5000);
          assert.ok(at <= now + 900_000);
          assert.ok(Number.isInteger(at));
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  });

  it('comes first when the work can first be finished', () => {
    assert.ok(firstLook({ kind: 'upgrade-control-plane', durations: [], beganAt: 1000 }) > 1000 + 480_000);
    assert.ok(firstLook({ kind: 'upgrade-nodegroup', size: 3, durations: [], beganAt: 0 }) > 590_000);
  });

  it('sees within a quarter of an hour that a long roll has failed', () => {
    assert.equal(firstLook({ kind: 'upgrade-nodegroup', size: 30, durations: [], beganAt: 0 }), 900_000);
  });

  it('is not put off for hours because such work once took so long', () => {
    const at = nextLook({ kind: 'upgrade-nodegroup', size: 2, durations: [3600], beganAt: 0, now: 700_000, looks: 3 });
    assert.equal(at, 1_050_000);
  });

  it('backs off in a long tail, to five minutes at most', () => {
    const gap = (elapsed: number) => nextLook({ kind: 'upgrade-control-plane', durations: [], beganAt: 0, now: elapsed * 1000, looks: 9 }) / 1000 - elapsed;
    assert.deepEqual([800, 3600, 86_400].map(gap), [40, 180, 300]);
  });

  it('is early when the work is late to be looked at: a look that was lost spoils nothing', () => {
    const at = nextLook({ kind: 'upgrade-addon', durations: [], beganAt: 0, now: 110_000, looks: 0 });
    assert.ok(at <= 121_000);
  });
});

describe('deadlines', () => {
  it('are far above what work takes, and grow with the nodes of a roll', () => {
    assert.equal(deadlineFor('upgrade-control-plane'), 3_600_000);
    assert.ok(deadlineFor('upgrade-nodegroup', 12) - deadlineFor('upgrade-nodegroup', 2) >= 10 * 15 * 60_000);
  });
});
