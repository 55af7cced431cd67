import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NodegroupFacts } from '../../../domain/facts.ts';
import { draftUpgrade } from '../../../domain/plan-upgrade.ts';
import type { QuotaFacts } from '../../../domain/readiness-facts.ts';
import { at133, cluster, nodegroupFacts, NOW, planned } from '../worlds.ts';
import { ready, seen } from './ready.ts';

const standard = (limitVcpus: number, more: Partial<QuotaFacts> = {}): QuotaFacts => ({ code: 'L-1216C47A', name: 'Standard', family: 'standard', spot: false, limitVcpus, usedVcpus: 0, vcpusByType: { 'm5.large': 2, 'm5.xlarge': 4 }, ...more });

function found(nodegroups: readonly NodegroupFacts[], quotas: readonly QuotaFacts[]): string[] {
  const plan = planned(draftUpgrade({ cluster: cluster('1.33'), to: '1.34', facts: at133({ nodegroups, readiness: ready({ quotas: seen(quotas) }) }), now: NOW }));
  return [...plan.findings.filter(({ code }) => code === 'vcpu-quota-short').map(({ subject, detail }) => `${subject}: ${detail}`), ...plan.notLookedAt.filter(({ code }) => code === 'ec2-quotas').map(({ because }) => because)];
}

describe('the quota of vCPUs', () => {
  const blue = nodegroupFacts('blue', '1.33');

  it('says that a roll cannot begin where there is no room for one new node a zone', () => {
    assert.deepEqual(found([blue], [standard(4)]), ['L-1216C47A: Rolling blue together adds nodes of up to 8 vCPUs, and Standard (L-1216C47A) has 4 left of 4.']);
    assert.match(found([blue], [standard(3)])[0] ?? '', /^blue: Its roll cannot even begin with what is left: it needs 4 vCPUs/);
  });

  it('counts the largest of a group\'s types, and nothing for a group that ends nodes first', () => {
    assert.match(found([nodegroupFacts('blue', '1.33', { instanceTypes: ['m5.large', 'm5.xlarge'] })], [standard(15)])[0] ?? '', /up to 16 vCPUs/);
    assert.deepEqual(found([nodegroupFacts('blue', '1.33', { updateConfig: { maxUnavailable: 1, updateStrategy: 'MINIMAL' } })], [standard(0)]), []);
  });

  it('counts no more groups than roll at once', () => {
    const groups = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => nodegroupFacts(name, '1.33'));
    assert.deepEqual(found(groups, [standard(32)]), []);
    assert.match(found(groups, [standard(31)])[0] ?? '', /Rolling a, b, c, d together adds nodes of up to 32 vCPUs/);
  });

  it('counts as many as the terms let roll at once', () => {
    const facts = at133({ nodegroups: ['a', 'b', 'c'].map((name) => nodegroupFacts(name, '1.33')), readiness: ready({ quotas: seen([standard(8)]) }) });
    const told = (maxParallelNodegroups: number) => planned(draftUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW, terms: { maxParallelNodegroups } })).findings.some(({ code }) => code === 'vcpu-quota-short');
    assert.deepEqual([told(1), told(2)], [false, true]);
  });

  it('tells Spot from On-Demand', () => {
    const spot = nodegroupFacts('blue', '1.33', { capacityType: 'SPOT' });
    assert.deepEqual(found([spot], [standard(0), standard(8, { code: 'L-34B43A08', spot: true })]), []);
    assert.equal(found([spot], [standard(100), standard(7, { code: 'L-34B43A08', spot: true })]).length, 1);
  });

  it('says of which groups no quota is known', () => {
    assert.match(found([nodegroupFacts('odd', '1.33', { instanceTypes: ['mac2.metal'] })], [standard(100)])[0] ?? '', /^Unknown: no quota is known for the instances of odd/);
  });

  it('takes a group\'s types from its launch template where it names none', () => {
    const facts = at133({
      nodegroups: [nodegroupFacts('blue', '1.33', { instanceTypes: [] })],
      readiness: ready({ quotas: seen([standard(7)]), launchTemplates: seen([{ id: 'lt-1', version: '1', latestVersion: '1', exists: true, instanceType: 'm5.large', usedBy: ['blue'] }]) }),
    });
    const plan = planned(draftUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW }));
    assert.ok(plan.findings.some(({ code }) => code === 'vcpu-quota-short'));
  });
});
