import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Terms } from '../../domain/operation.ts';
import { planRollback } from '../../domain/plan-rollback.ts';
import { planUpgrade } from '../../domain/plan-upgrade.ts';
import type { Plan } from '../../domain/plan.ts';
import { renderPlan } from '../../domain/render-plan.ts';
import { everyKindOfNode } from './every-kind-of-node.ts';
import { cluster, NOW, planned } from './worlds.ts';

const AT_134 = { coredns: 'v1.12.1-eksbuild.2', 'kube-proxy': 'v1.34.3-eksbuild.2', 'vpc-cni': 'v1.20.4-eksbuild.2' };
const AT_136 = { coredns: 'v1.13.1-eksbuild.1', 'kube-proxy': 'v1.36.0-eksbuild.2', 'vpc-cni': 'v1.22.2-eksbuild.1' };
const TERMS: Terms = { canaryNodegroup: 'canary', holdNodegroups: true, maxParallelNodegroups: 2, forceNodegroups: ['green'] };

function told(name: string, plan: Plan): void {
  const golden = new URL(name, import.meta.url);
  // Known risks are data of their own, which comes and goes.
  const text = renderPlan({ ...plan, findings: plan.findings.filter((found) => found.code !== 'known-risk') });
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'));
}

describe('a cluster with nodes of every kind', () => {
  it('is planned up, with a canary, held nodes and a forced group, and reads as a list that a person can follow', () => {
    told('every-kind-up.golden.txt', planned(planUpgrade({ cluster: cluster('1.34'), to: '1.36', facts: everyKindOfNode('1.34', AT_134), now: NOW, terms: TERMS })));
  });

  it('is planned back: nodes, then add-ons, then the control plane', () => {
    const record = { upgraded: { from: '1.35' as const, to: '1.36' as const, at: '2026-08-30T12:00:00.000Z' } };
    told('every-kind-back.golden.txt', planned(planRollback({ cluster: cluster('1.36', record), facts: everyKindOfNode('1.36', AT_136), now: NOW })));
  });
});
