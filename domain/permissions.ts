import { boundaryArnOf } from './boundary.ts';
import { CONTROLLER_PERMISSIONS } from './controllers/permissions.ts';
import { IMAGE_PERMISSIONS, isForImages, type ImagePurpose, type ImageScope } from './images/permissions.ts';
import { NODE_PERMISSIONS, type NodeScope } from './parts/node-permissions.ts';
import { MADE_ROLE_PREFIX } from './parts/role-name.ts';
import { PART_STEP_KINDS } from './parts/steps-of-resource.ts';
import type { StepKind } from './plan.ts';

/**
 * Every AWS action that Slipway needs in a workload account, on what, and what for. The role's policy, the policy of each step's
 * session and the policy of looking sessions are all cut from this one table, so that none can drift from the others.
 * Which resource an action is checked against, and what EKS asks of its caller beyond the EKS action, is from the Service
 * Authorization Reference, the Step Functions policies for EKS, and EKS's own denials (terraform-aws-eks 823, ACK community 2164).
 */

export type Purpose = StepKind | ImagePurpose | 'look' | 'verify';

type Scope =
  | 'any'
  | 'cluster'
  | 'nodegroup'
  | 'addon'
  | 'fargate-profile'
  | 'access-entry'
  | 'passed-role'
  | 'instance-role'
  | 'read-role'
  | 'service-linked-role'
  | 'key'
  | 'auto-scaling-group'
  | 'launch'
  | 'launch-tags'
  | 'own-role'
  | 'own-policy'
  | 'made-role'
  | 'new-role'
  | 'pods-role'
  | NodeScope
  | 'oidc-provider'
  | 'pod-identity'
  | 'capability'
  | 'capability-role'
  | 'hosted-zone'
  | ImageScope;

interface Permission {
  readonly action: string;
  readonly on: readonly Scope[];
  readonly for: readonly Purpose[];
  /** A look that every step may take at what it works on, before it begins and after it ended. */
  readonly around?: true;
  /** Work goes on without it: what a readiness check may not look at is unknown, and told so. */
  readonly checksAlone?: true;
  /** Only parts of clusters need it: an account set up without it keeps its clusters, and is refused parts. */
  readonly parts?: true;
}

const ROLLS: readonly Purpose[] = ['create-nodegroup', 'upgrade-nodegroup', 'refresh-instances'];
const WITH_UPDATES: readonly Scope[] = ['cluster', 'nodegroup', 'addon'];

const PERMISSIONS: readonly Permission[] = [
  { action: 'eks:DescribeCluster', on: ['cluster'], for: ['look'], around: true },
  { action: 'eks:ListNodegroups', on: ['cluster'], for: ['look'] },
  { action: 'eks:ListAddons', on: ['cluster'], for: ['look'] },
  { action: 'eks:DescribeNodegroup', on: ['nodegroup'], for: ['look'], around: true },
  { action: 'eks:DescribeAddon', on: ['addon'], for: ['look'], around: true },
  { action: 'eks:ListUpdates', on: WITH_UPDATES, for: ['look'], around: true },
  { action: 'eks:DescribeUpdate', on: WITH_UPDATES, for: ['look'], around: true },
  { action: 'eks:DescribeClusterVersions', on: ['any'], for: ['look'] },
  { action: 'eks:DescribeAddonVersions', on: ['any'], for: ['look'] },
  // What settings an add-on takes. Without it EKS judges them alone.
  { action: 'eks:DescribeAddonConfiguration', on: ['any'], for: ['look'], checksAlone: true },
  // EKS reads the subnets with its caller's rights when it makes a node group.
  { action: 'ec2:DescribeSubnets', on: ['any'], for: ['look', 'create-nodegroup'] },

  // What the readiness checks look at before a control plane moves. A role that was made before these were asked for goes on working; but
  // an upgrade whose insights nobody has seen is blocked, until the role may read them or an approver waives it.
  { action: 'eks:ListInsights', on: ['cluster'], for: ['look'] },
  { action: 'eks:DescribeInsight', on: ['cluster'], for: ['look'] },
  { action: 'eks:DescribeInsightsRefresh', on: ['cluster'], for: ['look'] },
  // Makes EKS look again, and changes nothing in the cluster.
  { action: 'eks:StartInsightsRefresh', on: ['cluster'], for: ['look'], checksAlone: true },
  // A successor certificate authority, for the kubeconfig. Without it the one that signs is told alone.
  { action: 'eks:ListCertificateAuthorities', on: ['cluster'], for: ['look'], checksAlone: true },
  { action: 'eks:DescribeCertificateAuthority', on: ['cluster'], for: ['look'], checksAlone: true },
  { action: 'eks:ListFargateProfiles', on: ['cluster'], for: ['look'], checksAlone: true },
  { action: 'eks:DescribeFargateProfile', on: ['fargate-profile'], for: ['look'], checksAlone: true },
  { action: 'kms:DescribeKey', on: ['key'], for: ['look'], checksAlone: true },
  { action: 'servicequotas:GetServiceQuota', on: ['any'], for: ['look'], checksAlone: true },
  // Zones by id, with the names of this account. Without it they are told with subnets alone.
  { action: 'ec2:DescribeAvailabilityZones', on: ['any'], for: ['look'], checksAlone: true },
  { action: 'ec2:DescribeInstances', on: ['any'], for: ['look'], checksAlone: true },
  { action: 'ec2:DescribeInstanceTypes', on: ['any'], for: ['look'], checksAlone: true },
  { action: 'ec2:DescribeImages', on: ['any'], for: ['look'], checksAlone: true },
  { action: 'autoscaling:DescribeAutoScalingGroups', on: ['any'], for: ['look'], checksAlone: true },
  { action: 'autoscaling:DescribeInstanceRefreshes', on: ['any'], for: ['look', 'refresh-instances'] },
  // IAM knows alarms, but CloudWatch tells of composite ones only to who may describe all (source: CloudWatch API reference, DescribeAlarms).
  { action: 'cloudwatch:DescribeAlarms', on: ['any'], for: ['look'] },

  { action: 'eks:CreateCluster', on: ['any'], for: ['create-control-plane'] },
  // Tags sent with a creation are checked as tagging.
  { action: 'eks:TagResource', on: ['cluster'], for: ['create-control-plane'] },
  { action: 'eks:UpdateClusterVersion', on: ['cluster'], for: ['upgrade-control-plane', 'rollback-control-plane'] },
  { action: 'eks:CancelUpdate', on: ['cluster'], for: ['rollback-control-plane'] },
  { action: 'eks:UpdateClusterConfig', on: ['cluster'], for: ['update-cluster-config'] },
  { action: 'eks:DeleteCluster', on: ['cluster'], for: ['delete-control-plane'] },

  { action: 'eks:ListAccessEntries', on: ['cluster'], for: ['look'], checksAlone: true },
  { action: 'eks:CreateAccessEntry', on: ['cluster'], for: ['create-access-entry'] },
  { action: 'eks:AssociateAccessPolicy', on: ['access-entry'], for: ['create-access-entry', 'change-access-entry'] },
  { action: 'eks:UpdateAccessEntry', on: ['access-entry'], for: ['create-access-entry', 'change-access-entry'] },
  { action: 'eks:ListAssociatedAccessPolicies', on: ['access-entry'], for: ['create-access-entry'] },
  { action: 'eks:DisassociateAccessPolicy', on: ['access-entry'], for: ['create-access-entry', 'change-access-entry'] },
  { action: 'eks:DeleteAccessEntry', on: ['access-entry'], for: ['update-cluster-config'] },

  // Entries of the roles that parts have. EKS asks who makes one for nodes for the right to hand their role over (source: EKS user guide, Create access entries).
  { action: 'eks:DescribeAccessEntry', on: ['access-entry'], for: ['look', 'put-access-entry', 'delete-access-entry'], parts: true },
  { action: 'eks:TagResource', on: ['access-entry'], for: ['put-access-entry'], parts: true },
  { action: 'eks:ListAssociatedAccessPolicies', on: ['access-entry'], for: ['look', 'put-access-entry', 'delete-access-entry'], parts: true },
  { action: 'eks:CreateAccessEntry', on: ['cluster'], for: ['put-access-entry'], parts: true },
  { action: 'eks:UpdateAccessEntry', on: ['access-entry'], for: ['put-access-entry'], parts: true },
  { action: 'eks:AssociateAccessPolicy', on: ['access-entry'], for: ['put-access-entry'], parts: true },
  { action: 'eks:DisassociateAccessPolicy', on: ['access-entry'], for: ['put-access-entry'], parts: true },
  { action: 'eks:DeleteAccessEntry', on: ['access-entry'], for: ['delete-access-entry'], parts: true },
  { action: 'iam:PassRole', on: ['passed-role'], for: ['put-access-entry'], parts: true },

  { action: 'eks:CreateAddon', on: ['cluster'], for: ['create-addon'] },
  { action: 'eks:UpdateAddon', on: ['addon'], for: ['upgrade-addon', 'update-addon-config'] },
  { action: 'eks:DeleteAddon', on: ['addon'], for: ['delete-addon'] },

  { action: 'eks:CreateNodegroup', on: ['cluster'], for: ['create-nodegroup'] },
  { action: 'eks:UpdateNodegroupVersion', on: ['nodegroup'], for: ['upgrade-nodegroup'] },
  { action: 'eks:UpdateNodegroupConfig', on: ['nodegroup'], for: ['update-nodegroup-config'] },
  { action: 'eks:DeleteNodegroup', on: ['nodegroup'], for: ['delete-nodegroup'] },

  { action: 'autoscaling:StartInstanceRefresh', on: ['auto-scaling-group'], for: ['refresh-instances'] },

  { action: 'iam:PassRole', on: ['passed-role'], for: ['create-control-plane', 'create-nodegroup'] },
  // A refresh to another version of a launch template with an instance profile hands that profile's role to EC2 with its caller's rights, as a
  // launch does (source: Auto Scaling user guide, Control launch template usage).
  { action: 'iam:PassRole', on: ['instance-role'], for: ['refresh-instances'] },
  // EKS checks the node role, and whether its own service-linked role is there, with its caller's rights.
  { action: 'iam:GetRole', on: ['read-role'], for: ['look', 'create-nodegroup', 'put-pod-identity', 'create-addon', 'upgrade-addon', 'update-addon-config'] },
  { action: 'iam:ListAttachedRolePolicies', on: ['read-role'], for: ['create-nodegroup'] },
  { action: 'iam:CreateServiceLinkedRole', on: ['service-linked-role'], for: ['create-control-plane', 'create-nodegroup'] },
  // "You are not authorized to launch instances with this launch template": EKS tries a launch with its caller's rights, and so does Auto Scaling.
  { action: 'ec2:RunInstances', on: ['launch'], for: ROLLS },
  { action: 'ec2:CreateTags', on: ['launch-tags'], for: ROLLS },
  { action: 'ec2:DescribeLaunchTemplateVersions', on: ['any'], for: ['look', ...ROLLS] },

  // Roles of parts. A role is made, and its policies changed, under the permissions boundary alone (source: IAM user guide, Permissions boundaries).
  { action: 'iam:GetRole', on: ['made-role'], for: ['look', 'put-role', 'delete-role', 'put-pod-identity'], parts: true },
  { action: 'iam:CreateRole', on: ['new-role'], for: ['put-role'], parts: true },
  { action: 'iam:PutRolePolicy', on: ['new-role'], for: ['put-role'], parts: true },
  { action: 'iam:AttachRolePolicy', on: ['new-role'], for: ['put-role'], parts: true },
  { action: 'iam:TagRole', on: ['made-role'], for: ['put-role'], parts: true },
  { action: 'iam:UpdateAssumeRolePolicy', on: ['made-role'], for: ['put-role'], parts: true },
  { action: 'iam:ListRolePolicies', on: ['made-role'], for: ['put-role', 'delete-role'], parts: true },
  { action: 'iam:ListAttachedRolePolicies', on: ['made-role'], for: ['put-role', 'delete-role'], parts: true },
  { action: 'iam:DeleteRolePolicy', on: ['made-role'], for: ['put-role', 'delete-role'], parts: true },
  { action: 'iam:DetachRolePolicy', on: ['made-role'], for: ['put-role', 'delete-role'], parts: true },
  { action: 'iam:DeleteRole', on: ['made-role'], for: ['delete-role'], parts: true },

  // The cluster's own issuer alone; without the cluster ours is found among all by its tag.
  { action: 'iam:GetOpenIDConnectProvider', on: ['oidc-provider'], for: ['put-oidc-provider', 'delete-oidc-provider'], parts: true },
  { action: 'iam:CreateOpenIDConnectProvider', on: ['oidc-provider'], for: ['put-oidc-provider'], parts: true },
  { action: 'iam:TagOpenIDConnectProvider', on: ['oidc-provider'], for: ['put-oidc-provider'], parts: true },
  { action: 'iam:DeleteOpenIDConnectProvider', on: ['oidc-provider'], for: ['delete-oidc-provider'], parts: true },
  { action: 'iam:ListOpenIDConnectProviders', on: ['any'], for: ['delete-oidc-provider'], parts: true },

  { action: 'eks:ListPodIdentityAssociations', on: ['cluster'], for: ['look', 'put-pod-identity', 'delete-pod-identity'], parts: true },
  { action: 'eks:DescribePodIdentityAssociation', on: ['pod-identity'], for: ['look', 'put-pod-identity', 'delete-pod-identity'], parts: true },
  // An add-on makes, changes and deletes the associations of its own service accounts with its caller's rights (source: the CloudFormation schema of AWS::EKS::Addon, handlers).
  { action: 'eks:CreatePodIdentityAssociation', on: ['cluster'], for: ['put-pod-identity', 'create-addon', 'upgrade-addon', 'update-addon-config'], parts: true },
  { action: 'eks:UpdatePodIdentityAssociation', on: ['pod-identity'], for: ['put-pod-identity', 'upgrade-addon', 'update-addon-config'], parts: true },
  { action: 'eks:DeletePodIdentityAssociation', on: ['pod-identity'], for: ['put-pod-identity', 'delete-pod-identity', 'upgrade-addon', 'update-addon-config', 'delete-addon'], parts: true },
  { action: 'eks:TagResource', on: ['pod-identity'], for: ['put-pod-identity'], parts: true },
  // An add-on's own service accounts get their roles with it (source: EKS user guide, IAM roles for Amazon EKS add-ons).
  { action: 'iam:PassRole', on: ['pods-role'], for: ['put-pod-identity', 'create-addon', 'upgrade-addon', 'update-addon-config'], parts: true },

  ...NODE_PERMISSIONS,
  ...CONTROLLER_PERMISSIONS,
  ...IMAGE_PERMISSIONS,

  { action: 'iam:ListRolePolicies', on: ['own-role'], for: ['verify'] },
  { action: 'iam:GetRolePolicy', on: ['own-role'], for: ['verify'] },
  { action: 'iam:ListAttachedRolePolicies', on: ['own-role'], for: ['verify'] },
  { action: 'iam:GetPolicy', on: ['own-policy'], for: ['verify'] },
  { action: 'iam:GetPolicyVersion', on: ['own-policy'], for: ['verify'] },
];

/** What a policy is cut to; `*` where it is not. */
interface Cut {
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  readonly nodegroupName: string;
  readonly addonName: string;
  readonly groupName: string;
  readonly profileName: string;
  /** Of a step of a part: the resource's own name. */
  readonly resourceName: string;
  /** Of a session for images: the repository's. */
  readonly repositoryName?: string;
  /** ARNs or ARN patterns of the roles that may be handed to EKS, and to EC2 as nodes' own. */
  readonly passRoleArns: readonly string[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

interface Place {
  readonly sid: string;
  readonly resources: (cut: Cut) => readonly string[];
  readonly condition?: (cut: Cut) => NonNullable<Statement['Condition']>;
}

const SERVICE_LINKED_ROLES = ['eks.amazonaws.com', 'eks-nodegroup.amazonaws.com', 'eks-fargate.amazonaws.com'];

const NEW_TEMPLATE = { StringLike: { 'aws:RequestTag/slipway:cluster-id': '*' } } as const;

const PLACES: Readonly<Record<Scope, Place>> = {
  any: { sid: 'WhereIamKnowsNoResource', resources: () => ['*'] },
  cluster: { sid: 'Clusters', resources: (cut) => [`${eksArn(cut)}:cluster/${cut.clusterName}`] },
  // EKS ends the ARNs of groups, add-ons and access entries with an id of its own.
  nodegroup: { sid: 'Nodegroups', resources: (cut) => [`${eksArn(cut)}:nodegroup/${parts(cut.clusterName, cut.nodegroupName)}`] },
  addon: { sid: 'Addons', resources: (cut) => [`${eksArn(cut)}:addon/${parts(cut.clusterName, cut.addonName)}`] },
  'fargate-profile': { sid: 'FargateProfiles', resources: (cut) => [`${eksArn(cut)}:fargateprofile/${parts(cut.clusterName, cut.profileName)}`] },
  'access-entry': { sid: 'AccessEntries', resources: (cut) => [`${eksArn(cut)}:access-entry/${parts(cut.clusterName)}`] },
  'passed-role': { sid: 'HandRolesToEks', resources: (cut) => cut.passRoleArns, condition: () => ({ StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' } }) },
  // Which role an instance profile holds is not known to the step; a session can do no more than its role, which names the roles.
  'instance-role': {
    sid: 'HandNodeRolesToEc2',
    resources: (cut) => (cut.passRoleArns.length > 0 ? cut.passRoleArns : [`arn:aws:iam::${cut.accountId}:role/*`]),
    condition: () => ({ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }),
  },
  'read-role': { sid: 'ReadRoles', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/*`] },
  'service-linked-role': { sid: 'MakeServiceLinkedRoles', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/aws-service-role/*`], condition: () => ({ StringEquals: { 'iam:AWSServiceName': SERVICE_LINKED_ROLES } }) },
  // A cluster's key may be another account's (source: EKS user guide, Encrypt Kubernetes secrets with KMS).
  key: { sid: 'Keys', resources: (cut) => [`arn:aws:kms:${cut.region}:*:key/*`] },
  // Auto Scaling puts an id of its own before the group's name.
  'auto-scaling-group': { sid: 'AutoScalingGroups', resources: (cut) => [`arn:aws:autoscaling:${cut.region}:${cut.accountId}:autoScalingGroup:*:autoScalingGroupName/${cut.groupName}`] },
  launch: {
    sid: 'LaunchFromTemplates',
    resources: () => ['*'],
    condition: (cut) => ({ ArnLike: { 'ec2:LaunchTemplate': `arn:aws:ec2:${cut.region}:${cut.accountId}:launch-template/*` } }),
  },
  'launch-tags': { sid: 'TagWhatIsLaunched', resources: (cut) => [`arn:aws:ec2:${cut.region}:${cut.accountId}:*/*`], condition: () => ({ StringEquals: { 'ec2:CreateAction': 'RunInstances' } }) },
  'made-role': { sid: 'RolesOfParts', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/${madeRole(cut)}`] },
  'new-role': {
    sid: 'RolesOfPartsUnderTheBoundary',
    resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/${madeRole(cut)}`],
    condition: (cut) => ({ StringEquals: { 'iam:PermissionsBoundary': boundaryArnOf(cut.accountId) } }),
  },
  'pods-role': { sid: 'HandRolesToPods', resources: (cut) => cut.passRoleArns, condition: () => ({ StringEquals: { 'iam:PassedToService': 'pods.eks.amazonaws.com' } }) },
  'fargate-role': { sid: 'HandRolesToFargate', resources: (cut) => cut.passRoleArns, condition: () => ({ StringEquals: { 'iam:PassedToService': 'eks-fargate-pods.amazonaws.com' } }) },
  'oidc-provider': { sid: 'IssuersOfClusters', resources: (cut) => [`arn:aws:iam::${cut.accountId}:oidc-provider/oidc.eks.${cut.region}.*`] },
  'made-profile': { sid: 'ProfilesOfParts', resources: (cut) => [`arn:aws:iam::${cut.accountId}:instance-profile/${madeRole(cut)}`] },
  'profile-role': { sid: 'HandMadeRolesToInstances', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/${madeRole(cut)}`], condition: () => ({ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }) },
  'new-template': { sid: 'MakeTemplatesOfParts', resources: (cut) => [templateArn(cut)], condition: () => NEW_TEMPLATE },
  'own-template': { sid: 'TemplatesOfParts', resources: (cut) => [templateArn(cut)], condition: () => ({ StringLike: { 'aws:ResourceTag/slipway:cluster-id': '*' } }) },
  // A session says of the tags what it says of the template, in one statement; that they come with a new template alone is the role's to see to.
  'template-tags': { sid: 'TagTemplatesOfParts', resources: (cut) => [templateArn(cut)], condition: (cut) => (cut.region === '*' ? { StringEquals: { 'ec2:CreateAction': 'CreateLaunchTemplate' } } : NEW_TEMPLATE) },
  'scaling-role': { sid: 'MakeTheRoleOfAutoScaling', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/aws-service-role/autoscaling.amazonaws.com/*`] },
  'pod-identity': { sid: 'PodIdentities', resources: (cut) => [`${eksArn(cut)}:podidentityassociation/${parts(cut.clusterName)}`] },
  // EKS puts the type before the name, in small letters, and an id of its own behind it.
  capability: { sid: 'Capabilities', resources: (cut) => [`${eksArn(cut)}:capability/${cut.clusterName === '*' ? '*' : `${cut.clusterName}/*${cut.resourceName === '*' ? '' : `/${cut.resourceName}/*`}`}`] },
  // The Service Authorization Reference names the one service for CreateCapability, the role's trust policy the other.
  'capability-role': { sid: 'HandRolesToCapabilities', resources: (cut) => cut.passRoleArns, condition: () => ({ StringEquals: { 'iam:PassedToService': ['capabilities.eks.amazonaws.com', 'eks.amazonaws.com'] } }) },
  'hosted-zone': { sid: 'HostedZones', resources: () => ['arn:aws:route53:::hostedzone/*'] },
  repository: { sid: 'Repositories', resources: (cut) => [`arn:aws:ecr:${cut.region}:${cut.accountId}:repository/${cut.repositoryName ?? '*'}`] },
  'repository-key': { sid: 'KeysOfRepositories', resources: (cut) => [`arn:aws:kms:${cut.region}:*:key/*`], condition: (cut) => ({ StringLike: { 'kms:ViaService': `ecr.${cut.region}.amazonaws.com` } }) },
  'replication-role': { sid: 'MakeTheRoleOfReplication', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/aws-service-role/replication.ecr.amazonaws.com/*`], condition: () => ({ StringEquals: { 'iam:AWSServiceName': 'replication.ecr.amazonaws.com' } }) },
  'own-role': { sid: 'ReadItsOwnRole', resources: (cut) => [`arn:aws:iam::${cut.accountId}:role/slipway-access`] },
  // Whichever policies its owner attaches, and AWS's own among them: a role may be given what it needs by any.
  'own-policy': { sid: 'ReadItsOwnPolicies', resources: (cut) => [`arn:aws:iam::${cut.accountId}:policy/*`, 'arn:aws:iam::aws:policy/*'] },
};

/** STS takes a session policy of this many characters (source: STS AssumeRole, Policy). */
export const SESSION_POLICY_CHARACTERS_MAX = 2048;

const everything: Omit<Cut, 'accountId' | 'passRoleArns'> = { region: '*', clusterName: '*', nodegroupName: '*', addonName: '*', groupName: '*', profileName: '*', resourceName: '*' };

/** The actions of a kind of step with the looks that it takes on the way, or of looking, or of verifying. */
export function actionsFor(purpose: Purpose): readonly string[] {
  return [...new Set(permissionsFor(purpose).map(({ action }) => action))].sort();
}

/** Whether an action is asked for by readiness checks and by nothing else. */
export function isForChecksAlone(action: string): boolean {
  const askedFor = PERMISSIONS.filter((permission) => permission.action === action);
  return askedFor.length > 0 && askedFor.every((permission) => permission.checksAlone === true);
}

interface RoleAsked {
  readonly accountId: string;
  readonly passRoleArns: readonly string[];
}

/** All that the account's role may do, in any region: adding a region to the account must not need a new role. */
export function rolePolicyFor(asked: RoleAsked): PolicyDocument {
  return policyOf(pairsOf(PERMISSIONS), { ...everything, ...asked }, true);
}

/** What of it clusters, node groups and upgrades cannot do without: neither parts nor readiness checks nor repositories of images. */
export function neededPolicyFor(asked: RoleAsked): PolicyDocument {
  const needed = PERMISSIONS.filter(({ parts, checksAlone, for: purposes }) => parts !== true && checksAlone !== true && !purposes.every(isForImages));
  return policyOf(pairsOf(needed), { ...everything, ...asked }, true);
}

/**
 * The policy of one step's session, as JSON: the step's own actions on its own cluster, node group or add-on, and the looks that
 * come before and after. Throws when it does not fit into what STS takes.
 */
export function sessionPolicyFor(asked: {
  readonly kind: StepKind;
  readonly accountId: string;
  readonly region: string;
  readonly clusterName: string;
  /** The step's subject: a node group's, Auto Scaling group's or add-on's name; the cluster's name or a principal for the rest. */
  readonly subject: string;
  readonly passRoleArns?: readonly string[];
}): string {
  const { kind, accountId, region, clusterName, subject, passRoleArns = [] } = asked;
  const cut: Cut = {
    accountId,
    region,
    clusterName,
    nodegroupName: concerns(kind, 'nodegroup') ? subject : '*',
    addonName: concerns(kind, 'addon') ? subject : '*',
    groupName: kind === 'refresh-instances' || kind.endsWith('self-managed-group') ? subject : '*',
    profileName: kind.endsWith('fargate-profile') ? subject : '*',
    resourceName: PART_STEP_KINDS.has(kind) ? subject : '*',
    passRoleArns: passRoleArns.map(shortened),
  };
  const policy = compact(kind === 'read-cluster' ? lookingPolicy(cut) : policyOf(permissionsFor(kind), cut, false));
  if (policy.length > SESSION_POLICY_CHARACTERS_MAX) throw new RangeError(`The session policy of ${kind} has ${policy.length} characters; STS takes ${SESSION_POLICY_CHARACTERS_MAX}.`);
  return policy;
}

/** The policy of a session that only looks, shared by everything in an account and region, as JSON. */
export function watchPolicyFor(asked: { readonly accountId: string; readonly region: string }): string {
  return compact(lookingPolicy({ ...everything, passRoleArns: [], ...asked }));
}

/** The policy of a session that works on a repository, as JSON; on any of them where none is named. */
export function imagesPolicyFor(asked: { readonly accountId: string; readonly region: string; readonly name?: string | undefined; readonly purposes: readonly ImagePurpose[] }): string {
  const { accountId, region, name, purposes } = asked;
  const cut: Cut = { ...everything, accountId, region, passRoleArns: [], ...(name === undefined ? {} : { repositoryName: name }) };
  return compact(policyOf(purposes.flatMap(permissionsFor), cut, false));
}

/** The policy of the session in which `verify` reads the role's own permissions, as JSON. */
export function verifyPolicyFor(accountId: string): string {
  return compact(policyOf(permissionsFor('verify'), { ...everything, passRoleArns: [], accountId }, false));
}

/** A role's path may take 512 characters, a quarter of a session policy. */
const ROLE_ARN_CHARACTERS_KEPT = 160;

interface Pair {
  readonly action: string;
  readonly scope: Scope;
}

function permissionsFor(purpose: Purpose): Pair[] {
  const own = PERMISSIONS.filter((permission) => permission.for.includes(purpose));
  return purpose === 'look' || purpose === 'verify' || isForImages(purpose) ? pairsOf(own) : [...pairsOf(own), ...looksAround(purpose)];
}

/** What a step looks at before it begins and after it ended: its cluster always, its node group or add-on where it has one, all of them when it reads the cluster. */
function looksAround(kind: StepKind): Pair[] {
  if (kind === 'read-cluster') return pairsOf(PERMISSIONS.filter((permission) => permission.for.includes('look')));
  // Steps of parts have the cluster around them, and no updates of it.
  const around = PERMISSIONS.filter(({ around, action }) => around && (!PART_STEP_KINDS.has(kind) || !action.endsWith('Update') && !action.endsWith('Updates')));
  return pairsOf(around).filter(({ scope }) => scope === 'cluster' || ((scope === 'nodegroup' || scope === 'addon') && concerns(kind, scope)));
}

function concerns(kind: StepKind, what: 'nodegroup' | 'addon'): boolean {
  return kind.includes(what);
}

function pairsOf(permissions: readonly Permission[]): Pair[] {
  return permissions.flatMap(({ action, on }) => on.map((scope) => ({ action, scope })));
}

/** One statement for each place, in the order of the places. */
function policyOf(pairs: readonly Pair[], cut: Cut, withSids: boolean): PolicyDocument {
  const statements = (Object.keys(PLACES) as Scope[]).flatMap((scope): Statement[] => {
    const actions = [...new Set(pairs.filter((pair) => pair.scope === scope).map((pair) => pair.action))].sort();
    const place = PLACES[scope];
    const resources = place.resources(cut);
    if (actions.length === 0 || resources.length === 0) return [];
    const condition = place.condition?.(cut);
    return [{ ...(withSids ? { Sid: place.sid } : {}), Effect: 'Allow', Action: actions, Resource: resources, ...(condition === undefined ? {} : { Condition: condition }) }];
  });
  return { Version: '2012-10-17', Statement: withSids ? statements : alikeAsOne(statements) };
}

/** Statements on the same, under the same condition, as one: nothing more is allowed, in fewer words. */
function alikeAsOne(statements: readonly Statement[]): readonly Statement[] {
  const alike = Map.groupBy(statements, ({ Resource, Condition }) => JSON.stringify([Resource, Condition]));
  return [...alike.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [{ ...first, Action: [...new Set([first, ...others].flatMap(({ Action }) => Action))].sort() }]));
}

/**
 * All looks in few words: a session can do no more than its role, which says action by action what each is on, so that looks at EKS share one
 * statement, and roles are read in one.
 */
function lookingPolicy(cut: Cut): PolicyDocument {
  const pairs = permissionsFor('look');
  const { Version, Statement: all } = policyOf(pairs.filter(({ action, scope }) => scope !== 'made-role' || !pairs.some((other) => other.action === action && other.scope === 'read-role')), cut, false);
  const isOfEks = ({ Resource, Condition }: Statement): boolean => Condition === undefined && Resource.every((arn) => arn.startsWith(`${eksArn(cut)}:`));
  const Resource = cut.clusterName === '*' ? [`${eksArn(cut)}:*`] : [`${eksArn(cut)}:cluster/${cut.clusterName}`, `${eksArn(cut)}:*/${cut.clusterName}/*`];
  const eks: Statement = { Effect: 'Allow', Action: [...new Set(all.filter(isOfEks).flatMap(({ Action }) => Action))].sort(), Resource };
  return { Version, Statement: [eks, ...all.filter((statement) => !isOfEks(statement))] };
}

/** JSON without what IAM does not need: a list of one is written as the one. */
function compact(policy: PolicyDocument): string {
  return JSON.stringify(policy, (_key, value: unknown) => (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value));
}

/** Role names are unique in an account whatever their path (source: IAM, identifiers), so a long path can be left open without letting another role in. */
function shortened(roleArn: string): string {
  return roleArn.length <= ROLE_ARN_CHARACTERS_KEPT ? roleArn : roleArn.replace(/:role\/.*\//, ':role/*/');
}

/** Roles that Slipway makes are named so, and the access role is not; a session is cut to the one that it is for. */
function madeRole({ resourceName }: Cut): string {
  return resourceName.startsWith(MADE_ROLE_PREFIX) ? resourceName : `${MADE_ROLE_PREFIX}*`;
}

/** EC2 names a template by an id of its own, so it is told by its tag. */
function templateArn({ accountId, region }: Cut): string {
  return `arn:aws:ec2:${region}:${accountId}:launch-template/*`;
}

function eksArn(cut: Cut): string {
  return `arn:aws:eks:${cut.region}:${cut.accountId}`;
}

/** `prod/blue/*`, or `*` when nothing is cut; a trailing star stands for EKS's own id. */
function parts(...names: readonly string[]): string {
  const cut = names.filter((name, index) => name !== '*' || names.slice(index).some((later) => later !== '*'));
  return [...cut, '*'].join('/');
}
