import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { Minor } from '../../domain/minor.ts';
import { planRollback } from '../../domain/plan-rollback.ts';
import { planUpgrade } from '../../domain/plan-upgrade.ts';
import type { Plan } from '../../domain/plan.ts';
import { stillRight } from '../../domain/still-right.ts';
import { asPending } from './carried-out.ts';
import { insight, insights, ready } from './checks/ready.ts';
import { anOperation } from './operation-words.ts';
import { addonFacts, at133, cluster, clusterFacts, nodegroupFacts, NOW, planned } from './worlds.ts';

const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts: at133(), now: NOW }));

/** Asks about the control-plane step of a plan, with what is true by then. */
function asked(facts: ClusterFacts, of: Plan = plan, more: Partial<Parameters<typeof stillRight>[0]> = {}) {
  const hop = of.hops[0]!;
  const step = asPending(hop.steps.find(({ kind }) => kind.endsWith('control-plane'))!, hop);
  return stillRight({ operation: anOperation({ plan: of }), step, cluster: cluster(facts.cluster.version), facts, now: NOW, ...more });
}

describe('a control plane\'s step, right before it is begun', () => {
  it('is still right while nothing has moved', () => {
    assert.deepEqual(asked(at133()), { kind: 'yes' });
  });

  it('is planned again when somebody else moved the control plane', () => {
    assert.deepEqual(asked(at133({ cluster: { version: '1.34' as Minor } })), { kind: 'plan-again', because: 'The control plane is at 1.34, and the plan had it at 1.33.' });
  });

  it('is planned again when something has to come before it by now', () => {
    const moved = asked(at133({ addons: [addonFacts('coredns', 'v1.11.4-eksbuild.2')] }));
    assert.ok(moved.kind === 'plan-again');
    assert.match(moved.because, /^Moving add-on coredns to v1\.12\.1-eksbuild\.2 has to come first: v1\.11\.4-eksbuild\.2 is not listed for 1\.34/);
    assert.equal(asked(at133({ nodegroups: [nodegroupFacts('blue', '1.30')] })).kind, 'plan-again', 'a group that is too old by now rolls first');
  });

  it('stops when something that blocks has come up, with what it is', () => {
    const stopped = asked(at133({ cluster: { healthIssues: [{ code: 'KmsKeyDisabled', message: 'Told by EKS.', resourceIds: [] }] } }));
    assert.ok(stopped.kind === 'stop');
    assert.deepEqual(stopped.errors.map(({ code, step }) => [code, step]), [['upgrade-blocked', '1.34/control-plane']]);
  });

  it('is planned again when what EKS said has grown old meanwhile, so that EKS looks anew', () => {
    const old = at133({ readiness: ready({ insights: insights([insight({ lastRefreshTime: '2026-08-30T11:00:00.000Z' })]) }) });
    const moved = asked(old);
    assert.ok(moved.kind === 'plan-again');
    assert.match(moved.because, /out of date/);
    assert.deepEqual(asked(at133({ readiness: ready() })), { kind: 'yes' });
  });

  it('may be begun beside another\'s update: it takes over the very hop, and waits for any other', () => {
    const update = { updateId: 'u-1', status: 'InProgress', params: { Version: '1.34' }, createdAt: NOW, errors: [] };
    assert.deepEqual(asked(at133({ cluster: { status: 'UPDATING' }, updatesInProgress: [{ ...update, type: 'VersionUpdate' }] })), { kind: 'yes' });
    assert.deepEqual(asked(at133({ cluster: { status: 'UPDATING' }, updatesInProgress: [{ ...update, type: 'LoggingUpdate', params: {} }] })), { kind: 'yes' });
  });

  it('is judged on the way back as well', () => {
    const record = { upgraded: { from: '1.34' as const, to: '1.35' as const, at: '2026-08-30T12:00:00.000Z' } };
    const behind = clusterFacts('1.35', { nodegroups: [nodegroupFacts('blue', '1.34')] });
    const back = planned(planRollback({ cluster: cluster('1.35', record), facts: behind, now: NOW }));
    const more = { operation: anOperation({ kind: 'rollback-cluster', plan: back }), cluster: cluster('1.35', record) };
    assert.deepEqual(asked(behind, back, more), { kind: 'yes' });
    assert.equal(asked(clusterFacts('1.35', { nodegroups: [nodegroupFacts('blue', '1.35')] }), back, more).kind, 'plan-again', 'a group that somebody rolled forward goes back first');
    assert.equal(asked(behind, back, { ...more, now: '2026-09-06T12:00:00.000Z' }).kind, 'stop', 'seven days are over');
  });
});
