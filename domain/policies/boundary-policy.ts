import type { IamPolicy } from './policy-document.ts';

/** Nobody's work needs these: rights over rights, over people, over accounts and bills, and ways into machines that have rights of their own. */
const NEVER: readonly string[] = [
  'account:*',
  'aws-portal:*',
  'billing:*',
  'ec2-instance-connect:*',
  'iam:*',
  'identitystore:*',
  'organizations:*',
  'payments:*',
  'rolesanywhere:*',
  'ssm:SendCommand',
  'ssm:StartSession',
  'sso-directory:*',
  'sso:*',
  'sts:Assume*',
  'sts:GetFederationToken',
  'sts:GetSessionToken',
];

/** Services that controllers have AWS make its own roles for: load balancers, and spot instances of node scalers. */
const SERVICE_LINKED: readonly string[] = ['elasticloadbalancing.amazonaws.com', 'spot.amazonaws.com'];

/**
 * What a role that Slipway makes may do at most, whatever its policies say; it gives nothing by itself. A pod's and a controller's role work with
 * the account's resources, and never with rights: no IAM but what node scalers and load balancer controllers cannot do without, no
 * role of the account itself, nothing of Slipway's own. `passRoleArns` are ARN patterns of roles that nodes may get.
 * Regions are not bounded here: global services answer in one region for all, and adding a region to an account must not need a new policy.
 */
export function boundaryPolicy({ accountId, passRoleArns }: { readonly accountId: string; readonly passRoleArns: readonly string[] }): IamPolicy {
  const iam = `arn:aws:iam::${accountId}`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'WorkWithResources', Effect: 'Allow', NotAction: NEVER, Resource: '*' },
      { Sid: 'AssumeRolesOfOtherAccounts', Effect: 'Allow', Action: 'sts:AssumeRole', NotResource: `${iam}:role/*` },
      { Sid: 'HandRolesToNodes', Effect: 'Allow', Action: 'iam:PassRole', Resource: passRoleArns, Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } },
      {
        Sid: 'KeepInstanceProfiles',
        Effect: 'Allow',
        Action: ['iam:AddRoleToInstanceProfile', 'iam:CreateInstanceProfile', 'iam:DeleteInstanceProfile', 'iam:GetInstanceProfile', 'iam:RemoveRoleFromInstanceProfile', 'iam:TagInstanceProfile'],
        Resource: `${iam}:instance-profile/*`,
      },
      { Sid: 'ReadProfilesAndCertificates', Effect: 'Allow', Action: ['iam:GetServerCertificate', 'iam:ListInstanceProfiles', 'iam:ListServerCertificates'], Resource: '*' },
      { Sid: 'MakeServiceLinkedRoles', Effect: 'Allow', Action: 'iam:CreateServiceLinkedRole', Resource: `${iam}:role/aws-service-role/*`, Condition: { StringEquals: { 'iam:AWSServiceName': SERVICE_LINKED } } },
      { Sid: 'NoRoleOfTheAccount', Effect: 'Deny', Action: 'sts:AssumeRole', Resource: `${iam}:role/*` },
      { Sid: 'NotTheRoleOfSlipway', Effect: 'Deny', Action: 'iam:PassRole', Resource: `${iam}:role/slipway-access` },
      { Sid: 'NoRightsInClusters', Effect: 'Deny', Action: [...writesOf('AccessEntry'), 'eks:AssociateAccessPolicy', 'eks:DisassociateAccessPolicy', ...writesOf('PodIdentityAssociation')], Resource: '*' },
      { Sid: 'NoHiding', Effect: 'Deny', Action: ['cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StopLogging', 'cloudtrail:UpdateTrail'], Resource: '*' },
    ],
  };
}

function writesOf(noun: string): readonly string[] {
  return ['Create', 'Delete', 'Update'].map((verb) => `eks:${verb}${noun}`);
}
