import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isRefusal } from '../../domain/refusal.ts';
import { planUpgradeAgain } from '../../domain/plan-upgrade.ts';
import { replacesNodes } from '../../domain/held-steps.ts';
import { renderPlan } from '../../domain/render-plan.ts';
import type { Minor } from '../../domain/minor.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { carriedOut } from './carried-out.ts';
import { randomTerms, randomWorld } from './random-worlds.ts';
import { assertAllowed } from './rules.ts';
import { shuffled } from './shuffled.ts';
import { cluster, NOW, seenOf, steps } from './worlds.ts';

const RUNS = 250;

describe('an upgrade on its terms', () => {
  it('comes to its end by the hops that are handed out, with no rule broken, the canary before the others, and held nodes after the bake', () => {
    let [held, canaries, refreshes] = [0, 0, 0];
    fc.assert(
      fc.property(randomWorld, randomTerms, ({ facts, to }, terms) => {
        const plan = planUpgradeAgain({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, terms });
        if (isRefusal(plan)) return;
        const taken: string[] = [];
        const course = carriedOut({ plan, facts, terms }, (seen, step) => {
          assertAllowed(seen, step);
          if (step.kind === 'refresh-instances') refreshes += 1;
          taken.push(step.id);
        });
        assert.deepEqual([...taken].sort(), steps(plan).map((step) => step.id).sort(), 'every step of the plan is taken once');
        assert.equal(course.facts.cluster.version, to);
        for (const [place, hop] of course.hops.entries()) {
          const nodes = hop.steps.filter(replacesNodes);
          const canary = nodes.find((step) => step.subject === terms.canaryNodegroup);
          if (canary !== undefined) canaries += 1;
          for (const step of nodes) assert.equal(step.stage === 'UpgradeCanaryNodegroup', step.subject === terms.canaryNodegroup);
          assert.deepEqual(nodes.map((step) => step.subject === terms.canaryNodegroup).sort().reverse(), nodes.map((step) => step.subject === terms.canaryNodegroup), 'the canary is named first');
          if (terms.holdNodegroups !== true) continue;
          assert.ok(nodes.length === 0 || nodes.length === hop.steps.length, 'nodes are handed out apart from the rest');
          const before = course.hops[place - 1];
          // Behind a canary the others come in a pass of their own, which the bake has preceded too.
          if (nodes.length > 0 && before?.to === hop.to && !before.steps.every(replacesNodes)) {
            held += 1;
            if (terms.bakeMinutes !== undefined) assert.ok(course.bakedAfter.includes(place - 1) && !course.bakedAfter.includes(place), 'a hop bakes before its held nodes, and not again');
          }
        }
        if (terms.bakeMinutes !== undefined) assert.equal(course.bakedAfter.length, new Set(course.hops.map((hop) => hop.to)).size, 'every hop bakes once');
      }),
      { numRuns: RUNS, seed: 41 },
    );
    assert.ok(held > 20 && canaries > 20 && refreshes > 20, `too few: ${held} held, ${canaries} canaries, ${refreshes} refreshes`);
  });

  it('is planned to the same bytes in whatever order AWS lists the world', () => {
    fc.assert(
      fc.property(randomWorld, randomTerms, fc.integer(), ({ facts, to }, terms, seed) => {
        const ask = { cluster: cluster(facts.cluster.version), to, now: NOW, terms };
        const [one, other] = [planUpgradeAgain({ ...ask, facts }), planUpgradeAgain({ ...ask, facts: shuffled(facts, seed) })];
        assert.equal(JSON.stringify(other), JSON.stringify(one));
        if (!isRefusal(one) && !isRefusal(other)) assert.equal(renderPlan(other), renderPlan(one));
      }),
      { numRuns: RUNS, seed: 42 },
    );
  });

  it('has a line for every kind of node, once, that says what the steps do', () => {
    fc.assert(
      fc.property(randomWorld, ({ facts, to }) => {
        const plan = planUpgradeAgain({ cluster: cluster(facts.cluster.version), to, facts, now: NOW });
        if (isRefusal(plan)) return;
        const lines = plan.nodes ?? [];
        const named = (kind: string) => lines.filter((line) => line.kind === kind).map((line) => line.name);
        assert.deepEqual(named('managed'), facts.nodegroups.map((group) => group.nodegroupName));
        assert.deepEqual(named('self-managed'), seenOf(facts.readiness?.selfManagedGroups).map((group) => group.groupName));
        assert.deepEqual(named('fargate'), seenOf(facts.readiness?.fargateProfiles).map((profile) => profile.profileName));
        assert.deepEqual(named('karpenter'), seenOf(facts.readiness?.pooledNodes).filter((pool) => pool.kind === 'karpenter').map((pool) => pool.pool));
        assert.equal(named('auto-mode').length, facts.cluster.autoMode ? 1 : 0);
        assert.equal(named('hybrid').length, facts.readiness?.hybridNodes === true ? 1 : 0);
        for (const line of lines) {
          const own: readonly PlannedStep[] = steps(plan).filter((step) => step.subject === line.name && (step.kind === 'upgrade-nodegroup') === (line.kind === 'managed') && replacesNodes(step));
          if (line.kind === 'managed' || line.kind === 'self-managed') assert.equal(line.action === 'roll' || line.action === 'refresh', own.length > 0, `${line.name}: ${line.action}`);
          assert.match(line.because, /^[A-Z].*\.$/);
        }
      }),
      { numRuns: RUNS, seed: 43 },
    );
  });
});

describe('the findings of hops', () => {
  it('name a hop of the plan, or none', () => {
    fc.assert(
      fc.property(randomWorld, ({ facts, to }) => {
        const plan = planUpgradeAgain({ cluster: cluster(facts.cluster.version), to, facts, now: NOW });
        if (isRefusal(plan)) return;
        const hops: readonly (string | null)[] = [null, to, ...plan.hops.map((hop) => hop.to)];
        for (const found of plan.findings) assert.ok(hops.includes(found.hop), `${found.code}: ${found.hop}`);
        const moves = plan.hops.filter((hop) => hop.from !== hop.to).map((hop) => hop.to as Minor);
        assert.deepEqual(plan.findings.filter((found) => found.code === 'closes-way-back').map((found) => found.hop), moves.slice(1));
      }),
      { numRuns: 150, seed: 44 },
    );
  });
});
