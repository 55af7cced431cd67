import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundaryArnOf } from '../../domain/boundary.ts';
import { wantedResources } from '../../domain/parts/wanted-resources.ts';
import type { RoleResource } from '../../domain/parts/resource.ts';
import { lintRole } from '../../domain/policies/lint-policy.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { wantedAfter, WISHES, type Wanted } from '../../domain/wanted.ts';
import { anyWish } from '../domain/parts/any-wish.ts';
import { ADDONS, cluster, nodegroup, SUBNETS } from '../domain/worlds.ts';

const CLUSTER = cluster('1.35', { name: 'checkout', nodegroups: [nodegroup('blue', { nodeRole: 'arn:aws:iam::111111111111:role/eks-node' })] });

/** Every role that a request comes to; none where the rules refuse it. */
function rolesOf(wanted: Wanted): readonly RoleResource[] {
  const after = wantedAfter(undefined, wanted);
  const compiled = wantedResources({ cluster: { ...CLUSTER, ...(after === undefined ? {} : { wanted: after }) }, addonCatalogue: ADDONS, subnets: SUBNETS, oidcIssuer: 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF' });
  return isRefusal(compiled) ? [] : compiled.resources.filter((resource): resource is RoleResource => resource.kind === 'role');
}

describe('every role that a part of a cluster comes to', () => {
  for (const wish of WISHES) {
    it(`is least privilege, whatever is asked as ${wish}`, () => {
      fc.assert(
        fc.property(anyWish(wish), (wanted) => {
          for (const role of rolesOf(wanted)) {
            const faults = lintRole({ roleName: role.name, trust: role.trust, policies: role.policies, managedPolicyArns: role.managedPolicyArns ?? [], boundaryArn: boundaryArnOf(CLUSTER.accountId) });
            assert.deepEqual(faults, [], `${role.name}: ${JSON.stringify(role, undefined, 1)}`);
          }
        }),
        { numRuns: 60, seed: 10 },
      );
    });
  }

  it('is looked at: requests for pods come to roles', () => {
    const made = fc.sample(anyWish('podIdentities'), { numRuns: 30, seed: 1 }).flatMap(rolesOf);
    assert.ok(made.length > 20, String(made.length));
  });
});
