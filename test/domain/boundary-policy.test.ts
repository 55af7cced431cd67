import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accountSetup } from '../../domain/account-setup.ts';
import { boundaryArnOf } from '../../domain/boundary.ts';
import { boundaryPolicy } from '../../domain/policies/boundary-policy.ts';
import { charactersOf, MANAGED_POLICY_CHARACTERS_MAX, type IamPolicy } from '../../domain/policies/policy-document.ts';
import { judge } from '../../local/aws/policy.ts';
import { parsePolicy } from '../../local/aws/policy-document.ts';
import { account } from './worlds.ts';

const ACCOUNT = '111111111111';
const iam = `arn:aws:iam::${ACCOUNT}`;
const BOUNDARY = boundaryPolicy({ accountId: ACCOUNT, passRoleArns: [`${iam}:role/eks-*`, `${iam}:role/slipway-*`] });
const EVERYTHING: IamPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Whether a role whose own policy allows everything may do it under the boundary, by IAM's own evaluation. */
function may(action: string, resource: string, context: Readonly<Record<string, readonly string[]>> = {}): boolean {
  const held = { identity: [parsePolicy(JSON.stringify(EVERYTHING), 'identity')], boundary: parsePolicy(JSON.stringify(BOUNDARY), 'identity') };
  return judge(held, { action, resource, context }).allowed;
}

const toEc2 = { 'iam:passedtoservice': ['ec2.amazonaws.com'] };

describe('the boundary of roles that Slipway makes', () => {
  it('lets pods and controllers work with resources, and gives nothing by itself', () => {
    for (const action of ['s3:GetObject', 'dynamodb:PutItem', 'ec2:RunInstances', 'elasticloadbalancing:CreateLoadBalancer', 'route53:ChangeResourceRecordSets', 'ecr:GetAuthorizationToken', 'eks:DescribeCluster', 'eks-auth:AssumeRoleForPodIdentity', 'sts:GetCallerIdentity']) assert.ok(may(action, '*'), action);
    const alone = { identity: [], boundary: parsePolicy(JSON.stringify(BOUNDARY), 'identity') };
    assert.equal(judge(alone, { action: 's3:GetObject', resource: 'arn:aws:s3:::x/y', context: {} }).allowed, false);
  });

  it('lets them do nothing with rights, people, accounts and bills, however much their policies allow', () => {
    const role = `${iam}:role/slipway-of-prod-abcdef-dns`;
    const never = ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:CreatePolicyVersion', 'iam:CreateUser', 'iam:CreateAccessKey', 'iam:CreateOpenIDConnectProvider', 'organizations:LeaveOrganization', 'account:CloseAccount', 'billing:UpdateBillingView', 'sso:CreateAccountAssignment', 'identitystore:CreateUser', 'ssm:SendCommand', 'ssm:StartSession', 'cloudtrail:StopLogging', 'eks:CreateAccessEntry', 'eks:AssociateAccessPolicy', 'eks:CreatePodIdentityAssociation', 'eks:UpdatePodIdentityAssociation', 'sts:GetFederationToken', 'sts:AssumeRoot'];
    for (const action of never) assert.ok(!may(action, role) && !may(action, '*'), action);
  });

  it('lets them assume roles of other accounts, and none of their own', () => {
    assert.ok(may('sts:AssumeRole', 'arn:aws:iam::222222222222:role/shared'));
    for (const name of ['admin', 'slipway-access', 'slipway-of-prod-abcdef-dns', 'path/deep']) assert.ok(!may('sts:AssumeRole', `${iam}:role/${name}`), name);
  });

  it('lets them hand roles of nodes to EC2, and to nobody else', () => {
    assert.ok(may('iam:PassRole', `${iam}:role/slipway-of-prod-abcdef-nodes`, toEc2));
    assert.ok(!may('iam:PassRole', `${iam}:role/slipway-of-prod-abcdef-nodes`, { 'iam:passedtoservice': ['lambda.amazonaws.com'] }));
    assert.ok(!may('iam:PassRole', `${iam}:role/admin`, toEc2));
    assert.ok(!may('iam:PassRole', `${iam}:role/slipway-access`, toEc2));
    assert.ok(may('iam:AddRoleToInstanceProfile', `${iam}:instance-profile/prod_1`));
    assert.ok(!may('iam:CreateServiceLinkedRole', `${iam}:role/aws-service-role/x`, { 'iam:awsservicename': ['organizations.amazonaws.com'] }));
    assert.ok(may('iam:CreateServiceLinkedRole', `${iam}:role/aws-service-role/x`, { 'iam:awsservicename': ['elasticloadbalancing.amazonaws.com'] }));
  });

  it('fits into a managed policy, and is told and made under its name, with the roles that the account lets be passed', () => {
    assert.ok(charactersOf(BOUNDARY) < MANAGED_POLICY_CHARACTERS_MAX);
    assert.equal(boundaryArnOf(ACCOUNT), `${iam}:policy/slipway-boundary`);
    const { boundaryPolicy: told, template } = accountSetup(account({ accountId: ACCOUNT, passRolePatterns: ['k8s-*'] }), '000000000000');
    assert.deepEqual(told, boundaryPolicy({ accountId: ACCOUNT, passRoleArns: [`${iam}:role/k8s-*`] }));
    const { Properties } = (JSON.parse(template) as { Resources: { SlipwayBoundary: { Properties: { ManagedPolicyName: string; PolicyDocument: IamPolicy } } } }).Resources.SlipwayBoundary;
    assert.equal(Properties.ManagedPolicyName, 'slipway-boundary');
    const handing = Properties.PolicyDocument.Statement.map((statement) => (statement.Sid === 'HandRolesToNodes' ? { ...statement, Resource: [`${iam}:role/k8s-*`] } : statement));
    assert.deepEqual({ ...Properties.PolicyDocument, Statement: handing }, told);
    assert.deepEqual(Properties.PolicyDocument.Statement.find(({ Sid }) => Sid === 'HandRolesToNodes')?.Resource, { Ref: 'PassableRoleArns' });
  });
});
