import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blocks, finding, FINDINGS, type FindingCode } from '../../domain/finding-codes.ts';
import { decideNextHop } from '../../domain/next-hop.ts';
import type { Finding } from '../../domain/plan.ts';
import { planUpgrade } from '../../domain/plan-upgrade.ts';
import { mayBeWaived, withWaivers, type Waiver } from '../../domain/waiver.ts';
import { insight, insights, ready } from './checks/ready.ts';
import { anOperation } from './operation-words.ts';
import { at133, cluster, NOW, planned, refused } from './worlds.ts';

const UNTIL = '2026-09-20T00:00:00.000Z';
const waiver = (more: Partial<Waiver> = {}): Waiver => ({ waiverId: 'w-1', clusterId: 'c-1', code: 'insight-unknown', owner: 'payments', reason: 'Looked at by hand.', until: UNTIL, by: 'grace', at: NOW, ...more });
const found: Finding = finding('insight-unknown', 'blocks', 'Kubelet version skew', { detail: 'EKS cannot tell.', remedy: 'Look.' });
const judge = (waivers: readonly Waiver[], askedBy: string | readonly string[] = 'ada') => withWaivers([found], waivers, { askedBy, now: NOW })[0]!;

describe('a waiver', () => {
  it('lets a blocking finding pass, which still tells that it blocks, and who answers for it', () => {
    const waived = judge([waiver()]);
    assert.equal(waived.severity, 'blocks');
    assert.deepEqual(waived.waiver, { waiverId: 'w-1', owner: 'payments', by: 'grace', reason: 'Looked at by hand.', until: UNTIL });
    assert.equal(blocks(waived), false);
    assert.equal(waived.detail, found.detail);
  });

  it('counts for the subject that it names, or for all', () => {
    assert.equal(blocks(judge([waiver({ subject: 'Kubelet version skew' })])), false);
    assert.equal(blocks(judge([waiver({ subject: 'Cluster health issues' })])), true);
    assert.equal(blocks(judge([waiver({ code: 'insight-error' })])), true);
  });

  it('of who asks does not count, nor of who asked before a retry, and the finding says so', () => {
    assert.match(judge([waiver({ by: 'ada' })]).detail, /The waiver w-1 does not count: ada gave it, and asked for this upgrade too\./);
    assert.equal(blocks(judge([waiver()], ['ada', 'grace'])), true);
  });

  it('past its end does not count, and the finding says so', () => {
    const ended = judge([waiver({ until: NOW })]);
    assert.equal(blocks(ended), true);
    assert.match(ended.detail, /does not count: it ended at 2026-09-01T12:00:00\.000Z\./);
    assert.equal(blocks(judge([waiver({ until: '2026-09-01T12:00:00.001Z' })])), false);
  });

  it('that lasts longest is the one that is shown, whatever their order', () => {
    const both = [waiver(), waiver({ waiverId: 'w-2', until: '2026-10-01T00:00:00.000Z' })];
    assert.equal(judge(both).waiver?.waiverId, 'w-2');
    assert.equal(judge([...both].reverse()).waiver?.waiverId, 'w-2');
  });

  it('is no help against what EKS refuses all the same, and the finding says why', () => {
    const stopped = withWaivers([finding('control-plane-not-active', 'blocks', 'prod', { detail: 'It is FAILED.', remedy: 'Make another.' })], [waiver({ code: 'control-plane-not-active' })], { askedBy: 'ada', now: NOW });
    assert.equal(blocks(stopped[0]!), true);
    assert.match(stopped[0]!.detail, /EKS takes changes only for an ACTIVE control plane\./);
  });

  it('leaves what only advises as it is', () => {
    const advice = finding('insight-warning', 'advises', 'x', { detail: 'd.', remedy: 'r.' });
    assert.deepEqual(withWaivers([advice], [waiver({ code: 'insight-warning' })], { askedBy: 'ada', now: NOW }), [advice]);
  });

  it('may be given for every code that can block, unless there is a reason against it', () => {
    const kinds = (Object.keys(FINDINGS) as FindingCode[]).map((code) => [code, mayBeWaived(code)] as const);
    for (const [code, may] of kinds) {
      if (FINDINGS[code] === 'advises') assert.equal(may.kind, 'no', code);
      if (may.kind === 'no') assert.match(may.because, /^\S.*\.$/, code);
    }
    assert.equal(mayBeWaived('insight-error').kind, 'yes');
    assert.equal(mayBeWaived('no-such-code').kind, 'no');
    assert.equal(mayBeWaived('constructor').kind, 'no');
  });

  it('never makes a finding vanish or change its severity, and never lets pass what nobody waived', () => {
    const code = fc.constantFrom(...(Object.keys(FINDINGS) as FindingCode[]));
    const some = fc.record({ code, severity: fc.constantFrom('blocks', 'advises'), subject: fc.constantFrom('a', 'b') });
    const given = fc.record({ code, subject: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }), by: fc.constantFrom('ada', 'grace'), until: fc.constantFrom(NOW, UNTIL) });
    fc.assert(
      fc.property(fc.array(some), fc.array(given), (findings, all) => {
        const before = findings.map((one) => finding(one.code, one.severity as Finding['severity'], one.subject, { detail: 'd.', remedy: 'r.' }));
        const waivers = all.map(({ subject, ...one }, index) => waiver({ ...one, waiverId: `w-${index}`, ...(subject === undefined ? {} : { subject }) }));
        const after = withWaivers(before, waivers, { askedBy: 'ada', now: NOW });
        assert.deepEqual(after.map(({ code: name, severity, subject }) => ({ code: name, severity, subject })), findings.map((one) => ({ ...one })));
        for (const one of after) {
          const counts = waivers.some((w) => w.code === one.code && (w.subject ?? one.subject) === one.subject && w.by !== 'ada' && w.until === UNTIL && mayBeWaived(w.code).kind === 'yes');
          assert.equal(blocks(one), one.severity === 'blocks' && !counts);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('an upgrade that a waiver helps', () => {
  const facts = at133({ readiness: ready({ insights: insights([insight({ status: 'UNKNOWN' })]) }) });

  it('is planned with the finding and the waiver shown', () => {
    const plan = planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW, waivers: [waiver()], askedBy: 'ada' }));
    assert.equal(plan.findings.find(({ code }) => code === 'insight-unknown')?.waiver?.owner, 'payments');
  });

  it('is refused to the one who gave the waiver', () => {
    assert.match(refused(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW, waivers: [waiver()], askedBy: 'grace' })).detail, /grace gave it, and asked for this upgrade too/);
  });

  it('is planned on between hops as long as the waiver lasts, and stops when it has ended', () => {
    const asked = anOperation({ requestedBy: 'ada', plan: planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW, waivers: [waiver()], askedBy: 'ada' })) });
    const next = (waivers: readonly Waiver[]) => decideNextHop({ operation: asked, steps: [], cluster: cluster('1.33'), facts, now: NOW, waivers });
    assert.equal(next([waiver()]).kind, 'hop');
    assert.equal(next([waiver({ by: 'ada' })]).kind, 'stop');
    assert.equal(next([]).kind, 'stop');
  });
});
