import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { CNI_DEFAULTS } from '../../domain/addresses/cni-settings.ts';
import { forecastAsk } from '../../domain/addresses/forecast-ask.ts';
import { forecast } from '../../domain/addresses/forecast.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { Minor } from '../../domain/minor.ts';
import { draftUpgrade, planUpgrade } from '../../domain/plan-upgrade.ts';
import { renderPlan } from '../../domain/render-plan.ts';
import { ready } from './checks/ready.ts';
import { addonFacts, ADDONS, at133, cluster, clusterFacts, nodegroupFacts, NOW, OFFERS, planned, refused, stepIds, steps, SUBNETS } from './worlds.ts';

const ask = (facts: ClusterFacts, to: Minor) => ({ cluster: cluster(facts.cluster.version), to, facts, now: NOW });
const plan = (facts: ClusterFacts, to: Minor) => planned(planUpgrade(ask(facts, to)));
const refusal = (facts: ClusterFacts, to: Minor) => refused(planUpgrade(ask(facts, to)));

describe('planUpgrade', () => {
  it('reads as a list that a person can follow', () => {
    const golden = new URL('three-minors.golden.txt', import.meta.url);
    const text = renderPlan(plan(at133(), '1.36'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });

  it('rolls nodes once, and moves add-ons after the last of three hops unless they must move before', () => {
    assert.deepEqual(stepIds(plan(at133(), '1.36')), [
      '1.34/control-plane',
      '1.35/control-plane',
      // CoreDNS 1.12.1 is listed up to 1.35, and what it moves to is 1.36's default already.
      '1.36/addon/coredns/v1.13.1-eksbuild.1',
      '1.36/control-plane',
      '1.36/addon/kube-proxy/v1.36.0-eksbuild.2',
      '1.36/addon/vpc-cni/v1.20.4-eksbuild.2',
      '1.36/addon/vpc-cni/v1.21.1-eksbuild.1',
      // 1.22.1 is EKS's default, and a known risk speaks against it.
      '1.36/addon/vpc-cni/v1.22.2-eksbuild.1',
      '1.36/nodegroup/blue',
      '1.36/nodegroup/green',
    ]);
  });

  it('has hops that leave out where the cluster is and end where it goes', () => {
    assert.deepEqual(plan(at133(), '1.35').hops.map(({ from, to }) => [from, to]), [['1.33', '1.34'], ['1.34', '1.35']]);
  });

  it('compares minors as numbers', () => {
    const offers = ['1.9', '1.10', '1.11'].map((version) => ({ version: version as Minor, defaultVersion: false, versionStatus: 'STANDARD_SUPPORT' }));
    assert.deepEqual(stepIds(plan(clusterFacts('1.9', { catalogue: { offers } }), '1.11')), ['1.10/control-plane', '1.11/control-plane']);
    assert.equal(refusal(clusterFacts('1.10', { catalogue: { offers } }), '1.9').code, 'version-not-newer');
  });

  it('refuses a version that is not offered and names those that are', () => {
    const answer = refusal(at133(), '1.37');
    assert.equal(answer.code, 'version-not-offered');
    assert.match(answer.detail, /does not offer 1\.37\. It offers 1\.24, .*1\.35, 1\.36\./);
  });

  it('refuses a way through a minor that is offered no more', () => {
    const offers = OFFERS.map((offer) => (offer.version === '1.34' ? { ...offer, versionStatus: 'UNSUPPORTED' } : offer));
    const answer = refusal(at133({ catalogue: { offers } }), '1.35');
    assert.equal(answer.code, 'version-not-offered');
    assert.match(answer.detail, /1\.34, which lies on the way to 1\.35/);
  });

  it('refuses to go back', () => {
    assert.equal(refusal(at133(), '1.32').code, 'version-not-newer');
  });

  it('brings up what lags behind when asked for the present minor', () => {
    const facts = at133({ nodegroups: [nodegroupFacts('blue', '1.32'), nodegroupFacts('green', '1.33')], addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2'), addonFacts('kube-proxy', 'v1.33.7-eksbuild.2')] });
    const lagging = plan(facts, '1.33');
    assert.deepEqual(lagging.hops.map(({ from, to }) => [from, to]), [['1.33', '1.33']]);
    assert.deepEqual(stepIds(lagging), ['1.33/addon/coredns/v1.12.1-eksbuild.2', '1.33/nodegroup/blue']);
  });

  it('says when there is nothing to do', () => {
    assert.equal(refusal(at133(), '1.33').code, 'nothing-to-upgrade');
  });

  it('rolls a group before the hop that it would be too old for, and says why', () => {
    const facts = clusterFacts('1.33', { nodegroups: [nodegroupFacts('blue', '1.31')] });
    const rolls = steps(plan(facts, '1.36')).filter((step) => step.kind === 'upgrade-nodegroup');
    assert.deepEqual(rolls.map((step) => step.id), ['1.34/nodegroup/blue', '1.36/nodegroup/blue']);
    assert.match(rolls[0]!.reason, /more than 3 minors behind a control plane at 1\.35/);
    assert.deepEqual(rolls[0]!.parameters, { version: '1.34' });
  });

  it('lets a kubelet of 1.24 fall two minors behind, and one of 1.25 three', () => {
    const rolls = (version: Minor) => stepIds(plan(clusterFacts('1.25', { nodegroups: [nodegroupFacts('blue', version)] }), '1.28')).filter((id) => id.includes('nodegroup'));
    assert.deepEqual(rolls('1.24'), ['1.26/nodegroup/blue', '1.28/nodegroup/blue']);
    assert.deepEqual(rolls('1.25'), ['1.28/nodegroup/blue']);
  });

  it('moves an add-on before the hop only when it must, and then to a version listed for both minors', () => {
    const prepared = steps(plan(at133({ addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2')], nodegroups: [] }), '1.34'));
    assert.deepEqual(prepared.map(({ id, stage }) => [id, stage]), [
      ['1.34/addon/coredns/v1.12.1-eksbuild.2', 'PrepareAddons'],
      ['1.34/control-plane', 'UpgradeControlPlane'],
    ]);
    assert.match(prepared[0]!.reason, /v1\.11\.4-eksbuild\.2 is not listed for 1\.34.*both 1\.33 and 1\.34/);
  });

  it('tells an add-on that blocks a hop once, not again at the goal', () => {
    const facts = at133({ addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2')], addonCatalogue: { coredns: [{ addonVersion: 'v1.12.1-eksbuild.2', compatibleWith: ['1.33'], defaultFor: ['1.33'] }] }, nodegroups: [] });
    const plan = draftUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW });
    assert.ok('findings' in plan);
    assert.deepEqual(plan.findings.filter(({ code }) => code === 'addon-not-listed').map(({ severity, remedy }) => [severity, remedy]), [
      ['blocks', 'Replace or remove the add-on before the hop to 1.34, or wait until its publisher lists a version for both.'],
    ]);
  });

  it('says of a control plane that does not come back that waiting is no use', () => {
    const remedy = (status: string) => {
      const plan = draftUpgrade({ cluster: cluster('1.33'), to: '1.34', facts: at133({ cluster: { status } }), now: NOW });
      return 'findings' in plan ? plan.findings.find(({ code }) => code === 'control-plane-not-active')?.remedy : undefined;
    };
    assert.match(remedy('CREATING') ?? '', /^Wait until it is ACTIVE/);
    for (const status of ['FAILED', 'DELETING']) assert.match(remedy(status) ?? '', /does not come back/);
  });

  it('keeps an add-on that is newer than the default', () => {
    const facts = at133({ addons: [addonFacts('coredns', 'v1.13.1-eksbuild.1')], addonCatalogue: { coredns: [{ addonVersion: 'v1.13.1-eksbuild.1', compatibleWith: ['1.33', '1.34'], defaultFor: [] }, ...ADDONS['coredns']!.slice(1)] }, nodegroups: [] });
    assert.deepEqual(stepIds(plan(facts, '1.34')), ['1.34/control-plane']);
  });

  it('does not hold the control plane for room that only nodes would need', () => {
    const tight = SUBNETS.map((subnet) => ({ ...subnet, availableIpAddressCount: 3 }));
    const wide = [nodegroupFacts('blue', '1.33', { updateConfig: { maxUnavailable: 10 } })];
    const found = plan(at133({ subnets: tight, nodegroups: wide }), '1.34').findings.map((finding) => finding.code);
    assert.deepEqual([...new Set(found)].sort(), ['extended-support', 'known-risk', 'surge-addresses-short', 'zone-addresses-short']);
  });

  it('estimates time, room and money', () => {
    // blue: 3 nodes one by one, green: 12 in batches of 3; two zones, so four surge nodes each.
    const { estimate } = plan(at133(), '1.36');
    const assumes = ["Of blue, green one address is counted for each node that is added: its instance types or the VPC CNI's settings are not known, so what its pods take comes on top."];
    assert.deepEqual(estimate, { minutes: 30 + 2 + 6 + Math.max(2 + 3 * 4, 2 + 4 * 4), addresses: 5 + 8, surgeNodes: 8, savedPerMonthUsd: 365, assumes });
    const minimal = at133({ nodegroups: [nodegroupFacts('blue', '1.33', { updateConfig: { maxUnavailable: 2, updateStrategy: 'MINIMAL' } })] });
    assert.equal(plan(minimal, '1.34').estimate.surgeNodes, 0);
    assert.equal(plan(clusterFacts('1.34'), '1.35').estimate.savedPerMonthUsd, 0);
  });

  it('counts the addresses of a node that is added with those of its pods, as the forecast of subnets does', () => {
    // An m5.large holds 3 interfaces of 10 addresses: 30 with its own, all held when it is full. Two zones, so four nodes.
    const known = [{ instanceType: 'm5.large', vcpus: 2, interfaces: 3, addressesPerInterface: 10 }];
    const facts = at133({ nodegroups: [nodegroupFacts('blue', '1.33', { instanceTypes: ['m5.large'] })], readiness: ready({ instanceLimits: { kind: 'seen', value: known } }) });
    const { estimate } = plan(facts, '1.34');
    assert.deepEqual([estimate.addresses, estimate.surgeNodes, estimate.assumes], [5 + 4 * 30, 4, ['A node that is added takes the addresses that the VPC CNI holds for it when it is full of pods: 30 of blue.']]);
    const forecasts = forecast(forecastAsk(facts, known, CNI_DEFAULTS));
    assert.equal(forecasts.reduce((sum, one) => sum + one.free - one.freeDuringUpgrade, 0), 4 * 30);
    const six = plan({ ...facts, cluster: { ...facts.cluster, ipFamily: 'ipv6' } }, '1.34');
    assert.equal(six.estimate.addresses, 5 + 4);
  });

  it('says that the time of Auto Mode\'s own nodes is not counted, and does not call them none where none was seen', () => {
    const facts = at133({ cluster: { autoMode: true }, nodegroups: [], addons: [], readiness: ready({ pooledNodes: { kind: 'seen', value: [] } }) });
    const { estimate, nodes } = plan(facts, '1.34');
    assert.deepEqual([estimate.minutes, estimate.assumes], [10, ['The nodes of Auto Mode follow by themselves after each hop, within disruption budgets, which may take from minutes to days: that is not counted, and no step waits for it.']]);
    assert.deepEqual(nodes?.map(({ kind, count, because }) => [kind, count, because]), [['auto-mode', undefined, 'EKS replaces its own nodes after each hop by itself, within disruption budgets. How many there are, only the cluster tells.']]);
  });

  it('shows a blocked plan to a dry run, with everything that blocks it', () => {
    const facts = at133({ cluster: { status: 'FAILED' } });
    const draft = planned(draftUpgrade(ask(facts, '1.34')));
    assert.equal(draft.hops.length, 1);
    const blocked = refusal(facts, '1.34');
    assert.equal(blocked.code, 'upgrade-blocked');
    assert.deepEqual(blocked.findings, draft.findings);
    assert.match(blocked.detail, /The control plane is FAILED/);
  });
});
