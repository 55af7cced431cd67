import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { faultyVersions, KNOWN_RISKS, KnownRisk, riskFindings } from '../../domain/known-risks.ts';
import type { RiskRule } from '../../domain/known-risk-rules.ts';
import type { Minor } from '../../domain/minor.ts';
import { movesAfter, movesBefore } from '../../domain/addon-moves.ts';
import { movesBack } from '../../domain/addon-moves-back.ts';
import type { Hop } from '../../domain/plan.ts';
import { planUpgrade } from '../../domain/plan-upgrade.ts';
import { bareWorld, exposedWorld, hopsOf, sparedBy, unseenBy } from './risk-worlds.ts';
import { addonFacts, at133, cluster, NOW, planned } from './worlds.ts';

/** A risk for each kind of rule, so that each is tried whether or not a real risk needs it. */
const RULES: readonly RiskRule[] = [
  { kind: 'always' },
  { kind: 'addon', addonName: 'coredns', versions: '>=1.10.0 <1.11.0' },
  { kind: 'ami', amiTypes: ['AL2023_*'] },
  { kind: 'ami', amiTypes: ['WINDOWS_CORE_2019_x86_64'], releasedBefore: '20260101' },
  ...(['managed', 'custom-ami', 'self-managed', 'fargate', 'karpenter', 'auto-mode', 'hybrid'] as const).map((kind): RiskRule => ({ kind: 'nodes', anyOf: [kind] })),
  { kind: 'instance-family', anyOf: ['p2', 'g3'] },
  { kind: 'kube-proxy-mode', anyOf: ['ipvs'] },
  { kind: 'region', anyOf: ['eu-west-1'] },
  { kind: 'platform-version', below: 10 },
  { kind: 'control-plane', setting: 'endpointPublicAccess', is: true },
  { kind: 'authentication-mode', anyOf: ['CONFIG_MAP'] },
  { kind: 'deprecated-api', api: 'batch/v1beta1' },
];

const riskOf = (matching: readonly RiskRule[], more: Partial<KnownRisk> = {}): KnownRisk =>
  KnownRisk.parse({ id: 'made-up', title: 'It breaks', sources: ['https://example.com/'], why: 'It does.', remedy: 'Mend it.', edges: { to: '>=1.34' }, matching, severity: 'blocks', ...more });

const cni = (addonVersion: string, defaultFor: readonly Minor[] = [], compatibleWith: readonly Minor[] = ['1.33', '1.34', '1.35', '1.36']) => ({ addonVersion, compatibleWith, defaultFor });
const ONLY_FAULTY = [cni('v1.22.1-eksbuild.1', ['1.36']), cni('v1.22.0-eksbuild.1'), cni('v1.21.0-eksbuild.1')];

const raised = (risk: KnownRisk, facts: Parameters<typeof riskFindings>[0]['facts'], hop: Hop) => riskFindings({ facts, hops: [hop], now: NOW }, [risk]);

/** What must be so of each risk, real or made up, whatever its rules. */
function standsFirm(risk: KnownRisk): void {
  const { on, off } = hopsOf(risk);
  const exposed = exposedWorld(risk.matching, '1.33');
  const [told, ...more] = raised(risk, exposed, on);
  assert.deepEqual([told?.code, told?.subject, told?.severity, told?.hop, more], ['known-risk', risk.id, risk.severity, on.to, []]);
  assert.deepEqual(told?.evidence?.slice(-risk.sources.length), risk.sources);
  if (off !== undefined) assert.deepEqual(raised(risk, exposed, off), [], `${off.from} to ${off.to} is not its edge`);
  for (const rule of risk.matching) {
    const spared = sparedBy(exposed, rule);
    if (spared !== undefined) assert.deepEqual(raised(risk, spared, on), [], `spared by ${rule.kind}`);
    const unseen = unseenBy(exposed, rule);
    if (unseen === undefined) continue;
    const [unclear] = raised(risk, unseen, on);
    assert.deepEqual([unclear?.severity, unclear?.detail.includes('It cannot be ruled out')], ['advises', true], `unseen: ${rule.kind}`);
  }
}

describe('the known risks', () => {
  it('are ten at least, each with an id of its own, in the order of the ids', () => {
    const ids = KNOWN_RISKS.map((risk) => risk.id);
    assert.ok(ids.length >= 10);
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });

  for (const risk of KNOWN_RISKS) {
    it(`tell of ${risk.id} where its rules hold, and nowhere else`, () => standsFirm(risk));
    it(`say ${risk.id} in sentences`, () => {
      assert.match(risk.title, /^\S.*[^.]$/);
      for (const text of [risk.why, risk.remedy]) assert.match(text, /^\S.*\.$/s);
    });
  }

  it('are refused when a rule, a range or a source is not one', () => {
    const [sound] = KNOWN_RISKS;
    const spoiled = [{ matching: [] }, { matching: [{ kind: 'moon-phase' }] }, { matching: [{ kind: 'addon', addonName: 'coredns', versions: 'newish' }] }, { edges: { to: 'soon' } }, { sources: ['somebody said so'] }, { sources: [] }, { severity: 'panics' }, { more: 1 }];
    for (const one of spoiled) assert.equal(KnownRisk.safeParse({ ...sound, ...one }).success, false, JSON.stringify(one));
  });
});

describe('riskFindings', () => {
  for (const rule of RULES) {
    it(`judges by ${JSON.stringify(rule)}`, () => standsFirm(riskOf([rule])));
  }

  it('wants all rules of a risk to hold', () => {
    const distinct = RULES.filter((rule) => !['ami', 'nodes', 'instance-family'].includes(rule.kind));
    fc.assert(fc.property(fc.subarray([...distinct], { minLength: 1 }), (rules) => standsFirm(riskOf(rules))));
  });

  it('tells the risks of each hop in the order of their ids, in whatever order they are kept', () => {
    const facts = at133();
    const { hops } = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.36', facts, now: NOW }));
    const inOrder = riskFindings({ facts, hops, now: NOW });
    assert.ok(inOrder.length > 3);
    fc.assert(fc.property(fc.shuffledSubarray([...KNOWN_RISKS], { minLength: KNOWN_RISKS.length }), (shuffled) => assert.deepEqual(riskFindings({ facts, hops, now: NOW }, shuffled), inOrder)));
  });

  it('counts a risk between its days only', () => {
    const counts = (more: Partial<KnownRisk>): boolean => raised(riskOf([{ kind: 'always' }], more), bareWorld('1.33'), { from: '1.33', to: '1.34', steps: [] }).length > 0;
    assert.deepEqual([counts({ since: '2026-09-01' }), counts({ since: '2026-09-02' }), counts({ until: '2026-09-01' }), counts({ until: '2026-08-31' })], [true, false, true, false]);
  });

  it('sees the add-on version that the plan brings, at the hop that brings it', () => {
    const facts = at133({ addons: [addonFacts('vpc-cni', 'v1.21.0-eksbuild.1')], addonCatalogue: { 'vpc-cni': ONLY_FAULTY } });
    const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.36', facts, now: NOW }));
    const found = plan.findings.filter((one) => one.subject === 'vpc-cni-describe-security-groups');
    assert.deepEqual(found.map((one) => [one.hop, one.evidence?.[0]]), [['1.36', 'This plan brings vpc-cni to v1.22.1-eksbuild.1.']]);
  });

  it('tells of the add-on version that is there once, at the first hop', () => {
    const hops: Hop[] = [{ from: '1.33', to: '1.34', steps: [] }, { from: '1.34', to: '1.35', steps: [] }];
    const found = riskFindings({ facts: { ...bareWorld('1.33'), addons: [addonFacts('aws-efs-csi-driver', 'v1.7.7-eksbuild.1')] }, hops, now: NOW }).filter((one) => one.subject === 'efs-csi-remount');
    assert.deepEqual(found.map((one) => one.hop), ['1.34']);
  });

  it('minds a hop that leaves the control plane where it is for the sake of add-ons alone', () => {
    const stays: Hop = { from: '1.34', to: '1.34', steps: [] };
    assert.deepEqual(raised(riskOf([{ kind: 'always' }]), bareWorld('1.34'), stays), []);
    assert.equal(raised(riskOf([{ kind: 'addon', addonName: 'coredns', versions: '<2.0.0' }]), { ...bareWorld('1.34'), addons: [addonFacts('coredns', 'v1.12.1-eksbuild.2')] }, stays).length, 1);
  });

  it('says nothing that hangs on readiness that nobody looked at', () => {
    const { readiness: _nobody, ...facts } = bareWorld('1.34');
    const found = riskFindings({ facts, hops: [{ from: '1.34', to: '1.35', steps: [] }], now: NOW });
    assert.deepEqual(found.filter((one) => one.detail.includes('cannot be ruled out')), []);
  });

  it('takes EKS\'s own kube-proxy that says nothing of its mode for iptables, and cannot tell of any other', () => {
    const risk = riskOf([{ kind: 'kube-proxy-mode', anyOf: ['ipvs'] }]);
    const facts = bareWorld('1.34', { kubeProxyMode: { kind: 'seen', value: 'not-told' } });
    const hop: Hop = { from: '1.34', to: '1.35', steps: [] };
    assert.deepEqual(raised(risk, { ...facts, addons: [addonFacts('kube-proxy', 'v1.34.3-eksbuild.2')] }, hop), []);
    assert.match(raised(risk, facts, hop)[0]?.detail ?? '', /cannot be ruled out.*ConfigMap/);
  });
});

describe('a version that is at fault itself', () => {
  const faulty = faultyVersions(at133(), NOW);
  const at = (addonVersion: string, ...offers: ReturnType<typeof cni>[]) => ({ addonName: 'vpc-cni', addonVersion, offers, faulty });
  const to = (moved: ReturnType<typeof movesAfter>): readonly string[] => moved.moves.map((move) => move.to);

  it('is passed over at the goal for the newest that nothing speaks against, older or newer than it', () => {
    const [older, newer] = [cni('v1.21.1-eksbuild.7'), cni('v1.22.2-eksbuild.1')];
    assert.deepEqual(to(movesAfter(at('v1.21.0-eksbuild.1', ...ONLY_FAULTY, older), '1.36', '1.36')), ['v1.21.1-eksbuild.7']);
    assert.deepEqual(to(movesAfter(at('v1.21.0-eksbuild.1', ...ONLY_FAULTY, older, newer), '1.36', '1.36')), ['v1.22.2-eksbuild.1']);
    assert.deepEqual(to(movesAfter(at('v1.21.1-eksbuild.7', ...ONLY_FAULTY, older), '1.36', '1.36')), []);
  });

  it('is passed over on the way there, where the VPC CNI moves one minor at a time', () => {
    const way = [cni('v1.23.0-eksbuild.1', ['1.36']), cni('v1.22.2-eksbuild.1'), ...ONLY_FAULTY];
    const newest = { risk: 'made-up', addonName: 'vpc-cni', versions: '1.22.2', minors: '1.36.0' };
    assert.deepEqual(to(movesAfter({ ...at('v1.21.1-eksbuild.7', ...way), faulty: [newest] }, '1.36', '1.36')), ['v1.22.1-eksbuild.1', 'v1.23.0-eksbuild.1']);
    assert.deepEqual(to(movesAfter(at('v1.21.1-eksbuild.7', ...way.filter(({ addonVersion }) => addonVersion !== 'v1.22.2-eksbuild.1')), '1.36', '1.36')), ['v1.22.1-eksbuild.1', 'v1.23.0-eksbuild.1']);
  });

  it('is passed over before a hop and on the way back', () => {
    const gone = cni('v1.21.1-eksbuild.1', [], ['1.33', '1.34']);
    const before = movesBefore(at('v1.21.1-eksbuild.1', gone, cni('v1.22.1-eksbuild.1', ['1.35']), cni('v1.22.2-eksbuild.1')), { from: '1.34', to: '1.35' }, '1.36');
    assert.deepEqual(to(before), ['v1.22.2-eksbuild.1']);
    assert.match(before.moves[0]?.because ?? '', / It is not EKS's default v1\.22\.1-eksbuild\.1, as vpc-cni-describe-security-groups speaks against that\.$/);
    const plain = movesBefore(at('v1.21.1-eksbuild.1', gone, cni('v1.22.2-eksbuild.1', ['1.35'])), { from: '1.34', to: '1.35' }, '1.36');
    assert.match(plain.moves[0]?.because ?? '', /, to a version listed for both 1\.34 and 1\.35\.$/);
    const ahead = cni('v1.22.2-eksbuild.1', [], ['1.36']);
    assert.deepEqual(to(movesBack(at('v1.22.2-eksbuild.1', ahead, ...ONLY_FAULTY, cni('v1.21.1-eksbuild.7')), '1.36', '1.35')), ['v1.21.1-eksbuild.7']);
  });

  it('is taken where EKS lists no other, and told', () => {
    assert.deepEqual(to(movesAfter(at('v1.21.0-eksbuild.1', ...ONLY_FAULTY), '1.36', '1.36')), ['v1.22.1-eksbuild.1']);
  });

  it('is at fault only while the risk counts, and where its other rules hold', () => {
    const rule = { kind: 'addon', addonName: 'vpc-cni', versions: '1.22.1', faulty: true } as const;
    const of = (matching: readonly RiskRule[], more: Partial<KnownRisk> = {}) => faultyVersions(at133(), NOW, [riskOf(matching, more)]).map(({ risk, versions }) => [risk, versions]);
    assert.deepEqual(of([rule]), [['made-up', '1.22.1']]);
    assert.deepEqual(of([rule, { kind: 'ami', amiTypes: ['AL2023_*'] }]), [['made-up', '1.22.1']]);
    assert.deepEqual([of([rule], { until: '2026-08-31' }), of([rule, { kind: 'ami', amiTypes: ['WINDOWS_*'] }]), of([{ kind: 'addon', addonName: 'vpc-cni', versions: '1.22.1' }])], [[], [], []]);
  });
});
