import type { Account } from './account.ts';
import { BOUNDARY_NAME } from './boundary.ts';
import { rolePolicyFor, type PolicyDocument } from './permissions.ts';
import { boundaryPolicy } from './policies/boundary-policy.ts';
import type { IamPolicy } from './policies/policy-document.ts';

/** The one role in a workload account that Slipway works through. No path: an assumed role's ARN drops it. */
export const ACCESS_ROLE_NAME = 'slipway-access';

/** Names of the roles that may be handed to EKS, unless the account's owner chooses others. */
export const PASS_ROLE_PATTERNS: readonly string[] = ['eks-*', 'slipway-*'];

export interface TrustPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Principal: { readonly AWS: string };
    readonly Action: string | readonly string[];
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

export interface AccountSetup {
  readonly roleArn: string;
  readonly trustPolicy: TrustPolicy;
  readonly permissionsPolicy: PolicyDocument;
  /** What roles that Slipway makes in the account may do at most: the managed policy `slipway-boundary`. */
  readonly boundaryPolicy: IamPolicy;
  /** A CloudFormation template of the role with both policies and of the boundary, as JSON text. */
  readonly template: string;
}

export function roleArnOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/${ACCESS_ROLE_NAME}`;
}

/** The boundary as the account's owner is told to make it. */
export function accountBoundary(account: Pick<Account, 'accountId' | 'passRolePatterns'>): IamPolicy {
  return boundaryPolicy({ accountId: account.accountId, passRoleArns: passableRoles(account) });
}

function passableRoles({ accountId, passRolePatterns = PASS_ROLE_PATTERNS }: Pick<Account, 'accountId' | 'passRolePatterns'>, chosen = passRolePatterns): readonly string[] {
  return chosen.map((pattern) => `arn:aws:iam::${accountId}:role/${pattern}`);
}

/** What the owner of an account must set up there. It carries the external id: for admins alone. */
export function accountSetup(
  account: Pick<Account, 'accountId' | 'externalId' | 'previousExternalId' | 'passRolePatterns'>,
  homeAccountId: string,
  options: { readonly passRolePatterns?: readonly string[] } = {},
): AccountSetup {
  const passRoleArns = passableRoles(account, options.passRolePatterns);
  const trustPolicy = trustPolicyFor(account, homeAccountId);
  const permissionsPolicy = rolePolicyFor({ accountId: account.accountId, passRoleArns });
  const boundary = boundaryPolicy({ accountId: account.accountId, passRoleArns });
  return { roleArn: roleArnOf(account.accountId), trustPolicy, permissionsPolicy, boundaryPolicy: boundary, template: templateOf({ trustPolicy, permissionsPolicy, boundary, passRoleArns }) };
}

/**
 * Who may assume the role. The principal is the home account's root, narrowed by a pattern of role names: a role named itself would
 * be stored by its internal id and orphaned when a redeploy makes it anew, and a list of roles outgrows the 2,048 characters.
 *
 * The external id stands on `sts:AssumeRole` alone. Tagging and the source identity are checked as actions of their own in the same
 * call, and the external id is no condition key of theirs (source: Service Authorization Reference, STS): asked there it would deny
 * every session with tags. Allowing them without it opens nothing, since neither gives a session unless AssumeRole is allowed too.
 */
function trustPolicyFor(account: Pick<Account, 'externalId' | 'previousExternalId'>, homeAccountId: string): TrustPolicy {
  const Principal = { AWS: `arn:aws:iam::${homeAccountId}:root` };
  const ArnLike = { 'aws:PrincipalArn': `arn:aws:iam::${homeAccountId}:role/slipway-*` };
  const { externalId, previousExternalId } = account;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AssumeWithExternalId',
        Effect: 'Allow',
        Principal,
        Action: 'sts:AssumeRole',
        Condition: { ArnLike, StringEquals: { 'sts:ExternalId': previousExternalId === undefined ? externalId : [externalId, previousExternalId] } },
      },
      { Sid: 'NameTheSession', Effect: 'Allow', Principal, Action: ['sts:TagSession', 'sts:SetSourceIdentity'], Condition: { ArnLike } },
    ],
  };
}

/** The same as CloudFormation, where the roles that may be handed to EKS are a parameter. */
function templateOf(parts: { readonly trustPolicy: TrustPolicy; readonly permissionsPolicy: PolicyDocument; readonly boundary: IamPolicy; readonly passRoleArns: readonly string[] }): string {
  const { trustPolicy, permissionsPolicy, boundary, passRoleArns } = parts;
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'The role through which Slipway works on the EKS clusters of this account, and the boundary of the roles that it makes here.',
    Parameters: {
      PassableRoleArns: { Type: 'CommaDelimitedList', Default: passRoleArns.join(','), Description: 'ARNs or ARN patterns of the cluster and node roles that may be handed to EKS.' },
    },
    Resources: {
      SlipwayAccess: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: ACCESS_ROLE_NAME,
          Description: 'Assumed by Slipway with the external id of this account.',
          AssumeRolePolicyDocument: trustPolicy,
          Policies: [{ PolicyName: ACCESS_ROLE_NAME, PolicyDocument: withPassableRoles(permissionsPolicy, passRoleArns) }],
        },
      },
      SlipwayBoundary: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: BOUNDARY_NAME,
          Description: 'What roles that Slipway makes in this account may do at most. It gives nothing by itself.',
          PolicyDocument: withPassableRoles(boundary, passRoleArns),
        },
      },
    },
    Outputs: { RoleArn: { Description: 'The ARN that Slipway assumes.', Value: { 'Fn::GetAtt': ['SlipwayAccess', 'Arn'] } } },
  };
  return `${JSON.stringify(template, null, 2)}\n`;
}

/** The statements that hand over the passable roles take them from the parameter. */
function withPassableRoles(policy: PolicyDocument | IamPolicy, passRoleArns: readonly string[]): object {
  const passes = (resource: string | readonly string[] | undefined) => JSON.stringify(resource) === JSON.stringify(passRoleArns);
  return { ...policy, Statement: policy.Statement.map((statement) => (passes(statement.Resource) ? { ...statement, Resource: { Ref: 'PassableRoleArns' } } : statement)) };
}
