import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../domain/cluster.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { FindingCode } from '../../domain/finding-codes.ts';
import { draftRollback, planRollback } from '../../domain/plan-rollback.ts';
import type { Finding } from '../../domain/plan.ts';
import type { InsightFacts } from '../../domain/readiness-facts.ts';
import type { Waiver } from '../../domain/waiver.ts';
import { insight, insights, ready, seen, unseen } from './checks/ready.ts';
import { addonFacts, cluster, clusterFacts, nodegroupFacts, NOW, OFFERS, planned, refused, stepIds, steps } from './worlds.ts';

const UPGRADED = { from: '1.34', to: '1.35', at: '2026-08-30T12:00:00.000Z' } as const;
const at135 = (more: Parameters<typeof clusterFacts>[1] = {}) => clusterFacts('1.35', { nodegroups: [nodegroupFacts('blue', '1.35')], addons: [addonFacts('coredns', 'v1.12.4-eksbuild.1'), addonFacts('kube-proxy', 'v1.35.3-eksbuild.2')], ...more });
const ask = (facts: ClusterFacts, record: Partial<Cluster> = { upgraded: UPGRADED }, now = NOW) => ({ cluster: cluster(facts.cluster.version, record), facts, now });
const judged = (found: Partial<InsightFacts>) => at135({ readiness: ready({ insights: insights([insight({ category: 'ROLLBACK_READINESS', kubernetesVersion: '1.34', ...found })]) }) });

describe('planRollback', () => {
  it('takes nodes back first, then add-ons, then the control plane', () => {
    const plan = planned(planRollback(ask(at135())));
    assert.deepEqual(plan.hops.map(({ from, to }) => [from, to]), [['1.35', '1.34']]);
    assert.deepEqual(steps(plan).map(({ id, kind, stage, title, parameters }) => [id, kind, stage, title, parameters]), [
      ['1.34/nodegroup/blue', 'upgrade-nodegroup', 'RollBackNodegroups', 'Rolling node group blue back to 1.34', { version: '1.34' }],
      ['1.34/addon/kube-proxy/v1.34.3-eksbuild.2', 'upgrade-addon', 'RollBackAddons', 'Moving add-on kube-proxy to v1.34.3-eksbuild.2', { addonVersion: 'v1.34.3-eksbuild.2', resolveConflicts: 'PRESERVE' }],
      ['1.34/control-plane', 'rollback-control-plane', 'RollBackControlPlane', 'Taking the control plane back to 1.34', { version: '1.34', timeoutMinutes: 720 }],
    ]);
  });

  it('is the control plane alone where nodes and add-ons stayed behind', () => {
    assert.deepEqual(stepIds(planned(planRollback(ask(at135({ nodegroups: [nodegroupFacts('blue', '1.34')], addons: [addonFacts('kube-proxy', 'v1.34.3-eksbuild.2')] }))))), ['1.34/control-plane']);
  });

  it('takes the VPC CNI back one minor at a time, and no further than it must go', () => {
    const offer = (addonVersion: string, ...compatibleWith: ('1.34' | '1.35')[]) => ({ addonVersion, compatibleWith, defaultFor: [] });
    const addonCatalogue = { 'vpc-cni': [offer('v1.22.0-eksbuild.1', '1.35'), offer('v1.21.0-eksbuild.1', '1.35'), offer('v1.20.0-eksbuild.1', '1.34', '1.35'), offer('v1.19.0-eksbuild.1', '1.34', '1.35')] };
    const plan = planned(planRollback(ask(at135({ nodegroups: [], addons: [addonFacts('vpc-cni', 'v1.22.0-eksbuild.1')], addonCatalogue }))));
    assert.deepEqual(stepIds(plan), ['1.34/addon/vpc-cni/v1.21.0-eksbuild.1', '1.34/addon/vpc-cni/v1.20.0-eksbuild.1', '1.34/control-plane']);
  });

  it('takes kube-proxy back below the API server even where EKS lists it for both', () => {
    const addonCatalogue = { 'kube-proxy': [{ addonVersion: 'v1.35.3-eksbuild.2', compatibleWith: ['1.34', '1.35'] as const, defaultFor: ['1.35'] as const }, { addonVersion: 'v1.34.3-eksbuild.2', compatibleWith: ['1.34', '1.35'] as const, defaultFor: ['1.34'] as const }] };
    const [move] = steps(planned(planRollback(ask(at135({ nodegroups: [], addons: [addonFacts('kube-proxy', 'v1.35.3-eksbuild.2')], addonCatalogue })))));
    assert.equal(move?.id, '1.34/addon/kube-proxy/v1.34.3-eksbuild.2');
    assert.match(move.reason, /^kube-proxy at v1\.35\.3-eksbuild\.2 would be newer than an API server at 1\.34/);
  });

  it('is refused where the record tells of no upgrade, of another one, or of one that is seven days old', () => {
    const why = (record: Partial<Cluster>, now = NOW) => {
      const { code, detail } = refused(planRollback(ask(at135(), record, now)));
      assert.equal(code, 'rollback-unavailable');
      return detail;
    };
    assert.match(why({}), /has not been upgraded/);
    assert.match(why({ origin: 'imported' }), /Unknown: the cluster was imported/);
    assert.match(why({ upgraded: { ...UPGRADED, to: '1.34', from: '1.33' } }), /Unknown: its control plane is at 1\.35/);
    assert.match(why({ upgraded: UPGRADED }, '2026-09-06T12:00:00.000Z'), /for 7 days only/);
    const offers = OFFERS.map((offer) => (offer.version === '1.34' ? { ...offer, versionStatus: 'UNSUPPORTED' } : offer));
    assert.match(refused(planRollback(ask(at135({ catalogue: { offers } })))).detail, /no longer offers 1\.34/);
  });

  const barred: readonly [FindingCode, string, ClusterFacts][] = [
    ['custom-ami', 'blue', at135({ nodegroups: [nodegroupFacts('blue', '1.35', { amiType: 'CUSTOM', customAmi: true })] })],
    ['addon-not-listed', 'coredns', at135({ addons: [addonFacts('coredns', 'v1.13.1-eksbuild.1')], addonCatalogue: { coredns: [{ addonVersion: 'v1.13.1-eksbuild.1', compatibleWith: ['1.35'], defaultFor: ['1.35'] }] } })],
    ['control-plane-not-active', 'prod', at135({ cluster: { status: 'FAILED' } })],
    ['rollback-not-ready', 'prod', clusterFacts('1.34', { cluster: { supportType: 'STANDARD' } })],
    ['rollback-not-ready', 'spot', at135({ readiness: ready({ pooledNodes: seen([{ kind: 'karpenter', pool: 'spot', count: 1, kubelets: ['1.35'] }]) }) })],
    ['self-managed-no-image', 'workers', at135({ readiness: ready({ selfManagedGroups: seen([{ groupName: 'workers', desiredCapacity: 1, minSize: 1, maxSize: 2, launchTemplate: { id: 'lt-1', version: '1' }, kubelets: ['1.35'], images: [{ version: '1', imageId: 'ami-1', minor: '1.35' }], subnetIds: [], unhealthyInstances: 0 }]) }) })],
    ['insight-error', 'Cluster health issues', judged({ status: 'ERROR' })],
    ['insight-unknown', 'Cluster health issues', judged({ status: 'UNKNOWN' })],
  ];
  for (const [code, subject, facts] of barred) {
    it(`is refused before the first node is drained for ${code} of ${subject}`, () => {
      const record = { upgraded: facts.cluster.version === '1.34' ? { ...UPGRADED, from: '1.33' as const, to: '1.34' as const } : UPGRADED };
      const answer = refused(planRollback(ask(facts, record)));
      assert.equal(answer.code, 'rollback-unavailable');
      assert.deepEqual(answer.findings?.filter((found) => found.severity === 'blocks').map((found) => [found.code, found.subject]), [[code, subject]]);
    });
  }

  const told: readonly [string, Finding['severity'] | undefined, ClusterFacts][] = [
    ['of what the plan mends itself as advice', 'advises', judged({ name: 'Kubelet version rollback compatibility', status: 'ERROR' })],
    ['of add-ons that the plan moves as advice', 'advises', judged({ name: 'EKS add-on version rollback compatibility', status: 'ERROR' })],
    ['of kube-proxy, which the plan moves, as advice', 'advises', judged({ name: 'kube-proxy version rollback compatibility', status: 'ERROR' })],
    ['of a warning', 'advises', judged({ status: 'WARNING' })],
    ['nothing of one that passes', undefined, judged({})],
    ['nothing of one on another minor', undefined, judged({ status: 'ERROR', kubernetesVersion: '1.33' })],
    ['of insights that could not be read, and leaves it to EKS', 'advises', at135({ readiness: ready({ insights: unseen }) })],
  ];
  for (const [what, severity, facts] of told) {
    it(`tells ${what}`, () => {
      const findings = planned(draftRollback(ask(facts))).findings.filter((found) => found.code.startsWith('insight') || found.code === 'rollback-not-ready');
      assert.deepEqual(findings.map((found) => found.severity), severity === undefined ? [] : [severity]);
    });
  }

  it('is refused where nodes and add-ons take longer than EKS goes back, unless that is waived, and is told to hurry where it is tight', () => {
    const at = (minutesLeft: number, facts = at135()) => {
      const now = new Date(Date.parse(UPGRADED.at) + 7 * 86_400_000 - minutesLeft * 60_000).toISOString();
      return { ...ask(facts, { upgraded: UPGRADED }, now), now };
    };
    const timing = (asked: ReturnType<typeof at>) => planned(draftRollback(asked)).findings.filter((found) => found.detail.startsWith('EKS goes back until')).map((found) => found.severity);
    const { minutes } = planned(planRollback(ask(at135()))).estimate;
    const before = minutes - 10 + 3;
    assert.deepEqual([timing(at(before * 3)), timing(at(before * 3 - 1)), timing(at(before)), timing(at(before - 1))], [[], ['advises'], ['advises'], ['blocks']]);
    const late = refused(planRollback(at(before - 1)));
    assert.match(late.detail, new RegExp(`goes back until 2026-09-06T12:00:00.000Z, ${before - 1} minutes from now; nodes and add-ons take about ${before} minutes`));
    const waiver: Waiver = { waiverId: 'w-1', clusterId: 'c-1', code: 'rollback-not-ready', owner: 'payments', reason: 'One node.', until: '2026-09-20T00:00:00.000Z', by: 'grace', at: NOW };
    planned(planRollback({ ...at(before - 1), waivers: [waiver], askedBy: 'ada' }));
    const held = at135({ nodegroups: [nodegroupFacts('blue', '1.34')], addons: [] });
    assert.deepEqual(timing(at(1, held)), [], 'the control plane alone is asked at once');
  });

  it('says which freeze or window of the cluster it does not wait for', () => {
    const windows = [{ cron: '0 2 * * SAT', durationMinutes: 60 }];
    const freeze = { from: '2026-08-30T00:00:00Z', to: '2026-12-24T00:00:00Z', owner: 'grace', reason: 'Year end' };
    const told = (maintenancePolicy: Cluster['maintenancePolicy']) => planned(planRollback(ask(at135(), { upgraded: UPGRADED, ...(maintenancePolicy === undefined ? {} : { maintenancePolicy }) }))).findings.filter((found) => found.code === 'rollback-not-held').map((found) => found.detail);
    assert.deepEqual(told(undefined), []);
    assert.match(told({ timeZone: 'UTC', windows, freezes: [] })[0] ?? '', /^Outside the maintenance windows; the next opens at .* A rollback does not wait for that/);
    assert.match(told({ timeZone: 'UTC', windows: [], freezes: [freeze] })[0] ?? '', /^Frozen by grace until .*: Year end\. A rollback does not wait/);
  });

  it('has EKS force its way past an insight that an approver waived, and past nothing else', () => {
    const waiver: Waiver = { waiverId: 'w-1', clusterId: 'c-1', code: 'insight-error', owner: 'payments', reason: 'Looked at.', until: '2026-09-20T00:00:00.000Z', by: 'grace', at: NOW };
    const plan = planned(planRollback({ ...ask(judged({ status: 'ERROR' })), waivers: [waiver], askedBy: 'ada' }));
    assert.deepEqual(steps(plan).map((step) => step.parameters?.['force']), [undefined, undefined, true]);
    assert.equal(refused(planRollback({ ...ask(judged({ status: 'ERROR' })), waivers: [waiver], askedBy: 'grace' })).code, 'rollback-unavailable');
  });

  it('takes a forced node group back past its budgets', () => {
    const [roll] = steps(planned(planRollback({ ...ask(at135()), terms: { forceNodegroups: ['blue'] } })));
    assert.deepEqual(roll?.parameters, { version: '1.34', force: true });
  });

  it('warns that extended support is paid again', () => {
    const facts = clusterFacts('1.34', {});
    assert.ok(planned(planRollback(ask(facts, { upgraded: { ...UPGRADED, from: '1.33', to: '1.34' } }))).findings.some((found) => found.code === 'target-in-extended-support'));
  });
});
