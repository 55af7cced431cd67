import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isListed } from '../../domain/addon-versions.ts';
import type { AddonFacts, ClusterFacts } from '../../domain/facts.ts';
import { compareMinors, minorOf, minorsBetween, previousMinor, type Minor } from '../../domain/minor.ts';
import type { Plan, PlannedStep } from '../../domain/plan.ts';
import { planRollback } from '../../domain/plan-rollback.ts';
import { planUpgradeAgain } from '../../domain/plan-upgrade.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { kubeletFits } from '../../domain/skew.ts';
import { carriedOut } from './carried-out.ts';
import { randomTerms, randomWorld } from './random-worlds.ts';
import { assertAllowed } from './rules.ts';
import { shuffled } from './shuffled.ts';
import { after, cluster, nextSteps, NOW, seenOf, steps } from './worlds.ts';

const RUNS = 300;
const HOUR_MS = 3_600_000;

/** The record of a cluster whose control plane came to where it is so many hours ago. */
const upgraded = (facts: ClusterFacts, hoursAgo = 24) => {
  const { version } = facts.cluster;
  return { upgraded: { from: previousMinor(version)!, to: version, at: new Date(Date.parse(NOW) - hoursAgo * HOUR_MS).toISOString() } };
};

function back(facts: ClusterFacts, hoursAgo?: number): Plan | Refusal {
  return planRollback({ cluster: cluster(facts.cluster.version, upgraded(facts, hoursAgo)), facts, now: NOW });
}

/** Whether the rules let a control plane go back, by trying what there is to try and not by how plans are made. */
function mayGoBack(facts: ClusterFacts): boolean {
  const from = facts.cluster.version;
  const to = previousMinor(from)!;
  const newer = (minor: Minor | null | undefined) => minor !== undefined && minor !== null && compareMinors(minor, to) > 0;
  const managed = facts.nodegroups.every((group) => !newer(group.version) || (!group.customAmi && (!group.amiType.startsWith('AL2_') || compareMinors(to, '1.32') <= 0)));
  const selfManaged = seenOf(facts.readiness?.selfManagedGroups).every(
    (group) => !group.kubelets.some(newer) || (group.launchTemplate !== undefined && group.images.some(({ minor }) => minor !== undefined && !newer(minor) && kubeletFits(minor, from))),
  );
  const karpenter = seenOf(facts.readiness?.pooledNodes).every((pool) => pool.kind !== 'karpenter' || !pool.kubelets.some(newer));
  return managed && selfManaged && karpenter && facts.addons.every((addon) => addonMayGoBack(addon, facts, to));
}

function addonMayGoBack(addon: AddonFacts, facts: ClusterFacts, to: Minor): boolean {
  const offers = facts.addonCatalogue[addon.addonName] ?? [];
  const from = facts.cluster.version;
  const fits = (version: string) => {
    const minor = addon.addonName === 'kube-proxy' ? minorOf(version) : undefined;
    return isListed(version, to, offers) && (minor === undefined || compareMinors(minor, to) <= 0);
  };
  const reached = new Set([addon.addonVersion]);
  for (const version of reached) {
    // What stands already may stay; what is moved to must be listed where the control plane is.
    const skewed = version !== addon.addonVersion && addon.addonName === 'kube-proxy' && !kubeletFits(minorOf(version)!, from);
    if (fits(version) && !skewed) return true;
    for (const offer of offers) {
      const apart = Math.abs(minorsBetween(minorOf(version)!, minorOf(offer.addonVersion)!)!);
      if (offer.compatibleWith.includes(from) && (addon.addonName !== 'vpc-cni' || apart <= 1)) reached.add(offer.addonVersion);
    }
  }
  return false;
}

function assertBack(facts: ClusterFacts, to: Minor): void {
  assert.equal(facts.cluster.version, to);
  for (const group of facts.nodegroups) assert.ok(group.version === undefined || compareMinors(group.version, to) <= 0);
  for (const group of seenOf(facts.readiness?.selfManagedGroups)) for (const kubelet of group.kubelets) assert.ok(kubelet === null || compareMinors(kubelet, to) <= 0);
  for (const addon of facts.addons) assert.ok(isListed(addon.addonVersion, to, facts.addonCatalogue[addon.addonName] ?? []));
}

describe('a rollback plan', () => {
  it('is made exactly where the rules let the control plane go back, and is the rest of itself when planned again after every step', () => {
    let [made, refused, moved] = [0, 0, 0];
    fc.assert(
      fc.property(randomWorld, fc.infiniteStream(fc.nat(99)), ({ facts: start }, choices) => {
        let plan = back(start);
        assert.equal(!isRefusal(plan), mayGoBack(start), isRefusal(plan) ? plan.detail : 'planned, and the rules do not let it');
        if (isRefusal(plan)) {
          refused += 1;
          assert.ok(plan.code === 'rollback-unavailable' && plan.findings?.some((found) => found.severity === 'blocks'));
          return;
        }
        made += 1;
        assert.deepEqual(plan.hops.map(({ from, to }) => [from, to]), [[start.cluster.version, previousMinor(start.cluster.version)]]);
        let facts = start;
        let left = steps(plan);
        while (left.length > 0) {
          const due: readonly PlannedStep[] = nextSteps(plan);
          const step: PlannedStep = due[choices.next().value! % due.length]!;
          assertAllowed(facts, step);
          moved += 1;
          facts = after(facts, step);
          left = left.filter((other) => other.id !== step.id);
          const again = left.length === 0 ? undefined : back(facts);
          if (again === undefined) break;
          assert.ok(!isRefusal(again), `planned again after ${step.id}`);
          assert.deepEqual(steps(again).map(unnumbered), left.map(unnumbered), `planned again after ${step.id}`);
          plan = again;
        }
        assertBack(facts, previousMinor(start.cluster.version)!);
      }),
      { numRuns: RUNS, seed: 51 },
    );
    assert.ok(made > RUNS * 0.1 && refused > RUNS * 0.2 && moved > RUNS / 4, `${made} made, ${refused} refused, ${moved} steps`);
  });

  it('comes to its end by the hops that are handed out, and says that it is done', () => {
    fc.assert(
      fc.property(randomWorld, ({ facts }) => {
        const plan = back(facts);
        if (isRefusal(plan)) return;
        const course = carriedOut({ kind: 'rollback-cluster', plan, facts, record: upgraded(facts) }, assertAllowed);
        assert.equal(course.hops.length, 1);
        assertBack(course.facts, previousMinor(facts.cluster.version)!);
      }),
      { numRuns: 150, seed: 52 },
    );
  });

  it('takes back what an upgrade of one minor did, wherever that upgrade said that it could', () => {
    let turned = 0;
    fc.assert(
      fc.property(randomWorld, randomTerms, ({ facts, to }, terms) => {
        const plan = planUpgradeAgain({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, terms });
        if (isRefusal(plan) || plan.hops.every((hop) => hop.from === hop.to)) return;
        const hop = plan.hops.findLast((candidate) => candidate.from !== candidate.to)!;
        const { facts: there } = carriedOut({ plan, facts, terms }, () => undefined);
        const sure = plan.findings.filter((found) => found.code === 'rollback-not-ready' && found.hop === hop.to);
        // Karpenter's nodes have followed by then: of those the upgrade only says that they may.
        const hand = { ...there, ...(there.readiness === undefined ? {} : { readiness: { ...there.readiness, pooledNodes: { kind: 'seen' as const, value: [] } } }) };
        const answer = back(hand);
        assert.equal(!isRefusal(answer), sure.length === 0, isRefusal(answer) ? answer.detail : JSON.stringify(sure));
        turned += 1;
      }),
      { numRuns: RUNS, seed: 53 },
    );
    assert.ok(turned > 60, `${turned} turned back`);
  });

  it('is refused from the moment on that EKS would refuse it', () => {
    fc.assert(
      fc.property(randomWorld, fc.integer({ min: 0, max: 24 * 14 }), ({ facts }, hoursAgo) => {
        assert.equal(!isRefusal(back(facts, hoursAgo)), hoursAgo < 24 * 7 && mayGoBack(facts));
      }),
      { numRuns: 150, seed: 54 },
    );
  });

  it('is planned to the same bytes in whatever order AWS lists the world', () => {
    fc.assert(
      fc.property(randomWorld, fc.integer(), ({ facts }, seed) => {
        assert.equal(JSON.stringify(back(shuffled(facts, seed))), JSON.stringify(back(facts)));
      }),
      { numRuns: 150, seed: 55 },
    );
  });
});

/** What a step is, without the words that tell where it came from: of two versions of one kubelet the newer is told, and both go back. */
function unnumbered({ id, stage, to, parameters }: PlannedStep) {
  return { id, stage, to, parameters };
}
