import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namedRoles, newlyNamed, refuseNamedRoles, rolesNotSeen } from '../../domain/named-roles.ts';
import { podIdentityTrust } from '../../domain/policies/trust.ts';
import { trustFault, type TrustNeeded } from '../../domain/role-trust.ts';
import { cluster } from './worlds.ts';

const PODS: TrustNeeded = {
  service: 'pods.eks.amazonaws.com',
  actions: ['sts:AssumeRole', 'sts:TagSession'],
  context: { 'aws:SourceAccount': '111111111111', 'aws:RequestTag/kubernetes-namespace': 'web', 'aws:RequestTag/eks-cluster-arn': 'arn:aws:eks:eu-west-1:111111111111:cluster/prod' },
};
const trust = (...statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (more: object = {}): object => ({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'], ...more });

describe('a role\'s trust policy', () => {
  it('lets a service in that it names, by whichever of IAM\'s ways of writing it', () => {
    for (const document of [
      trust(allow()),
      JSON.stringify({ Version: '2012-10-17', Statement: allow() }),
      trust(allow({ Principal: { Service: ['ec2.amazonaws.com', 'pods.eks.amazonaws.com'] }, Action: 'sts:*' })),
      trust(allow({ Action: 'STS:assumerole' }), allow({ Action: ['sts:Tag*'] })),
      trust(allow({ Principal: '*' })),
      trust(allow({ Condition: { StringEquals: { 'aws:sourceaccount': ['222222222222', '111111111111'], 'aws:RequestTag/Kubernetes-Namespace': 'web' }, ArnLike: { 'aws:RequestTag/eks-cluster-arn': 'arn:aws:eks:*:111111111111:cluster/*' } } })),
      trust(allow({ Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } } }), allow({ Condition: { StringLike: { 'aws:RequestTag/kubernetes-namespace': 'w?b' } } })),
    ]) {
      assert.equal(trustFault(document, PODS), undefined, document);
    }
  });

  it('bars a service that it does not name, or not for all that the service does', () => {
    assert.match(trustFault(trust(allow({ Principal: { Service: 'ec2.amazonaws.com' } })), PODS) ?? '', /pods\.eks\.amazonaws\.com do sts:AssumeRole and sts:TagSession/);
    assert.match(trustFault(trust(allow({ Action: 'sts:AssumeRole' })), PODS) ?? '', /do sts:TagSession$/);
    assert.match(trustFault(trust(allow({ Effect: 'Deny' })), PODS) ?? '', /does not let/);
    assert.match(trustFault(trust(allow({ Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/x' } })), PODS) ?? '', /does not let/);
  });

  it('bars a service by a condition that what it sends never meets', () => {
    assert.match(trustFault(trust(allow({ Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } } })), PODS) ?? '', /kubernetes-namespace is "web", and "shop" is asked for/);
    const silent: TrustNeeded = { ...PODS, context: { 'aws:RequestTag/kubernetes-namespace': null } };
    assert.match(trustFault(trust(allow({ Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } } })), silent) ?? '', /not sent/);
    assert.equal(trustFault(trust(allow({ Condition: { StringEqualsIfExists: { 'aws:RequestTag/kubernetes-namespace': 'web' } } })), silent), undefined);
  });

  it('is not judged by what only AWS can tell', () => {
    for (const Condition of [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, { StringNotEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } }, { StringEquals: { 'aws:RequestTag/kubernetes-namespace': '${aws:PrincipalTag/ns}' } }]) {
      assert.equal(trustFault(trust(allow({ Condition })), PODS), undefined);
    }
    assert.equal(trustFault('{"Statement":[{"Eff', PODS), undefined);
  });

  it('is long to read at no wildcards', () => {
    const Condition = { StringLike: { 'aws:RequestTag/kubernetes-namespace': `${'*a'.repeat(900)}b` } };
    assert.match(trustFault(trust(allow({ Condition })), { ...PODS, context: { 'aws:RequestTag/kubernetes-namespace': 'a'.repeat(63) } }) ?? '', /never met/);
  });
});

describe('the roles that a request names', () => {
  const role = (name: string): string => `arn:aws:iam::111111111111:role/${name}`;
  const asked = cluster('1.33', {
    accountId: '111111111111',
    region: 'eu-west-1',
    name: 'prod',
    roleArn: role('eks-cluster'),
    nodegroups: [{ nodegroupName: 'blue', status: 'Planned', nodeRole: role('eks-node'), scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }],
    addonsAsked: [{ addonName: 'aws-ebs-csi-driver', podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn: role('eks-ebs') }] }],
    wanted: {
      podIdentities: [
        { namespace: 'web', serviceAccount: 'shop', roleArn: role('eks-shop') },
        { namespace: 'web', serviceAccount: 'mail', policy: [{ access: 'xray-write' }] },
        { namespace: 'web', serviceAccount: 'batch', roleArn: role('eks-batch'), irsa: true },
        { namespace: 'web', serviceAccount: 'etl', targetRoleArn: 'arn:aws:iam::222222222222:role/warehouse' },
      ],
      fargateProfiles: [{ fargateProfileName: 'jobs', podExecutionRoleArn: role('eks-fargate'), selectors: [{ namespace: 'jobs' }] }],
      selfManagedNodegroups: [{ nodegroupName: 'own', amiFamily: 'AL2023', instanceTypes: ['m7i.large'], scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 }, nodeRoleArn: role('eks-own') }],
      capabilities: [{ type: 'KRO', roleArn: role('eks-kro') }],
      autoscaling: { kind: 'karpenter', nodeRoleArn: role('eks-karpenter') },
    },
  });

  it('are all of the cluster\'s account, each with its field and the service that assumes it', () => {
    assert.deepEqual(
      namedRoles(asked).map(({ path, needed }) => [path, needed?.service.replace('.amazonaws.com', '')]),
      [
        ['roleArn', 'eks'],
        ['nodegroups.0.nodeRole', 'ec2'],
        ['addons.0.podIdentityAssociations.0.roleArn', 'pods.eks'],
        ['podIdentities.0.roleArn', 'pods.eks'],
        ['podIdentities.2.roleArn', undefined],
        ['fargateProfiles.0.podExecutionRoleArn', 'eks-fargate-pods'],
        ['selfManagedNodegroups.0.nodeRoleArn', 'ec2'],
        ['capabilities.0.roleArn', 'capabilities.eks'],
        ['autoscaling.nodeRoleArn', 'ec2'],
      ],
    );
  });

  it('are new where they are named for another service account', () => {
    const before = namedRoles(asked);
    assert.deepEqual(newlyNamed(before, before), []);
    const moved = namedRoles({ ...asked, wanted: { podIdentities: [{ namespace: 'web', serviceAccount: 'cart', roleArn: role('eks-shop') }] } });
    assert.deepEqual(newlyNamed(moved, before).map(({ path }) => path), ['podIdentities.0.roleArn']);
  });

  it('pass with the trust that Slipway itself would write, and are refused field by field otherwise', () => {
    const roles = namedRoles(asked).filter(({ path }) => path.startsWith('podIdentities.'));
    const of = (namespace: string) => JSON.stringify(podIdentityTrust({ accountId: '111111111111', region: 'eu-west-1', clusterName: 'prod', namespace, serviceAccount: 'shop' }, true));
    const sight = (name: string, value: 'absent' | { trust: string }) => ({ roleArn: role(name), role: { kind: 'seen', value } as const });
    assert.equal(refuseNamedRoles(roles, [sight('eks-shop', { trust: of('web') }), sight('eks-batch', { trust: '{}' })]), undefined);
    const refused = refuseNamedRoles(roles, [sight('eks-shop', { trust: of('shop') }), sight('eks-batch', 'absent')]);
    assert.equal(refused?.code, 'rules-broken');
    assert.deepEqual(refused?.errors?.map(({ path }) => path), ['podIdentities.0.roleArn', 'podIdentities.2.roleArn']);
  });

  it('that could not be looked at are refused by nobody, and told', () => {
    const roles = namedRoles(asked).slice(0, 2);
    const sights = [{ roleArn: role('eks-cluster'), role: { kind: 'unknown', because: 'Slipway may not iam:GetRole.' } as const }];
    assert.equal(refuseNamedRoles(roles, sights), undefined);
    assert.match(rolesNotSeen(roles, sights)[0]?.because ?? '', /eks-cluster, .*eks-node are there.*may not iam:GetRole/);
    assert.deepEqual(rolesNotSeen([], []), []);
  });
});
