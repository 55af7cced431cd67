import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayBegin } from '../../domain/may-begin.ts';
import { anOperation, aStep } from './operation-words.ts';

const asked = { by: 'ada', reason: 'payday', at: '2026-10-05T09:05:00.000Z' };

describe('mayBegin', () => {
  it('lets a step begin when nothing stands in its way', () => {
    assert.deepEqual(mayBegin(anOperation(), aStep(), [aStep()], undefined), { kind: 'yes' });
  });

  it('refuses after a cancel, and names who asked and why', () => {
    const verdict = mayBegin(anOperation({ cancel: asked }), aStep(), [], undefined);
    assert.deepEqual(verdict, { kind: 'no', error: 'OperationCancelled', because: 'Cancelled by ada: payday.' });
  });

  it('refuses when the operation has ended', () => {
    assert.equal(mayBegin(anOperation({ endedAt: '2026-10-05T10:00:00.000Z' }), aStep(), [], undefined).kind, 'no');
  });

  it('holds while the operation is paused or all work is frozen', () => {
    assert.deepEqual(mayBegin(anOperation({ pause: asked }), aStep(), [], undefined), { kind: 'hold', wait: 'Paused', because: 'Paused by ada: payday.' });
    const frozen = mayBegin(anOperation(), aStep(), [], { by: 'grace', reason: 'an outage' });
    assert.deepEqual(frozen, { kind: 'hold', wait: 'Frozen', because: 'All new work at EKS is frozen by grace: an outage' });
  });

  it('holds outside the windows of the cluster, until the next opens', () => {
    const policy = { timeZone: 'UTC', windows: [{ cron: '0 2 * * SAT', durationMinutes: 60 }], freezes: [] };
    const moment = (now: string, seconds: number) => ({ now: Date.parse(now), seconds, policy });
    assert.equal(mayBegin(anOperation(), aStep(), [], undefined, moment('2026-10-10T02:10:00Z', 3000)).kind, 'yes');
    const verdict = mayBegin(anOperation(), aStep(), [], undefined, moment('2026-10-10T02:11:00Z', 3000));
    assert.ok(verdict.kind === 'hold');
    assert.deepEqual([verdict.wait, verdict.until], ['MaintenanceWindow', Date.parse('2026-10-17T02:00:00Z')]);
  });

  it('refuses the control plane after an add-on before it has failed', () => {
    const failed = aStep({ id: '1.34/addon/coredns', stage: 'PrepareAddons', kind: 'upgrade-addon', subject: 'coredns', order: 1, state: 'Failed', title: 'Moving add-on coredns' });
    const verdict = mayBegin(anOperation(), aStep(), [failed, aStep()], undefined);
    assert.deepEqual(verdict, { kind: 'no', error: 'OperationStopped', because: 'Not begun, because an earlier step failed: Moving add-on coredns.' });
  });

  it('lets a node group begin although its sibling has failed', () => {
    const group = (name: string, order: number) =>
      aStep({ id: `1.34/nodegroup/${name}`, stage: 'UpgradeNodegroups', kind: 'upgrade-nodegroup', subject: name, order });
    assert.equal(mayBegin(anOperation(), group('green', 4), [{ ...group('blue', 3), state: 'Failed' }, group('green', 4)], undefined).kind, 'yes');
  });

  it('refuses the second move of an add-on whose first has failed', () => {
    const move = (n: number) => aStep({ id: `1.34/addon/vpc-cni/${n}`, stage: 'UpgradeAddons', kind: 'upgrade-addon', subject: 'vpc-cni', order: n });
    assert.equal(mayBegin(anOperation(), move(2), [{ ...move(1), state: 'Failed' }, move(2)], undefined).kind, 'no');
  });
});

describe('mayBegin of an upgrade with terms', () => {
  const DAY = '2026-10-05T12:00:00Z';
  const roll = aStep({ id: '1.34/nodegroup/blue', stage: 'UpgradeNodegroups', kind: 'upgrade-nodegroup', subject: 'blue', order: 2 });
  const at = (now: string) => ({ now: Date.parse(now), seconds: 0 });
  const yes = (gate: 'beforeControlPlane' | 'beforeNodegroups', hop?: string) => ({ gate, ...(hop === undefined ? {} : { hop }), by: 'grace', at: DAY });

  it('holds until the start that was asked for', () => {
    const operation = anOperation({ terms: { startAt: '2026-10-06T02:00:00Z' } });
    const verdict = mayBegin(operation, aStep(), [], undefined, at(DAY));
    assert.ok(verdict.kind === 'hold');
    assert.deepEqual([verdict.wait, verdict.until], ['StartTime', Date.parse('2026-10-06T02:00:00Z')]);
    assert.equal(mayBegin(operation, aStep(), [], undefined, at('2026-10-06T02:00:00Z')).kind, 'yes');
  });

  it('waits for people before it waits for times, and lets an approval count for its own gate and hop alone', () => {
    const terms = { gates: ['beforeControlPlane', 'beforeNodegroups'] as const, startAt: '2026-10-06T02:00:00Z' };
    const waitOf = (approvals: ReturnType<typeof yes>[], step = aStep()): string => {
      const verdict = mayBegin(anOperation({ terms, approvals }), step, [], undefined, at(DAY));
      return verdict.kind === 'hold' ? verdict.wait : verdict.kind;
    };
    assert.equal(waitOf([]), 'Approval');
    assert.equal(waitOf([yes('beforeNodegroups', '1.34')]), 'Approval');
    assert.equal(waitOf([yes('beforeControlPlane')]), 'StartTime');
    assert.equal(waitOf([yes('beforeControlPlane')], roll), 'Approval');
    assert.equal(waitOf([yes('beforeControlPlane'), yes('beforeNodegroups', '1.33')], roll), 'Approval');
    assert.equal(waitOf([yes('beforeControlPlane'), yes('beforeNodegroups', '1.34')], roll), 'StartTime');
    assert.equal(waitOf([yes('beforeControlPlane')], { ...roll, stage: 'UpgradeCanaryNodegroup' }), 'Approval');
  });

  it('asks before the control plane only where one is left to move, and counts approvals of its own run alone', () => {
    const terms = { gates: ['beforeControlPlane'] as const };
    const { plan } = anOperation();
    const moving = { ...plan, hops: [{ from: '1.33', to: '1.34', steps: [aStep(), roll] }] };
    assert.equal(mayBegin(anOperation({ terms, plan: { ...plan, hops: [{ from: '1.34', to: '1.34', steps: [roll] }] } }), roll, [], undefined, at(DAY)).kind, 'yes');
    assert.equal(mayBegin(anOperation({ terms, plan: moving }), roll, [], undefined, at(DAY)).kind, 'hold');
    const before = { ...yes('beforeControlPlane'), run: 1 };
    assert.equal(mayBegin(anOperation({ terms, run: 2, plan: moving, approvals: [before] }), aStep(), [], undefined, at(DAY)).kind, 'hold');
    assert.equal(mayBegin(anOperation({ terms, run: 2, plan: moving, approvals: [before, { ...before, run: 2 }] }), aStep(), [], undefined, at(DAY)).kind, 'yes');
  });

  it('may ignore windows, and never freezes', () => {
    const policy = { timeZone: 'UTC', windows: [{ cron: '0 2 * * SAT', durationMinutes: 60 }], freezes: [] };
    const freeze = { from: '2026-10-05T00:00:00Z', to: '2026-10-07T00:00:00Z', owner: 'grace', reason: 'The sale' };
    const operation = anOperation({ terms: { ignoreWindows: true } });
    assert.equal(mayBegin(operation, aStep(), [], undefined, { ...at(DAY), policy }).kind, 'yes');
    const verdict = mayBegin(operation, aStep(), [], undefined, { ...at(DAY), policy: { ...policy, freezes: [freeze] } });
    assert.ok(verdict.kind === 'hold');
    assert.equal(verdict.wait, 'Freeze');
  });

  it('of a rollback waits for no window and no freeze of the cluster, and for the freeze of the fleet', () => {
    const policy = { timeZone: 'UTC', windows: [{ cron: '0 2 * * SAT', durationMinutes: 60 }], freezes: [] };
    const freeze = { from: '2026-10-05T00:00:00Z', to: '2026-10-07T00:00:00Z', owner: 'grace', reason: 'The sale' };
    const back = aStep({ kind: 'rollback-control-plane', stage: 'RollBackControlPlane' });
    assert.equal(mayBegin(anOperation({ kind: 'rollback-cluster' }), back, [], undefined, { ...at(DAY), policy }).kind, 'yes');
    assert.equal(mayBegin(anOperation({ kind: 'rollback-cluster' }), back, [], undefined, { ...at(DAY), policy: { ...policy, freezes: [freeze] } }).kind, 'yes');
    assert.equal(mayBegin(anOperation({ kind: 'rollback-cluster' }), back, [], { by: 'grace', reason: 'an outage' }).kind, 'hold');
    assert.equal(mayBegin(anOperation(), aStep(), [], undefined, { ...at(DAY), policy }).kind, 'hold');
  });
});
