import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bakesNow, isLeftFor, partOf, type Part } from '../../domain/held-steps.ts';
import type { Step, Terms } from '../../domain/operation.ts';
import type { Hop } from '../../domain/plan.ts';
import { aStep } from './operation-words.ts';

const group = (subject: string, canary = false): Step => aStep({ id: `1.34/nodegroup/${subject}`, kind: 'upgrade-nodegroup', stage: canary ? 'UpgradeCanaryNodegroup' : 'UpgradeNodegroups', subject, order: 3 });
const hop = (...steps: Step[]): Hop => ({ from: '1.33', to: '1.34', steps });
const ids = (steps: readonly { readonly id: string }[]): string[] => steps.map((step) => step.id);
const worlds = fc.record({ rest: fc.boolean(), canary: fc.boolean(), groups: fc.uniqueArray(fc.constantFrom('blue', 'green', 'red'), { minLength: 0 }), hold: fc.boolean() }).filter(({ rest, canary, groups }) => rest || canary || groups.length > 0);

describe('the parts of a hop', () => {
  it('are done one after the other until nothing is left: the nodes after the rest where they are held, the canary before the others, and one bake in all', () => {
    fc.assert(
      fc.property(worlds, ({ rest, canary, groups, hold }) => {
        const terms: Terms = { bakeMinutes: 60, ...(hold ? { holdNodegroups: true } : {}), ...(canary ? { canaryNodegroup: 'canary' } : {}) };
        let steps: Step[] = [...(rest ? [aStep()] : []), ...(canary ? [group('canary', true)] : []), ...groups.map((name) => group(name))];
        const all = ids(steps);
        const done: string[][] = [];
        let bakes = 0;
        for (let pass = 0; steps.some((step) => step.state === 'Pending'); pass += 1) {
          assert.ok(pass < 3, 'three passes at most');
          const { hop: now, held, part } = partOf(hop(...steps.filter((step) => step.state === 'Pending')), terms);
          assert.ok(now.steps.length > 0, 'each pass does something');
          done.push(ids(now.steps));
          steps = steps.map((step) => (ids(now.steps).includes(step.id) ? { ...step, state: 'Succeeded' } : step));
          assert.deepEqual(steps.filter((step) => isLeftFor(step, part)).map((step) => step.id), ids(held));
          if (bakesNow('1.34', steps, terms)) bakes += 1;
        }
        assert.deepEqual(done.flat().sort(), all.sort());
        assert.equal(bakes, 1);
        const passOf = (id: string): number => done.findIndex((pass) => pass.includes(id));
        for (const name of groups) {
          if (canary) assert.ok(passOf(`1.34/nodegroup/${name}`) > passOf('1.34/nodegroup/canary'));
          if (rest && hold) assert.ok(passOf(`1.34/nodegroup/${name}`) > passOf('1.34/control-plane'));
        }
      }),
    );
  });

  it('leave no step unbegun that was to be done', () => {
    const parts: Part[] = ['whole', 'without-nodes', 'with-canary'];
    assert.deepEqual(parts.map((part) => isLeftFor(group('blue'), part)), [false, true, true]);
    assert.deepEqual(parts.map((part) => isLeftFor(group('canary', true), part)), [false, true, false]);
    assert.deepEqual(parts.map((part) => isLeftFor({ ...group('blue'), state: 'Failed' }, part)), [false, false, false]);
    assert.deepEqual(parts.map((part) => isLeftFor(aStep(), part)), [false, false, false]);
  });

  it('do not bake after a failure', () => {
    assert.equal(bakesNow('1.34', [aStep({ state: 'Failed' }), group('blue')], { holdNodegroups: true }), false);
    assert.equal(bakesNow('1.34', [aStep({ state: 'Succeeded' }), { ...group('blue'), state: 'Failed' }], {}), false);
  });
});
