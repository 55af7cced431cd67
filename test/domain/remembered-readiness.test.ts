import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadinessFacts } from '../../domain/readiness-facts.ts';
import { rememberReadiness, stillRemembered } from '../../domain/remembered-readiness.ts';

const UNKNOWN = { kind: 'unknown', because: 'AWS throttled it.' } as const;
const NOTHING = { kind: 'seen', value: [] } as const;
const LOOK: ReadinessFacts = {
  observedAt: '2026-10-05T09:00:00Z',
  insights: UNKNOWN,
  roles: NOTHING,
  kmsKey: { kind: 'seen', value: 'none' },
  quotas: { kind: 'seen', value: [{ code: 'L-1216C47A', name: 'Standard', family: 'standard', spot: false, limitVcpus: 64, usedVcpus: 12, vcpusByType: {} }] },
  launchTemplates: NOTHING,
  selfManagedGroups: NOTHING,
  fargateProfiles: NOTHING,
  pooledNodes: NOTHING,
  hybridNodes: false,
  kubeProxyMode: { kind: 'seen', value: 'not-told' },
  limits: { kind: 'seen', value: { nodegroups: 30 } },
};

describe('what a look at readiness remembers', () => {
  it('is true enough for an hour, counted from when it was read and not from when it was last used', () => {
    const first = rememberReadiness(LOOK, undefined);
    assert.deepEqual(first, { lookedAt: '2026-10-05T09:00:00Z', fargateProfiles: [], vcpuLimits: { 'L-1216C47A': 64 }, eksLimits: { nodegroups: 30 } });
    const again = rememberReadiness({ ...LOOK, observedAt: '2026-10-05T09:50:00Z' }, stillRemembered(first, '2026-10-05T09:50:00Z'));
    assert.deepEqual(stillRemembered(again, '2026-10-05T09:59:59Z'), again);
    assert.equal(stillRemembered(again, '2026-10-05T10:00:00Z'), undefined);
  });

  it('holds nothing of a look that failed', () => {
    const { fargateProfiles, vcpuLimits, eksLimits } = rememberReadiness({ ...LOOK, fargateProfiles: UNKNOWN, quotas: UNKNOWN, limits: UNKNOWN }, undefined);
    assert.deepEqual([fargateProfiles, vcpuLimits, eksLimits], [undefined, {}, undefined]);
  });
});
