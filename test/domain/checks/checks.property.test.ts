import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ClusterFacts } from '../../../domain/facts.ts';
import { blocks, FINDINGS, type FindingCode } from '../../../domain/finding-codes.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { Plan } from '../../../domain/plan.ts';
import { draftUpgrade, planUpgrade } from '../../../domain/plan-upgrade.ts';
import type { InsightFacts, InsightsFacts, KmsKeyFacts, Looked, ReadinessFacts } from '../../../domain/readiness-facts.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { renderPlan } from '../../../domain/render-plan.ts';
import { randomWorld } from '../random-worlds.ts';
import { cluster, MINORS, NOW } from '../worlds.ts';

/** Random worlds that were looked at for readiness, each part seen in some state or not seen at all; words that no one knows among them. */

const minor = fc.constantFrom(...MINORS);
const time = fc.constantFrom('2026-09-01T09:30:00.000Z', '2026-08-20T00:00:00.000Z', 'some day', undefined);
const group = fc.constantFrom('group-0', 'group-1', 'group-2', 'another');
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

function looked<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Looked<T>> {
  return fc.oneof({ weight: 3, arbitrary: value.map((seen): Looked<T> => ({ kind: 'seen', value: seen })) }, { weight: 1, arbitrary: fc.constant<Looked<T>>({ kind: 'unknown', because: 'AccessDeniedException: not authorized.' }) });
}

const insight = fc.record({
  id: fc.string({ minLength: 1, maxLength: 4 }),
  name: fc.constantFrom('Kubelet version skew', 'kube-proxy version skew', 'EKS add-on version compatibility', 'Deprecated APIs removed in Kubernetes v1.34'),
  category: fc.constantFrom('UPGRADE_READINESS', 'UPGRADE_READINESS', 'MISCONFIGURATION', 'ROLLBACK_READINESS', 'SOMETHING_NEW'),
  kubernetesVersion: maybe(minor),
  status: fc.constantFrom('PASSING', 'PASSING', 'WARNING', 'ERROR', 'UNKNOWN', 'SOMETHING_NEW'),
  lastRefreshTime: time,
  deprecations: fc.array(fc.record({ usage: fc.string({ maxLength: 5 }), clients: fc.array(fc.record({ userAgent: fc.string({ maxLength: 3 }), requestsLast30Days: fc.nat(9), lastRequestTime: time }), { maxLength: 2 }) }), { maxLength: 1 }),
  addons: fc.array(fc.record({ name: fc.constantFrom('coredns', 'vpc-cni'), compatibleVersions: fc.constantFrom([], ['v1.12.1-eksbuild.1']) }), { maxLength: 1 }),
  resources: fc.array(fc.record({ uri: maybe(fc.constant('/api/v1/nodes/a')), status: maybe(fc.constant('ERROR')) }), { maxLength: 30 }),
}) as unknown as fc.Arbitrary<InsightFacts>;

const readiness = fc.record({
  observedAt: fc.constant(NOW),
  insights: looked(fc.record({ refresh: fc.record({ status: fc.constantFrom('IN_PROGRESS', 'COMPLETED', 'FAILED', 'never') }), insights: fc.array(insight, { maxLength: 6 }) }) as unknown as fc.Arbitrary<InsightsFacts>),
  roles: looked(fc.array(fc.record({ roleArn: fc.constant('arn:aws:iam::111111111111:role/r'), usedBy: fc.constantFrom('cluster', 'nodegroup', 'fargate-profile'), subjects: fc.array(group, { maxLength: 2 }), exists: fc.boolean() }), { maxLength: 3 })),
  kmsKey: looked(fc.oneof(fc.constant('none'), fc.record({ keyArn: fc.constant('arn:aws:kms:k'), state: fc.constantFrom('Enabled', 'Disabled', 'NotFound', 'SomethingNew') })) as unknown as fc.Arbitrary<KmsKeyFacts | 'none'>),
  quotas: looked(fc.array(fc.record({ code: fc.constant('L-1216C47A'), name: fc.constant('Standard'), family: fc.constant('standard'), spot: fc.boolean(), limitVcpus: fc.nat(64), usedVcpus: fc.nat(64), vcpusByType: fc.constantFrom({}, { 'm5.large': 2 }) }), { maxLength: 2 })),
  launchTemplates: looked(fc.array(fc.record({ id: fc.constant('lt-1'), version: maybe(fc.constantFrom('1', '2')), latestVersion: maybe(fc.constant('2')), exists: fc.boolean(), usedBy: fc.array(group, { maxLength: 2 }) }), { maxLength: 2 })),
  selfManagedGroups: looked(fc.array(fc.record({ groupName: group, desiredCapacity: fc.nat(5), minSize: fc.constant(0), maxSize: fc.constant(9), kubelets: fc.array(fc.option(minor), { maxLength: 2 }), images: fc.constant([]), subnetIds: fc.constant([]), unhealthyInstances: fc.nat(2), refreshInProgress: maybe(fc.constant('r-1')) }), { maxLength: 2 })),
  fargateProfiles: looked(fc.array(fc.record({ profileName: fc.constant('jobs'), status: fc.constantFrom('ACTIVE', 'CREATE_FAILED'), subnetIds: fc.constant([]), namespaces: fc.constantFrom([], ['batch']), healthIssues: fc.constant([]) }), { maxLength: 2 })),
  pooledNodes: looked(fc.array(fc.record({ kind: fc.constantFrom('karpenter', 'auto-mode'), pool: fc.constantFrom('', 'general'), count: fc.nat(9), kubelets: fc.array(fc.option(minor), { maxLength: 3 }) }), { maxLength: 2 })),
  hybridNodes: fc.boolean(),
  kubeProxyMode: looked(fc.constantFrom('iptables', 'ipvs', 'nftables', 'not-told')),
}) as unknown as fc.Arbitrary<ReadinessFacts>;

function draft(facts: ClusterFacts, to: Minor, lastLook: boolean): Plan | undefined {
  const outcome = draftUpgrade({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, lastLook });
  return isRefusal(outcome) ? undefined : outcome;
}

const RUNS = 300;
const world = fc.record({ world: randomWorld, readiness, lastLook: fc.boolean() }).map(({ world: { facts, to }, lastLook, ...looks }) => ({ facts: { ...facts, readiness: looks.readiness }, to, lastLook }));

/** What stands in the plan for a part that could not be seen. */
const TOLD_AS: Readonly<Record<string, string>> = { roles: 'iam-roles', kmsKey: 'kms-key', quotas: 'ec2-quotas', launchTemplates: 'launch-templates', selfManagedGroups: 'self-managed-nodes', fargateProfiles: 'fargate-pods', pooledNodes: 'karpenter-nodes' };

describe('the checks of an upgrade, over random facts', () => {
  it('never throw, and say the same of the same facts', () => {
    let planned = 0;
    fc.assert(
      fc.property(world, ({ facts, to, lastLook }) => {
        const plan = draft(facts, to, lastLook);
        if (plan === undefined) return;
        planned += 1;
        // Facts come from another function and from the store, as JSON both times.
        assert.equal(renderPlan(plan), renderPlan(draft(JSON.parse(JSON.stringify(facts)) as ClusterFacts, to, lastLook)!));
        for (const found of plan.findings) {
          const allowed = FINDINGS[found.code as FindingCode];
          assert.ok(allowed === 'either' || allowed === found.severity, `${found.code} ${found.severity}`);
          assert.deepEqual(plan.findings.filter(({ code, subject, hop }) => code === found.code && subject === found.subject && hop === found.hop), [found], 'one finding of a kind for each subject');
          assert.ok(found.detail.length > 0 && found.remedy.length > 0 && (found.evidence?.length ?? 1) <= 20);
        }
      }),
      { numRuns: RUNS, seed: 41 },
    );
    assert.ok(planned > RUNS / 2, `${planned} worlds could be planned`);
  });

  it('never pass over what could not be seen', () => {
    fc.assert(
      fc.property(world, ({ facts, to, lastLook }) => {
        const plan = draft(facts, to, lastLook);
        if (plan === undefined) return;
        const unsaid = Object.entries(TOLD_AS).filter(([part, code]) => (facts.readiness[part as 'roles']).kind === 'unknown' && !plan.notLookedAt.some((line) => line.code === code && line.because.startsWith('Unknown: ')));
        assert.deepEqual(unsaid, []);
        const moves = plan.hops.some((hop) => hop.from !== hop.to);
        if (facts.readiness.insights.kind === 'unknown') assert.ok(moves ? plan.findings.some((found) => found.code === 'insights-not-seen' && blocks(found)) : plan.notLookedAt.some((line) => line.code === 'deprecated-api-use'));
        if (to === '1.36' && facts.readiness.kubeProxyMode.kind === 'unknown') assert.ok(plan.notLookedAt.some((line) => line.code === 'kube-proxy-ipvs-mode'));
      }),
      { numRuns: RUNS, seed: 42 },
    );
  });

  it('let no control plane move where EKS says nothing, or nothing that is known, of the next minor', () => {
    fc.assert(
      fc.property(world, ({ facts, to, lastLook }) => {
        const outcome = planUpgrade({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, lastLook });
        if (isRefusal(outcome)) return;
        const next = outcome.hops.find((hop) => hop.from !== hop.to)?.to;
        if (next === undefined) return;
        assert.equal(facts.readiness.insights.kind, 'seen');
        const told = facts.readiness.insights.kind === 'seen' ? facts.readiness.insights.value.insights.filter((one) => one.category === 'UPGRADE_READINESS' && (one.kubernetesVersion ?? next) === next) : [];
        assert.ok(told.length > 0);
        assert.deepEqual(told.filter((one) => !['PASSING', 'WARNING', 'ERROR'].includes(one.status)), []);
      }),
      { numRuns: RUNS, seed: 43 },
    );
  });
});
