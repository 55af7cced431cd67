import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignBefore, hopTakenOver, findOwnRefresh, findOwnUpdate, judgeForeign, judgeForeignRefresh } from '../../domain/adopt.ts';
import type { UpdateFacts } from '../../domain/facts.ts';
import type { InstanceRefreshFacts } from '../../domain/readiness-facts.ts';
import { aStep } from './operation-words.ts';

const update = (spoiled: Partial<UpdateFacts> = {}): UpdateFacts => ({
  updateId: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: { Version: '1.34', PlatformVersion: 'eks.1' },
  createdAt: '2026-10-05T09:00:00.000Z',
  errors: [],
  ...spoiled,
});

describe('foreignBefore', () => {
  const update = { updateId: 'u-9', status: 'InProgress', type: 'VersionUpdate', params: { Version: '1.34' }, createdAt: '2026-10-05T09:00:00.000Z', errors: [] };
  const addon = aStep({ id: '1.34/addon/vpc-cni', kind: 'upgrade-addon', stage: 'PrepareAddons', subject: 'vpc-cni' });
  const hop = (...steps: ReturnType<typeof aStep>[]) => ({ from: '1.33', to: '1.34', steps });

  it('has a hop wait for an update of the control plane that is not ours before add-ons or nodes move', () => {
    assert.deepEqual(foreignBefore(hop(addon, aStep()), [update])?.updateId, 'u-9');
    assert.match(foreignBefore(hop(addon), [update])?.because ?? '', /^The control plane is held by another update: VersionUpdate u-9, begun 2026-10-05T09:00:00\.000Z\./);
    assert.equal(foreignBefore(hop(addon, aStep()), []), undefined);
  });

  it('has a hop whose control plane another moves as planned begin with that', () => {
    const ids = (moved: typeof update) => hopTakenOver(hop(addon, aStep()), [moved]).steps.map((step) => step.id);
    assert.deepEqual(ids(update), ['1.34/control-plane']);
    assert.equal(foreignBefore(hopTakenOver(hop(addon, aStep()), [update]), [update]), undefined);
    assert.deepEqual(ids({ ...update, params: { Version: '1.35' } }), ['1.34/addon/vpc-cni', '1.34/control-plane']);
    assert.deepEqual(ids({ ...update, type: 'LoggingUpdate', params: {} as never }), ['1.34/addon/vpc-cni', '1.34/control-plane']);
  });

  it('leaves it to the control plane\'s own step where that is first', () => {
    assert.equal(foreignBefore(hop(aStep(), addon), [update]), undefined);
  });
});

describe('judgeForeign', () => {
  it('adopts an update that does what the step was going to do', () => {
    assert.equal(judgeForeign(aStep(), update()).kind, 'adopt');
  });

  it('waits for an update of another kind or to another version', () => {
    assert.equal(judgeForeign(aStep(), update({ type: 'EndpointAccessUpdate', params: {} })).kind, 'wait');
    assert.equal(judgeForeign(aStep(), update({ params: { Version: '1.35' } })).kind, 'wait');
  });

  it('never takes a rollback for the upgrade to the same version', () => {
    assert.equal(judgeForeign(aStep(), update({ type: 'VersionRollback' })).kind, 'wait');
    const back = aStep({ kind: 'rollback-control-plane', stage: 'RollBackControlPlane', from: '1.35', to: '1.34' });
    assert.deepEqual([judgeForeign(back, update({ type: 'VersionRollback' })).kind, judgeForeign(back, update()).kind], ['adopt', 'wait']);
  });
});

describe('findOwnUpdate', () => {
  it('finds the update whose answer was lost', () => {
    assert.equal(findOwnUpdate(aStep(), [update({ updateId: 'u-2', type: 'ConfigUpdate' }), update()])?.updateId, 'u-1');
  });

  it('does not take a failed update for its own', () => {
    assert.equal(findOwnUpdate(aStep(), [update({ status: 'Failed' })]), undefined);
  });
});

describe('an instance refresh', () => {
  const step = aStep({ id: '1.34/instances/batch/7', kind: 'refresh-instances', stage: 'UpgradeNodegroups', subject: 'batch', parameters: { launchTemplateId: 'lt-1', launchTemplateVersion: '7' } });
  const refresh = (spoiled: Partial<InstanceRefreshFacts> = {}): InstanceRefreshFacts => ({ refreshId: 'r-1', status: 'InProgress', startedAt: '2026-10-05T09:00:00.000Z', launchTemplateVersion: '7', ...spoiled });

  it('of somebody else is adopted when it brings the same version of the template, and waited for when it does not, or does not say', () => {
    assert.equal(judgeForeignRefresh(step, refresh()).kind, 'adopt');
    assert.equal(judgeForeignRefresh(step, refresh({ launchTemplateVersion: '6' })).kind, 'wait');
    const { launchTemplateVersion: _version, ...untold } = refresh();
    assert.equal(judgeForeignRefresh(step, untold).kind, 'wait');
  });

  it('whose answer was lost is found by what it brings and when it began', () => {
    const intent = '2026-10-05T08:59:00.000Z';
    assert.equal(findOwnRefresh(step, [refresh({ refreshId: 'r-0', launchTemplateVersion: '6' }), refresh()], intent)?.refreshId, 'r-1');
    assert.equal(findOwnRefresh(step, [refresh({ startedAt: '2026-10-05T08:58:00.000Z' })], intent), undefined);
    assert.equal(findOwnRefresh(step, [refresh({ status: 'Failed' })], intent), undefined);
    assert.equal(findOwnRefresh(step, [refresh({ status: 'Successful' })], intent)?.refreshId, 'r-1');
  });
});
