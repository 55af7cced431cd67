import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../domain/cluster.ts';
import { CONTROLLERS, fits, minorsOf, releaseFor, type ControllerName } from '../../../domain/controllers/releases.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { Step } from '../../../domain/operation.ts';
import { madeAfter } from '../../../domain/parts/made-after.ts';
import type { Resource } from '../../../domain/parts/resource.ts';
import { handedOver } from '../../../domain/parts/handed-over.ts';
import { partStates } from '../../../domain/parts/part-states.ts';
import { resourcesOn, wantedResources } from '../../../domain/parts/wanted-resources.ts';
import { planRollback } from '../../../domain/plan-rollback.ts';
import { draftUpgrade, planUpgrade, planUpgradeAgain } from '../../../domain/plan-upgrade.ts';
import type { Plan, PlannedStep } from '../../../domain/plan.ts';
import { Wanted } from '../../../domain/wanted.ts';
import { at133, cluster, clusterFacts, NOW, planned, refused, SUBNETS } from '../worlds.ts';

const AUTOSCALER = { autoscaling: { kind: 'cluster-autoscaler' } };
const KARPENTER = { autoscaling: { kind: 'karpenter' } };

/** A cluster to which controllers were handed over as they were then. */
function given(wishes: Readonly<Record<string, unknown>>, version: Minor, handedOver?: string): Cluster {
  const wanted = cluster(version, { wanted: Wanted.parse(wishes) });
  const made = resourcesOn({ cluster: wanted, addonCatalogue: {}, subnets: SUBNETS });
  return { ...wanted, made: made.map((resource): Resource => (resource.kind === 'hand-over' && handedOver !== undefined ? { ...resource, version: handedOver } : resource)) };
}

const handOvers = (plan: Plan): readonly string[] => plan.hops.flatMap(({ to, steps }) => steps.filter(({ kind }) => kind === 'hand-over').map(({ title, stage }) => `${to} ${stage}: ${title}`));
const done = (steps: readonly PlannedStep[]): Step[] => steps.map((step, order) => ({ ...step, hop: '1.34', order, run: 1, attempt: 1, state: 'Succeeded' }));

describe('the releases of controllers', () => {
  it('fit the minors that they are for', () => {
    for (const name of Object.keys(CONTROLLERS) as ControllerName[]) {
      for (const minor of minorsOf(name)) assert.equal(fits(name, releaseFor(name, minor)?.version ?? '', minor), true, `${name} on ${minor}`);
    }
  });

  it('are known for later minors only where their makers name no end', () => {
    assert.deepEqual((['aws-load-balancer-controller', 'karpenter', 'cluster-autoscaler'] as const).map((name) => releaseFor(name, '1.37')?.version), ['3.5.0', undefined, undefined]);
  });
});

describe('an upgrade with controllers', () => {
  it('hands the Cluster Autoscaler over anew on every hop, after the control plane and before nodes', () => {
    const plan = planned(planUpgrade({ cluster: given(AUTOSCALER, '1.33'), to: '1.35', facts: at133(), now: NOW }));
    assert.deepEqual(handOvers(plan), ['1.34 UpgradeAddons: Handing over anew what installs cluster-autoscaler 1.34.5', '1.35 UpgradeAddons: Handing over anew what installs cluster-autoscaler 1.35.2']);
    const stages = plan.hops[1]?.steps.map(({ stage }) => stage) ?? [];
    assert.ok(stages.indexOf('UpgradeControlPlane') < stages.lastIndexOf('UpgradeAddons') && stages.lastIndexOf('UpgradeAddons') < stages.indexOf('UpgradeNodegroups'));
    assert.deepEqual(plan.findings.filter(({ code }) => code === 'controller-behind').map(({ severity, hop }) => [severity, hop]), [['advises', '1.34'], ['advises', '1.35']]);
  });

  it('leaves alone what still fits', () => {
    const plan = planned(planUpgrade({ cluster: given({ ...KARPENTER, traffic: { controller: 'aws-load-balancer-controller' } }, '1.33'), to: '1.34', facts: at133(), now: NOW }));
    assert.deepEqual(handOvers(plan), []);
  });

  it('is blocked by a controller that must move first, and hands it over before the control plane once that is waived', () => {
    const ask = { cluster: given(KARPENTER, '1.33', '1.5.2'), to: '1.34' as Minor, facts: at133(), now: NOW };
    assert.match(refused(planUpgrade(ask)).detail, /karpenter was handed over as 1\.5\.2/);
    const waiver = { waiverId: 'w-1', clusterId: 'c-1', code: 'controller-behind', owner: 'team-a', reason: 'It runs.', until: '2026-09-02T12:00:00.000Z', by: 'eve', at: NOW };
    const plan = planned(planUpgrade({ ...ask, waivers: [waiver], askedBy: 'ada' }));
    assert.equal(plan.hops[0]?.steps[0]?.title, 'Handing over anew what installs karpenter 1.14.1');
    assert.equal(plan.hops[0]?.steps[0]?.stage, 'PrepareAddons');
  });

  it('that is planned again hands over what it has not, and nothing twice', () => {
    const before = given(AUTOSCALER, '1.33');
    const facts = at133({ cluster: { version: '1.34' } });
    const [step] = planned(planUpgradeAgain({ cluster: before, to: '1.34', facts, now: NOW })).hops[0]?.steps.filter(({ kind }) => kind === 'hand-over') ?? [];
    assert.deepEqual([step?.id, step?.stage], ['1.34/hand-over/hand-over/cluster-autoscaler', 'UpgradeAddons']);
    const after = { ...before, made: madeAfter(before.made ?? [], done(step === undefined ? [] : [step])) };
    assert.deepEqual(handOvers(planned(planUpgradeAgain({ cluster: after, to: '1.34', facts, now: NOW }))), []);
  });

  it('is all that is left where nothing else lags behind', () => {
    const plan = planned(planUpgradeAgain({ cluster: given(AUTOSCALER, '1.33', '1.32.7'), to: '1.33', facts: clusterFacts('1.33'), now: NOW }));
    assert.deepEqual(handOvers(plan), ['1.33 UpgradeAddons: Handing over anew what installs cluster-autoscaler 1.33.6']);
  });

  it('to a minor that no release is known for is told so', () => {
    const facts = clusterFacts('1.36', { catalogue: { offers: [{ version: '1.36', defaultVersion: true, versionStatus: 'STANDARD_SUPPORT' }, { version: '1.37', defaultVersion: false, versionStatus: 'STANDARD_SUPPORT' }] } });
    const severityOf = (wishes: Readonly<Record<string, unknown>>) => planned(draftUpgrade({ cluster: given(wishes, '1.36'), to: '1.37', facts, now: NOW })).findings.find(({ code }) => code === 'controller-not-listed')?.severity;
    assert.deepEqual([severityOf(AUTOSCALER), severityOf(KARPENTER), severityOf({ traffic: { controller: 'aws-load-balancer-controller' } })], ['advises', 'blocks', 'advises']);
  });
});

describe('a cluster on a minor that nothing is known of here', () => {
  const on = (wishes: Readonly<Record<string, unknown>>, version: Minor): Cluster => {
    const before = given(wishes, '1.36');
    return { ...before, version, planned: (before.made ?? []).map(({ kind, name, part, partName }) => ({ kind, name, part, partName })) };
  };
  const TRAFFIC = { traffic: { controller: 'aws-load-balancer-controller' } };

  it('says so of the controller that was handed over, and does not tell it as right', () => {
    const told = (wishes: Readonly<Record<string, unknown>>) => partStates(on(wishes, '1.37')).map(({ part, state, reason }) => [part, state, reason]);
    for (const wishes of [AUTOSCALER, KARPENTER]) assert.deepEqual(told(wishes), [['autoscaling', 'Unknown', 'ReleaseNotKnown']]);
    assert.deepEqual(told(TRAFFIC), [['traffic', 'HandedOver', 'ForPeopleToApply']]);
    assert.deepEqual(partStates(on(AUTOSCALER, '1.35')).map(({ state, reason }) => [state, reason]), [['HandedOver', 'OfAnotherMinor']]);
  });

  it('has it noted on what is handed over', () => {
    const notes = (wishes: Readonly<Record<string, unknown>>, version: Minor) => handedOver(on(wishes, version)).items.flatMap(({ note }) => note ?? []);
    assert.match(notes(AUTOSCALER, '1.37')[0] ?? '', /are known here for 1\.28, .*1\.36, and not for 1\.37/);
    assert.match(notes(TRAFFIC, '1.37')[0] ?? '', /ends with 1\.36\. Its makers name no last Kubernetes version/);
    assert.deepEqual([...notes(AUTOSCALER, '1.36'), ...notes(TRAFFIC, '1.36'), ...notes(KARPENTER, '1.36')], []);
  });

  it('is told of it when the controller is asked for, or refused where no release is known', () => {
    const asked = (wishes: Readonly<Record<string, unknown>>) => wantedResources({ cluster: cluster('1.37', { wanted: Wanted.parse(wishes) }), addonCatalogue: {}, subnets: SUBNETS });
    const traffic = asked(TRAFFIC);
    assert.ok('findings' in traffic && traffic.findings?.some(({ code, severity }) => code === 'controller-not-listed' && severity === 'advises'));
    for (const wishes of [AUTOSCALER, KARPENTER]) assert.match(JSON.stringify(asked(wishes)), /autoscaling\.kind.*not for 1\.37/);
  });
});

describe('a rollback with controllers', () => {
  it('hands the Cluster Autoscaler over in the version of the minor that it goes back to, before the control plane does', () => {
    const before: Cluster = { ...given(AUTOSCALER, '1.34'), upgraded: { from: '1.33', to: '1.34', at: '2026-08-31T12:00:00.000Z' } };
    const plan = planned(planRollback({ cluster: before, facts: clusterFacts('1.34'), now: NOW }));
    assert.deepEqual(plan.hops[0]?.steps.map(({ title }) => title), ['Handing over anew what installs cluster-autoscaler 1.33.6', 'Taking the control plane back to 1.33']);
    assert.equal(plan.hops[0]?.steps[0]?.stage, 'RollBackAddons');
  });
});
