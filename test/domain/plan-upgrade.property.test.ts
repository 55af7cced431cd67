import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareAddonVersions, defaultOffer } from '../../domain/addon-versions.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { minorsBetween, nextMinor, type Minor } from '../../domain/minor.ts';
import type { Terms } from '../../domain/operation.ts';
import type { Plan, PlannedStep } from '../../domain/plan.ts';
import { draftUpgrade } from '../../domain/plan-upgrade.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { kubeletFits } from '../../domain/skew.ts';
import { insights, ready, seen } from './checks/ready.ts';
import { randomTerms, randomWorld } from './random-worlds.ts';
import { assertAllowed } from './rules.ts';
import { after, cluster, MINORS, nextSteps, NOW, nodegroupFacts, clusterFacts, older, steps } from './worlds.ts';

const RUNS = 400;

function draft(facts: ClusterFacts, to: Minor, terms?: Terms): Plan | undefined {
  const plan = draftUpgrade({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, terms });
  return isRefusal(plan) ? undefined : plan;
}

function isBlocked(plan: Plan): boolean {
  return plan.findings.some((found) => found.severity === 'blocks');
}

describe('an upgrade plan', () => {
  it('breaks no rule in any random world, and is the rest of itself when planned again after every step', () => {
    let blocked = 0;
    let walked = 0;
    fc.assert(
      fc.property(randomWorld, fc.option(randomTerms, { nil: undefined }), fc.infiniteStream(fc.nat(99)), ({ facts: start, to }, terms, choices) => {
        let plan = draft(start, to, terms);
        if (plan !== undefined && isBlocked(plan)) blocked += 1;
        if (plan === undefined || isBlocked(plan)) return;
        let facts = start;
        let left = steps(plan);
        while (left.length > 0) {
          const due: readonly PlannedStep[] = nextSteps(plan);
          const step: PlannedStep = due[choices.next().value! % due.length]!;
          assertAllowed(facts, step);
          walked += 1;
          facts = after(facts, step);
          left = left.filter((other) => other.id !== step.id);
          const again = draft(facts, to, terms);
          assert.deepEqual(again === undefined ? [] : steps(again), left, `planned again after ${step.id}`);
          if (again !== undefined) plan = again;
        }
        assert.equal(facts.cluster.version, to);
        assertArrived(facts, to);
      }),
      { numRuns: RUNS, seed: 36 },
    );
    assert.ok(blocked < RUNS * 0.7 && walked > RUNS, `too few worlds can be walked: ${blocked} blocked, ${walked} steps`);
  });

  it('breaks no rule when somebody else changes the cluster between its steps', () => {
    const foreign = fc.array(fc.record({ at: fc.nat(8), what: fc.constantFrom('addon', 'nodegroup', 'control-plane'), which: fc.nat(9), version: fc.nat(12) }), { maxLength: 3 });
    fc.assert(
      fc.property(randomWorld, foreign, ({ facts: start, to }, changes) => {
        let facts = start;
        for (let turn = 0; turn < 40; turn += 1) {
          for (const change of changes.filter((candidate) => candidate.at === turn)) facts = changedBySomebody(facts, change);
          const plan = draft(facts, to);
          if (plan === undefined || isBlocked(plan)) return;
          const [step] = nextSteps(plan);
          if (step === undefined) return;
          assertAllowed(facts, step);
          facts = after(facts, step);
        }
        assert.fail('the plan does not end');
      }),
      { numRuns: RUNS, seed: 37 },
    );
  });

  it('names every step once, and every step says why', () => {
    fc.assert(
      fc.property(randomWorld, ({ facts, to }) => {
        const all = steps(draft(facts, to) ?? { hops: [] } as unknown as Plan);
        assert.equal(new Set(all.map((step) => step.id)).size, all.length);
        for (const step of all) assert.match(`${step.title} | ${step.reason}`, /^[A-Z][a-z]+ing .+ \| [A-Za-z].+\.$/);
      }),
      { numRuns: 200, seed: 38 },
    );
  });
});

function assertArrived(facts: ClusterFacts, to: Minor): void {
  for (const group of facts.nodegroups) {
    const canRoll = !group.customAmi && !(group.amiType.startsWith('AL2_') && older('1.32', to));
    if (group.version !== undefined && canRoll) assert.ok(!older(group.version, to), `${group.nodegroupName} came to ${to}`);
  }
  for (const addon of facts.addons.filter((known) => known.addonName !== 'vpc-cni')) {
    const target = defaultOffer(to, facts.addonCatalogue[addon.addonName] ?? []);
    if (target !== undefined) assert.ok(compareAddonVersions(addon.addonVersion, target.addonVersion) >= 0, `${addon.addonName} came to its default`);
  }
}

function changedBySomebody(facts: ClusterFacts, change: { what: string; which: number; version: number }): ClusterFacts {
  if (change.what === 'control-plane') {
    const next = nextMinor(facts.cluster.version);
    return MINORS.includes(next) ? { ...facts, cluster: { ...facts.cluster, version: next } } : facts;
  }
  if (change.what === 'addon') {
    const addon = facts.addons[change.which % Math.max(1, facts.addons.length)];
    const offers = addon === undefined ? [] : (facts.addonCatalogue[addon.addonName] ?? []);
    const version = offers[change.version % Math.max(1, offers.length)]?.addonVersion;
    return version === undefined ? facts : { ...facts, addons: facts.addons.map((known) => (known === addon ? { ...known, addonVersion: version } : known)) };
  }
  const group = facts.nodegroups[change.which % Math.max(1, facts.nodegroups.length)];
  return { ...facts, nodegroups: facts.nodegroups.map((known) => (known === group ? { ...known, version: facts.cluster.version } : known)) };
}

describe('node rolls', () => {
  /** The fewest rolls by trying every choice: at every minor on the way the group rolls or does not; undefined when no choice keeps the skew. */
  function fewestRolls(group: Minor, controlPlane: Minor, goal: Minor): number | undefined {
    const rollHere = older(group, controlPlane) ? [{ group: controlPlane, rolls: 1 }] : [];
    const choices = [{ group, rolls: 0 }, ...rollHere].flatMap((choice) => {
      if (controlPlane === goal) return choice.group === goal ? [choice.rolls] : [];
      const next = nextMinor(controlPlane);
      if (!kubeletFits(choice.group, next)) return [];
      const rest = fewestRolls(choice.group, next, goal);
      return rest === undefined ? [] : [choice.rolls + rest];
    });
    return choices.length === 0 ? undefined : Math.min(...choices);
  }

  it('are the fewest that keep the skew, for every version a group can have and every way', () => {
    let judged = 0;
    for (const from of MINORS) {
      for (const to of MINORS.filter((minor) => !older(minor, from))) {
        for (const group of MINORS.filter((minor) => !older(from, minor) && minorsBetween(minor, from)! <= 4)) {
          const plan = draft(clusterFacts(from, { nodegroups: [nodegroupFacts('blue', group)] }), to);
          const rolls = plan === undefined ? 0 : steps(plan).filter((step) => step.kind === 'upgrade-nodegroup').length;
          assert.equal(rolls, fewestRolls(group, from, to), `a group at ${group} from ${from} to ${to}`);
          judged += 1;
        }
      }
    }
    assert.ok(judged > 250);
  });

  it('of self-managed groups are the fewest that their images allow, and block only where no choice would do', () => {
    /** The fewest refreshes by trying every image at every minor on the way; at the goal one of the goal, where there is one. Undefined when no choice keeps the skew. */
    function fewest(kubelet: Minor, controlPlane: Minor, goal: Minor, images: readonly Minor[]): number | undefined {
      if (controlPlane === goal) return older(kubelet, goal) && images.includes(goal) ? 1 : 0;
      const next = nextMinor(controlPlane);
      const choices = [{ kubelet, count: 0 }, ...images.filter((image) => !older(controlPlane, image) && older(kubelet, image)).map((image) => ({ kubelet: image, count: 1 }))];
      const counts = choices.flatMap((choice) => {
        const rest = kubeletFits(choice.kubelet, next) ? fewest(choice.kubelet, next, goal, images) : undefined;
        return rest === undefined ? [] : [choice.count + rest];
      });
      return counts.length === 0 ? undefined : Math.min(...counts);
    }
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }), fc.subarray([...MINORS]), (at, hops, behind, images) => {
        const [from, to, kubelet] = [MINORS[at]!, MINORS[Math.min(at + hops, MINORS.length - 1)]!, MINORS[at - behind]!];
        const group = { groupName: 'workers', desiredCapacity: 1, minSize: 1, maxSize: 2, launchTemplate: { id: 'lt-1', version: '1' }, kubelets: [kubelet], images: images.map((minor, index) => ({ version: String(index), imageId: 'ami', minor })), subnetIds: [], unhealthyInstances: 0 };
        const plan = draft(clusterFacts(from, { readiness: ready({ insights: insights([], [...MINORS]), selfManagedGroups: seen([group]) }) }), to);
        const wanted = fewest(kubelet, from, to, images);
        assert.equal(plan !== undefined && isBlocked(plan), wanted === undefined);
        if (wanted !== undefined) assert.equal(plan === undefined ? 0 : steps(plan).filter((step) => step.kind === 'refresh-instances').length, wanted, `${kubelet} from ${from} to ${to} with ${images.join(', ')}`);
      }),
      { numRuns: 400, seed: 39 },
    );
  });

  it('of Amazon Linux 2 groups never pass 1.32, and block only where no choice of rolls would do', () => {
    function canArrive(group: Minor, controlPlane: Minor, goal: Minor): boolean {
      if (controlPlane === goal) return true;
      const next = nextMinor(controlPlane);
      const choices = older('1.32', controlPlane) ? [group] : [group, controlPlane];
      return choices.some((choice) => kubeletFits(choice, next) && canArrive(choice, next, goal));
    }
    for (const from of MINORS.filter((minor) => !older(minor, '1.28'))) {
      for (const to of MINORS.filter((minor) => older(from, minor))) {
        for (const group of MINORS.filter((minor) => !older(from, minor) && minorsBetween(minor, from)! <= 3 && !older('1.32', minor))) {
          const plan = draft(clusterFacts(from, { nodegroups: [nodegroupFacts('old', group, { amiType: 'AL2_x86_64' })] }), to);
          assert.equal(plan !== undefined && !isBlocked(plan), canArrive(group, from, to), `an AL2 group at ${group} from ${from} to ${to}`);
        }
      }
    }
  });
});
