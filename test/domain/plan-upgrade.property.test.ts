import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareAddonVersions, defaultOffer, isListed } from '../../domain/addon-versions.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { compareMinors, minorOf, minorsBetween, nextMinor, type Minor } from '../../domain/minor.ts';
import type { Plan, PlannedStep } from '../../domain/plan.ts';
import { draftUpgrade } from '../../domain/plan-upgrade.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { kubeletFits } from '../../domain/skew.ts';
import { randomWorld } from './random-worlds.ts';
import { after, cluster, MINORS, nextSteps, NOW, nodegroupFacts, clusterFacts, older, steps } from './worlds.ts';

const RUNS = 400;

function draft(facts: ClusterFacts, to: Minor): Plan | undefined {
  const plan = draftUpgrade({ cluster: cluster(facts.cluster.version), to, facts, now: NOW });
  return isRefusal(plan) ? undefined : plan;
}

function isBlocked(plan: Plan): boolean {
  return plan.findings.some((found) => found.severity === 'blocks');
}

/** Judges one step of a plan that nothing blocks against the world that it is taken in, by the rules as Kubernetes and EKS state them. */
function assertAllowed(facts: ClusterFacts, step: PlannedStep): void {
  const { version } = facts.cluster;
  switch (step.kind) {
    case 'upgrade-control-plane': {
      const to = step.to as Minor;
      assert.equal(to, nextMinor(version), 'one minor a hop');
      for (const group of facts.nodegroups) {
        if (group.version !== undefined && !older(version, group.version)) assert.ok(kubeletFits(group.version, to), `${group.nodegroupName} at ${group.version} under ${to}`);
      }
      for (const addon of facts.addons.filter((known) => known.addonName !== 'kube-proxy')) {
        assert.ok(isListed(addon.addonVersion, to, facts.addonCatalogue[addon.addonName] ?? []), `${addon.addonName} ${addon.addonVersion} is listed for ${to}`);
      }
      const kubeProxy = minorOf(facts.addons.find((known) => known.addonName === 'kube-proxy')?.addonVersion ?? '');
      if (kubeProxy !== undefined && !older(version, kubeProxy)) assert.ok(kubeletFits(kubeProxy, to), `kube-proxy at ${kubeProxy} under ${to}`);
      return;
    }
    case 'upgrade-addon': {
      const addon = facts.addons.find((known) => known.addonName === step.subject);
      assert.equal(addon?.addonVersion, step.from);
      assert.ok(compareAddonVersions(step.to!, step.from!) > 0, 'an add-on moves forward');
      assert.ok(isListed(step.to!, version, facts.addonCatalogue[step.subject] ?? []), `${step.subject} ${step.to} is listed for ${version}`);
      if (step.subject === 'vpc-cni') assert.ok(minorsBetween(minorOf(step.from!)!, minorOf(step.to!)!)! <= 1, 'the VPC CNI moves one minor at a time');
      if (step.subject === 'kube-proxy') {
        assert.ok(!older(version, minorOf(step.to!)!), 'kube-proxy is not newer than the API server');
        assert.equal(step.stage, 'UpgradeAddons');
      }
      assert.deepEqual(step.parameters, { addonVersion: step.to, resolveConflicts: 'PRESERVE' });
      return;
    }
    case 'upgrade-nodegroup': {
      const group = facts.nodegroups.find((known) => known.nodegroupName === step.subject)!;
      assert.equal(step.to, version, 'a group rolls to the control plane\'s minor');
      assert.ok(group.version !== undefined && older(group.version, version), 'a group rolls forward');
      assert.ok(!group.customAmi);
      assert.ok(!group.amiType.startsWith('AL2_') || compareMinors(version, '1.32') <= 0, 'no Amazon Linux 2 from 1.33 on');
      return;
    }
    default:
      assert.fail(`a step ${step.kind}`);
  }
}

describe('an upgrade plan', () => {
  it('breaks no rule in any random world, and is the rest of itself when planned again after every step', () => {
    let blocked = 0;
    let walked = 0;
    fc.assert(
      fc.property(randomWorld, fc.infiniteStream(fc.nat(99)), ({ facts: start, to }, choices) => {
        let plan = draft(start, to);
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
          const again = draft(facts, to);
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
