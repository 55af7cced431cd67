import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { madeAfter } from '../../domain/parts/made-after.ts';
import { creationStages, deletionStage, planParts } from '../../domain/parts/plan-parts.ts';
import { keyOf, type Resource } from '../../domain/parts/resource.ts';
import { removesResource } from '../../domain/parts/steps-of-resource.ts';
import type { Step } from '../../domain/operation.ts';
import type { PlannedStep } from '../../domain/plan.ts';

const ROLE = 'slipway-of-checkout-000001-dns';
const identity = (name: string, roleArn: string, needs: readonly string[] = []): Resource => ({
  kind: 'pod-identity',
  name,
  part: 'pod-identity',
  partName: name,
  namespace: name.split('/')[0] ?? '',
  serviceAccount: name.split('/')[1] ?? '',
  roleArn,
  ...(needs.length === 0 ? {} : { needs }),
});
const role = (name: string, description = 'For pods.'): Resource => ({ kind: 'role', name, part: 'pod-identity', partName: name, description, trust: { Version: '2012-10-17', Statement: [] }, policies: {} });
const profile = (name: string, namespace: string): Resource => ({ kind: 'fargate-profile', name, part: 'fargate-profile', partName: name, podExecutionRoleArn: 'arn:aws:iam::111111111111:role/eks-fargate', subnets: ['subnet-1'], selectors: [{ namespace }] });
const plan = (made: readonly Resource[], wanted: readonly Resource[]): PlannedStep[] => planParts({ made, wanted, version: '1.36', stageOf: () => 'CarryOut' });
const carriedOut = (steps: readonly PlannedStep[]): Step[] => steps.map((step, index) => ({ ...step, hop: '1.36', order: index + 1, run: 1, attempt: 1, state: 'Succeeded' }));

/** Random resources of a cluster: roles, and identities that need one of them. */
const resources = fc
  .uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 6 })
  .chain((numbers) =>
    fc.tuple(...numbers.map((n) => fc.record({ description: fc.constantFrom('a', 'b'), withIdentity: fc.boolean(), roleArn: fc.constantFrom('arn:1', 'arn:2') }).map((how): Resource[] => [
      ...(how.withIdentity ? [identity(`ns/sa-${n}`, how.roleArn, [`role/r-${n}`])] : []),
      role(`r-${n}`, how.description),
    ]))),
  )
  .map((lists) => lists.flat());

describe('the steps of parts', () => {
  it('make a role before the identity that needs it, and take the identity away before the role', () => {
    const wanted = [identity('shop/cart', 'arn:1', [`role/${ROLE}`]), role(ROLE)];
    assert.deepEqual(plan([], wanted).map(({ kind }) => kind), ['put-role', 'put-pod-identity']);
    assert.deepEqual(plan(wanted, []).map(({ kind }) => kind), ['delete-pod-identity', 'delete-role']);
  });

  it('are none where all is as it shall be, and one where one thing is other', () => {
    const made = [role(ROLE), identity('shop/cart', 'arn:1')];
    assert.deepEqual(plan(made, made), []);
    assert.deepEqual(plan(made, [role(ROLE), identity('shop/cart', 'arn:2')]).map(({ title }) => title), ['Changing pod identity of shop/cart']);
  });

  it('take a Fargate profile away and make it anew, since EKS changes none', () => {
    assert.deepEqual(plan([profile('batch', 'jobs')], [profile('batch', 'work')]).map(({ kind }) => kind), ['delete-fargate-profile', 'create-fargate-profile']);
  });

  it('put what needs something of a later stage into that stage', () => {
    const irsa: Resource = { ...role('slipway-of-checkout-000001-irsa'), needs: ['oidc-provider/issuer'] } as Resource;
    const provider: Resource = { kind: 'oidc-provider', name: 'issuer', part: 'pod-identity', partName: 'issuer', clientIds: ['sts.amazonaws.com'] };
    const stageOf = creationStages([irsa, provider, role(ROLE)]);
    assert.deepEqual([stageOf(irsa), stageOf(provider), stageOf(role(ROLE))], ['MakeIdentities', 'MakeIdentities', 'MakeRoles']);
    assert.equal(deletionStage(irsa), 'RemoveIdentities');
  });

  it('refuse needs in a circle', () => {
    assert.throws(() => plan([], [identity('a/b', 'arn:1', ['pod-identity/c/d']), identity('c/d', 'arn:1', ['pod-identity/a/b'])]), /circle/);
  });

  it('carried out, leave what is wanted and nothing else, however far an earlier try had come', () => {
    fc.assert(
      fc.property(resources, resources, fc.nat(), (before, wanted, stopAt) => {
        const first = plan(before, wanted);
        const half = madeAfter(before, carriedOut(first.slice(0, first.length === 0 ? 0 : stopAt % first.length)));
        const done = madeAfter(half, carriedOut(plan(half, wanted)));
        const sorted = (list: readonly Resource[]) => [...list].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
        assert.deepEqual(sorted(done), sorted(wanted));
      }),
    );
  });

  it('never make what needs a thing that is not there, and never take away what something there still needs', () => {
    fc.assert(
      fc.property(resources, resources, (before, wanted) => {
        const there = new Map(before.map((resource) => [keyOf(resource), resource]));
        for (const { kind, resource } of plan(before, wanted)) {
          assert.ok(resource !== undefined);
          if (removesResource(kind)) {
            there.delete(keyOf(resource));
            assert.ok([...there.values()].every((other) => !(other.needs ?? []).includes(keyOf(resource))), `${keyOf(resource)} went while it was needed`);
          } else {
            assert.ok((resource.needs ?? []).every((need) => there.has(need)), `${keyOf(resource)} came before what it needs`);
            there.set(keyOf(resource), resource);
          }
        }
      }),
    );
  });
});
