import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FINDINGS } from '../../../domain/finding-codes.ts';
import { draftUpgrade, planUpgrade } from '../../../domain/plan-upgrade.ts';
import { at133, cluster, NOW, planned, refused } from '../worlds.ts';
import { CASES, NOT_RAISED, OF_OTHER_WORK, type CheckCase } from './cases.ts';
import { ready } from './ready.ts';

const ask = (facts: CheckCase['raised'], { to, lastLook, terms }: CheckCase) => ({ cluster: cluster(facts.cluster.version), to, facts, now: NOW, lastLook, terms });

describe('the checks of an upgrade', () => {
  for (const [number, one] of CASES.entries()) {
    it(`tell ${one.code}, which ${one.severity}, and only where it is so (${number + 1})`, () => {
      const draft = planned(draftUpgrade(ask(one.raised, one)));
      const found = draft.findings.filter((finding) => finding.code === one.code);
      assert.ok(found.some((finding) => finding.severity === one.severity), JSON.stringify(draft.findings, null, 1));
      for (const finding of found) assert.match(`${finding.detail} ${finding.remedy}`, /^\S.*\. \S.*\.$/);
      assert.ok(['either', one.severity].includes(FINDINGS[one.code]), 'the table of codes allows this severity');

      const outcome = draftUpgrade(ask(one.not, one));
      const others = 'hops' in outcome ? outcome.findings : [];
      assert.deepEqual(others.filter((finding) => finding.code === one.code && finding.severity === one.severity), []);
    });

    if (one.severity === 'blocks') {
      it(`refuse an upgrade for ${one.code} (${number + 1})`, () => {
        const answer = refused(planUpgrade(ask(one.raised, one)));
        assert.equal(answer.code, 'upgrade-blocked');
        assert.ok(answer.findings?.some((finding) => finding.code === one.code));
      });
    }
  }

  it('have a case each, and both severities where a code has both', () => {
    const wanted = Object.entries(FINDINGS)
      .filter(([code]) => !(OF_OTHER_WORK as readonly string[]).includes(code))
      .flatMap(([code, severity]) => (severity === 'either' ? [`${code} blocks`, `${code} advises`] : [`${code} ${severity}`]));
    const had = new Set(CASES.map(({ code, severity }) => `${code} ${severity}`));
    assert.deepEqual(wanted.filter((name) => !had.has(name) && NOT_RAISED[name] === undefined), []);
    assert.deepEqual([...had].filter((name) => !wanted.includes(name)), []);
  });

  it('find nothing but the cost, and risks that everybody runs, in a healthy cluster, looked at or not', () => {
    for (const facts of [at133(), at133({ readiness: ready() })]) {
      assert.deepEqual(planned(planUpgrade({ cluster: cluster('1.33'), to: '1.34', facts, now: NOW })).findings.map((finding) => finding.code).filter((code) => code !== 'known-risk'), ['extended-support']);
    }
  });
});
