import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failedAtEnd, isPassed, missingBefore, notTried } from '../../domain/going-on.ts';
import { mayBegin } from '../../domain/may-begin.ts';
import type { Step } from '../../domain/operation.ts';
import { madeAfter, standingOf, troublesAfter } from '../../domain/parts/made-after.ts';
import { planParts } from '../../domain/parts/plan-parts.ts';
import { keyOf, type PartKind, type Resource } from '../../domain/parts/resource.ts';
import { removesResource } from '../../domain/parts/steps-of-resource.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { Standing } from '../../domain/parts/only-after.ts';
import { anOperation, aStep } from './operation-words.ts';

const role = (name: string, part: PartKind, partName: string, description = 'x'): Resource => ({ kind: 'role', name, part, partName, description, trust: { Version: '2012-10-17', Statement: [] }, policies: {} });
const identity = (partName: string, needs: readonly string[], part: PartKind = 'pod-identity', roleArn = 'arn:1'): Resource => ({ kind: 'pod-identity', name: partName, part, partName, needs, namespace: 'n', serviceAccount: partName, roleArn });
const profile = (name: string, needs: readonly string[], namespace = 'jobs'): Resource => ({ kind: 'fargate-profile', name, part: 'fargate-profile', partName: name, needs, podExecutionRoleArn: `arn:aws:iam::111111111111:${needs[0] ?? ''}`, subnets: ['subnet-1'], selectors: [{ namespace }] });
const plan = (wanted: readonly Resource[], standing: Standing, addons: readonly PlannedStep[] = []): PlannedStep[] => planParts({ ...standing, wanted, version: '1.36', stageOf: () => 'CarryOut', addons });
const only = (steps: readonly PlannedStep[], id: RegExp): readonly string[] => steps.find((step) => id.test(step.id))?.onlyAfter ?? [];

/** Carries steps out as the state does, one after the other, and holds on the way that nothing is made without what it needs, nor taken away while it is needed. */
function carryOut(steps: readonly PlannedStep[], made: readonly Resource[], fails: (step: PlannedStep, index: number) => boolean): Step[] {
  const there = new Map(made.map((resource) => [keyOf(resource), resource]));
  const done: Step[] = steps.map((step, index) => ({ ...step, hop: '1.36', order: index + 1, run: 1, attempt: 1, state: 'Pending' }));
  for (const [index, step] of done.entries()) {
    const missing = missingBefore(step, done);
    if (missing !== undefined) assert.ok(missing.order < step.order, `${step.id} comes only after ${missing.id}, which comes later`);
    const state = missing !== undefined ? 'Skipped' : fails(step, index) ? 'Failed' : 'Succeeded';
    done[index] = { ...step, state, ...(missing === undefined ? {} : { outcome: notTried(missing) }), ...(state === 'Failed' ? { error: { code: 'Refused', message: 'No.', step: step.id } } : {}) };
    const { resource } = step;
    if (state !== 'Succeeded' || resource === undefined) continue;
    if (removesResource(step.kind)) {
      there.delete(keyOf(resource));
      assert.ok([...there.values()].every((other) => !(other.needs ?? []).includes(keyOf(resource))), `${keyOf(resource)} went while it was needed`);
    } else {
      assert.ok((resource.needs ?? []).every((need) => there.has(need)), `${keyOf(resource)} came without what it needs`);
      there.set(keyOf(resource), resource);
    }
  }
  return done;
}

/** Roles with identities, and profiles with one of them: what is of one number stands for itself, but for profiles, which may take each other's place. */
const resources = fc
  .uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 5 })
  .chain((numbers) => fc.tuple(...numbers.map((n) => fc.record({ other: fc.constantFrom('a', 'b'), kind: fc.constantFrom('none', 'identity', 'profile'), own: fc.boolean() }).map(({ other, kind, own }): Resource[] => {
    const needs = own ? [] : [`role/r-${n}`];
    const user = kind === 'identity' ? [identity(`sa-${n}`, needs, 'pod-identity', `arn:${other}`)] : kind === 'profile' ? [profile(`p-${n}`, needs, other)] : [];
    return [...user, ...(own ? [] : [role(`r-${n}`, kind === 'profile' ? 'fargate-profile' : 'pod-identity', `sa-${n}`, other)])];
  }))))
  .map((lists) => lists.flat());
const number = ({ name }: { readonly name: string }): string => name.split('-').at(-1) ?? '';

describe('an operation goes on past a part that fails', () => {
  it('so that nothing is made without what it needs, what is needed stays, all else is brought to what is wanted, and later tries finish it', () => {
    fc.assert(
      fc.property(resources, resources, resources, fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.boolean(), (before, wanted, later, failing, changes) => {
        const first = carryOut(plan(wanted, { made: before, planned: new Set(before.map(keyOf)) }), before, (_, index) => failing[index % failing.length] === true);
        const sorted = (list: readonly Resource[]) => [...list].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
        const made = madeAfter(before, first);
        const troubled = new Set(first.filter(({ state }) => state !== 'Succeeded').map(({ subject }) => number({ name: subject })));
        const apart = (list: readonly Resource[]) => sorted(list.filter((resource) => resource.part === 'pod-identity' && !troubled.has(number(resource))));
        if (!first.some(({ state, resource }) => state !== 'Succeeded' && resource?.part === 'fargate-profile')) assert.deepEqual(apart(made), apart(wanted));
        const standing = standingOf({ made, planned: wanted, partTroubles: troublesAfter([], first) });
        const goal = changes ? later : wanted;
        assert.deepEqual(sorted(madeAfter(made, carryOut(plan(goal, standing), made, () => false))), sorted(goal));
      }),
      { numRuns: 300 },
    );
  });

  it('and tries what had failed before after all else that is made', () => {
    const wanted = [role('r-1', 'pod-identity', 'a'), identity('a', ['role/r-1']), role('r-2', 'pod-identity', 'b'), identity('b', ['role/r-2'])];
    assert.deepEqual(plan(wanted, { made: [], troubled: new Set(['role/r-1']) }).map(({ subject }) => subject), ['r-2', 'b', 'r-1', 'a']);
  });

  it('and does not take away what a part that failed was to take the place of', () => {
    const [old, fresh] = [profile('old', ['role/r-1']), profile('fresh', ['role/r-2'])];
    const made = [role('r-1', 'fargate-profile', 'old'), old];
    const wanted = [role('r-2', 'fargate-profile', 'fresh'), fresh];
    const steps = plan(wanted, { made, planned: new Set(made.map(keyOf)) });
    const ended = carryOut(steps, made, ({ resource }) => resource === fresh);
    assert.deepEqual(ended.map(({ subject, state }) => [subject, state]), [['r-2', 'Succeeded'], ['fresh', 'Failed'], ['old', 'Skipped'], ['r-1', 'Skipped']]);
    // Held until the new one is there, also by a later change of something else.
    const again = standingOf({ made: madeAfter(made, ended), planned: wanted, partTroubles: troublesAfter([], ended) });
    assert.ok(only(plan(wanted, again), /delete-fargate-profile/).some((id) => /create-fargate-profile/.test(id)));
    // What goes by a change of its own is not held by what had failed before it.
    const both = standingOf({ made, planned: [...made, ...wanted], partTroubles: [{ resource: keyOf(fresh), code: 'Refused', message: 'No.', at: '' }] });
    assert.deepEqual(only(plan(wanted, both), /delete-fargate-profile/), []);
  });

  it('and takes nothing away that is to come anew, while it cannot be made', () => {
    const made = [profile('batch', [], 'jobs')];
    const steps = plan([role('r-1', 'fargate-profile', 'batch'), profile('batch', ['role/r-1'], 'work')], { made });
    assert.deepEqual(carryOut(steps, made, ({ subject }) => subject === 'r-1').map(({ state }) => state), ['Failed', 'Skipped', 'Skipped']);
    assert.deepEqual(carryOut(plan([profile('batch', [], 'work')], { made }), made, ({ kind }) => kind === 'delete-fargate-profile').map(({ state }) => state), ['Failed', 'Skipped']);
  });

  it('and keeps the role of an identity that could not be given another, whenever that failed', () => {
    const made = [role('r-1', 'pod-identity', 'a'), identity('a', ['role/r-1'])];
    const wanted = [identity('a', [], 'pod-identity', 'arn:2')];
    for (const troubled of [new Set<string>(), new Set(['pod-identity/a'])]) {
      const steps = plan(wanted, { made, planned: new Set(made.map(keyOf)), troubled });
      assert.deepEqual(carryOut(steps, made, ({ kind }) => kind === 'put-pod-identity').map(({ state }) => state), ['Failed', 'Skipped']);
    }
  });

  it('and an add-on comes after the roles of its service accounts, which go after it', () => {
    const addon = (more: Partial<PlannedStep>): PlannedStep => ({ id: '1.36/addon/external-dns', title: 'An add-on', kind: 'create-addon', stage: 'CarryOut', subject: 'external-dns', reason: 'Asked for.', ...more });
    const roleArn = 'arn:aws:iam::111111111111:role/r-1';
    const install = addon({ parameters: { podIdentityAssociations: [{ serviceAccount: 'external-dns', roleArn }] } });
    assert.deepEqual(only(plan([role('r-1', 'dns', 'dns')], { made: [] }, [install]), /addon/), ['1.36/put-role/role/r-1']);
    const remove = addon({ kind: 'delete-addon' });
    const standing = { made: [role('r-1', 'dns', 'dns')], addonShares: [{ addonName: 'external-dns', podIdentityAssociations: [{ serviceAccount: 'external-dns', roleArn }] }] };
    assert.deepEqual(only(plan([], standing, [remove]), /delete-role/), [remove.id]);
    const anew = plan([], { made: [] }, [addon({ id: 'a', kind: 'delete-addon' }), addon({ id: 'b' })]);
    assert.deepEqual(only(anew, /^b$/), ['a']);
  });

  it('but not past a step that all else waits for', () => {
    const part = aStep({ id: 'p', stage: 'MakeRoles', kind: 'put-role', subject: 'r-1', order: 1, state: 'Failed', resource: role('r-1', 'dns', 'dns') });
    const plane = aStep({ id: 'c', stage: 'CreateControlPlane', kind: 'create-control-plane', subject: 'shop', order: 2 });
    assert.equal(isPassed(part), true);
    assert.equal(mayBegin(anOperation(), plane, [part, plane], undefined).kind, 'yes');
    const cni = aStep({ id: 'a', stage: 'CreateNetworkAddons', kind: 'create-addon', subject: 'vpc-cni', order: 3, state: 'Skipped', title: 'Installing vpc-cni' });
    const group = aStep({ id: 'g', stage: 'CreateNodegroups', kind: 'create-nodegroup', subject: 'blue', order: 4 });
    assert.deepEqual([isPassed(cni), mayBegin(anOperation(), group, [cni, group], undefined).kind], [false, 'no']);
  });

  it('and its stage fails at its end, but for those that a creation goes on after', () => {
    const failed = aStep({ id: 'p', stage: 'CarryOut', kind: 'put-role', subject: 'r-1', state: 'Failed', resource: role('r-1', 'dns', 'dns') });
    assert.equal(failedAtEnd([failed], ['CarryOut'])?.id, 'p');
    assert.equal(failedAtEnd([{ ...failed, stage: 'MakeRoles' }], ['MakeRoles']), undefined);
  });
});
