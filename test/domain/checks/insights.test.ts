import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterFacts } from '../../../domain/facts.ts';
import type { Minor } from '../../../domain/minor.ts';
import { draftUpgrade, planUpgrade, type UpgradeAsk } from '../../../domain/plan-upgrade.ts';
import type { InsightFacts } from '../../../domain/readiness-facts.ts';
import type { Waiver } from '../../../domain/waiver.ts';
import { addonFacts, at133, cluster, nodegroupFacts, NOW, planned, steps } from '../worlds.ts';
import { DEPRECATED, insight, insights, ready } from './ready.ts';

const draft = (facts: ClusterFacts, to: Minor = '1.34', more: Partial<UpgradeAsk> = {}) => planned(draftUpgrade({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, ...more }));
const with133 = (found: readonly InsightFacts[], minors: readonly Minor[] = ['1.34']) => at133({ readiness: ready({ insights: insights(found, minors) }) });
const waiver: Waiver = { waiverId: 'w-1', clusterId: 'c-1', code: 'insight-error', owner: 'payments', reason: 'The operator is mended.', until: '2026-09-20T00:00:00.000Z', by: 'grace', at: NOW };

describe('the findings of EKS insights', () => {
  it('keep who called a deprecated API, how often and when last', () => {
    const [found] = draft(with133([DEPRECATED])).findings;
    assert.equal(found?.subject, 'Deprecated APIs removed in Kubernetes v1.34');
    assert.deepEqual(found.evidence, [
      '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas, not served from 1.34 on, replaced by /apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
      '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas: 1 requests in 30 days by kubectl/v1.20, the last at 2026-08-11T08:00:00.000Z',
      '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas: 412 requests in 30 days by old-operator/v0.3, the last at 2026-08-20T10:00:00.000Z',
    ]);
  });

  it('say until when EKS remembers the last request, and that a waiver is the way once the client is mended', () => {
    const [found] = draft(with133([DEPRECATED])).findings;
    assert.match(found?.detail ?? '', /The last such request was at 2026-08-20T10:00:00\.000Z\. .* goes away by itself after 2026-09-19T10:00:00\.000Z/);
    assert.match(found?.remedy ?? '', /mended already, an approver may waive it until EKS forgets/);
  });

  it('name the hop that they concern, and say of a warning further ahead that it will block there', () => {
    const later: InsightFacts = { ...DEPRECATED, status: 'WARNING', kubernetesVersion: '1.36' };
    const found = draft(with133([later]), '1.36').findings.find(({ code }) => code === 'insight-warning');
    assert.equal(found?.hop, '1.36');
    assert.match(found.detail, /It becomes an ERROR, and blocks, when 1\.36 is the next minor\./);
    assert.deepEqual(draft(with133([later]), '1.34').findings.filter(({ code }) => code.startsWith('insight')), []);
  });

  it('hold the whole upgrade for an unknown of a hop further ahead', () => {
    const found = draft(with133([insight({ status: 'UNKNOWN', kubernetesVersion: '1.36' })]), '1.36').findings.find(({ code }) => code === 'insight-unknown');
    assert.deepEqual([found?.severity, found?.hop], ['blocks', '1.36']);
  });

  it('are out of date when EKS does not say when it looked', () => {
    const { lastRefreshTime: _time, ...undated } = insight();
    assert.match(draft(with133([undated])).findings.find(({ code }) => code === 'insights-stale')?.detail ?? '', /does not say when it last looked/);
  });

  it('say which hops EKS tells nothing of yet', () => {
    const line = draft(with133([]), '1.36').notLookedAt.find(({ code }) => code === 'insights-ahead');
    assert.match(line?.because ?? '', /no insight for 1\.35, 1\.36 yet/);
  });

  it('count insights without a version for the next hop', () => {
    const { kubernetesVersion: _version, ...unversioned } = insight({ status: 'ERROR' });
    assert.equal(draft(with133([unversioned]), '1.35').findings[0]?.hop, '1.34');
  });

  it('let an upgrade go on whose own steps mend what EKS complains of, and only then', () => {
    const error = (compatibleVersions: string[]) => insight({ name: 'EKS add-on version compatibility', status: 'ERROR', addons: [{ name: 'coredns', compatibleVersions }] });
    const facts = (found: InsightFacts) => at133({ nodegroups: [], addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2')], readiness: ready({ insights: insights([found]) }) });
    const severity = (found: InsightFacts) => draft(facts(found)).findings.find(({ code }) => code === 'insight-error')?.severity;
    assert.equal(severity(error(['v1.12.1-eksbuild.2'])), 'advises');
    assert.equal(severity(error(['v9.9.9-eksbuild.1'])), 'blocks');
  });

  it('say which add-ons move before the hop, and that kube-proxy follows it where it does', () => {
    const remedy = (kubeProxy: string, ...compatibleVersions: string[]) => {
      const addons = [{ name: 'coredns', compatibleVersions: ['v1.12.1-eksbuild.2'] }, { name: 'kube-proxy', compatibleVersions }];
      const facts = at133({ nodegroups: [], addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2'), addonFacts('kube-proxy', kubeProxy)], readiness: ready({ insights: insights([insight({ name: 'EKS add-on version compatibility', status: 'ERROR', addons })]) }) });
      return draft(facts).findings.find(({ code }) => code === 'insight-error')?.remedy;
    };
    assert.equal(remedy('v1.33.7-eksbuild.2', 'v1.34.3-eksbuild.2'), 'Nothing: the plan moves coredns before that hop, and kube-proxy right after the control plane.');
    assert.equal(remedy('v1.30.1-eksbuild.1', 'v1.33.7-eksbuild.2'), 'Nothing: the plan moves coredns and kube-proxy before that hop.');
  });

  it('stand back where the add-on has moved since EKS looked, by the plan\'s own step', () => {
    const error = insight({ name: 'EKS add-on version compatibility', status: 'ERROR', addons: [{ name: 'coredns', compatibleVersions: ['v1.12.1-eksbuild.2'] }] });
    const at = (version: string) => draft(at133({ nodegroups: [], addons: [addonFacts('coredns', version)], readiness: ready({ insights: insights([error]) }) })).findings.find(({ code }) => code === 'insight-error');
    assert.equal(at('v1.12.1-eksbuild.2')?.severity, 'advises');
    assert.match(at('v1.12.1-eksbuild.2')?.remedy ?? '', /coredns moved since EKS looked/);
    assert.equal(at('v1.12.4-eksbuild.1')?.severity, 'blocks');
  });

  it('let an upgrade go on that rolls the nodes before the hop that EKS says they are too old for', () => {
    const error = insight({ name: 'Kubelet version skew', status: 'ERROR' });
    const behind = (version: Minor) => at133({ nodegroups: [nodegroupFacts('blue', version)], readiness: ready({ insights: insights([error]) }) });
    const found = (version: Minor) => draft(behind(version)).findings.find(({ code }) => code === 'insight-error');
    assert.equal(found('1.30')?.severity, 'advises');
    assert.match(found('1.30')?.remedy ?? '', /the plan rolls blue before that hop/);
    assert.equal(found('1.33')?.severity, 'blocks');
  });

  it('stand back where the nodes have rolled since EKS looked, and hold where they have not', () => {
    const error = insight({ name: 'Kubelet version skew', status: 'ERROR' });
    const lookedAt = Date.parse(error.lastRefreshTime ?? '');
    const found = (later: number, version: Minor) => {
      const blue = { ...nodegroupFacts('blue', version), modifiedAt: new Date(lookedAt + later).toISOString() };
      return draft(at133({ nodegroups: [blue], readiness: ready({ insights: insights([error]) }) })).findings.find(({ code }) => code === 'insight-error');
    };
    assert.equal(found(1, '1.33')?.severity, 'advises');
    assert.match(found(1, '1.33')?.remedy ?? '', /blue rolled since EKS looked/);
    assert.equal(found(0, '1.33')?.severity, 'blocks');
  });

  it('are not asked for when the control plane stays', () => {
    const facts = at133({ nodegroups: [nodegroupFacts('blue', '1.32')], readiness: ready({ insights: { kind: 'unknown', because: 'AccessDenied' } }) });
    assert.deepEqual(draft(facts, '1.33').findings.filter(({ code }) => code.startsWith('insight')), []);
  });

  it('are out of date when the control plane moved since EKS looked', () => {
    const upgraded = { from: '1.32', to: '1.33', at: '2026-09-01T09:30:00.001Z' } as const;
    const codes = (at: string) => draft(with133([]), '1.34', { cluster: cluster('1.33', { upgraded: { ...upgraded, at } }), lastLook: true }).findings.map(({ code, severity }) => `${code} ${severity}`);
    assert.ok(codes('2026-09-01T09:30:00.001Z').includes('insights-stale blocks'));
    assert.ok(!codes('2026-09-01T09:30:00.000Z').includes('insights-stale blocks'));
  });

  it('keep at most twenty lines of evidence, and say how many more there are', () => {
    const resources = Array.from({ length: 30 }, (_, index) => ({ uri: `/api/v1/nodes/${index}`, status: 'ERROR' }));
    const evidence = draft(with133([insight({ status: 'ERROR', resources })])).findings[0]?.evidence;
    assert.equal(evidence?.length, 20);
    assert.equal(evidence?.at(-1), 'and 11 more.');
  });
});

describe('a waived insight', () => {
  const ask = { waivers: [waiver], askedBy: 'ada' };

  it('has EKS told to force the hop that it concerns, which the step says, and no other', () => {
    const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.35', facts: with133([DEPRECATED]), now: NOW, ...ask }));
    const moves = steps(plan).filter((step) => step.kind === 'upgrade-control-plane');
    assert.deepEqual(moves.map((step) => step.parameters), [{ version: '1.34', force: true }, { version: '1.35' }]);
    assert.match(moves[0]?.reason ?? '', /force it past "Deprecated APIs removed in Kubernetes v1\.34", which grace waived\.$/);
  });

  it('that nobody saw is not forced past', () => {
    const facts = at133({ readiness: ready({ insights: { kind: 'unknown', because: 'AccessDenied' } }) });
    const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW, waivers: [{ ...waiver, code: 'insights-not-seen' }], askedBy: 'ada' }));
    assert.deepEqual(steps(plan).find((step) => step.kind === 'upgrade-control-plane')?.parameters, { version: '1.34' });
  });
});
