import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lintRole, type LintedRole, type LintRule } from '../../../domain/policies/lint-policy.ts';
import type { IamPolicy, IamStatement } from '../../../domain/policies/policy-document.ts';
import { externalIdOf, irsaTrust, podIdentityTrust, targetRoleTrust } from '../../../domain/policies/trust.ts';
import { anyPlace } from './asks.ts';

const PLACE = { accountId: '111122223333', region: 'eu-central-1', clusterName: 'prod', namespace: 'web', serviceAccount: 'shop' };
const ISSUER = 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const policyOf = (...Statement: IamStatement[]): IamPolicy => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: string | string[], more: object = {}): IamStatement => ({ Effect: 'Allow', Action, Resource, ...more });

const GOOD: LintedRole = {
  roleName: 'slipway-prod-web-shop',
  trust: podIdentityTrust(PLACE, true),
  policies: { access: policyOf(allow('s3:GetObject', 'arn:aws:s3:::shop-data/*')) },
  managedPolicyArns: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy', 'arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy'],
  boundaryArn: 'arn:aws:iam::111122223333:policy/slipway-boundary',
};
const allowing = (...statements: IamStatement[]): LintedRole => ({ ...GOOD, policies: { access: policyOf(...statements) } });
const trusting = (change: object): LintedRole => ({ ...GOOD, trust: policyOf({ ...GOOD.trust.Statement[0]!, ...change }) });
const rules = (role: LintedRole): LintRule[] => [...new Set(lintRole(role).map(({ rule }) => rule))];

/** For each rule, roles that break it and no other. */
const BROKEN: Readonly<Record<LintRule, readonly LintedRole[]>> = {
  name: [{ ...GOOD, roleName: 'shop' }, { ...GOOD, roleName: `slipway-${'x'.repeat(57)}` }, { ...GOOD, roleName: 'slipway-a/b' }],
  boundary: [{ ...GOOD, boundaryArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, (({ boundaryArn: _gone, ...rest }) => rest)(GOOD)],
  size: [
    allowing(...Array.from({ length: 90 }, (_each, at) => allow('s3:GetObject', `arn:aws:s3:::${'b'.repeat(60)}/${at}/*`))),
    trusting({ Condition: { StringEquals: { 'aws:SourceAccount': PLACE.accountId, 'aws:RequestTag/kubernetes-namespace': Array.from({ length: 50 }, (_each, at) => `namespace-${at}-${'x'.repeat(30)}`) } } }),
  ],
  'all-but': [allowing({ Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::shop-data' }), allowing({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*', NotResource: 'arn:aws:s3:::b' })],
  'wildcard-action': [allowing(allow('s3:*', 'arn:aws:s3:::shop-data')), allowing(allow(['s3:Get*'], 'arn:aws:s3:::shop-data')), allowing(allow('*', 'arn:aws:s3:::shop-data'))],
  'wildcard-resource': [
    allowing(allow('s3:GetObject', '*')),
    allowing(allow('dynamodb:GetItem', 'arn:aws:dynamodb:*:*:*')),
    allowing({ Effect: 'Allow', Action: 's3:GetObject' }),
    allowing(allow('ec2:TerminateInstances', '*', { Condition: { StringNotEquals: { 'aws:ResourceTag/a': 'b' } } })),
    allowing(allow('ec2:TerminateInstances', '*', { Condition: { Null: { 'aws:ResourceTag/a': 'true' } } })),
    allowing(allow('ec2:TerminateInstances', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } } })),
    allowing(allow('cloudwatch:GetDashboard', '*', { Condition: { StringLike: { 'cloudwatch:namespace': '*' } } })),
    allowing(allow('iam:CreateInstanceProfile', '*')),
  ],
  escalation: [allowing(allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/slipway-x')), allowing(allow('organizations:LeaveOrganization', 'arn:aws:organizations::1:x')), allowing(allow('kms:CreateGrant', 'arn:aws:kms:eu-central-1:111122223333:key/x')), allowing(allow('iam:CreateServiceLinkedRole', 'arn:aws:iam::111122223333:role/aws-service-role/*'))],
  'pass-role': [allowing(allow('iam:PassRole', 'arn:aws:iam::111122223333:role/slipway-x')), allowing(allow('iam:PassRole', 'arn:aws:iam::111122223333:role/*', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }))],
  'assume-role': [allowing(allow('sts:AssumeRole', '*')), allowing(allow(['sts:AssumeRole', 'sts:TagSession'], 'arn:aws:iam::444455556666:role/team-*'))],
  'managed-policy': [{ ...GOOD, managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }, { ...GOOD, managedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] }],
  'trust-principal': [trusting({ Principal: '*' }), trusting({ Principal: { AWS: '*' } }), trusting({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }), trusting({ Principal: { Service: 'lambda.amazonaws.com' } }), trusting({ Principal: undefined, NotPrincipal: { AWS: 'x' } }), trusting({ Principal: { Federated: 'accounts.google.com' } })],
  'trust-action': [trusting({ Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] })],
  'trust-condition': [
    trusting({ Condition: undefined }),
    trusting({ Condition: { StringLike: { 'aws:SourceAccount': '*' } } }),
    trusting({ Condition: { StringNotEquals: { 'aws:SourceAccount': PLACE.accountId } } }),
    { ...GOOD, trust: policyOf({ ...irsaTrust(PLACE, ISSUER).Statement[0]!, Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } }) },
    { ...GOOD, trust: policyOf({ ...irsaTrust(PLACE, ISSUER).Statement[0]!, Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:web:*' } } }) },
  ],
};

describe('the rules for roles that Slipway makes', () => {
  for (const [rule, roles] of Object.entries(BROKEN)) {
    it(`see what breaks ${rule}, alone`, () => {
      for (const role of roles) assert.deepEqual(rules(role), [rule], JSON.stringify(role));
    });
  }

  it('find nothing in a role that is made as it should be', () => {
    assert.deepEqual(lintRole(GOOD), []);
  });

  it('take what controllers cannot do without, narrowed as their makers tell', () => {
    const tagged = { Condition: { StringEquals: { 'aws:ResourceTag/kubernetes.io/cluster/prod': 'owned' }, StringLike: { 'aws:ResourceTag/karpenter.sh/nodepool': '*' } } };
    const statements = [
      allow('ec2:TerminateInstances', '*', tagged),
      allow(['ec2:DescribeSubnets', 'pricing:GetProducts'], '*'),
      allow('iam:PassRole', 'arn:aws:iam::111122223333:role/slipway-prod-nodes', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
      allow('iam:CreateServiceLinkedRole', '*', { Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } } }),
      allow('iam:GetInstanceProfile', 'arn:aws:iam::111122223333:instance-profile/prod_*'),
      allow('kms:CreateGrant', 'arn:aws:kms:eu-central-1:111122223333:key/x', { Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
      { Effect: 'Deny' as const, Action: '*', Resource: '*' },
    ];
    assert.deepEqual(lintRole(allowing(...statements)), []);
  });
});

describe('trust policies', () => {
  it('of pods are for one service account of one cluster, and fit, whatever the names', () => {
    fc.assert(
      fc.property(anyPlace, fc.boolean(), (place, sessionTags) => {
        for (const trust of [podIdentityTrust(place, sessionTags), irsaTrust(place, ISSUER)]) assert.deepEqual(lintRole({ ...GOOD, trust }), []);
        const [statement] = podIdentityTrust(place, true).Statement;
        assert.deepEqual(statement?.Condition, {
          StringEquals: {
            'aws:SourceAccount': place.accountId,
            'aws:RequestTag/eks-cluster-arn': `arn:aws:eks:${place.region}:${place.accountId}:cluster/${place.clusterName}`,
            'aws:RequestTag/kubernetes-namespace': place.namespace,
            'aws:RequestTag/kubernetes-service-account': place.serviceAccount,
          },
        });
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('of a target role let in the one role, for the one service account', () => {
    const role = 'arn:aws:iam::111122223333:role/slipway-prod-web-shop';
    const [withTags] = targetRoleTrust(PLACE, role, true).Statement;
    assert.deepEqual(withTags?.Condition?.['ArnEquals'], { 'aws:PrincipalArn': role });
    assert.equal(withTags?.Condition?.['StringEquals']?.['aws:RequestTag/kubernetes-namespace'], 'web');
    const [assume, tag] = targetRoleTrust(PLACE, role, false).Statement;
    assert.deepEqual(assume?.Condition, { StringEquals: { 'sts:ExternalId': 'eu-central-1/111122223333/prod/web/shop' }, ArnEquals: { 'aws:PrincipalArn': role } });
    assert.deepEqual(tag?.Condition, { ArnEquals: { 'aws:PrincipalArn': role } });
    assert.equal(externalIdOf(PLACE), 'eu-central-1/111122223333/prod/web/shop');
  });
});
