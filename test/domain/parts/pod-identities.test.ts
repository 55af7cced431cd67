import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { podIdentities } from '../../../domain/parts/pod-identities.ts';
import { PodIdentityWish } from '../../../domain/parts/pod-identity-wish.ts';
import { keyOf, type Resource, type RoleResource } from '../../../domain/parts/resource.ts';
import type { Cluster } from '../../../domain/cluster.ts';
import { ACCOUNT_ID, cluster, nodegroup } from '../worlds.ts';
import { anyPodIdentity } from './any-wish.ts';

const CLUSTER = cluster('1.36', { name: 'prod', clusterId: 'c-000000000000000000abcdef', region: 'eu-central-1' });
const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/eks-cart`;
const TARGET = 'arn:aws:iam::444455556666:role/team/shared';
const POLICY = [{ access: 's3-read', on: ['arn:aws:s3:::shop-data'] }];
const compile = (wishes: readonly object[], more: Partial<Cluster> = {}) =>
  podIdentities({ cluster: { ...CLUSTER, ...more, wanted: { podIdentities: wishes.map((wish) => PodIdentityWish.parse({ namespace: 'web', serviceAccount: 'shop', ...wish })) } }, addonCatalogue: {}, subnets: [] } as never);
const errors = (wishes: readonly object[], more: Partial<Cluster> = {}) => (compile(wishes, more).errors ?? []).map(({ path, message }) => `${path}: ${message}`);
const of = <Kind extends Resource['kind']>(resources: readonly Resource[], kind: Kind) => resources.filter((resource): resource is Extract<Resource, { kind: Kind }> => resource.kind === kind);

describe('pod identities', () => {
  it('come to an association with a role that is there', () => {
    assert.deepEqual(compile([{ roleArn: ROLE }]).resources, [{ kind: 'pod-identity', name: 'web/shop', part: 'pod-identity', partName: 'web/shop', namespace: 'web', serviceAccount: 'shop', roleArn: ROLE }]);
  });

  it('come to a role of their own for a policy, and to the association that needs it', () => {
    const { resources, addons } = compile([{ policy: POLICY }]);
    const [role] = of(resources, 'role');
    const [association] = of(resources, 'pod-identity');
    assert.equal(role?.name, 'slipway-of-prod-abcdef-web-shop');
    assert.deepEqual(Object.keys(role?.policies ?? {}), ['access']);
    assert.deepEqual(role?.trust.Statement[0]?.Principal, { Service: ['pods.eks.amazonaws.com'] });
    assert.equal(association?.roleArn, `arn:aws:iam::${ACCOUNT_ID}:role/${role?.name}`);
    assert.deepEqual(association?.needs, [`role/${role?.name}`]);
    assert.deepEqual(addons?.map(({ addonName }) => addonName), ['eks-pod-identity-agent']);
  });

  it('let the role assume the target role alone, and hand over what that must trust', () => {
    const { resources } = compile([{ policy: POLICY, targetRoleArn: TARGET }]);
    const [role] = of(resources, 'role');
    assert.deepEqual(role?.policies['target']?.Statement, [{ Sid: 'TargetRole', Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: [TARGET] }]);
    assert.equal(of(resources, 'pod-identity')[0]?.targetRoleArn, TARGET);
    const [handed] = of(resources, 'hand-over');
    const command = handed?.commands?.at(-1) ?? '';
    assert.match(command, /^aws iam update-assume-role-policy --role-name shared --policy-document '/);
    const trust = JSON.parse(/'(.*)'$/.exec(command)?.[1] ?? '') as { Statement: { Condition: Record<string, Record<string, string>> }[] };
    assert.equal(trust.Statement[0]?.Condition['ArnEquals']?.['aws:PrincipalArn'], `arn:aws:iam::${ACCOUNT_ID}:role/${role?.name}`);
    assert.equal(trust.Statement[0]?.Condition['StringEquals']?.['aws:RequestTag/kubernetes-service-account'], 'shop');
    assert.deepEqual(Object.keys(of(compile([{ targetRoleArn: TARGET }]).resources, 'role')[0]?.policies ?? {}), ['target']);
  });

  it('go without session tags where that is asked for: then an external id says which pods', () => {
    const { resources } = compile([{ policy: POLICY, targetRoleArn: TARGET, sessionTags: false }]);
    assert.equal(of(resources, 'pod-identity')[0]?.disableSessionTags, true);
    assert.deepEqual(of(resources, 'role')[0]?.trust.Statement[0]?.Condition, { StringEquals: { 'aws:SourceAccount': ACCOUNT_ID } });
    assert.match(of(resources, 'hand-over')[0]?.commands?.at(-1) ?? '', new RegExp(`"sts:ExternalId":"eu-central-1/${ACCOUNT_ID}/prod/web/shop"`));
  });

  it('come by the cluster\'s own provider where that is asked for: one for all, with the annotated ServiceAccount handed over', () => {
    const { resources, addons } = compile([{ policy: POLICY, irsa: true }, { serviceAccount: 'batch', roleArn: ROLE, irsa: true }]);
    assert.deepEqual(resources.map(keyOf), ['oidc-provider/cluster', 'role/slipway-of-prod-abcdef-web-shop', 'hand-over/service-account/web/shop', 'hand-over/service-account/web/batch']);
    const [role] = of(resources, 'role');
    assert.deepEqual(role?.needs, ['oidc-provider/cluster']);
    assert.deepEqual(role?.trust.Statement[0]?.Condition, { StringEquals: { '{oidc-issuer}:aud': 'sts.amazonaws.com', '{oidc-issuer}:sub': 'system:serviceaccount:web:shop' } });
    assert.deepEqual(of(resources, 'hand-over')[1]?.manifests, [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'batch', namespace: 'web', annotations: { 'eks.amazonaws.com/role-arn': ROLE } } }]);
    assert.deepEqual(addons, []);
  });

  it('are told with the path and the reason where they cannot be', () => {
    assert.deepEqual(errors([{}]), ['podIdentities.0: Say what the pods may do (`policy`), or which role they get (`roleArn`)']);
    assert.deepEqual(errors([{ roleArn: ROLE, policy: POLICY }]), ['podIdentities.0.roleArn: Either a role that is there, or a policy that a role is made for']);
    assert.match(errors([{ roleArn: TARGET }]).join(), /^podIdentities\.0\.roleArn: Not a role of account 111111111111: .* `targetRoleArn`$/);
    assert.match(errors([{ targetRoleArn: ROLE }]).join(), /^podIdentities\.0\.targetRoleArn: .*name it as `roleArn`$/);
    assert.deepEqual(errors([{ roleArn: ROLE }, { roleArn: ROLE }]), ['podIdentities.1.serviceAccount: web/shop stands there twice']);
    assert.match(errors([{ policy: POLICY, irsa: true, targetRoleArn: TARGET, sessionTags: true }]).join('\n'), /targetRoleArn: Not with `irsa`.*\n.*sessionTags: Not with `irsa`/);
    assert.match(errors([{ policy: [{ access: 's3-read', on: [ROLE] }] }]).join(), /^podIdentities\.0\.policy\.0\.on\.0: s3-read takes an S3 bucket/);
    for (const bad of [{ namespace: 'Web' }, { serviceAccount: 'a..b' }, { serviceAccount: '-a' }, { irsa: false }, { roleArn: 'eks-cart' }, { policy: [] }, { other: 1 }]) {
      assert.equal(PodIdentityWish.safeParse({ namespace: 'web', serviceAccount: 'shop', ...bad }).success, false, JSON.stringify(bad));
    }
  });

  it('are warned of where a Fargate profile takes some pods of the namespace; where it takes all, that is told with the profile', () => {
    const found = (selector: object, wish: object) => {
      const wanted = { podIdentities: [PodIdentityWish.parse({ namespace: 'web', serviceAccount: 'shop', ...wish })], fargateProfiles: [{ fargateProfileName: 'batch', selectors: [selector] }] };
      return podIdentities({ cluster: { ...CLUSTER, wanted }, addonCatalogue: {}, subnets: [] } as never).findings?.map(({ code, subject }) => [code, subject]);
    };
    const labels = { on: 'fargate' };
    for (const namespace of ['web', 'w*', 'we?']) assert.deepEqual(found({ namespace, labels }, { roleArn: ROLE }), [['pod-identity-on-fargate', 'web/shop']]);
    assert.deepEqual(found({ namespace: 'web' }, { roleArn: ROLE }), []);
    assert.deepEqual(found({ namespace: 'other', labels }, { roleArn: ROLE }), []);
    assert.deepEqual(found({ namespace: 'web', labels }, { roleArn: ROLE, irsa: true }), []);
  });

  it('are warned of where the cluster has Windows nodes', () => {
    const found = (wish: object) => compile([wish], { nodegroups: [nodegroup('win', { amiType: 'WINDOWS_CORE_2022_x86_64' })] }).findings?.map(({ code }) => code);
    assert.deepEqual(found({ roleArn: ROLE }), ['pod-identity-on-windows']);
    assert.deepEqual(found({ roleArn: ROLE, irsa: true }), []);
  });

  it('have names of roles that fit, that are the same each time, and that no two service accounts share', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyPodIdentity, { minLength: 1, maxLength: 8, selector: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}` }), (wishes) => {
        const compiled = compile(wishes);
        assert.deepEqual(compiled.errors, []);
        const roles = of(compiled.resources, 'role').map(({ name }: RoleResource) => name);
        assert.equal(new Set(roles).size, roles.length);
        for (const name of roles) assert.match(name, /^slipway-of-[\w+=,.@-]{1,53}$/);
        assert.deepEqual(compile(wishes), compiled);
        assert.equal(new Set(compiled.resources.map(keyOf)).size, compiled.resources.length);
        const keys = new Set(compiled.resources.map(keyOf));
        for (const { needs = [] } of compiled.resources) for (const need of needs) assert.ok(keys.has(need), need);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
